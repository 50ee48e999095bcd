import Measurement

/// Who pays for each setting, from `costs.csv`: bars of the parts of its cost, a panel for each topic. Without
/// prices the parts are the CPU cores of producers and of consumers.
enum CostChart {
    /// A row of `costs.csv`.
    struct Entry {
        var topic: String
        var setting: String
        var row: CSVTable.Row

        init?(_ row: CSVTable.Row) {
            guard let codec = row["codec"] else { return nil }
            self.row = row
            topic = row["topic"] ?? ""
            setting = row["level"].map { "\(codec):\($0)" } ?? codec
        }

        func number(_ column: String) -> Double { row.number(column) ?? 0 }
    }

    static let panelLimit = 6

    private typealias Part = (column: String, name: String, colour: Palette)

    private static let costs: [Part] = [
        ("producer_cost_per_month", "producers' CPU", .blue),
        ("consumer_cost_per_month", "consumers' CPU", .sky),
        ("disk_cost_per_month", "disk", .orange),
        ("zone_cost_per_month", "between zones", .purple),
    ]
    private static let cores: [Part] = [
        ("producer_cores", "producers' CPU", .blue), ("consumer_cores", "consumers' CPU", .sky),
    ]

    static func pictures(of table: CSVTable?, name: String) -> Charts.Plan {
        let entries = (table?.rows ?? []).compactMap(Entry.init)
        guard !entries.isEmpty else { return Charts.Plan() }
        let hasPrices = entries.contains { $0.row["cost_per_month"] != nil }
        var plan = Charts.Plan(charts: [bars(entries, name: name, hasPrices: hasPrices)])
        let topics = entries.map(\.topic).uniqued()
        if topics.count > panelLimit {
            plan.notes.append(
                "Who pays: only the first \(panelLimit) topics of \(topics.count)")
        }
        if hasPrices { plan.add(EqualCostChart.picture(of: entries, name: name)) }
        return plan
    }

    private static func bars(_ entries: [Entry], name: String, hasPrices: Bool) -> Chart {
        let parts = hasPrices ? costs : cores
        let topics = Array(entries.map(\.topic).uniqued().prefix(panelLimit))
        let unit = hasPrices ? "cost a month" : "CPU cores"
        var panels = topics.map { topic in
            var panel = panel(entries.filter { $0.topic == topic }, parts, unit: unit)
            panel.title = topics.count > 1 ? topic : ""
            return panel
        }
        for index in panels.indices.dropLast() { panels[index].x.label = "" }
        let caption =
            hasPrices
            ? "What each setting on the front costs a month at the prices given: CPU time of the codec, disk "
                + "on all replicas, and bytes between zones."
            : "CPU cores that the codec of each setting on the front takes at the rate; with --prices "
                + "disk and network have their parts, too."
        let table = ChartTable(
            columns: ["topic", "setting"] + parts.map(\.name),
            rows: entries.map { entry in
                [entry.topic, entry.setting]
                    + parts.map { Figure.significant(entry.number($0.column)) }
            })
        return Chart(
            name: "who-pays", title: "Who pays for each setting", subtitle: [name],
            caption: caption, panels: panels, sharesLegend: true, table: table)
    }

    /// Each bar begins at zero, so the sums are drawn over one another, the longest first.
    private static func panel(_ entries: [Entry], _ parts: [Part], unit: String) -> Chart.Panel {
        let totals = entries.map { entry in
            parts.reduce(0) { $0 + entry.number($1.column) }
        }
        var panel = Chart.Panel(
            x: .fromZero(unit, maximum: totals.max() ?? 0, headroom: 1.15),
            y: Chart.Axis(label: "", range: -0.6...(Double(entries.count) - 0.4)), series: [],
            categories: entries.map(\.setting))
        func height(_ index: Int) -> Double { Double(entries.count - 1 - index) }
        for count in (1...parts.count).reversed() {
            panel.series.append(
                Chart.Series(
                    name: parts[count - 1].name, mark: .bars,
                    ink: Ink(colour: parts[count - 1].colour),
                    points: entries.enumerated().map { index, entry in
                        let sum = parts[..<count].reduce(0) { $0 + entry.number($1.column) }
                        return Chart.Point(sum, height(index))
                    }))
        }
        panel.notes = totals.enumerated().map { index, total in
            Chart.Note(text: Figure.significant(total), x: total, y: height(index))
        }
        return panel
    }
}
