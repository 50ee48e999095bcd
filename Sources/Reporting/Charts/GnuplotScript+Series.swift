/// The data of a panel's series, and how each kind of mark is plotted.
extension GnuplotScript {
    mutating func plot(_ panel: Chart.Panel, at index: Int) {
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
    func row(_ point: Chart.Point) -> String {
        let fields = [
            point.x, point.y, point.xInterval?.lowerBound, point.xInterval?.upperBound,
            point.yInterval?.lowerBound, point.yInterval?.upperBound,
        ]
        return fields.map { $0.map(number) ?? "NaN" }.joined(separator: " ")
    }

    static func plots(_ series: Chart.Series, data: String) -> [String] {
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

    static let areaOpacity = 0.22

    /// gnuplot's number of a colour, whose highest byte is its transparency.
    static func colour(_ ink: Ink, opacity: Double) -> Int {
        let transparency = Int((255 * (1 - opacity)).rounded())
        return transparency << 24 | (Int(ink.colour.rawValue.dropFirst(), radix: 16) ?? 0)
    }

    static func intervals(
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
}

extension Chart.Series {
    /// Whether its discs differ in their size.
    fileprivate var hasSizes: Bool { mark != .cells && points.contains { $0.size != 1 } }
}
