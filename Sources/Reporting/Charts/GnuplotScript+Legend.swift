/// Lines of text, and the samples of a legend.
extension GnuplotScript {
    mutating func label(_ line: ChartLayout.Line) {
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

    mutating func sample(_ entry: ChartLayout.LegendEntry) {
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
                    + "lc rgb '\(ink.colour.rawValue)' lw \(number(width + ink.dash.widening)) "
                    + "dt \(ink.dash.number)")
        }
        lines.append(
            "set label \(GnuplotText.quoted(entry.name)) at screen \(across(right + 6)), "
                + "screen \(up(middle)) left")
    }

    mutating func point(_ entry: ChartLayout.LegendEntry, _ y: Double, _ style: String) {
        lines.append(
            "set label '' at screen \(across(entry.x + ChartLayout.sampleWidth / 2)), "
                + "screen \(up(y)) point \(style)")
    }

    mutating func box(_ x: Double, _ y: Double, fill: String) {
        lines.append(
            "set object rectangle from screen \(across(x)), screen \(up(y + 6)) to "
                + "screen \(across(x + ChartLayout.sampleWidth)), screen \(up(y - 6)) \(fill)")
    }
}

extension Ink.Dash {
    /// Invisibly small: in SVG gnuplot draws an arrow with the dashes of the one before it, if colour and
    /// width are the same.
    fileprivate var widening: Double {
        switch self {
        case .solid: 0
        case .dashed: 0.01
        case .dotted: 0.02
        }
    }

    /// gnuplot's number of the dash.
    var number: String {
        switch self {
        case .solid: "1"
        case .dashed: "(8,4)"
        case .dotted: "(2,3)"
        }
    }
}
