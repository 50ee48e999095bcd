import Foundation

extension Chart.Axis {
    /// From zero to a little above the largest value.
    static func fromZero(_ label: String, maximum: Double, headroom: Double = 1.06) -> Self {
        // An axis without length cannot be drawn; zeros alone are drawn as a line at the foot.
        let end = maximum.isFinite && maximum > 0 ? maximum * headroom : 1
        return Self(label: label, range: 0...end)
    }

    /// Just around the values, with room at its ends, as shares of the length.
    static func around(
        _ label: String, _ values: [Double], before: Double = 0.05, after: Double = 0.05
    ) -> Self {
        let finite = values.filter(\.isFinite)
        let low = finite.min() ?? 0
        let high = finite.max() ?? 1
        // Equal values stand in the middle of an axis of a twentieth of them.
        let span = high > low ? high - low : Swift.max(Swift.abs(high) * 0.05, 1e-9)
        let first = high > low ? low : low - span / 2
        let start = first - span * before
        let end = first + span * (1 + after)
        return Self(
            label: label,
            range: end > start && start.isFinite && end.isFinite
                ? start...end : low...(low + Swift.max(1, 2 * low.ulp)))
    }

    /// A logarithmic axis of time in microseconds, its ticks each with their own unit.
    ///
    /// The caller leaves out values that are not positive.
    static func logarithmicTime(
        _ label: String, micros: [Double], labels: Int = usualLabels
    ) -> Self {
        logarithmic(label, micros, labels: labels) { Figure.wholeDuration(micros: $0) }
    }

    /// As many labels as a low panel has room for.
    static let usualLabels = 9

    /// A logarithmic axis around the values: labels at 1, 2 and 5 of each decade, or at 1 alone where
    /// those are too many, and minor ticks at every digit.
    /// - Parameter limit: the most labels.
    static func logarithmic(
        _ label: String, _ values: [Double], labels limit: Int = usualLabels,
        text: (Double) -> String
    ) -> Self {
        let positive = values.filter { $0.isFinite && $0 > 0 }
        let low = positive.min() ?? 1
        let high = positive.max() ?? 10
        // Values close to each other would lie at one end of an axis from 2 to 5.
        let isNarrow = high / low < 3
        let steps = Self.steps(isNarrow ? fineDigits : [1, 2, 5], around: low...high)
        var labelled = steps
        if labelled.count > limit {
            labelled = labelled.filter(isNarrow ? Self.isCoarse : Self.isDecade)
        }
        let every = max((labelled.count + limit - 1) / max(limit, 1), 1)
        labelled = labelled.enumerated().filter { $0.offset.isMultiple(of: every) }.map(\.element)
        let range = steps.first!...steps.last!
        // With many decades the digits would be a grey bar.
        let isWide = log10(range.upperBound / range.lowerBound) > 7
        let minor =
            isWide ? [] : isNarrow ? steps : Self.steps([1, 2, 3, 4, 5, 6, 7, 8, 9], around: range)
        let unlabelled = minor.filter { place in
            range.contains(place) && !labelled.contains { abs($0 / place - 1) < 1e-6 }
        }
        return Self(
            label: label, range: range, isLogarithmic: true,
            ticks: labelled.map { Chart.Tick(place: $0, label: text($0)) }
                + unlabelled.map { Chart.Tick(place: $0, label: "") })
    }

    private static let fineDigits = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9]

    /// Some digits of each decade, from at or below the range to at or above it; two at least.
    private static func steps(
        _ digits: [Double], around range: ClosedRange<Double>
    ) -> [Double] {
        // Larger powers of ten overflow.
        let decades = -300.0...300
        let first = Int(log10(range.lowerBound).rounded(.down).clamped(to: decades))
        let last = Int(log10(range.upperBound).rounded(.up).clamped(to: decades))
        let all = (first...(last + 1)).flatMap { decade in
            digits.map { $0 * pow(10, Double(decade)) }
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

    /// Whether it is a whole digit of its decade.
    private static func isCoarse(_ value: Double) -> Bool {
        let digit = value / pow(10, log10(value * 1.000_001).rounded(.down))
        return abs(digit - digit.rounded()) < 1e-6
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
