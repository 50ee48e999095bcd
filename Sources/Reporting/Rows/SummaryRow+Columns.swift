import Measurement

extension SummaryRow {
    public static let columns: [Column<SummaryRow>] =
        runColumns + settingsColumns + throughputColumns
        + LatencyKind.allCases.flatMap(latencyColumns) + lagAndAuditColumns + machineColumns
        + shareColumns + thresholdColumns + codecColumns + laterColumns

    // MARK: Figures that are computed from others

    var ackedRate: Double? { perSecond(throughput.ackedRecords) }
    var consumedRate: Double? { perSecond(throughput.consumedRecords) }
    var logicalMegabytesPerSecond: Double? { perSecond(throughput.logicalBytes).map { $0 / 1e6 } }
    var storedMegabytesPerSecond: Double? { perSecond(throughput.storedBytes).map { $0 / 1e6 } }
    var consumedMegabytesPerSecond: Double? {
        perSecond(throughput.consumedLogicalBytes).map { $0 / 1e6 }
    }

    var cpuSecondsPerLogicalGigabyte: Double? {
        guard let user = machine.cpuUserSeconds, let system = machine.cpuSystemSeconds,
            let bytes = throughput.logicalBytes, bytes > 0
        else { return nil }
        return (user + system) / (Double(bytes) / 1e9)
    }

    var flushesPerAckedBatch: Double? {
        guard let calls = machine.fdatasyncCalls, let batches = throughput.batches, batches > 0
        else { return nil }
        return Double(calls) / Double(batches)
    }

    private func perSecond(_ count: UInt64?) -> Double? {
        guard let count, durationSeconds > 0 else { return nil }
        return Double(count) / durationSeconds
    }

    // MARK: Columns

    private static let runColumns: [Column<SummaryRow>] = [
        .text("run_id", "Name of the run: its profile and the UTC time of its start.") {
            $0.run.runID
        },
        .time("started_at", "When the measured part began, ISO 8601 in UTC.") {
            $0.run.startedAtUnixNanos
        },
        .text("profile", "Name of the profile.") { $0.run.profile },
        .text("variant", "Name of the variant in a sweep; `default` without a sweep.") {
            $0.run.variant
        },
        .integer("repetition", "Number of the repetition, from 1.") { $0.run.repetition },
        .text("target", "What was loaded: `embedded`, or the address of a cluster.") {
            $0.run.target
        },
        .text("verdict", "`VALID`, `SUSPECT`, `GENERATOR_BOUND` or `INVALID`.") {
            $0.verdict.rawValue
        },
        .text("verdict_reasons", "Why the verdict is not `VALID`, joined by `; `; else empty.") {
            $0.verdictReasons.isEmpty ? nil : $0.verdictReasons.joined(separator: "; ")
        },
        .text(
            "loop",
            "`open`: the schedule sets the rate and never waits; `closed`: the target does (`max`)."
        ) { $0.loop.rawValue },
        .decimal("duration_s", "Length of the measured part, without warm-up and drain.") {
            $0.durationSeconds
        },
        .decimal("warmup_s", "Length of the warm-up: sent, but not counted.") { $0.warmupSeconds },
    ]

    private static let settingsColumns: [Column<SummaryRow>] = [
        .text("compression_type", "`none`, `gzip`, `snappy`, `lz4` or `zstd`.") {
            $0.settings.compressionType
        },
        .integer("compression_level", "Level of the codec; empty for the codec's own default.") {
            $0.settings.compressionLevel
        },
        .integer("batch_size_bytes", "`batch.size` of the producers.") {
            $0.settings.batchSizeBytes
        },
        .decimal("linger_ms", "`linger.ms` of the producers.") { $0.settings.lingerMillis },
        .text("acks", "`acks` of the producers.") { $0.settings.acks },
        .text("idempotence", "`true` or `false`: `enable.idempotence` of the producers.") {
            $0.settings.isIdempotent.map { $0 ? "true" : "false" }
        },
        .integer("producers", "How many producers.") { $0.settings.producers },
        .integer("consumers", "How many consumers, over all groups.") { $0.settings.consumers },
        .integer("topics", "How many topics.") { $0.settings.topics },
        .integer("partitions", "How many partitions, over all topics.") {
            $0.settings.partitions
        },
        .integer("flush_messages", "`flush.messages` of the topics; empty without one.") {
            $0.settings.flushMessages
        },
        .integer("flush_ms", "`flush.ms` of the topics; empty without one.") {
            $0.settings.flushMillis
        },
        .text("payload_kind", "`corpus`, `orders`, `signups`, `ratio`, `random` …") {
            $0.settings.payloadKind
        },
        .decimal("payload_value_size_mean_bytes", "Mean size of the values sent.") {
            $0.settings.payloadValueSizeMeanBytes
        },
        .decimal(
            "offered_rate_records_per_s",
            "The rate that the schedule asked for, averaged; empty for `max`."
        ) { $0.settings.offeredRateRecordsPerSecond },
        .text(
            "payload_checksum",
            "`crc32c:` and the CRC-32C of the prepared values and keys in hexadecimal, equal where their "
                + "bytes are. No number to whoever reads it, as `12e45678` alone would be."
        ) {
            $0.settings.payloadChecksum.map { checksum in
                let digits = String(checksum, radix: 16)
                return "crc32c:" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        },
    ]

    private static let throughputColumns: [Column<SummaryRow>] = [
        .integer("produced_records", "Records handed to the target.") {
            $0.throughput.producedRecords
        },
        .decimal("produced_rate_records_per_s", "`produced_records` over `duration_s`.") {
            $0.perSecond($0.throughput.producedRecords)
        },
        .integer("acked_records", "Records acknowledged.") { $0.throughput.ackedRecords },
        .decimal("acked_rate_records_per_s", "`acked_records` over `duration_s`.") {
            $0.ackedRate
        },
        .integer("consumed_records", "Records consumed, over all groups; without the drain.") {
            $0.throughput.consumedRecords
        },
        .decimal("consumed_rate_records_per_s", "`consumed_records` over `duration_s`.") {
            $0.consumedRate
        },
        .integer("failed_records", "Records that the target refused for good.") {
            $0.throughput.failedRecords
        },
        .integer(
            "logical_bytes",
            "Keys, values and headers of the acknowledged records, before batching and compression."
        ) { $0.throughput.logicalBytes },
        .integer(
            "uncompressed_batch_bytes",
            "The acknowledged record batches before compression, batch headers included."
        ) { $0.throughput.uncompressedBatchBytes },
        .integer("stored_bytes", "The acknowledged record batches as appended to the log.") {
            $0.throughput.storedBytes
        },
        .integer(
            "wire_bytes",
            "Bytes on the sockets, protocol included; empty for `embedded`, which has none."
        ) { $0.throughput.wireBytes },
        .decimal("logical_rate_mb_per_s", "`logical_bytes` over `duration_s`.") {
            $0.logicalMegabytesPerSecond
        },
        .decimal("stored_rate_mb_per_s", "`stored_bytes` over `duration_s`.") {
            $0.storedMegabytesPerSecond
        },
        .decimal(
            "consumed_rate_mb_per_s", "Logical bytes of the consumed records over `duration_s`."
        ) { $0.consumedMegabytesPerSecond },
        .decimal(
            "compression_ratio", "`uncompressed_batch_bytes` ÷ `stored_bytes`.", digits: 4
        ) { $0.throughput.compressionRatio },
        .integer("batches", "Record batches acknowledged.") { $0.throughput.batches },
        .decimal("records_per_batch_mean", "`acked_records` ÷ `batches`.") {
            $0.throughput.recordsPerBatch
        },
        .decimal("bytes_per_batch_mean", "`stored_bytes` ÷ `batches`.") {
            $0.throughput.bytesPerBatch
        },
    ]

    private static func latencyColumns(_ kind: LatencyKind) -> [Column<SummaryRow>] {
        let name = kind.rawValue
        let what = kind.meaning
        return [
            .micros("\(name)_p50_us", "Median \(what).") { $0.latencies[kind]?.p50Nanos },
            .micros("\(name)_p90_us", "90th percentile of the \(what).") {
                $0.latencies[kind]?.p90Nanos
            },
            .micros("\(name)_p99_us", "99th percentile of the \(what).") {
                $0.latencies[kind]?.p99Nanos
            },
            .micros("\(name)_p999_us", "99.9th percentile of the \(what).") {
                $0.latencies[kind]?.p999Nanos
            },
            .micros("\(name)_max_us", "Longest \(what), exactly.") {
                $0.latencies[kind]?.maxNanos
            },
            .decimal("\(name)_mean_us", "Mean \(what).") {
                $0.latencies[kind].map { $0.meanNanos / 1_000 }
            },
        ]
    }

    private static let lagAndAuditColumns: [Column<SummaryRow>] = [
        .integer(
            "clock_skew_count",
            "Latencies of zero or less: clocks that disagree. Counted in the percentiles all the same."
        ) { $0.clockSkewCount },
        .integer(
            "lag_records_max",
            "The most records that a group was behind, over all its partitions together and all samples."
        ) { $0.lag.maxRecords },
        .decimal(
            "lag_time_max_ms",
            "The highest age of the oldest unconsumed record, over all samples."
        ) { $0.lag.maxMillis },
        .decimal(
            "drain_s",
            "Time from the end of the measured part until the consumers had everything."
        ) { $0.lag.drainSeconds },
        .decimal("drain_rate_records_per_s", "Records consumed in the drain over `drain_s`.") {
            $0.lag.drainRateRecordsPerSecond
        },
        .integer("lost", "Acknowledged records that a group never got.") { $0.audit.lost },
        .integer("duplicated", "Records that a group got more than once.") {
            $0.audit.duplicated
        },
        .integer("reordered", "Records that a group got after a later one of their producer.") {
            $0.audit.reordered
        },
        .integer("corrupt", "Records whose content was not what had been sent.") {
            $0.audit.corrupt
        },
    ]

    private static let machineColumns: [Column<SummaryRow>] = [
        .decimal("hiccup_max_ms", "The machine's longest stall during the measured part.") {
            $0.machine.hiccupMaxNanos.map { Double($0) / 1e6 }
        },
        .micros(
            "hiccup_p99_us",
            "How late a thread that sleeps 1 ms woke, 99th percentile, weighted by time."
        ) { $0.machine.hiccupP99Nanos },
        .decimal(
            "cpu_steal_percent",
            "Share of the machine's CPU time that its hypervisor gave to others."
        ) { $0.machine.cpuStealPercent },
        .decimal("cpu_user_s", "CPU seconds of this process in user mode.") {
            $0.machine.cpuUserSeconds
        },
        .decimal("cpu_system_s", "CPU seconds of this process in the kernel.") {
            $0.machine.cpuSystemSeconds
        },
        .decimal(
            "cpu_s_per_logical_gb",
            "`cpu_user_s` + `cpu_system_s` for 10⁹ of `logical_bytes`; `embedded`: generator and log "
                + "together."
        ) { $0.cpuSecondsPerLogicalGigabyte },
        .integer("rss_max_bytes", "The most memory that this process had resident, mappings too.") {
            $0.machine.rssMaxBytes
        },
        .integer("fdatasync_calls", "Flushes to the disk that the log made.") {
            $0.machine.fdatasyncCalls
        },
        .decimal("fdatasync_per_acked_batch", "`fdatasync_calls` ÷ `batches`.", digits: 6) {
            $0.flushesPerAckedBatch
        },
    ]

    private static let thresholdColumns: [Column<SummaryRow>] = [
        .integer("thresholds", "How many thresholds the profile has; empty without any.") {
            $0.thresholds.count
        },
        .integer(
            "thresholds_failed",
            "How many of them failed; thresholds.csv says which. Empty without any."
        ) { $0.thresholds.failed },
    ]

    private static let codecColumns: [Column<SummaryRow>] = [
        .decimal(
            "compress_ns_per_byte",
            "Time in the codec, by the clock, for each of `uncompressed_batch_bytes`; empty for `none`."
        ) { $0.throughput.compressionNanosPerByte },
        .decimal(
            "decompress_ns_per_byte",
            "Time in the codec, by the clock, for each byte of records that the consumers decompressed."
        ) { $0.throughput.decompressionNanosPerByte },
    ]

    private static let laterColumns: [Column<SummaryRow>] = [
        .integer(
            "misrouted", "Records that a group got from another partition than they were sent to."
        ) {
            $0.audit.misrouted
        },
        .text(
            "first_faults",
            "Where the first record that was lost, duplicated, reordered, corrupt or misrouted is, joined "
                + "by `; `; empty without one."
        ) { $0.audit.firstFaults.isEmpty ? nil : $0.audit.firstFaults.joined(separator: "; ") },
        .text(
            "notes",
            "What a reader of the row must know and is no fault, joined by `; `: what the audit cannot "
                + "tell, a payload that repeats; empty without any."
        ) { $0.notes.isEmpty ? nil : $0.notes.joined(separator: "; ") },
        .integer(
            "format_version",
            "`2`; rows without it are of version 1, whose records each carried a stamp of 20 bytes: their "
                + "bytes, ratios and costs are not comparable."
        ) { _ in formatVersion },
        .text(
            "interrupted",
            "`true` where Ctrl-C, SIGTERM or SIGHUP ended the run before its time, else `false`; a "
                + "threshold that ended it is no interruption."
        ) { $0.wasInterrupted.map { $0 ? "true" : "false" } },
    ]

    private static let shareColumns: [Column<SummaryRow>] = [
        share("share_of_memory_copy", "`stored_rate_mb_per_s` ÷ a bare memory copy") {
            $0.ofMemoryCopy
        },
        share("share_of_crc32c", "consumed bytes of batches per second ÷ bare CRC-32C") {
            $0.ofCRC32C
        },
        share("share_of_write", "`stored_rate_mb_per_s` ÷ bare `write` calls of the batch size") {
            $0.ofWrite
        },
        share("share_of_fdatasync", "flushes per second ÷ bare `fdatasync` calls per second") {
            $0.ofFdatasync
        },
        share("share_of_compression", "compressing ÷ the codec alone, same bytes and batch size") {
            $0.ofCompression
        },
        share("share_of_decompression", "decompressing ÷ the codec alone, same bytes") {
            $0.ofDecompression
        },
        share("share_of_sendfile", "bytes sent ÷ a bare `sendfile` loop over loopback") {
            $0.ofSendfile
        },
        share("share_of_socket_write", "bytes sent ÷ bare socket writes over loopback") {
            $0.ofSocketWrite
        },
    ]

    private static func share(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (Shares) -> Double?
    ) -> Column<SummaryRow> {
        let sentence = meaning + ", measured in the same run; empty without `roofline: true`."
        return .decimal(name, sentence, digits: 4) { value($0.shares) }
    }
}

extension LatencyKind {
    /// What the latency is, as the object of a sentence.
    fileprivate var meaning: String {
        switch self {
        case .sendDelay: "send delay: actual send − intended time"
        case .serviceLatency: "service latency: acknowledgement − actual send"
        case .responseLatency: "response latency: acknowledgement − intended time"
        case .endToEndLatency: "end-to-end latency: record held by the consumer − intended time"
        }
    }
}
