import Measurement

/// Compression ratio against the CPU time of compression, by codec: a curve through its levels, a panel
/// for each size of batches.
enum CodecChart {
    private static let cost = "compress_ns_per_byte"
    private static let ratio = "compression_ratio"

    private static let title = "Compression ratio against CPU time"
    /// As many as --batch-records takes.
    private static let panelLimit = 6
    /// For names to the left of the cheapest setting.
    private static let namesRoom = 0.7

    private struct Entry {
        var row: CSVTable.Row
        var codec: String
        var setting: String
        var batch: CodecBatch
        var cost: Double
        var ratio: Double

        /// Nil for records without a codec, which have no place on a logarithmic axis of cost.
        init?(_ row: CSVTable.Row) {
            guard let codec = row["codec"], let cost = row.number(CodecChart.cost), cost > 0,
                let ratio = row.number(CodecChart.ratio), ratio > 0
            else { return nil }
            (self.row, self.codec, self.cost, self.ratio) = (row, codec, cost, ratio)
            setting = row["level"].map { "\(codec):\($0)" } ?? codec
            batch = CodecBatch(row)
        }

        var isOnFront: Bool { row["pareto"] == "true" }

        var point: Chart.Point {
            Chart.Point(
                cost, ratio,
                xInterval: interval("compress_low_ns_per_byte", "compress_high_ns_per_byte"),
                yInterval: interval("compression_ratio_low", "compression_ratio_high"))
        }

        /// One that reaches down to zero has no end on a logarithmic axis.
        private func interval(_ low: String, _ high: String) -> ClosedRange<Double>? {
            guard let low = row.number(low), let high = row.number(high), low > 0, low < high else {
                return nil
            }
            return low...high
        }
    }

    /// Nothing without rows that have both figures.
    static func picture(of results: SavedResults) -> Charts.Plan {
        let entries = (results.codecs?.rows ?? []).compactMap(Entry.init)
        guard !entries.isEmpty else { return Charts.Plan() }
        let codecs = entries.map(\.codec).uniqued()
        let all = entries.map(\.batch).uniqued()
        let batches = Array(all.prefix(panelLimit))
        let costs = Chart.Axis.logarithmic(
            "CPU time of compression, ns/byte (left is better)",
            entries.flatMap { [$0.cost * namesRoom, $0.point.xInterval?.upperBound ?? $0.cost] },
            text: Figure.plain)
        var panels = batches.map { batch in
            panel(
                entries.filter { $0.batch == batch }, codecs: codecs, costs: costs,
                isAlone: batches.count == 1)
        }
        if panels.count > 1 {
            for index in panels.indices { panels[index].title = batches[index].text }
            for index in panels.indices.dropLast() { panels[index].x.label = "" }
        }
        let notes =
            all.count > panelLimit
            ? ["\(title): only the first \(panelLimit) sizes of batches of \(all.count)"] : []
        let chart = Chart(
            name: "codec-ratio-against-cost", title: title, finding: finding(entries),
            subtitle: ChartSubtitle.ofCodecs(
                results, batches.count == 1 ? [batches[0].text] : []),
            caption:
                "Codecs alone, on the sample's batches in Kafka's format: up is smaller on disk, "
                + "left is cheaper; each curve is a codec through its levels, with 95 % intervals, "
                + "and the broad line is the Pareto front, whose settings are named.",
            panels: panels, sharesLegend: true, table: values(entries))
        return Charts.Plan(charts: [chart], notes: notes)
    }

    private static func panel(
        _ entries: [Entry], codecs: [String], costs: Chart.Axis, isAlone: Bool
    ) -> Chart.Panel {
        let highest = entries.map { max($0.ratio, $0.point.yInterval?.upperBound ?? 0) }.max() ?? 1
        var panel = Chart.Panel(
            x: costs,
            y: .fromZero("ratio (up is better)", maximum: highest, headroom: 1.15), series: [])
        let curves: [Chart.Series] = codecs.enumerated().compactMap { index, codec in
            let own = entries.filter { $0.codec == codec }.sorted { $0.cost < $1.cost }
            guard !own.isEmpty else { return nil }
            return Chart.Series(
                name: codec, mark: .joinedDiscs, ink: Palette.variant(index),
                points: own.map(\.point))
        }
        let front = entries.filter(\.isOnFront).sorted { $0.cost < $1.cost }
        // A staircase: no setting lies between two of them, so the cheaper one counts. Where intervals
        // are wide the front also has settings that lie below it.
        let corners = front.reduce(into: [Entry]()) { corners, entry in
            if entry.ratio > corners.last?.ratio ?? 0 { corners.append(entry) }
        }
        let steps = zip([nil] + corners, corners).flatMap { before, entry in
            (before.map { [Chart.Point(entry.cost, $0.ratio)] } ?? [])
                + [Chart.Point(entry.cost, entry.ratio)]
        }
        // Below the curves.
        panel.series.append(
            Chart.Series(
                name: "Pareto front", mark: .line(width: 5), ink: Ink(colour: .pale), points: steps)
        )
        panel.series += curves
        panel.notes = NotePlacement.place(
            front.map { Chart.Note(text: $0.setting, x: $0.cost, y: $0.ratio) }, in: panel,
            isAlone: isAlone)
        return panel
    }

    /// The ends of the front.
    private static func finding(_ entries: [Entry]) -> String {
        let front = entries.filter(\.isOnFront)
        guard let cheap = front.min(by: { $0.cost < $1.cost }),
            let dense = front.max(by: { $0.ratio < $1.ratio })
        else { return "" }
        func text(_ entry: Entry) -> String {
            "\(entry.setting) (ratio \(Figure.significant(entry.ratio)) for "
                + "\(Figure.significant(entry.cost)) ns/byte)"
        }
        return "The front goes from \(text(cheap)) to \(text(dense))."
    }

    private static func values(_ entries: [Entry]) -> ChartTable {
        ChartTable(
            columns: ["batches", "setting", "compression ratio", "ns/byte", "Pareto front"],
            rows: entries.map {
                [
                    $0.batch.text, $0.setting, Figure.significant($0.ratio),
                    Figure.significant($0.cost), $0.isOnFront ? "yes" : "",
                ]
            })
    }
}
