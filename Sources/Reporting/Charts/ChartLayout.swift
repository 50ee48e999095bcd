/// The places of everything in a chart, in pixels from the top left of the picture.
struct ChartLayout {
    /// Half the width of a wide page; as narrow as a phone it is still legible.
    static let width = 520.0
    static let fontSize = 13.0
    static let detailSize = 12.0
    static let titleSize = 17.0
    static let lineHeight = 18.0
    static let margin = 14.0
    /// From the foot of a plot to the middle of its x axis' label.
    static let axisLabelDepth = 42.0

    struct Rectangle: Equatable {
        var left, top, right, bottom: Double
    }

    struct Line: Equatable {
        var text: String
        var x, y: Double
        var style = Style.plain

        enum Style { case title, plain, detail }
    }

    /// A sample of a series or of a shading, and its name.
    struct LegendEntry: Equatable {
        enum Sample: Equatable {
            case series(Chart.Mark, Ink)
            case band(Chart.Band.Kind)
            case event(Chart.Event.Kind)
        }

        var name: String
        var sample: Sample
        /// The left end of the sample; the name follows it.
        var x = 0.0
        var y = 0.0
    }

    struct Panel {
        var plot: Rectangle
        /// The middle of the y axis' label, which is upright.
        var yLabel: Double
        var title: Line?
        var legend: [LegendEntry]
    }

    private(set) var height = 0.0
    private(set) var lines: [Line] = []
    private(set) var legend: [LegendEntry] = []
    private(set) var panels: [Panel] = []

    static let sampleWidth = 26.0
    /// The mean width of a sentence's characters, as a share of the font's size.
    private static let textWidth = 0.5
    /// The same of figures and capitals.
    private static let wideWidth = 0.66
    /// Of the plot of a chart with one panel.
    static let aloneHeight = 260.0
    /// Of each plot of several below each other.
    static let stackedHeight = 150.0

    init(_ chart: Chart) {
        var y = Self.margin + Self.titleSize
        let room = Self.width - 2 * Self.margin
        let titleLimit = Int(room / Self.titleSize / 0.58)
        for text in GnuplotText.wrapped(chart.title, limit: titleLimit, lines: 2) {
            lines.append(Line(text: text, x: Self.margin, y: y, style: .title))
            y += Self.lineHeight + 3
        }
        if !chart.finding.isEmpty {
            let limit = Self.characters(of: chart.finding, in: room, size: Self.fontSize)
            for text in GnuplotText.wrapped(chart.finding, limit: limit, lines: 4) {
                lines.append(Line(text: text, x: Self.margin, y: y))
                y += Self.lineHeight
            }
        }
        for paragraph in chart.subtitle {
            let limit = Self.characters(of: paragraph, in: room, size: Self.detailSize)
            for text in GnuplotText.wrapped(paragraph, limit: limit, lines: 3) {
                lines.append(Line(text: text, x: Self.margin, y: y, style: .detail))
                y += Self.lineHeight - 3
            }
        }
        y += 4
        var shared = chart.sharesLegend ? Self.entries(chart.panels.flatMap(\.series)) : []
        let kinds = Set(chart.panels.flatMap { $0.bands.map(\.kind) })
        shared += Chart.Band.Kind.allCases.filter(kinds.contains).map {
            LegendEntry(name: $0.meaning, sample: .band($0))
        }
        let events = Set(chart.panels.flatMap { $0.events.map(\.kind) })
        shared += Chart.Event.Kind.allCases.filter(events.contains).map {
            LegendEntry(name: $0.meaning, sample: .event($0))
        }
        legend = Self.flow(shared, from: Self.margin, to: Self.width - Self.margin, y: &y)
        place(chart, below: y)
    }

    /// How many characters of a text fit a line: figures and capitals, of which names of folders consist, are
    /// wider than a sentence's letters.
    private static func characters(of text: String, in room: Double, size: Double) -> Int {
        let wide = text.count { $0.isNumber || $0.isUppercase }
        let share = Double(wide) / Double(max(text.count, 1))
        return Int(room / size / (textWidth * (1 - share) + wideWidth * share))
    }

    private mutating func place(_ chart: Chart, below top: Double) {
        let columns = max(chart.panelColumns, 1)
        let columnWidth = Self.width / Double(columns)
        var top = top
        for start in stride(from: 0, to: chart.panels.count, by: columns) {
            let row = Array(chart.panels[start..<min(start + columns, chart.panels.count)])
            var bottom = top
            for (column, panel) in row.enumerated() {
                let left = Double(column) * columnWidth
                let placed = Self.place(
                    panel, left: left, right: left + columnWidth, top: top,
                    isAlone: chart.panels.count == 1, isSmall: columns > 1,
                    hasLegend: !chart.sharesLegend)
                panels.append(placed)
                bottom = max(bottom, placed.plot.bottom)
            }
            let isLabelled = row.contains { !$0.x.label.isEmpty }
            top = bottom + (isLabelled ? Self.axisLabelDepth + Self.lineHeight / 2 : 36)
        }
        height = top + Self.margin / 2
    }

    private static func place(
        _ panel: Chart.Panel, left: Double, right: Double, top: Double, isAlone: Bool,
        isSmall: Bool, hasLegend: Bool
    ) -> Panel {
        var y = top + lineHeight
        var title: Line?
        if !panel.title.isEmpty {
            let limit = Int((right - left - margin) / fontSize / 0.56)
            title = Line(
                text: GnuplotText.shortened(panel.title, to: limit), x: left + margin, y: y)
            y += lineHeight
        }
        var entries = hasLegend ? Self.entries(panel.series) : []
        // A lone series needs no legend: the title names it.
        if entries.count == 1 { entries = [] }
        entries = flow(entries, from: left + margin, to: right - margin, y: &y)
        let names = panel.categories.map { GnuplotText.width($0, size: fontSize) }.max()
        let room = names.map { $0 + 2 * margin } ?? (isSmall ? 68 : 76)
        let plotTop = y - lineHeight + 14
        let plotHeight =
            if let height = panel.plotHeight {
                height
            } else if !panel.categories.isEmpty {
                Double(panel.categories.count) * panel.categoryHeight + 10
            } else if isSmall {
                110.0
            } else {
                isAlone ? aloneHeight : stackedHeight
            }
        return Panel(
            plot: Rectangle(
                left: left + room, top: plotTop, right: right - margin - (names == nil ? 6 : 14),
                bottom: plotTop + plotHeight),
            yLabel: left + (isSmall ? 9 : 20), title: title, legend: entries)
    }

    /// One entry for each name, in the order of the series.
    private static func entries(_ series: [Chart.Series]) -> [LegendEntry] {
        var seen: Set<String> = []
        return series.filter { !$0.name.isEmpty && seen.insert($0.name).inserted }.map {
            LegendEntry(
                name: GnuplotText.shortened($0.name, to: 40), sample: .series($0.mark, $0.ink))
        }
    }

    /// Places entries side by side from the left, in as many rows as they need, and moves `y`
    /// below.
    private static func flow(
        _ entries: [LegendEntry], from left: Double, to right: Double, y: inout Double
    ) -> [LegendEntry] {
        guard !entries.isEmpty else { return [] }
        var x = left
        var placed: [LegendEntry] = []
        for var entry in entries {
            let width = sampleWidth + 6 + GnuplotText.width(entry.name, size: fontSize) + 14
            if x > left, x + width > right + 14 {
                x = left
                y += lineHeight
            }
            entry.x = x
            entry.y = y
            placed.append(entry)
            x += width
        }
        y += lineHeight
        return placed
    }
}

extension Chart.Event.Kind {
    /// Its entry in the legend.
    var meaning: String {
        switch self {
        case .fault: "error or lost connection"
        case .retry: "batch sent again"
        case .leaderChange: "another leader"
        case .throttle: "throttled by a broker"
        }
    }

    var colour: Palette {
        switch self {
        case .fault: .vermilion
        case .retry: .orange
        case .leaderChange: .purple
        case .throttle: .green
        }
    }
}

extension Chart.Band.Kind {
    /// Intervals with a stall at least as long are shaded: one that a latency axis would show.
    static let hiccupLimitMicros = 10_000.0

    /// Its entry in the legend.
    var meaning: String {
        switch self {
        case .warmup: "warm-up"
        case .pause: "consumers paused"
        case .hiccup: "stall of the machine, 10 ms or more"
        case .drain: "drain"
        case .answer: "safe rate, 95 % interval"
        }
    }

    var colour: String {
        switch self {
        case .warmup: "#888888"
        case .pause: "#CC79A7"
        case .hiccup: "#D55E00"
        case .drain: "#56B4E9"
        case .answer: "#009E73"
        }
    }

    var opacity: Double {
        switch self {
        case .warmup: 0.18
        case .pause: 0.2
        case .hiccup: 0.16
        case .drain: 0.25
        case .answer: 0.2
        }
    }
}
