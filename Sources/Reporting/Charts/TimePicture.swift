/// A chart over time: its lines are chosen, and become axes and points.
struct TimePicture {
    /// The contents of one pair of axes.
    struct Panel {
        var title: String
        var quantity: TimeQuantity
        var lines: [TimeQuantity.Line]
        /// Whose warm-up, drain and stalls are shaded.
        var runs: [ChartRun]
    }

    var panels: [Panel]
    private var columns = 1
    private var sharesLegend = false
    private var suffix = ""
    /// Nil for the chart's own.
    private var title: String?
    /// The most repetitions of a subject.
    private var repetitions: Int

    /// One panel for each quantity of one subject.
    init(_ quantities: [TimeQuantity], of subject: ChartSubject) {
        repetitions = subject.runs.count
        panels = quantities.map { quantity in
            Panel(
                title: quantity.title, quantity: quantity,
                lines: Self.lines(quantity, of: subject.runs), runs: subject.runs)
        }
        dropEmptyPanels()
    }

    /// One panel for each quantity, in it the lines of all subjects, each in its own ink.
    init(overlaying quantities: [TimeQuantity], of subjects: [ChartSubject]) {
        repetitions = 1
        sharesLegend = true
        panels = quantities.map { quantity in
            Panel(
                title: quantity.title, quantity: quantity,
                lines: subjects.flatMap { Self.overlay(quantity, of: $0) },
                runs: subjects.flatMap(\.runs))
        }
        dropEmptyPanels()
    }

    /// One panel for each subject.
    init(_ quantity: TimeQuantity, suffix: String, sideBySide subjects: [ChartSubject]) {
        repetitions = subjects.map(\.runs.count).max() ?? 1
        columns = 2
        sharesLegend = true
        self.suffix = suffix
        title = quantity.title + " over time"
        panels = subjects.map { subject in
            Panel(
                title: subject.name, quantity: quantity,
                lines: Self.lines(quantity, of: subject.runs), runs: subject.runs)
        }
        dropEmptyPanels()
    }

    private mutating func dropEmptyPanels() {
        panels.removeAll { panel in !panel.lines.contains(where: \.hasValues) }
    }

    // MARK: Lines

    /// The lines of the repetitions of one subject: thinner where there are two, and the median and
    /// the range of more.
    private static func lines(_ quantity: TimeQuantity, of runs: [ChartRun]) -> [TimeQuantity.Line]
    {
        if runs.count >= RepeatedLines.fewest {
            return RepeatedLines.merged(runs.map(quantity.lines))
        }
        return runs.flatMap { run in
            quantity.lines(run).map { line in
                var line = line
                if runs.count > 1 { line.width = min(line.width, 1) }
                return line
            }
        }
    }

    /// The lines of one of several subjects in its own ink, dashed after the first.
    private static func overlay(
        _ quantity: TimeQuantity, of subject: ChartSubject
    ) -> [TimeQuantity.Line] {
        let lines = subject.runs.flatMap(quantity.lines)
        return lines.enumerated().map { index, line in
            var line = line
            line.name = lines.count > 1 ? "\(subject.name), \(line.name)" : subject.name
            line.ink = subject.ink
            if index > 0 { line.ink.dash = .init(round: index) }
            line.width = 1.6
            return line
        }
    }

    // MARK: Axes

    /// Nil if no run has times.
    func chart(of kind: TimeChart, subtitle: [String]) -> Chart? {
        let ranges = panels.flatMap { $0.runs.compactMap(\.timeRange) }
        guard let start = ranges.map(\.lowerBound).min(),
            let end = ranges.map(\.upperBound).max()
        else { return nil }
        let whole = start...(end > start ? end : start + 1)
        // Logarithmic axes of one chart get one range, so that panels can be compared.
        let isShared = columns > 1 || panels.allSatisfy(\.quantity.isLogarithmic)
        let all = panels.flatMap(\.lines)
        let clock = Self.timeUnit(for: whole)
        var table = ChartTable(columns: ["", "minimum", "median", "maximum"], rows: [])
        let isMerged = repetitions >= RepeatedLines.fewest
        let drawn = panels.enumerated().map { index, panel in
            // A stall of one repetition is not one of their median.
            let bands = panel.runs.flatMap(\.bands).filter { !isMerged || $0.kind != .hiccup }
                .merged(in: whole)
            table.rows += Self.rows(panel, isNamed: panels.count > 1)
            var drawn = panel.axes(
                time: whole, in: clock, scale: isShared ? all : panel.lines)
            drawn.bands = bands.map { band in
                let ends = [band.range.lowerBound, band.range.upperBound].map { $0 / clock.size }
                return Chart.Band(kind: band.kind, range: ends[0]...ends[1])
            }
            if !isMerged {
                drawn.events = panel.runs.flatMap(\.events).thinned(in: whole).map {
                    Chart.Event(kind: $0.kind, x: $0.x / clock.size)
                }
            }
            // Panels above others share their time axis, and panels beside others their y axis.
            if index + columns < panels.count { drawn.x.label = "" }
            if !index.isMultiple(of: columns) { drawn.y.label = "" }
            return drawn
        }
        let note =
            switch repetitions {
            case ...1: ""
            case ..<RepeatedLines.fewest: " Each repetition is a line of its own."
            case _:
                " Lines are medians of the repetitions, and the areas around them go from the lowest "
                    + "to the highest; stalls and events of single repetitions are not marked."
            }
        return Chart(
            name: kind.name + suffix, title: title ?? kind.title,
            finding: TimeFinding.sentence(panels), subtitle: subtitle,
            caption: kind.caption + note, panels: drawn, panelColumns: columns,
            sharesLegend: sharesLegend, table: table)
    }

    static func timeUnit(for range: ClosedRange<Double>) -> Measure.Unit {
        switch range.upperBound - range.lowerBound {
        case 14_400...: Measure.Unit(name: "h", size: 3_600)
        case 1_200...: Measure.Unit(name: "min", size: 60)
        default: Measure.Unit(name: "s", size: 1)
        }
    }

    // MARK: Values

    /// Of the measured part, if there is one.
    private static func rows(_ panel: Panel, isNamed: Bool) -> [[String]] {
        panel.lines.compactMap { line in
            let points = panel.measured(line)
            let values = points.compactMap(\.y)
            guard let low = values.min(), let high = values.max() else { return nil }
            let name = isNamed ? "\(panel.title): \(line.name)" : line.name
            let sample = points.filter { !$0.isExtreme }.compactMap(\.y)
            let typical = (sample.isEmpty ? values : sample).sorted()
            let figures = [low, typical[(typical.count - 1) / 2], high]
            return [name] + figures.map(panel.quantity.measure.text)
        }
    }
}
