import Foundation

extension Chart.Axis {
    /// From zero to a little above the largest value, so that lengths are proportional to values.
    static func fromZero(_ label: String, maximum: Double, headroom: Double = 1.06) -> Self {
        // An axis without length cannot be drawn; zeros alone are drawn as a line at the foot.
        let end = maximum.isFinite && maximum > 0 ? maximum * headroom : 1
        return Self(label: label, range: 0...end)
    }

    /// Just around the values.
    static func around(_ label: String, _ values: [Double]) -> Self {
        let finite = values.filter(\.isFinite)
        let low = finite.min() ?? 0
        let high = finite.max() ?? 1
        return Self(label: label, range: low...(high > low ? high : low + 1))
    }

    /// A logarithmic axis of time in microseconds, its ticks each with their own unit.
    ///
    /// The caller leaves out values that are not positive.
    static func logarithmicTime(_ label: String, micros: [Double]) -> Self {
        logarithmic(label, micros) { Figure.wholeDuration(micros: $0) }
    }

    /// A logarithmic axis around the values.
    static func logarithmic(
        _ label: String, _ values: [Double], text: (Double) -> String
    ) -> Self {
        let positive = values.filter { $0.isFinite && $0 > 0 }
        let range = (positive.min() ?? 1)...(positive.max() ?? 10)
        let steps = Self.steps(around: range)
        let span = log10(steps.last! / steps.first!)
        // One label for each decade; with few decades also for 2 and 5.
        let labelled = span > 2.05 ? steps.filter { Self.isDecade($0) } : steps
        return Self(
            label: label, range: steps.first!...steps.last!, isLogarithmic: true,
            ticks: labelled.map { Chart.Tick(place: $0, label: text($0)) })
    }

    /// 1, 2 and 5 of each decade, from at or below the range to at or above it; two at least.
    private static func steps(around range: ClosedRange<Double>) -> [Double] {
        // Larger powers of ten overflow.
        let decades = -300.0...300
        let first = Int(log10(range.lowerBound).rounded(.down).clamped(to: decades))
        let last = Int(log10(range.upperBound).rounded(.up).clamped(to: decades))
        let all = (first...(last + 1)).flatMap { decade in
            [1, 2, 5].map { $0 * pow(10, Double(decade)) }
        }
        let below = all.lastIndex { $0 <= range.lowerBound * 1.000_001 } ?? 0
        let from = min(below, all.count - 2)
        let to = all.firstIndex { $0 >= range.upperBound * 0.999_999 } ?? all.count - 1
        return Array(all[from...max(to, from + 1)])
    }

    private static func isDecade(_ value: Double) -> Bool {
        let exponent = log10(value)
        return abs(exponent - exponent.rounded()) < 1e-6
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        min(max(self, range.lowerBound), range.upperBound)
    }
}

extension Figure {
    /// `20 µs`, `1 ms`, `100 s`: ticks are whole numbers.
    static func wholeDuration(micros: Double) -> String {
        let steps: [(size: Double, name: String)] = [(1e6, "s"), (1e3, "ms"), (1, "µs")]
        let step = steps.first { micros >= $0.size * 0.999_999 } ?? (1e-3, "ns")
        return plain(micros / step.size) + " " + step.name
    }

    /// The fewest digits that represent the number, at most six: 0.5, 1, 250.
    static func plain(_ number: Double) -> String {
        guard number.isFinite else { return "-" }
        return String(format: "%.6g", locale: nil, number)
    }
}
