import Measurement

extension ComparisonReport {
    /// A table for each section, then what is equal in all variants.
    var tables: [String] {
        var lines: [String] = []
        var equal: [String] = []
        for section in RunFigure.Compared.Section.allCases {
            let metrics = ComparedMetric.all.filter { metric in
                metric.section == section
                    && comparison.rows.contains { $0.metric == metric && $0.median != nil }
            }
            let (same, different) = metrics.reduce(into: ([String](), [ComparedMetric]())) {
                if let value = self.value(equalInAll: $1) {
                    $0.0.append("\($1.title) \(value)")
                } else {
                    $0.1.append($1)
                }
            }
            equal += same
            if !different.isEmpty { lines += [""] + fitting(section, different) }
        }
        if !equal.isEmpty {
            lines += [""] + wrapped("The same in all: " + equal.joined(separator: "; ") + ".")
        }
        return lines
    }

    /// Nil where variants differ, or if there is only one.
    private func value(equalInAll metric: ComparedMetric) -> String? {
        guard comparison.variants.count > 1 else { return nil }
        let rows = comparison.variants.map {
            comparison.row(variant: $0.name, metric: metric.column)
        }
        let isSame = rows.allSatisfy { row in
            row?.difference == .baseline || row?.difference == .notShown && row?.detectable == nil
        }
        let texts = Set(rows.map { $0.map { text($0, leavesRoom: false) } ?? "" })
        return isSame && texts.count == 1 ? texts.first : nil
    }

    /// One table, or several below each other to stay within the width.
    private func fitting(
        _ section: RunFigure.Compared.Section, _ metrics: [ComparedMetric]
    ) -> [String] {
        let lines = table(section, metrics).lines(gap: 2).map(Self.withPlainBlanks)
        let isTooWide = lines.contains { $0.count > width }
        guard isTooWide, metrics.count > 1 else { return lines }
        let half = (metrics.count + 1) / 2
        return fitting(section, Array(metrics[..<half])) + [""]
            + fitting(section, Array(metrics[half...]))
    }

    /// Replaces a mark that other rows have, so that digits are aligned.
    private static let blank: Character = "\u{A0}"

    private static func withPlainBlanks(_ line: String) -> String {
        let plain = line.map { $0 == blank ? " " : $0 }
        return String(plain.reversed().drop { $0 == " " }.reversed())
    }

    private func table(
        _ section: RunFigure.Compared.Section, _ metrics: [ComparedMetric]
    ) -> TextTable {
        let comparesVariants = comparison.variants.count > 1
        let baselines = Set(comparison.baselines)
        var table = TextTable(indent: 0)
        table.add(
            [section.heading ?? ""]
                + metrics.flatMap { comparesVariants ? [$0.title, ""] : [$0.title] })
        let flagged = Set(comparison.rows.filter(\.hasTellingOutlier).map(\.metric.column))
        for variant in comparison.variants {
            let name = variant.name + (baselines.contains(variant.name) ? " *" : "")
            var cells = ["  " + (comparesVariants ? name : variant.name)]
            for metric in metrics {
                let row = comparison.row(variant: variant.name, metric: metric.column)
                let isFlagged = flagged.contains(metric.column)
                cells.append(row.map { text($0, leavesRoom: isFlagged) } ?? "")
                if comparesVariants { cells.append(row.map(difference) ?? "") }
            }
            table.add(cells)
        }
        return table
    }

    /// `1.59 M/s [1.57 … 1.62]`, with `!` for an outlier; `-` if no repetition counts.
    /// - Parameter leavesRoom: for the `!` that another row of the column has.
    private func text(_ row: ComparisonRow, leavesRoom: Bool) -> String {
        guard let median = row.median else { return "-" }
        let text = FigureInterval.text(median, row.interval, row.metric.text)
        if row.hasTellingOutlier { return text + " !" }
        return leavesRoom ? text + String([Self.blank, Self.blank]) : text
    }

    /// `1.14× ▲`; or `~ 8 % (31)`, where no difference is shown.
    private func difference(_ row: ComparisonRow) -> String {
        switch row.difference {
        case nil, .baseline: return ""
        case .notShown: return Self.notShown(row)
        case .better: return Self.ratio(row) + "▲"
        case .worse: return Self.ratio(row) + "▼"
        case .higher, .lower: return Self.ratio(row) + String(Self.blank)
        }
    }

    private static func notShown(_ row: ComparisonRow) -> String {
        guard let change = row.detectable else { return "~" }
        let needed = change.repetitions.map { " (\($0))" } ?? ""
        guard let share = change.share, share.isFinite else { return "~" + needed }
        let percent = share * 100
        return "~ " + Figure.fixed(percent, digits: percent < 0.95 ? 1 : 0) + " %" + needed
    }

    private static func ratio(_ row: ComparisonRow) -> String {
        row.ratio.map { Figure.significant($0) + "× " } ?? ""
    }
}

extension ComparisonRow {
    /// A repetition that lies nearer than this to the median, as a share of it, tells nothing.
    private static let tellingDistance = 0.05

    /// Whether an outlier is worth a mark: not where all repetitions agree closely.
    var hasTellingOutlier: Bool {
        guard !outliers.isEmpty, let median, median != 0, let interval else { return false }
        let farthest = values.map { abs($0 - median) }.max() ?? 0
        let reach = max(median - interval.lowerBound, interval.upperBound - median)
        // One that is near the interval's end, as with few repetitions, shows in the interval.
        return farthest > Self.tellingDistance * abs(median) && farthest > 2 * reach
    }
}
