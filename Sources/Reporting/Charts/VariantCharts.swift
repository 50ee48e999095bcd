import Measurement

/// Charts that compare variants, or runs, by the figures of `summary.csv`.
enum VariantCharts {
    /// The most bars that fit a screen.
    private static let barLimit = 60

    static func pictures(
        of subjects: [ChartSubject], results: [SavedResults], subtitle: [String]
    ) -> Charts.Plan {
        let summarised = subjects.filter { $0.runs.contains { $0.summary != nil } }
        let hasCourse = subjects.contains { subject in
            subject.runs.contains { !$0.timeSeries.isEmpty || !$0.percentiles.isEmpty }
        }
        // A single run has nothing to compare; its bars are drawn only if there is no other chart.
        guard summarised.count > 1 || !hasCourse else { return Charts.Plan() }
        guard !summarised.isEmpty else {
            return Charts.Plan(notes: ["Charts by variant: left out, since summary.csv has no row"])
        }
        let comparison = results.count == 1 ? results[0].comparison : nil
        let variants = summarised.map { VariantFigures($0, comparison: comparison) }
        var plan = Charts.Plan()
        // End-to-end latency; without consumers, response latency.
        let areConsumed = variants.contains { $0[VariantMetric.endToEndLatency.column] != nil }
        let isAcknowledged = variants.contains { $0[VariantMetric.responseLatency.column] != nil }
        let latency: VariantMetric =
            isAcknowledged && !areConsumed ? .responseLatency : .endToEndLatency
        for metric in VariantMetric.all + [latency] {
            plan.add(bars(metric, of: variants, subtitle: subtitle))
        }
        guard variants.count > 1 else { return plan }
        plan.add(ParetoChart.picture(of: variants, subtitle: subtitle))
        let columns = results.flatMap { $0.summary?.columns ?? [] }.uniqued()
        plan.add(LoadChart.picture(of: variants, columns: columns, subtitle: subtitle))
        return plan
    }

    /// The curve of a search for the highest rate, without its closed loop, which has no offered
    /// rate.
    static func picture(
        ofSearch results: SavedResults, _ subjects: [ChartSubject]
    ) -> Charts.Plan {
        let probed = subjects.filter(\.isProbe)
        return LoadChart.picture(
            of: probed.map { VariantFigures($0, comparison: nil) },
            columns: results.summary?.columns ?? [],
            subtitle: ["\(results.name) · \(probed.flatMap(\.runs).count) runs at offered rates"],
            search: results)
    }

    /// The note on error bars, if there are any.
    static let intervalNote =
        "the line through each median is its 95 % interval over the repetitions."

    private static func bars(
        _ metric: VariantMetric, of variants: [VariantFigures], subtitle: [String]
    ) -> Charts.Plan {
        let present = variants.compactMap { variant in
            variant[metric.column].map { (subject: variant.subject, figure: $0) }
        }
        guard !present.isEmpty else {
            return Charts.Plan(notes: [
                "\(metric.title): left out, since it needs \(metric.column) in summary.csv"
            ])
        }
        guard present.count <= barLimit else {
            return Charts.Plan(notes: [
                "\(metric.title): left out, since \(present.count) variants are too many to be "
                    + "seen (at most \(barLimit))"
            ])
        }
        let highest = present.map { max($0.figure.median, $0.figure.interval?.upperBound ?? 0) }
            .max()
        let unit = metric.measure.unit(forMaximum: highest ?? 0)
        let names = present.map { GnuplotText.shortened($0.subject.name, to: 34) }
        var panel = Chart.Panel(
            x: .fromZero(
                unit.label(metric.quantity), maximum: (highest ?? 0) / unit.size, headroom: 1.22),
            y: Chart.Axis(label: "", range: -0.6...(Double(present.count) - 0.4)),
            series: [], categories: names)
        var table = ChartTable(
            columns: ["variant", "median", "95 % interval", "repetitions"], rows: [])
        for (index, entry) in present.enumerated() {
            let row = Double(present.count - 1 - index)
            let median = entry.figure.median / unit.size
            let interval = entry.figure.interval.map {
                ($0.lowerBound / unit.size)...($0.upperBound / unit.size)
            }
            panel.series.append(
                Chart.Series(
                    name: "", mark: .bars, ink: entry.subject.ink,
                    points: [Chart.Point(median, row, xInterval: interval)]))
            panel.notes.append(
                Chart.Note(
                    text: Figure.significant(median), x: max(median, interval?.upperBound ?? 0),
                    y: row))
            let ends = entry.figure.interval.map {
                "\(metric.measure.text($0.lowerBound)) – \(metric.measure.text($0.upperBound))"
            }
            table.rows.append([
                entry.subject.name, metric.measure.text(entry.figure.median), ends ?? "",
                String(entry.subject.runs.count),
            ])
        }
        let isRepeated = present.contains { $0.figure.interval != nil }
        let caption = metric.caption + (isRepeated ? "; " + intervalNote : ".")
        return Charts.Plan(charts: [
            Chart(
                name: metric.name, title: metric.title, subtitle: subtitle, caption: caption,
                panels: [panel], table: table)
        ])
    }
}

/// A column of `summary.csv` that is worth bars.
struct VariantMetric: Sendable {
    var name: String
    var title: String
    var quantity: String
    var column: String
    var measure: Measure
    /// Without the full stop.
    var caption: String

    static let all = [
        VariantMetric(
            name: "throughput-by-variant", title: "Throughput by variant", quantity: "acknowledged",
            column: "acked_rate_records_per_s", measure: .recordRate,
            caption: "Records acknowledged per second of the measured part"),
        VariantMetric(
            name: "ratio-by-variant", title: "Compression ratio by variant",
            quantity: "uncompressed ÷ stored bytes of batches", column: "compression_ratio",
            measure: .ratio,
            caption: "How many times smaller the stored batches are than before compression"),
        VariantMetric(
            name: "cpu-by-variant", title: "CPU cost by variant", quantity: "CPU cost",
            column: "cpu_s_per_logical_gb", measure: .cpuCost,
            caption: "CPU-seconds, user and system, for 10⁹ bytes of keys, values and headers"),
    ]

    static let endToEndLatency = VariantMetric(
        name: "latency-by-variant", title: "End-to-end latency by variant, 99th percentile",
        quantity: "end-to-end latency, p99", column: "e2e_latency_p99_us", measure: .latency,
        caption: "The end-to-end latency that 99 % of the records stay within")

    static let responseLatency = VariantMetric(
        name: "latency-by-variant", title: "Response latency by variant, 99th percentile",
        quantity: "response latency, p99", column: "response_latency_p99_us", measure: .latency,
        caption: "The response latency that 99 % of the records stay within")
}
