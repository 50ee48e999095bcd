import Measurement

extension RunFigures {
    /// A source for every figure that the run measures, by the themes of the table of figures.
    static let sources: [FigureSource] =
        run + settings + throughput
        + latencies(.sendDelay) { $0.producers.sendDelay }
        + latencies(.serviceLatency) { $0.producers.serviceLatency }
        + latencies(.responseLatency) { $0.producers.responseLatency }
        + latencies(.endToEndLatency) { $0.consumers?.endToEndLatency }
        + others + lag + faults + gaps + network + machine + shares + codec

    /// The figures of a run that was interrupted before the measured part.
    static let sourcesOfAnyRun: [FigureSource] = run + settings + faults

    private static let run: [FigureSource] = [
        .number("duration_s") { $0.seconds },
        .number("warmup_s") { $0.result.map { Double($0.warmupNanos) / 1e9 } },
    ]

    private static let throughput: [FigureSource] = [
        .count("produced_records") { $0.producers.sentRecords },
        .count("acked_records") { $0.producers.ackedRecords },
        .count("consumed_records") { $0.consumers?.records },
        .count("failed_records") { $0.producers.failedRecords },
        .count("in_doubt_records") { $0.producers.inDoubtRecords },
        .count("unsent_records") {
            $0.result.flatMap { $0.isClosedLoop ? nil : $0.unsentRecords }
        },
        .count("logical_bytes") { $0.producers.logicalBytes },
        .count("uncompressed_batch_bytes") { $0.producers.uncompressedBatchBytes },
        .count("stored_bytes") { $0.producers.storedBytes },
        .number("consumed_rate_mb_per_s") {
            guard let bytes = $0.consumers?.logicalBytes, $0.seconds > 0 else { return nil }
            return Double(bytes) / $0.seconds / 1e6
        },
        .count("batches") { $0.producers.ackedBatches },
    ]

    private static func latencies(
        _ kind: LatencyKind, _ histogram: @escaping @Sendable (RunFigures) -> LatencyHistogram?
    ) -> [FigureSource] {
        LatencyPoint.allCases.map { point in
            .number(point.column(of: kind)) { histogram($0)?.nanos(point).map { $0 / 1e3 } }
        }
    }

    private static let others: [FigureSource] =
        [.count("foreign_records") { $0.audit?.foreign }]
        + [LatencyPoint.p50, .p99, .max].map { point in
            .number("create_time_latency_\(point.label)_ms") {
                $0.consumers?.createTimeLatency.nanos(point).map { $0 / 1e6 }
            }
        }

    private static let lag: [FigureSource] = [
        .count("clock_skew_count") { $0.consumers?.endToEndLatency.nonPositiveCount },
        .count("lag_records_max") { $0.maxLagRecords },
        .number("lag_time_max_ms") { $0.maxLagNanos.map { Double($0) / 1e6 } },
        .number("drain_s") { $0.result?.drain.map { Double($0.nanos) / 1e9 } },
        .number("drain_rate_records_per_s") {
            // Without records to drain there is no rate.
            guard let drain = $0.result?.drain, drain.records > 0, drain.nanos > 0 else {
                return nil
            }
            return Double(drain.records) / Double(drain.nanos) * 1e9
        },
    ]

    private static let faults: [FigureSource] =
        AuditFault.allCases.map { fault in
            .count(fault.rawValue) { $0.audit?[fault] }
        } + [
            .text("first_faults") { figures in
                let faults = AuditFault.allCases.compactMap { fault -> String? in
                    guard let place = figures.audit?.firstPlace(of: fault) else { return nil }
                    let command = figures.result?.fetchCommands[fault].map { " (\($0))" } ?? ""
                    return "\(fault.rawValue): \(place)\(command)"
                }
                return faults.isEmpty ? nil : faults.joined(separator: "; ")
            }
        ]

    private static let gaps: [FigureSource] = [
        .count("redelivered") { $0.audit?.redelivered },
        .count("delivery_count_max") {
            ($0.audit?.largestDeliveryCount).flatMap { $0 > 0 ? UInt64($0) : nil }
        },
        .count("refused_acknowledgements") { $0.network?.refusedAcknowledgements },
        .number("write_gap_max_ms") {
            $0.result?.writeGaps.longest.map { Double($0.nanos) / 1e6 }
        },
        .number("read_gap_max_ms") {
            $0.result?.groups.flatMap(\.readGaps).longest.map { Double($0.nanos) / 1e6 }
        },
        .number("slowest_least_ms") { $0.result?.slowest.leastNanos.map { Double($0) / 1e6 } },
        .text("slowest_causes") { $0.result?.slowest.causes },
    ]

    private static let network: [FigureSource] = [
        .count("wire_bytes") { $0.network?.wireBytes },
        .count("wire_sent_bytes") { $0.network?.sentBytes },
        .count("wire_received_bytes") { $0.network?.receivedBytes },
        .count("requests") { $0.network?.requests },
        .count("produce_requests") { $0.network?.produceRequests },
        .count("connections_opened") { $0.network?.openedConnections },
        .count("metadata_refreshes") { $0.network?.metadataRefreshes },
        .count("connections_lost") { $0.network?.lostConnections },
        .count("retries") { $0.network?.retries },
        .count("broker_errors") { $0.network?.errorCount },
        .text("broker_errors_by_code") { $0.network?.errorText },
        .count("leader_changes") { $0.network?.leaderChanges },
        .number("throttled_ms") { $0.network.map { Double($0.throttledNanos) / 1e6 } },
        .count("readable_records") { $0.result?.network?.readableRecords },
        .number("loop_busy_percent") {
            $0.result?.network?.busiestLoopShare.map { $0 * 100 }
        },
    ]

    private static let machine: [FigureSource] =
        [
            .number("hiccup_max_ms") { $0.maxHiccupNanos.map { Double($0) / 1e6 } },
            .number("hiccup_p99_us") { $0.result?.hiccups.percentile(99).map { Double($0) / 1e3 } },
            .number("cpu_steal_percent") { $0.result?.machine.stealPercent },
            .number("cpu_user_s") { $0.cpuUserSeconds },
            .number("cpu_system_s") { $0.cpuSystemSeconds },
            .count("rss_max_bytes") { $0.maxResidentBytes },
            .count("fdatasync_calls") { $0.result?.machine.flushes },
        ] + conditions

    private static let conditions: [FigureSource] = [
        .number("cpu_throttled_percent") { $0.result?.machine.conditions.throttledPercent },
        .number("other_cpu_percent") { $0.result?.machine.conditions.otherCPUPercent },
        .number("core_wait_percent") { $0.result?.machine.conditions.coreWaitPercent },
        .number("cpu_pressure_percent") { $0.result?.machine.conditions.cpuPressurePercent },
        .number("memory_pressure_percent") { $0.result?.machine.conditions.memoryPressurePercent },
        .number("io_pressure_percent") { $0.result?.machine.conditions.ioPressurePercent },
        .count("major_faults") { $0.result?.machine.conditions.majorFaults },
        .count("swapped_pages") { $0.result?.machine.conditions.swappedPages },
        .number("disk_busy_percent") { $0.result?.machine.conditions.diskBusyPercent },
        .count("other_disk_bytes") { $0.result?.machine.conditions.otherDiskBytes },
        .number("clock_step_ms") {
            $0.result?.machine.conditions.clockStepNanos.map { Double($0) / 1e6 }
        },
        .text("machine_disturbed") {
            $0.result.map { MachineReasons($0).isDisturbed ? "true" : "false" }
        },
    ]

    private static let shares: [FigureSource] = [
        .number("share_of_crc32c") { $0.shares?.ofCRC32C },
        .number("share_of_write") { $0.shares?.ofWrite },
        .number("share_of_fdatasync") { $0.shares?.ofFdatasync },
        .number("share_of_compression") { $0.shares?.ofCompression },
        .number("share_of_decompression") { $0.shares?.ofDecompression },
        .number("share_of_socket_write") { $0.shares?.ofSocketWrite },
        .number("share_of_sendfile") { $0.shares?.ofSendfile },
    ]

    private static let codec: [FigureSource] = [
        .number("compress_ns_per_byte") {
            nanosPerByte($0.producers.compressionNanos, $0.producers.uncompressedBatchBytes)
        },
        .number("decompress_ns_per_byte") {
            $0.consumers.flatMap { nanosPerByte($0.decompressionNanos, $0.decompressedBytes) }
        },
        .number("codec_cpu_s") { $0.codecNanos.map { Double($0) / 1e9 } },
        .number("producer_cpu_s") {
            $0.threadSeconds("producer-", without: $0.producers.compressionNanos)
        },
        .number("consumer_cpu_s") {
            $0.threadSeconds("consumer-", without: $0.consumers?.decompressionNanos ?? 0)
        },
        .number("log_cpu_s") {
            $0.producers.appendNanos > 0 ? Double($0.producers.appendNanos) / 1e9 : nil
        },
    ]

    /// Nil if no codec was used.
    private static func nanosPerByte(_ nanos: Int64, _ bytes: UInt64) -> Double? {
        nanos > 0 && bytes > 0 ? Double(nanos) / Double(bytes) : nil
    }

    /// Nil if nothing was acknowledged.
    private var codecNanos: Int64? {
        guard producers.ackedRecords > 0 else { return nil }
        return producers.compressionNanos + (consumers?.decompressionNanos ?? 0)
    }

    /// Nil on a network: there the workers' threads do nothing but wait for their event loops.
    private func threadSeconds(_ kind: String, without codecNanos: Int64) -> Double? {
        guard network == nil, let nanos = result?.machine.conditions.threadNanos[kind] else {
            return nil
        }
        return Double(max(nanos - codecNanos, 0)) / 1e9
    }
}
