import Foundation

/// A chart as a script for gnuplot, with its data: it reads no other file and executes nothing.
///
/// The same chart always gives the same text.
struct GnuplotScript {
    let chart: Chart
    let format: ChartFormat
    let layout: ChartLayout
    var lines: [String] = []

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
        axis("y", panel.y, length: placed.plot.bottom - placed.plot.top)
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

    private mutating func axis(_ name: String, _ axis: Chart.Axis, length: Double? = nil) {
        lines.append(axis.isLogarithmic ? "set logscale \(name)" : "unset logscale \(name)")
        let range = axis.range
        lines.append("set \(name)range [\(number(range.lowerBound)):\(number(range.upperBound))]")
        lines.append("set format \(name) '%g'")
        lines.append("unset m\(name)tics")
        ticks(name, axis, length: length)
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

    static func fill(_ kind: Chart.Band.Kind) -> String {
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

    // MARK: Figures

    func across(_ x: Double) -> String { Self.number(x / ChartLayout.width) }

    /// gnuplot counts from the foot.
    func up(_ y: Double) -> String { Self.number(1 - y / layout.height.rounded(.up)) }

    func number(_ value: Double) -> String { Self.number(value) }

    /// Independent of the user's locale; nine digits are more than a picture shows.
    static func number(_ value: Double) -> String {
        value.isFinite ? String(format: "%.9g", locale: nil, value) : "NaN"
    }
}
