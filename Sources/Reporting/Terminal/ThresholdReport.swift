import Measurement

/// The thresholds of a run for a person: which failed, and by how much.
enum ThresholdReport {
    /// No lines without thresholds.
    static func lines(_ rows: [ThresholdRow]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let failed = rows.count { !$0.holds }
        let title =
            failed > 0
            ? "\(failed) of \(rows.count) failed" : rows.count == 1 ? "holds" : "all hold"
        let width = rows.map(\.threshold.count).max() ?? 0
        let figures = rows.map { row in
            row.measured.map { text($0, row) } ?? "not measured"
        }
        let figureWidth = figures.map(\.count).max() ?? 0
        var lines = ["Thresholds: \(title)"]
        for (row, figure) in zip(rows, figures) {
            let threshold = row.threshold.padded(to: width)
            let measured = figure.padded(to: figureWidth)
            lines.append("  \(threshold)   \(measured)   \(judgement(row))")
        }
        return lines
    }

    static func judgement(_ row: ThresholdRow) -> String {
        if row.holds { return "holds" }
        var text = "FAILED"
        if row.measured == nil {
            // The column of measured values shows that already.
        } else if let share = row.relativeDifference, share != 0 {
            text += ", \(Figure.percent(ofShare: abs(share))) \(share > 0 ? "above" : "below")"
            // For a share of the offered rate, add the rate.
            if row.threshold.hasSuffix("offered"), let limit = row.limit {
                text += " " + Self.text(limit, row)
            }
        }
        if let seconds = row.endedRunAfterSeconds {
            text += "; ended the run after \(Figure.duration(seconds: seconds))"
        }
        return text
    }

    static func text(_ figure: ThresholdRow.Figure, _ row: ThresholdRow) -> String {
        switch figure {
        case .word(let word): word
        case .number(let number): unit(of: row).text(number)
        }
    }

    /// A figure that this version does not know takes its unit from the row.
    private static func unit(of row: ThresholdRow) -> RunFigure.Unit {
        RunFigure.named(row.metric)?.unit
            ?? RunFigure.Unit.allCases.first { $0.columnEnding == row.unit } ?? .count
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
}
