import Foundation
import Measurement

/// Each variant in a row: every repetition as a ring, and beside them the median as a disc with its
/// interval. The axis is around the values, since no length stands for a value; logarithmic for
/// latencies that are far from each other.
enum DotPlot {
    /// The most rows that fit a screen.
    private static let rowLimit = 60
    /// The most variants that get a row for each line; more get only that of the compared column.
    private static let linesLimit = 12
    private static let lineHeight = 20.0
    /// How far rings are above the middle of a row and discs below, in pixels.
    private static let apart = 4.5
    /// Room for the figure to the right, as a share of the axis.
    private static let figureRoom = 0.2
    /// The least length of the axis to each side of its middle, as a share of the values.
    private static let leastSpan = 0.02

    private typealias Line = (name: String, column: String, ink: Ink?)

    static func picture(
        _ metric: VariantMetric, of variants: [VariantFigures], subtitle: [String]
    ) -> Charts.Plan {
        let present = variants.filter { $0[metric.column] != nil }
        guard !present.isEmpty else {
            return Charts.Plan(notes: [
                "\(metric.title): left out, since it needs \(metric.column) in summary.csv"
            ])
        }
        guard present.count <= rowLimit else {
            return Charts.Plan(notes: [
                "\(metric.title): left out, since \(present.count) variants are too many to be "
                    + "seen (at most \(rowLimit))"
            ])
        }
        let lines = lines(metric, of: present)
        let values = present.flatMap { variant in lines.flatMap { variant.values($0.column) } }
        let scale = Scale(metric, values)
        let height = lines.count == 1 ? 28 : Double(lines.count) * lineHeight + 8
        var panel = Chart.Panel(
            x: scale.axis,
            y: Chart.Axis(label: "", range: -0.6...(Double(present.count) - 0.4)),
            series: [], categories: present.map { GnuplotText.shortened($0.subject.name, to: 30) },
            categoryHeight: height)
        var table = ChartTable(
            columns: ["variant", "median", "95 % interval", "repetitions"], rows: [])
        for (index, variant) in present.enumerated() {
            for (place, line) in lines.enumerated() {
                // The lines of a row are below each other, in its middle.
                let down = (Double(place) - Double(lines.count - 1) / 2) * lineHeight / height
                let row = Double(present.count - 1 - index) - down
                add(line, of: variant, at: row, apart / height, scale, to: &panel)
                table.rows += self.row(metric, line, of: variant, isNamed: lines.count > 1)
            }
        }
        let isRepeated = present.contains { $0[metric.column]?.interval != nil }
        let caption =
            metric.caption
            + (isRepeated
                ? "; rings are repetitions, the disc is their median with its 95 % interval. "
                : ". ")
            + "The axis does not begin at zero." + leftOut(present)
        return Charts.Plan(charts: [
            Chart(
                name: metric.name, title: metric.title, finding: finding(metric, of: present),
                subtitle: subtitle, caption: caption, panels: [panel], table: table)
        ])
    }

    private static func leftOut(_ present: [VariantFigures]) -> String {
        let runs = present.reduce(0) { $0 + $1.subject.runs.count }
        let counted = present.reduce(0) { $0 + $1.subject.countedRuns.count }
        return counted == runs
            ? ""
            : " \(counted) of \(runs) repetitions count; the others are INVALID, or the machine disturbed "
                + "them."
    }

    private static func lines(_ metric: VariantMetric, of present: [VariantFigures]) -> [Line] {
        let all: [Line] = (metric.lines ?? []).filter { line in
            present.contains { $0[line.column] != nil }
        }
        return all.count > 1 && present.count <= linesLimit
            ? all : [(name: "", column: metric.column, ink: nil)]
    }

    // MARK: Marks

    private static func add(
        _ line: Line, of variant: VariantFigures, at row: Double, _ apart: Double, _ scale: Scale,
        to panel: inout Chart.Panel
    ) {
        guard let figure = variant[line.column] else { return }
        let ink = line.ink ?? variant.subject.ink
        let repetitions = variant.repetitions(line.column).filter(scale.holds)
        let isRepeated = repetitions.count > 1
        if isRepeated {
            panel.series.append(
                Chart.Series(
                    name: "", mark: .rings, ink: ink,
                    points: repetitions.map { Chart.Point($0 / scale.unit.size, row + apart) }))
        }
        guard scale.holds(figure.median) else { return }
        let interval = figure.interval.flatMap { scale.holds($0.lowerBound) ? $0 : nil }
        let median = Chart.Point(
            figure.median / scale.unit.size, isRepeated ? row - apart : row,
            xInterval: interval.map {
                ($0.lowerBound / scale.unit.size)...($0.upperBound / scale.unit.size)
            })
        panel.series.append(
            Chart.Series(name: line.name, mark: .discs, ink: ink, points: [median]))
        let right = (repetitions + [figure.median, interval?.upperBound ?? figure.median]).max()
        panel.notes.append(
            Chart.Note(
                text: scale.text(figure.median), x: (right ?? figure.median) / scale.unit.size,
                y: row))
    }

    /// Which values the axis holds, and how they are written.
    private struct Scale {
        var axis: Chart.Axis
        var unit: Measure.Unit
        private var measure: Measure

        init(_ metric: VariantMetric, _ values: [Double]) {
            measure = metric.measure
            let finite = values.filter(\.isFinite)
            let positive = finite.filter { $0 > 0 }
            let low = positive.min() ?? 1
            let high = positive.max() ?? 1
            if case .latency = measure, high > low * 3 {
                unit = Measure.Unit(name: "", size: 1)
                // The figure of the largest value needs room, too.
                let room = pow(high / low, DotPlot.figureRoom)
                axis = .logarithmicTime(
                    metric.quantity, micros: positive + [high * room], labels: 6)
            } else {
                unit = measure.unit(forMaximum: finite.map(abs).max() ?? 0)
                let size = unit.size
                // A difference that nobody would act on does not fill the picture.
                let middle = ((finite.min() ?? 0) + (finite.max() ?? 0)) / 2
                let least = [middle * (1 - DotPlot.leastSpan), middle * (1 + DotPlot.leastSpan)]
                axis = .around(
                    unit.label(metric.quantity), (finite + least).map { $0 / size },
                    after: DotPlot.figureRoom)
            }
        }

        func holds(_ value: Double) -> Bool { !axis.isLogarithmic || value > 0 }

        func text(_ value: Double) -> String {
            axis.isLogarithmic ? measure.text(value) : Figure.significant(value / unit.size)
        }
    }

    // MARK: Words

    private static func row(
        _ metric: VariantMetric, _ line: Line, of variant: VariantFigures, isNamed: Bool
    ) -> [[String]] {
        guard let figure = variant[line.column] else { return [] }
        let ends = figure.interval.map {
            "\(metric.measure.text($0.lowerBound)) – \(metric.measure.text($0.upperBound))"
        }
        let name = variant.subject.name
        return [
            [
                isNamed ? "\(name), \(line.name)" : name, metric.measure.text(figure.median),
                ends ?? "", variant.countText(line.column),
            ]
        ]
    }

    /// The best median and the worst, and whether their intervals meet.
    private static func finding(_ metric: VariantMetric, of present: [VariantFigures]) -> String {
        let ranked = present.compactMap { variant in
            variant[metric.column].map { (name: variant.subject.name, figure: $0) }
        }.filter { $0.figure.median.isFinite }.sorted { $0.figure.median < $1.figure.median }
        guard let lowest = ranked.first, let highest = ranked.last else { return "" }
        let isLatency = metric.lines != nil
        let what = isLatency ? "p99" : metric.title.replacing(" by variant", with: "")
        func named(_ entry: (name: String, figure: VariantFigures.Figure)) -> String {
            "\(metric.measure.text(entry.figure.median)) with "
                + GnuplotText.shortened(entry.name, to: 30)
        }
        guard ranked.count > 1 else {
            return "\(what): \(metric.measure.text(lowest.figure.median))."
        }
        let (best, worst) = metric.better == .higher ? (highest, lowest) : (lowest, highest)
        let isSame =
            metric.measure.text(best.figure.median) == metric.measure.text(worst.figure.median)
        let span =
            isSame
            ? "\(what) is \(metric.measure.text(best.figure.median)) with all"
            : "\(what) is from \(named(best)) to \(named(worst))"
        guard let one = best.figure.interval, let other = worst.figure.interval else {
            return span + "."
        }
        return span
            + (one.overlaps(other) && !isSame
                ? "; their intervals overlap, so no difference is shown." : ".")
    }
}
