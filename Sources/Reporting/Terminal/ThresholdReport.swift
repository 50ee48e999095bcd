/// The thresholds of a run for a person: which failed, and by how much.
enum ThresholdReport {
    /// No lines where there are no thresholds.
    static func lines(_ rows: [ThresholdRow]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let failed = rows.count { !$0.holds }
        let title =
            failed > 0
            ? "\(failed) of \(rows.count) failed" : rows.count == 1 ? "holds" : "all hold"
        let width = rows.map(\.threshold.count).max() ?? 0
        let figures = rows.map { row in
            row.measured.map { text($0, row.unit) } ?? "not measured"
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

    private static func judgement(_ row: ThresholdRow) -> String {
        if row.holds { return "holds" }
        var text = "FAILED"
        if row.measured == nil {
            // The figure's place says so.
        } else if let share = row.relativeDifference, share != 0 {
            text += ", \(Figure.percent(ofShare: abs(share))) \(share > 0 ? "above" : "below")"
            // A share of the offered rate does not say what it comes to.
            if row.threshold.hasSuffix("offered"), let limit = row.limit {
                text += " " + Self.text(limit, row.unit)
            }
        }
        if let seconds = row.endedRunAfterSeconds {
            text += "; ended the run after \(Figure.duration(seconds: seconds))"
        }
        return text
    }

    private static func text(_ figure: ThresholdRow.Figure, _ unit: String) -> String {
        guard case .number(let number) = figure else {
            guard case .word(let word) = figure else { return "" }
            return word
        }
        return switch unit {
        case "us": Figure.duration(nanos: number * 1e3)
        case "ms": Figure.duration(nanos: number * 1e6)
        case "s": Figure.duration(seconds: number)
        case "records_per_s": Figure.rate(number)
        case "mb_per_s": Figure.byteRate(number * 1e6)
        case "bytes": Figure.bytes(number)
        case "percent": Figure.percent(ofShare: number / 100)
        default:
            number == number.rounded() && abs(number) < 1e15
                ? Figure.count(Int64(number)) : Figure.significant(number)
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
}
