import Measurement

/// Charts that compare variants, or runs, by the figures of `summary.csv`.
enum VariantCharts {
    static func pictures(
        of subjects: [ChartSubject], results: [SavedResults], subtitle: [String]
    ) -> Charts.Plan {
        let summarised = subjects.filter { $0.runs.contains { $0.summary != nil } }
        let hasCourse = subjects.contains { subject in
            subject.runs.contains { !$0.timeSeries.isEmpty || !$0.percentiles.isEmpty }
        }
        // A single run has nothing to compare; its figures are drawn only if there is no other
        // chart.
        guard summarised.count > 1 || !hasCourse else {
            return CPUCauses.picture(of: summarised, subtitle: subtitle)
        }
        guard !summarised.isEmpty else {
            return Charts.Plan(notes: ["Charts by variant: left out, since summary.csv has no row"])
        }
        let comparison = results.count == 1 ? results[0].comparison : nil
        let variants = summarised.map { VariantFigures($0, comparison: comparison) }
        var plan = Charts.Plan()
        for metric in VariantMetric.all {
            plan.add(DotPlot.picture(metric, of: variants, subtitle: subtitle))
        }
        plan.add(CPUCauses.picture(of: summarised, subtitle: subtitle))
        // End-to-end latency; without consumers, response latency.
        let areConsumed = variants.contains { $0[VariantMetric.endToEndLatency.column] != nil }
        let isAcknowledged = variants.contains { $0[VariantMetric.responseLatency.column] != nil }
        let latency: VariantMetric =
            isAcknowledged && !areConsumed ? .responseLatency : .endToEndLatency
        plan.add(DotPlot.picture(latency, of: variants, subtitle: subtitle))
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
            subtitle: ChartSubtitle.lines([results], probed), search: results)
    }
}

/// Columns of `summary.csv` that are worth a dot plot.
struct VariantMetric: Sendable {
    var name: String
    var title: String
    var quantity: String
    /// The column by which variants are compared.
    var column: String
    var measure: Measure
    var better: Direction
    /// Without the full stop.
    var caption: String
    /// Lines of each variant with their columns; nil for the column alone.
    var lines: [(name: String, column: String, ink: Ink)]?

    enum Direction: String { case higher, lower }

    static let all = [
        VariantMetric(
            name: "throughput-by-variant", title: "Throughput by variant", quantity: "acknowledged",
            column: "acked_rate_records_per_s", measure: .recordRate, better: .higher,
            caption: "Records acknowledged per second of the measured part"),
        VariantMetric(
            name: "ratio-by-variant", title: "Compression ratio by variant",
            quantity: "uncompressed ÷ stored bytes of batches", column: "compression_ratio",
            measure: .ratio, better: .higher,
            caption: "How many times smaller the stored batches are than before compression"),
        VariantMetric(
            name: "cpu-by-variant", title: "CPU cost by variant", quantity: "CPU cost",
            column: "cpu_s_per_logical_gb", measure: .cpuCost, better: .lower,
            caption: "CPU-seconds, user and system, for 10⁹ bytes of keys, values and headers"),
    ]

    static let endToEndLatency = latency(
        "e2e_latency", "End-to-end latency",
        caption: "The end-to-end latency that 50, 99 and 99.9 % of the records stay within")

    static let responseLatency = latency(
        "response_latency", "Response latency",
        caption: "The response latency that 50, 99 and 99.9 % of the records stay within")

    private static func latency(_ kind: String, _ name: String, caption: String) -> Self {
        VariantMetric(
            name: "latency-by-variant", title: "\(name) by variant", quantity: name.lowercased(),
            column: "\(kind)_p99_us", measure: .latency, better: .lower, caption: caption,
            lines: [
                ("p50", "\(kind)_p50_us", Ink(colour: .blue)),
                ("p99", "\(kind)_p99_us", Ink(colour: .orange)),
                ("p99.9", "\(kind)_p999_us", Ink(colour: .vermilion)),
            ])
    }
}
