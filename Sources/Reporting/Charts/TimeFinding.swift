/// The sentence on what a chart over time shows: how large a quantity usually was, how far and when
/// it left that, and what happened then.
enum TimeFinding {
    /// Beyond so many times the median a peak is told with its time.
    private static let peak = 1.5
    /// Below this share of the median a dip is told with its time.
    private static let dip = 0.9

    /// A line with the name of its subject and its panel.
    private typealias Told = (
        panel: TimePicture.Panel, told: TimeQuantity.Told, line: TimeQuantity.Line
    )

    /// Empty if no panel has a line to speak of.
    static func sentence(_ panels: [TimePicture.Panel]) -> String {
        let all = panels.flatMap { panel -> [Told] in
            guard let told = panel.quantity.told else { return [] }
            let lines = panel.lines.filter { $0.name.hasPrefix(told.line) && $0.hasValues }
            // Where each subject has a line, its name is that of the subject.
            let own = lines.isEmpty ? panel.lines.filter(\.hasValues) : lines
            return own.map { (panel, told, $0) }
        }
        guard let first = all.first else { return "" }
        let alike = all.filter { $0.told.what == first.told.what }
        let isOfSubjects = alike.count > 1 && Set(alike.map(\.panel.title)).count > 1
        if isOfSubjects { return ranked(alike) }
        // Several groups or subjects in one panel: the one with the most to tell.
        let worst = alike.max { extent($0) < extent($1) } ?? first
        let name = alike.count > 1 ? " of \(GnuplotText.shortened(worst.line.name, to: 30))" : ""
        return course(worst, name: name)
    }

    private static func values(_ told: Told) -> [Double] {
        let points = told.panel.measured(told.line)
        let sample = points.filter { !$0.isExtreme }.compactMap(\.y).filter(\.isFinite)
        return (sample.isEmpty ? points.compactMap(\.y).filter(\.isFinite) : sample).sorted()
    }

    private static func median(_ told: Told) -> Double? {
        let values = values(told)
        return values.isEmpty ? nil : values[(values.count - 1) / 2]
    }

    private static func extent(_ told: Told) -> Double {
        let values = values(told)
        guard let low = values.first, let high = values.last else { return -1 }
        return told.told.isLowTold ? high - low : high
    }

    /// Of one line.
    private static func course(_ told: Told, name: String) -> String {
        let points = told.panel.measured(told.line).filter { $0.y?.isFinite == true }
        guard let median = median(told), let low = points.min(by: { $0.y! < $1.y! }),
            let high = points.max(by: { $0.y! < $1.y! })
        else { return "" }
        let text = told.panel.quantity.measure.text
        let what = told.told.what + name
        if high.y == 0 { return "\(what) was 0 at each of \(points.count) samples." }
        let isFar =
            told.told.isLowTold ? low.y! < dip * median : high.y! > peak * median
        guard isFar else {
            return low.y == high.y
                ? "\(what) was \(text(median))."
                : "\(what) stayed between \(text(low.y!)) and \(text(high.y!))."
        }
        let (point, verb) = told.told.isLowTold ? (low, "fell") : (high, "rose")
        // Of many repetitions nobody asks what happened in one.
        let isSingle = told.panel.runs.count == 1
        let cause = isSingle ? told.panel.runs[0].disturbance(at: point.x) : nil
        return "\(what) was \(text(median)) in the median interval, and \(verb) to "
            + "\(text(point.y!)) at \(Figure.plain((point.x * 10).rounded() / 10)) s"
            + (cause.map { ", with \($0)" } ?? "") + "."
    }

    /// Of several subjects, each in a panel of its own.
    private static func ranked(_ all: [Told]) -> String {
        let medians = all.compactMap { told in
            median(told).map { (name: told.panel.title, median: $0) }
        }.sorted { $0.median < $1.median }
        guard let low = medians.first, let high = medians.last else { return "" }
        let text = all[0].panel.quantity.measure.text
        let what = all[0].told.what
        if text(low.median) == text(high.median) {
            let same = low.median == 0 ? "0" : text(low.median)
            return "\(what), in the median interval, was \(same) with all."
        }
        return "\(what), in the median interval, was from \(text(low.median)) "
            + "(\(GnuplotText.shortened(low.name, to: 24))) to \(text(high.median)) "
            + "(\(GnuplotText.shortened(high.name, to: 24)))."
    }
}
