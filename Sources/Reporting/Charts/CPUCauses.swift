/// CPU time by what it was spent on: a bar for each variant, whose parts add up to its cost.
enum CPUCauses {
    private static let barLimit = 40

    /// One part of the cost.
    private struct Cause: Sendable {
        var name: String
        var ink: Ink
        /// CPU-seconds for 10⁹ logical bytes; nil if the run does not say.
        var cost: @Sendable (CSVTable.Row) -> Double?
    }

    private static let causes: [Cause] = [
        Cause(name: "producers", ink: Ink(colour: .blue)) { row in
            perGigabyte(row, "producer_cpu_s").map { max($0 - log(row), 0) }
        },
        Cause(name: "appends", ink: Ink(colour: .green)) { log($0) },
        Cause(name: "compression", ink: Ink(colour: .sky)) { row in
            compression(row).map { $0.compress }
        },
        Cause(name: "consumers", ink: Ink(colour: .orange)) { perGigabyte($0, "consumer_cpu_s") },
        Cause(name: "decompression", ink: Ink(colour: .vermilion)) { row in
            compression(row).map { $0.decompress }
        },
        Cause(name: "all else", ink: Ink(colour: .grey)) { row in
            guard let whole = row.number("cpu_s_per_logical_gb"),
                let producers = perGigabyte(row, "producer_cpu_s"),
                let codec = perGigabyte(row, "codec_cpu_s")
            else { return nil }
            return max(whole - producers - codec - (perGigabyte(row, "consumer_cpu_s") ?? 0), 0)
        },
    ]

    /// Of the producers' threads: 0 where the log is elsewhere, or an older version did not tell it apart.
    private static func log(_ row: CSVTable.Row) -> Double {
        guard let whole = perGigabyte(row, "producer_cpu_s") else { return 0 }
        return min(perGigabyte(row, "log_cpu_s") ?? 0, whole)
    }

    private static func perGigabyte(_ row: CSVTable.Row, _ column: String) -> Double? {
        guard let seconds = row.number(column), let bytes = row.number("logical_bytes"), bytes > 0
        else { return nil }
        return seconds / bytes * 1e9
    }

    /// The codec's time is known as a whole, and compression by its time for each byte.
    private static func compression(
        _ row: CSVTable.Row
    ) -> (compress: Double, decompress: Double)? {
        guard let codec = perGigabyte(row, "codec_cpu_s"), let bytes = row.number("logical_bytes"),
            bytes > 0
        else { return nil }
        guard let nanos = row.number("compress_ns_per_byte"),
            let compressed = row.number("uncompressed_batch_bytes")
        else { return (0, codec) }
        let compress = min(nanos * compressed / bytes, codec)
        return (compress, codec - compress)
    }

    /// Nothing for results of versions that did not tell CPU time apart.
    static func picture(
        of subjects: [ChartSubject], subtitle: [String]
    ) -> Charts.Plan {
        let bars = subjects.compactMap { subject -> (name: String, parts: [Double])? in
            middle(of: subject.countedRuns.compactMap(\.summary)).map { (subject.name, $0) }
        }
        guard !bars.isEmpty, bars.count <= barLimit else { return Charts.Plan() }
        let sums = bars.map { $0.parts.reduce(0, +) }
        let unit = Measure.cpuCost.unit(forMaximum: 0)
        var panel = Chart.Panel(
            x: .fromZero(unit.label("CPU cost"), maximum: sums.max() ?? 0, headroom: 1.2),
            y: Chart.Axis(label: "", range: -0.6...(Double(bars.count) - 0.4)),
            series: [], categories: bars.map { GnuplotText.shortened($0.name, to: 30) })
        for (place, cause) in causes.enumerated() {
            let points = bars.enumerated().compactMap { index, bar -> Chart.Point? in
                let from = bar.parts[..<place].reduce(0, +)
                guard bar.parts[place] > 0, from.isFinite, bar.parts[place].isFinite else {
                    return nil
                }
                let range = from...(from + bar.parts[place])
                return Chart.Point(
                    range.upperBound, Double(bars.count - 1 - index), xInterval: range)
            }
            guard !points.isEmpty else { continue }
            panel.series.append(
                Chart.Series(name: cause.name, mark: .bars, ink: cause.ink, points: points))
        }
        for (index, sum) in sums.enumerated() {
            panel.notes.append(
                Chart.Note(
                    text: Figure.significant(sum), x: sum, y: Double(bars.count - 1 - index)))
        }
        let table = ChartTable(
            columns: ["variant"] + causes.map(\.name),
            rows: bars.map { [$0.name] + $0.parts.map(Figure.significant) })
        return Charts.Plan(charts: [
            Chart(
                name: "cpu-causes", title: "CPU cost by cause", finding: finding(bars),
                subtitle: subtitle, caption: caption(hasLog: bars.contains { $0.parts[1] > 0 }),
                panels: [panel], table: table)
        ])
    }

    private static func caption(hasLog: Bool) -> String {
        "CPU-seconds for 10⁹ logical bytes, of the repetition whose sum is the median. Producers make, "
            + (hasLog
                ? "batch and hand over records, and the log appends them on their threads. "
                : "batch and send records; where the log is in the same process their part has its appends. ")
            + "All else is the log's other work and the harness."
    }

    /// The parts of the run whose sum is the median, of two the lower: medians of each part would come from
    /// different runs, and not add up. Nil if no run tells its parts.
    private static func middle(of rows: [CSVTable.Row]) -> [Double]? {
        let runs = rows.compactMap { row -> [Double]? in
            let parts = causes.map { $0.cost(row) }
            let known = parts.map { $0 ?? 0 }
            let sum = known.reduce(0, +)
            return parts[0] != nil && sum > 0 && sum.isFinite ? known : nil
        }.sorted { $0.reduce(0, +) < $1.reduce(0, +) }
        return runs.isEmpty ? nil : runs[(runs.count - 1) / 2]
    }

    /// The two largest parts, of the variant with the highest cost.
    private static func finding(_ bars: [(name: String, parts: [Double])]) -> String {
        guard
            let most = bars.max(by: { $0.parts.reduce(0, +) < $1.parts.reduce(0, +) })
        else { return "" }
        let sum = most.parts.reduce(0, +)
        let parts = zip(causes, most.parts).sorted { $0.1 > $1.1 }.prefix(2).filter { $0.1 > 0 }
        let shares = parts.map { cause, cost in
            "\(Figure.percent(ofShare: cost / sum)) went on \(cause.name)"
        }
        let name = bars.count > 1 ? " of \(GnuplotText.shortened(most.name, to: 30))" : ""
        return "Of the \(Figure.significant(sum)) CPU-seconds for a logical GB\(name), "
            + "\(shares.joined(separator: " and "))."
    }
}
