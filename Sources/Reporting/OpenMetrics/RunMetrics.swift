import Measurement

/// What one row of `summary.csv` is as metrics.
struct RunMetrics {
    let row: CSVTable.Row
    /// For the number of records behind each latency; a summary's mean alone has none.
    let percentiles: CSVTable?

    /// A gauge that is a column of summary.csv in a base unit.
    private struct Gauge {
        let name: String
        let unit: String?
        let column: String
        /// From the column's unit to the base unit: divided by this.
        let divisor: Double
        let help: String

        init(
            _ name: String, _ column: String, unit: String? = nil, divisor: Double = 1,
            _ help: String
        ) {
            (self.name, self.column, self.unit) = ("weir_" + name, column, unit)
            (self.divisor, self.help) = (divisor, help)
        }
    }

    private static let gauges: [Gauge] = [
        Gauge("duration_seconds", "duration_s", unit: "seconds", "Length of the measured part."),
        Gauge(
            "offered_records_per_second", "offered_rate_records_per_s",
            "The rate that the schedule asked for."),
        Gauge("produced_records", "produced_records", "Records handed to the target."),
        Gauge("acked_records", "acked_records", "Records acknowledged."),
        Gauge("consumed_records", "consumed_records", "Records consumed, over all groups."),
        Gauge("failed_records", "failed_records", "Records that the target refused for good."),
        Gauge(
            "produced_records_per_second", "produced_rate_records_per_s",
            "Records handed to the target."),
        Gauge("acked_records_per_second", "acked_rate_records_per_s", "Records acknowledged."),
        Gauge(
            "consumed_records_per_second", "consumed_rate_records_per_s",
            "Records consumed, over all groups."),
        Gauge(
            "logical_bytes", "logical_bytes", unit: "bytes",
            "Keys, values and headers of the acknowledged records."),
        Gauge(
            "stored_bytes", "stored_bytes", unit: "bytes",
            "Acknowledged record batches as appended to the log."),
        Gauge(
            "wire_bytes", "wire_bytes", unit: "bytes", "Bytes on the sockets, protocol included."),
        Gauge(
            "compression_ratio", "compression_ratio",
            "Uncompressed batch bytes over stored batch bytes."),
        Gauge(
            "compress_seconds_per_byte", "compress_ns_per_byte", divisor: 1e9,
            "Time in the codec for each byte before compression."),
        Gauge(
            "decompress_seconds_per_byte", "decompress_ns_per_byte", divisor: 1e9,
            "Time in the codec for each byte that it gave back."),
        Gauge(
            "lag_max_records", "lag_records_max",
            "The most records that a consumer group was behind."),
        Gauge(
            "lag_max_seconds", "lag_time_max_ms", unit: "seconds", divisor: 1e3,
            "The highest age of the oldest unconsumed record."),
        Gauge(
            "drain_seconds", "drain_s", unit: "seconds",
            "From the measured part's end until consumers had everything."),
        Gauge("lost_records", "lost", "Acknowledged records that a group never got."),
        Gauge("duplicated_records", "duplicated", "Records that a group got more than once."),
        Gauge("reordered_records", "reordered", "Records that a group got out of order."),
        Gauge("corrupt_records", "corrupt", "Records that were not what had been sent."),
        Gauge("misrouted_records", "misrouted", "Records that arrived in another partition."),
        Gauge(
            "clock_skew_records", "clock_skew_count",
            "Latencies of zero or less, of clocks that disagree."),
        Gauge(
            "hiccup_max_seconds", "hiccup_max_ms", unit: "seconds", divisor: 1e3,
            "The machine's longest stall."),
        Gauge(
            "cpu_steal_ratio", "cpu_steal_percent", divisor: 100,
            "Share of CPU time that the hypervisor gave to others."),
        Gauge(
            "cpu_user_seconds", "cpu_user_s", unit: "seconds",
            "CPU time of the process in user mode."),
        Gauge(
            "cpu_system_seconds", "cpu_system_s", unit: "seconds",
            "CPU time of the process in the kernel."),
        Gauge(
            "resident_memory_max_bytes", "rss_max_bytes", unit: "bytes",
            "The most memory that the process had resident."),
        Gauge("fdatasync_calls", "fdatasync_calls", "Flushes to the disk that the log made."),
        Gauge("thresholds_failed", "thresholds_failed", "Thresholds of the profile that failed."),
    ]

    private static let startedAt = "weir_started_at_seconds"
    private static let verdictName = "weir_verdict"
    private static let info = "weir_run_info"
    private static let quantiles = [
        ("0.5", "p50"), ("0.9", "p90"), ("0.99", "p99"), ("0.999", "p999"), ("1", "max"),
    ]

    /// Every family, without samples.
    static var families: [MetricFamily] {
        [
            MetricFamily(
                name: info, kind: .gauge, unit: nil, help: "The run that the other metrics are of."),
            MetricFamily(
                name: verdictName, kind: .gauge, unit: nil,
                help: "Whether the run's figures may be believed: 1 for the verdict that it got."),
            MetricFamily(
                name: startedAt, kind: .gauge, unit: "seconds",
                help: "When the measured part began, since 1970."),
        ]
            + gauges.map { gauge in
                MetricFamily(name: gauge.name, kind: .gauge, unit: gauge.unit, help: gauge.help)
            }
            + LatencyKind.allCases.map { kind in
                MetricFamily(
                    name: name(of: kind), kind: .summary, unit: "seconds", help: kind.help)
            }
    }

    private static func name(of kind: LatencyKind) -> String { "weir_\(kind.rawValue)_seconds" }

    /// What tells this run's samples from those of others.
    var labels: [(name: String, value: String)] {
        ["profile", "variant", "repetition", "target"].map { ($0, row[$0] ?? "") }
    }

    func samples(of family: MetricFamily) -> [MetricFamily.Sample] {
        if family.kind == .summary {
            return LatencyKind.allCases.first { Self.name(of: $0) == family.name }
                .map(samples) ?? []
        }
        switch family.name {
        case Self.info:
            let more = ["run_id", "compression_type", "compression_level", "payload_kind", "loop"]
                .compactMap { name in row[name].map { (name: name, value: $0) } }
            return [.init(labels: labels + more, value: 1)]
        case Self.verdictName:
            guard let verdict = row["verdict"] else { return [] }
            return Verdict.allCases.map { state in
                .init(
                    labels: labels + [("verdict", state.rawValue)],
                    value: state.rawValue == verdict ? 1 : 0)
            }
        default: return gaugeValue(of: family).map { [.init(labels: labels, value: $0)] } ?? []
        }
    }

    private func gaugeValue(of family: MetricFamily) -> Double? {
        if family.name == Self.startedAt {
            return row["started_at"].flatMap(UTCTime.init(iso8601:)).map {
                Double($0.unixNanos / 1_000_000) / 1e3
            }
        }
        guard let gauge = Self.gauges.first(where: { $0.name == family.name }) else { return nil }
        return row.number(gauge.column).map { $0 / gauge.divisor }
    }

    private func samples(of kind: LatencyKind) -> [MetricFamily.Sample] {
        func seconds(_ figure: String) -> Double? {
            row.number("\(kind.rawValue)_\(figure)_us").map { $0 / 1e6 }
        }
        var samples = Self.quantiles.compactMap { quantile, figure in
            seconds(figure).map {
                MetricFamily.Sample(labels: labels + [("quantile", quantile)], value: $0)
            }
        }
        if let mean = seconds("mean"), let count = count(of: kind) {
            samples.append(.init(suffix: "_sum", labels: labels, value: mean * count))
            samples.append(.init(suffix: "_count", labels: labels, value: count))
        }
        return samples
    }

    /// Records behind a latency, over all groups; nil where percentiles.csv is not there.
    private func count(of kind: LatencyKind) -> Double? {
        let counts =
            percentiles?.rows.filter {
                $0["latency"] == kind.rawValue && $0.number("percentile") == 100
                    && $0["variant"] == row["variant"] && $0["repetition"] == row["repetition"]
            }.compactMap { $0.number("total_count") } ?? []
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }
}

extension LatencyKind {
    fileprivate var help: String {
        switch self {
        case .sendDelay: "Actual send minus intended time; quantile 1 is the exact maximum."
        case .serviceLatency: "Acknowledgement minus actual send; quantile 1 is the exact maximum."
        case .responseLatency:
            "Acknowledgement minus intended time; quantile 1 is the exact maximum."
        case .endToEndLatency:
            "Held by the consumer minus intended time; quantile 1 is the exact maximum."
        }
    }
}
