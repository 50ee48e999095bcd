import Foundation

/// A chart as a script for gnuplot, with its data: it reads no other file and executes nothing.
///
/// The same chart always gives the same text.
struct GnuplotScript {
    private let chart: Chart
    private let format: ChartFormat
    private let layout: ChartLayout
    private var lines: [String] = []

    /// - Parameter output: a file name in the working directory, of letters, digits, `-` and `.`.
    static func text(_ chart: Chart, format: ChartFormat, output: String) -> String {
        var script = GnuplotScript(chart, format: format)
        script.begin(output: output)
        for index in chart.panels.indices { script.draw(panel: index) }
        script.lines += ["unset multiplot", "unset output"]
        return script.lines.joined(separator: "\n") + "\n"
    }

    private init(_ chart: Chart, format: ChartFormat) {
        self.chart = chart
        self.format = format
        layout = ChartLayout(chart)
    }

    private mutating func begin(output: String) {
        let width = Int(ChartLayout.width)
        let height = Int(layout.height.rounded(.up))
        lines = [
            "set encoding utf8",
            format.terminal(width: width, height: height, name: chart.name),
            "set output \(GnuplotText.quoted(output))",
            "set datafile missing 'NaN'",
            "set multiplot",
            "unset key",
            "set border 3",
            "set tics nomirror out scale 0.5",
            "set style fill solid 1 noborder",
        ]
    }

    // MARK: Panels

    private mutating func draw(panel index: Int) {
        let panel = chart.panels[index]
        let placed = layout.panels[index]
        if index == 0 {
            header()
        } else {
            lines += ["unset label", "unset arrow", "unset object"]
        }
        if let title = placed.title { label(title) }
        for entry in placed.legend { sample(entry) }
        lines += [
            "set lmargin at screen \(across(placed.plot.left))",
            "set rmargin at screen \(across(placed.plot.right))",
            "set tmargin at screen \(up(placed.plot.top))",
            "set bmargin at screen \(up(placed.plot.bottom))",
        ]
        axis("x", panel.x)
        axis("y", panel.y)
        // Labels of our own: gnuplot places its labels by the terminal, and that of the y axis by
        // the figures beside it, which may be outside of the picture.
        if !panel.y.label.isEmpty {
            lines.append(
                "set label \(GnuplotText.quoted(panel.y.label)) at "
                    + "screen \(across(placed.yLabel)), "
                    + "screen \(up((placed.plot.top + placed.plot.bottom) / 2)) center rotate by 90"
            )
        }
        lines.append(
            "set label \(GnuplotText.quoted(panel.x.label)) at "
                + "screen \(across((placed.plot.left + placed.plot.right) / 2)), "
                + "screen \(up(placed.plot.bottom + ChartLayout.axisLabelDepth)) center")
        if !panel.categories.isEmpty { categories(panel) }
        for band in panel.bands { shade(band) }
        for event in panel.events { mark(event) }
        for note in panel.notes { self.note(note) }
        plot(panel, at: index)
    }

    private mutating func header() {
        for line in layout.lines { label(line) }
        for entry in layout.legend { sample(entry) }
    }

    private mutating func axis(_ name: String, _ axis: Chart.Axis) {
        lines.append(axis.isLogarithmic ? "set logscale \(name)" : "unset logscale \(name)")
        let range = axis.range
        lines.append("set \(name)range [\(number(range.lowerBound)):\(number(range.upperBound))]")
        lines.append("set format \(name) '%g'")
        lines.append("unset m\(name)tics")
        if axis.ticks.isEmpty {
            lines.append("set \(name)tics autofreq")
        } else {
            // A tick's label is a format.
            let ticks = axis.ticks.map { tick in
                let label = GnuplotText.quoted(tick.label.replacing("%", with: "%%"))
                // Grid lines are only at major ticks, those of level 0.
                return "\(label) \(number(tick.place))" + (tick.label.isEmpty ? " 1" : "")
            }
            lines.append("set \(name)tics (\(ticks.joined(separator: ", ")))")
        }
        lines.append("set grid \(name)tics lt 1 lw 0.5 lc rgb '#B8B8B8'")
    }

    /// Names instead of figures. They are labels, since a tick's label would be taken for a format.
    private mutating func categories(_ panel: Chart.Panel) {
        lines += ["unset ytics", "set grid noytics"]
        for (index, name) in panel.categories.enumerated() {
            let row = number(Double(panel.categories.count - 1 - index))
            lines.append(
                "set label \(GnuplotText.quoted(name)) at graph 0, first \(row) right "
                    + "offset character -1, 0")
        }
    }

    private mutating func shade(_ band: Chart.Band) {
        lines.append(
            "set object rectangle from first \(number(band.range.lowerBound)), graph 0 to "
                + "first \(number(band.range.upperBound)), graph 1 \(Self.fill(band.kind)) behind")
    }

    private mutating func mark(_ event: Chart.Event) {
        let colour = "lc rgb '\(event.kind.colour.rawValue)'"
        let x = number(event.x)
        lines += [
            "set arrow from first \(x), graph 0 to first \(x), graph 1 nohead \(colour) lw 0.8 "
                + "dt (2,3)",
            "set label '' at first \(x), graph 1 point pt 11 ps 0.7 \(colour)",
        ]
    }

    private static func fill(_ kind: Chart.Band.Kind) -> String {
        "fc rgb '\(kind.colour)' fs transparent solid \(kind.opacity) noborder"
    }

    private mutating func note(_ note: Chart.Note) {
        let place =
            switch note.side {
            case .middle: "center"
            case .right: "left offset character 0.7, 0"
            case .left: "right offset character -0.7, 0"
            case .above: "center offset character 0, 0.7"
            case .below: "center offset character 0, -0.7"
            case .aboveRight: "left offset character 0.5, 0.6"
            case .belowRight: "left offset character 0.5, -0.6"
            case .aboveLeft: "right offset character -0.5, 0.6"
            case .belowLeft: "right offset character -0.5, -0.6"
            }
        lines.append(
            "set label \(GnuplotText.quoted(note.text)) at first \(number(note.x)), "
                + "first \(number(note.y)) \(place)")
    }

    // MARK: Series

    private mutating func plot(_ panel: Chart.Panel, at index: Int) {
        var plots: [String] = []
        for (place, series) in panel.series.enumerated() {
            let name = "$panel\(index)_series\(place)"
            lines.append("\(name) << END")
            let isSized = series.hasSizes
            lines += series.points.map { point in
                if series.mark == .cells {
                    return row(point) + " \(Self.colour(series.ink, opacity: point.size))"
                }
                return row(point) + (isSized ? " " + number(point.size) : "")
            }
            lines.append("END")
            plots += Self.plots(series, data: name)
        }
        // Empty axes still need a plot.
        if plots.isEmpty { plots = ["NaN notitle"] }
        lines.append("plot " + plots.joined(separator: ", \\\n    "))
    }

    /// `x y xlow xhigh ylow yhigh`, `NaN` where there is none.
    private func row(_ point: Chart.Point) -> String {
        let fields = [
            point.x, point.y, point.xInterval?.lowerBound, point.xInterval?.upperBound,
            point.yInterval?.lowerBound, point.yInterval?.upperBound,
        ]
        return fields.map { $0.map(number) ?? "NaN" }.joined(separator: " ")
    }

    private static func plots(_ series: Chart.Series, data: String) -> [String] {
        let colour = "lc rgb '\(series.ink.colour.rawValue)'"
        let dash = "dt \(series.ink.dash.number)"
        let discs =
            series.hasSizes
            ? "\(data) using 1:2:(0.9*$7) with points pt 7 ps variable \(colour) notitle"
            : "\(data) using 1:2 with points pt 7 ps 0.7 \(colour) notitle"
        switch series.mark {
        case .line(let width):
            let line = "\(data) using 1:2 with lines \(colour) lw \(number(width)) \(dash) notitle"
            // A line through a single point is invisible.
            return series.points.count(where: { $0.y != nil }) == 1 ? [discs] : [line]
        case .discs:
            return intervals(series, data: data, colour: colour) + [discs]
        case .joinedDiscs:
            let line = "\(data) using 1:2 with lines \(colour) lw 1.5 \(dash) notitle"
            return [line] + intervals(series, data: data, colour: colour) + [discs]
        case .rings:
            return ["\(data) using 1:2 with points pt 6 ps 0.45 lw 1 \(colour) notitle"]
        case .area:
            return [
                "\(data) using 1:5:6 with filledcurves \(colour) fs transparent solid "
                    + "\(areaOpacity) noborder notitle"
            ]
        case .bars:
            return [
                "\(data) using 1:2:3:4:($2-0.36):($2+0.36) with boxxyerror \(colour) notitle"
            ]
        case .cells:
            return [
                "\(data) using 1:2:3:4:5:6:7 with boxxyerror lc rgb variable fs solid noborder "
                    + "notitle"
            ]
        }
    }

    private static let areaOpacity = 0.22

    /// gnuplot's number of a colour, whose highest byte is its transparency.
    private static func colour(_ ink: Ink, opacity: Double) -> Int {
        let transparency = Int((255 * (1 - opacity)).rounded())
        return transparency << 24 | (Int(ink.colour.rawValue.dropFirst(), radix: 16) ?? 0)
    }

    private static func intervals(
        _ series: Chart.Series, data: String, colour: String
    ) -> [String] {
        // Arrows with flat heads: error bars would come with a white disc behind each point.
        let style = "with vectors heads nofilled size screen 0.0045,90 lw 1.3 \(colour) notitle"
        var plots: [String] = []
        if series.points.contains(where: { $0.xInterval != nil }) {
            plots.append("\(data) using 3:2:($4-$3):(0) \(style)")
        }
        if series.points.contains(where: { $0.yInterval != nil }) {
            plots.append("\(data) using 1:5:(0):($6-$5) \(style)")
        }
        return plots
    }

    // MARK: Text and legends

    private mutating func label(_ line: ChartLayout.Line) {
        let font =
            switch line.style {
            case .title: " font '\(format.titleFont(size: ChartLayout.titleSize))'"
            case .plain: ""
            case .detail: " font ',\(format.fontSize(ChartLayout.detailSize))'"
            }
        lines.append(
            "set label \(GnuplotText.quoted(line.text)) at screen \(across(line.x)), "
                + "screen \(up(line.y - ChartLayout.fontSize * 0.35)) left\(font)")
    }

    private mutating func sample(_ entry: ChartLayout.LegendEntry) {
        let middle = entry.y - ChartLayout.fontSize * 0.35
        let right = entry.x + ChartLayout.sampleWidth
        switch entry.sample {
        case .band(let kind):
            box(entry.x, middle, fill: Self.fill(kind))
        case .event(let kind):
            point(entry, middle, "pt 11 ps 0.8 lc rgb '\(kind.colour.rawValue)'")
        case .series(.bars, let ink), .series(.cells, let ink):
            box(entry.x, middle, fill: "fc rgb '\(ink.colour.rawValue)' fs solid noborder")
        case .series(.area, let ink):
            box(
                entry.x, middle,
                fill: "fc rgb '\(ink.colour.rawValue)' fs transparent solid \(Self.areaOpacity) "
                    + "noborder")
        case .series(.rings, let ink):
            point(entry, middle, "pt 6 ps 0.45 lw 1 lc rgb '\(ink.colour.rawValue)'")
        case .series(.discs, let ink):
            // With an interval, as those of the series have one.
            lines.append(
                "set arrow from screen \(across(entry.x + 2)), screen \(up(middle)) to "
                    + "screen \(across(right - 2)), screen \(up(middle)) heads nofilled "
                    + "size screen 0.0045,90 lw 1.3 lc rgb '\(ink.colour.rawValue)'")
            point(entry, middle, "pt 7 ps 0.7 lc rgb '\(ink.colour.rawValue)'")
        case .series(let mark, let ink):
            let width = if case .line(let width) = mark { width } else { 1.5 }
            lines.append(
                "set arrow from screen \(across(entry.x)), screen \(up(middle)) to "
                    + "screen \(across(right)), screen \(up(middle)) nohead "
                    + "lc rgb '\(ink.colour.rawValue)' lw \(number(width)) dt \(ink.dash.number)")
        }
        lines.append(
            "set label \(GnuplotText.quoted(entry.name)) at screen \(across(right + 6)), "
                + "screen \(up(middle)) left")
    }

    private mutating func point(_ entry: ChartLayout.LegendEntry, _ y: Double, _ style: String) {
        lines.append(
            "set label '' at screen \(across(entry.x + ChartLayout.sampleWidth / 2)), "
                + "screen \(up(y)) point \(style)")
    }

    private mutating func box(_ x: Double, _ y: Double, fill: String) {
        lines.append(
            "set object rectangle from screen \(across(x)), screen \(up(y + 6)) to "
                + "screen \(across(x + ChartLayout.sampleWidth)), screen \(up(y - 6)) \(fill)")
    }

    // MARK: Figures

    private func across(_ x: Double) -> String { Self.number(x / ChartLayout.width) }

    /// gnuplot counts from the foot.
    private func up(_ y: Double) -> String { Self.number(1 - y / layout.height.rounded(.up)) }

    private func number(_ value: Double) -> String { Self.number(value) }

    /// Independent of the user's locale; nine digits are more than a picture shows.
    private static func number(_ value: Double) -> String {
        value.isFinite ? String(format: "%.9g", locale: nil, value) : "NaN"
    }
}

extension Chart.Series {
    /// Whether its discs differ in their size.
    fileprivate var hasSizes: Bool { mark != .cells && points.contains { $0.size != 1 } }
}

extension Ink.Dash {
    /// gnuplot's number of the dash.
    fileprivate var number: String {
        switch self {
        case .solid: "1"
        case .dashed: "(8,4)"
        case .dotted: "(2,3)"
        }
    }
}
