import Foundation

/// Places names beside points with as little overlap as possible.
enum NotePlacement {
    /// Places each name in turn on the side where it covers the least.
    /// - Parameter isAlone: whether the chart has no other panel, so that this one is high.
    static func place(
        _ notes: [Chart.Note], in panel: Chart.Panel, isAlone: Bool = true
    ) -> [Chart.Note] {
        let plot = (
            width: ChartLayout.width - 96,
            height: isAlone ? ChartLayout.aloneHeight : ChartLayout.stackedHeight
        )
        func pixels(_ value: Double, _ axis: Chart.Axis, _ length: Double) -> Double {
            let (low, high) = (axis.range.lowerBound, axis.range.upperBound)
            return axis.isLogarithmic
                ? log(value / low) / log(high / low) * length
                : (value - low) / (high - low) * length
        }
        let places = notes.map { note in
            (x: pixels(note.x, panel.x, plot.width), y: pixels(note.y, panel.y, plot.height))
        }
        var taken = panel.series.flatMap { series in
            series.obstacles.map { ends in
                let x = ends.x.map { pixels($0, panel.x, plot.width) }
                let y = ends.y.map { pixels($0, panel.y, plot.height) }
                return Box(
                    x: x.min()! - 5, y: y.min()! - 5, width: x.max()! - x.min()! + 10,
                    height: y.max()! - y.min()! + 10)
            }
        }
        return notes.enumerated().map { index, note in
            let width = GnuplotText.width(note.text, size: ChartLayout.fontSize)
            let candidates = Chart.Note.Side.beside.map { side in
                (side: side, box: box(side, at: places[index], width: width))
            }
            let best = candidates.min { cost($0.box, taken, plot) < cost($1.box, taken, plot) }!
            // A name over another name is illegible; over a line it is still legible.
            var name = best.box
            name.weight = 6
            taken.append(name)
            var note = note
            note.side = best.side
            return note
        }
    }

    private struct Box {
        var x, y, width, height: Double
        /// The cost of covering it.
        var weight = 1.0

        func overlap(_ other: Box) -> Double {
            let across = min(x + width, other.x + other.width) - max(x, other.x)
            let up = min(y + height, other.y + other.height) - max(y, other.y)
            return max(across, 0) * max(up, 0)
        }
    }

    private static func box(
        _ side: Chart.Note.Side, at place: (x: Double, y: Double), width: Double
    ) -> Box {
        let height = ChartLayout.fontSize + 2
        let x =
            switch side {
            case .right: place.x + 7
            case .aboveRight, .belowRight: place.x + 5
            case .left: place.x - 7 - width
            case .aboveLeft, .belowLeft: place.x - 5 - width
            case .above, .below, .middle: place.x - width / 2
            }
        let y =
            switch side {
            case .right, .left, .middle: place.y - height / 2
            case .above, .aboveLeft, .aboveRight: place.y + 6
            case .below, .belowLeft, .belowRight: place.y - 6 - height
            }
        return Box(x: x, y: y, width: width, height: height)
    }

    /// The covered area; area outside of the picture counts as covered.
    private static func cost(
        _ box: Box, _ taken: [Box], _ plot: (width: Double, height: Double)
    ) -> Double {
        let inside = box.overlap(Box(x: -10, y: 0, width: plot.width + 10, height: plot.height))
        return taken.reduce(box.width * box.height - inside) { $0 + box.overlap($1) * $1.weight }
    }
}

extension Chart.Note.Side {
    fileprivate static let beside = allCases.filter { $0 != .middle }
}

extension Chart.Series {
    /// Rectangles that names should avoid: discs, each line of their intervals, and steps of a
    /// line. So a name may lie between the arms of a cross.
    fileprivate var obstacles: [(x: [Double], y: [Double])] {
        if case .line = mark {
            return zip(points, points.dropFirst()).compactMap { from, to in
                guard let low = from.y, let high = to.y else { return nil }
                return ([from.x, to.x], [low, high])
            }
        }
        return points.flatMap { point -> [(x: [Double], y: [Double])] in
            guard let y = point.y else { return [] }
            let across = point.xInterval ?? point.x...point.x
            let up = point.yInterval ?? y...y
            return [
                ([across.lowerBound, across.upperBound], [y, y]),
                ([point.x, point.x], [up.lowerBound, up.upperBound]),
            ]
        }
    }
}
