import Measurement

extension ThresholdMetric {
    /// Every metric, in the order of the columns.
    static let all: [ThresholdMetric] =
        [ThresholdMetric("verdict", .verdict, .atEnd) { _ in nil }]
        + throughput
        + latencies("send_delay") { $0.producers.sendDelay }
        + latencies("service_latency") { $0.producers.serviceLatency }
        + latencies("response_latency") { $0.producers.responseLatency }
        + latencies("e2e_latency", needs: .consumers) { $0.consumers?.endToEndLatency }
        + lag + faults + machine + shares

    private static let throughput: [ThresholdMetric] = [
        .init("offered_rate_records_per_s", .recordRate, needs: .offeredRate) { $0.offeredRate },
        .init("produced_records", .count, .growing) { Double($0.producers.sentRecords) },
        .init("produced_rate_records_per_s", .recordRate) {
            $0.perSecond($0.producers.sentRecords)
        },
        .init("acked_records", .count, .growing) { Double($0.producers.ackedRecords) },
        .init("acked_rate_records_per_s", .recordRate) {
            $0.perSecond($0.producers.ackedRecords)
        },
        .init("consumed_records", .count, needs: .consumers, .growing) {
            $0.consumers.map { Double($0.records) }
        },
        .init("consumed_rate_records_per_s", .recordRate, needs: .consumers) {
            $0.perSecond($0.consumers?.records)
        },
        .init("failed_records", .count, .growing) { Double($0.producers.failedRecords) },
        .init("logical_rate_mb_per_s", .byteRate) {
            $0.perSecond($0.producers.logicalBytes).map { $0 / 1e6 }
        },
        .init("stored_rate_mb_per_s", .byteRate) {
            $0.perSecond($0.producers.storedBytes).map { $0 / 1e6 }
        },
        .init("consumed_rate_mb_per_s", .byteRate, needs: .consumers) {
            $0.perSecond($0.consumers?.logicalBytes).map { $0 / 1e6 }
        },
        .init("compression_ratio", .number) {
            $0.quotient($0.producers.uncompressedBatchBytes, $0.producers.storedBytes)
        },
        .init("batches", .count, .growing) { Double($0.producers.ackedBatches) },
        .init("records_per_batch_mean", .number) {
            $0.quotient($0.producers.ackedRecords, $0.producers.ackedBatches)
        },
        .init("bytes_per_batch_mean", .byteSize) {
            $0.quotient($0.producers.storedBytes, $0.producers.ackedBatches)
        },
    ]

    private static func latencies(
        _ name: String, needs need: Need? = nil,
        _ histogram: @escaping @Sendable (RunFigures) -> LatencyHistogram?
    ) -> [ThresholdMetric] {
        let percentiles = [("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9)].map {
            (label, percentile) in
            ThresholdMetric("\(name)_\(label)_us", .microseconds, needs: need) {
                histogram($0)?.percentile(percentile).map { Double($0) / 1e3 }
            }
        }
        return percentiles + [
            .init("\(name)_max_us", .microseconds, needs: need, .growing) {
                histogram($0).flatMap { $0.isEmpty ? nil : Double($0.maximum) / 1e3 }
            },
            .init("\(name)_mean_us", .microseconds, needs: need) {
                histogram($0)?.mean.map { $0 / 1e3 }
            },
        ]
    }

    private static let lag: [ThresholdMetric] = [
        .init("clock_skew_count", .count, needs: .consumers, .growing) {
            $0.consumers.map { Double($0.endToEndLatency.nonPositiveCount) }
        },
        .init("lag_records_max", .count, needs: .consumers, .growing) {
            $0.maxLagRecords.map { Double($0) }
        },
        .init("lag_time_max_ms", .milliseconds, needs: .consumers, .growing) {
            $0.maxLagNanos.map { Double($0) / 1e6 }
        },
        .init("drain_s", .seconds, needs: .consumers, .atEnd) {
            $0.drain.map { Double($0.nanos) / 1e9 }
        },
        .init("drain_rate_records_per_s", .recordRate, needs: .consumers, .atEnd) {
            // Nothing left to read has no rate.
            guard let drain = $0.drain, drain.records > 0, drain.nanos > 0 else { return nil }
            return Double(drain.records) / Double(drain.nanos) * 1e9
        },
    ]

    private static let faults: [ThresholdMetric] = AuditFault.allCases.map { fault in
        .init(fault.rawValue, .count, needs: .consumers, .atEnd) {
            $0.audit.map { Double($0[fault]) }
        }
    }

    private static let machine: [ThresholdMetric] = [
        .init("hiccup_max_ms", .milliseconds, .growing) {
            $0.maxHiccupNanos.map { Double($0) / 1e6 }
        },
        .init("hiccup_p99_us", .microseconds, .atEnd) {
            $0.hiccupP99Nanos.map { Double($0) / 1e3 }
        },
        .init("cpu_steal_percent", .percent, .atEnd) { $0.stealPercent },
        .init("cpu_s_per_logical_gb", .number) { figures in
            let bytes = figures.producers.logicalBytes
            guard let seconds = figures.cpuSeconds, bytes > 0 else { return nil }
            return seconds / (Double(bytes) / 1e9)
        },
        .init("rss_max_bytes", .byteSize, .growing) { $0.maxResidentBytes.map { Double($0) } },
        .init("fdatasync_calls", .count, .atEnd) { $0.flushes.map { Double($0) } },
        .init("fdatasync_per_acked_batch", .number, .atEnd) {
            $0.quotient($0.flushes, $0.producers.ackedBatches)
        },
    ]

    private static let shares: [ThresholdMetric] = [
        share("share_of_crc32c") { $0.ofCRC32C }, share("share_of_write") { $0.ofWrite },
        share("share_of_fdatasync") { $0.ofFdatasync },
        share("share_of_compression") { $0.ofCompression },
        share("share_of_decompression") { $0.ofDecompression },
    ]

    private static func share(
        _ column: String, _ value: @escaping @Sendable (RunLimits.Shares) -> Double?
    ) -> ThresholdMetric {
        .init(column, .share, needs: .roofline, .atEnd) { $0.shares.flatMap(value) }
    }
}
