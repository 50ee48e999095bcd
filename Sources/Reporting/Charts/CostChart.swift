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

    static func pictures(of results: SavedResults) -> Charts.Plan {
        let entries = (results.costs?.rows ?? []).compactMap(Entry.init)
        guard let first = entries.first else { return Charts.Plan() }
        let hasPrices = entries.contains { $0.row["cost_per_month"] != nil }
        let subtitle = ChartSubtitle.ofCodecs(results, hasPrices ? prices(first) : [])
        var plan = Charts.Plan(charts: [bars(entries, subtitle: subtitle, hasPrices: hasPrices)])
        let topics = entries.map(\.topic).uniqued()
        if topics.count > panelLimit {
            plan.notes.append(
                "Who pays: only the first \(panelLimit) topics of \(topics.count)")
        }
        if hasPrices { plan.add(EqualCostChart.picture(of: entries, subtitle: subtitle)) }
        return plan
    }

    private static func prices(_ entry: Entry) -> [String] {
        [
            ("core-hour", "core_hour_price"), ("GB-month", "gb_month_price"),
            ("GB between zones", "zone_gb_price"),
        ].compactMap { name, column in
            entry.row.number(column).map { "\(name) \(Figure.plain($0))" }
        }
    }

    private static func bars(_ entries: [Entry], subtitle: [String], hasPrices: Bool) -> Chart {
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
            name: "who-pays", title: "Who pays for each setting",
            finding: finding(entries.filter { $0.topic == topics[0] }, parts, hasPrices: hasPrices),
            subtitle: subtitle, caption: caption, panels: panels, sharesLegend: true, table: table)
    }

    private static func total(_ entry: Entry, _ parts: some Sequence<Part>) -> Double {
        parts.reduce(0) { $0 + entry.number($1.column) }
    }

    /// The least and the most, of one topic.
    private static func finding(_ entries: [Entry], _ parts: [Part], hasPrices: Bool) -> String {
        let ranked = entries.map { (entry: $0, total: total($0, parts)) }
            .filter { $0.total.isFinite }.sorted { $0.total < $1.total }
        guard let low = ranked.first, let high = ranked.last, low.total < high.total else {
            return ""
        }
        let topic = low.entry.topic
        let (least, most) = (Figure.significant(low.total), Figure.significant(high.total))
        let beginning = topic.isEmpty ? "" : "For \(topic), "
        let of = topic.isEmpty ? "" : " of \(topic)"
        return hasPrices
            ? "\(beginning)\(low.entry.setting) costs least, \(least) a month; "
                + "\(high.entry.setting) costs most, \(most)."
            : "The codec\(of) takes from \(least) cores with \(low.entry.setting) to \(most) with "
                + "\(high.entry.setting)."
    }

    /// The parts of a bar adjoin.
    private static func panel(_ entries: [Entry], _ parts: [Part], unit: String) -> Chart.Panel {
        let totals = entries.map { total($0, parts) }
        var panel = Chart.Panel(
            x: .fromZero(unit, maximum: totals.max() ?? 0, headroom: 1.15),
            y: Chart.Axis(label: "", range: -0.6...(Double(entries.count) - 0.4)), series: [],
            categories: entries.map(\.setting))
        func height(_ index: Int) -> Double { Double(entries.count - 1 - index) }
        for (place, part) in parts.enumerated() {
            let points = entries.enumerated().compactMap { index, entry -> Chart.Point? in
                let from = total(entry, parts[..<place])
                let to = from + entry.number(part.column)
                guard to > from, to.isFinite else { return nil }
                return Chart.Point(to, height(index), xInterval: from...to)
            }
            guard !points.isEmpty else { continue }
            panel.series.append(
                Chart.Series(
                    name: part.name, mark: .bars, ink: Ink(colour: part.colour), points: points))
        }
        panel.notes = totals.enumerated().map { index, total in
            Chart.Note(text: Figure.significant(total), x: total, y: height(index))
        }
        return panel
    }
}
