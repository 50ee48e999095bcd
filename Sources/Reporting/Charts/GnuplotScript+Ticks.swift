import Foundation

/// The labelled places of an axis: as many as its length has room for.
extension GnuplotScript {
    /// The least distance of two labels above each other, in pixels.
    private static let labelDistance = 16.0

    /// - Parameter length: of the axis in pixels; nil for one whose labels are beside each other, for which
    ///   gnuplot finds the places.
    mutating func ticks(_ name: String, _ axis: Chart.Axis, length: Double?) {
        guard axis.ticks.isEmpty else {
            let ticks = length.map { Self.thinned(axis, length: $0) } ?? axis.ticks
            // A tick's label is a format.
            let places = ticks.map { tick in
                let label = GnuplotText.quoted(tick.label.replacing("%", with: "%%"))
                // Grid lines are only at major ticks, those of level 0.
                return "\(label) \(number(tick.place))" + (tick.label.isEmpty ? " 1" : "")
            }
            lines.append("set \(name)tics (\(places.joined(separator: ", ")))")
            return
        }
        guard let length, !axis.isLogarithmic, let step = Self.step(axis, length: length) else {
            lines.append("set \(name)tics autofreq")
            return
        }
        lines.append("set \(name)tics \(number(step))")
    }

    /// The round step that leaves room for each label; nil if the axis has no length.
    static func step(_ axis: Chart.Axis, length: Double) -> Double? {
        let span = axis.range.upperBound - axis.range.lowerBound
        let most = max((length / labelDistance).rounded(.down), 1)
        guard span > 0, span.isFinite else { return nil }
        let decade = pow(10, log10(span / most).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * decade }.first { $0 * most >= span * 0.999_999 }
        return step.map { axis.isWhole ? max($0, 1) : $0 }
    }

    /// The labels of a logarithmic axis that do not come too close to rounder ones; the others become minor
    /// ticks.
    private static func thinned(_ axis: Chart.Axis, length: Double) -> [Chart.Tick] {
        let range = axis.range
        guard axis.isLogarithmic, range.lowerBound > 0, range.upperBound > range.lowerBound else {
            return axis.ticks
        }
        let pixels = length / log10(range.upperBound / range.lowerBound)
        var kept: [Double] = []
        let labelled = axis.ticks.filter { !$0.label.isEmpty }.map(\.place)
        // A stable order: of equally round ones the lower comes first.
        for place in labelled.sorted(by: { (roundness($0), $0) < (roundness($1), $1) })
        where !kept.contains(where: { abs(log10(place / $0)) * pixels < labelDistance }) {
            kept.append(place)
        }
        return axis.ticks.map { tick in
            kept.contains(tick.place) ? tick : Chart.Tick(place: tick.place, label: "")
        }
    }

    /// 0 for powers of ten, 1 for 2 and 5 of them, 2 for other whole digits, 3 for the rest.
    private static func roundness(_ place: Double) -> Int {
        guard place > 0 else { return 3 }
        let digit = place / pow(10, log10(place * 1.000_001).rounded(.down))
        let isWhole = abs(digit - digit.rounded()) < 1e-6
        return switch Int(digit.rounded()) {
        case 1 where isWhole: 0
        case 2 where isWhole, 5 where isWhole: 1
        default: isWhole ? 2 : 3
        }
    }
}
