import LoadGenerator
import Measurement
import Reporting

extension SummaryRow {
    /// The row of a finished run.
    init(_ result: RunResult, profile: Profile, runID: String, valueSizeMeanBytes: Double) {
        self.init(
            run: RunIdentity(
                runID: runID, startedAtUnixNanos: result.startedUnixNanos + result.warmupNanos,
                profile: profile.name, target: profile.target.rawValue),
            verdict: result.verdict, loop: result.isClosedLoop ? .closed : .open,
            durationSeconds: Double(result.measuredNanos) / 1e9)
        verdictReasons = result.reasons
        notes = result.notes
        wasInterrupted = result.interruption != nil
        warmupSeconds = Double(result.warmupNanos) / 1e9
        settings = Settings(profile)
        settings.payloadValueSizeMeanBytes = valueSizeMeanBytes
        if !result.groups.isEmpty { audit = Audit(result.audit) }
        // What was not measured is empty, never 0.
        guard result.measuredNanos > 0 || result.interruption == nil else { return }
        throughput = Throughput(result)
        latencies[.sendDelay] = LatencySummary(result.producers.sendDelay)
        latencies[.serviceLatency] = LatencySummary(result.producers.serviceLatency)
        latencies[.responseLatency] = LatencySummary(result.producers.responseLatency)
        let endToEnd = result.endToEndLatency
        latencies[.endToEndLatency] = LatencySummary(endToEnd)
        if !result.groups.isEmpty {
            clockSkewCount = endToEnd.nonPositiveCount
            lag = Lag(result)
        }
        machine = Machine(result)
    }
}

extension SummaryRow.Settings {
    init(_ profile: Profile) {
        self.init()
        let producers = profile.producers
        compressionType = producers.compression.codec.name
        compressionLevel = producers.compression.level ?? producers.compression.codec.defaultLevel
        batchSizeBytes = producers.batchSize
        lingerMillis = producers.linger / .milliseconds(1)
        acks = producers.acks.rawValue
        isIdempotent = producers.enableIdempotence
        self.producers = producers.count
        consumers = profile.consumers.reduce(0) { $0 + $1.members }
        topics = profile.topics.count
        partitions = profile.topics.count * profile.topics.partitions
        flushMessages = profile.topics.config["flush.messages"].flatMap { Int64($0) }
        flushMillis = profile.topics.config["flush.ms"].flatMap { Int64($0) }
        payloadKind = profile.payload.kind.rawValue
        offeredRateRecordsPerSecond = profile.meanOfferedRate
    }
}

extension SummaryRow.Throughput {
    init(_ result: RunResult) {
        self.init()
        let producers = result.producers
        producedRecords = producers.sentRecords
        ackedRecords = producers.ackedRecords
        failedRecords = producers.failedRecords
        logicalBytes = producers.logicalBytes
        uncompressedBatchBytes = producers.uncompressedBatchBytes
        storedBytes = producers.storedBytes
        batches = producers.ackedBatches
        compressionNanosPerByte = Self.nanosPerByte(
            producers.compressionNanos, producers.uncompressedBatchBytes)
        if !result.groups.isEmpty {
            consumedRecords = result.groups.reduce(0) { $0 + $1.tally.records }
            consumedLogicalBytes = result.groups.reduce(0) { $0 + $1.tally.logicalBytes }
            decompressionNanosPerByte = Self.nanosPerByte(
                result.groups.reduce(0) { $0 + $1.tally.decompressionNanos },
                result.groups.reduce(0) { $0 + $1.tally.decompressedBytes })
        }
    }

    /// Nil where no codec was at work.
    private static func nanosPerByte(_ nanos: Int64, _ bytes: UInt64) -> Double? {
        nanos > 0 && bytes > 0 ? Double(nanos) / Double(bytes) : nil
    }
}

extension SummaryRow.Audit {
    init(_ counts: AuditCounts) {
        self.init()
        lost = counts.lost
        duplicated = counts.duplicated
        reordered = counts.reordered
        corrupt = counts.corrupt
        misrouted = counts.misrouted
        firstFaults = AuditFault.allCases.compactMap { fault in
            counts.firstPlace(of: fault).map { "\(fault.rawValue): \($0)" }
        }
    }
}

extension SummaryRow.Lag {
    init(_ result: RunResult) {
        self.init()
        maxRecords = result.groups.map(\.maxLagRecords).max()
        maxMillis = result.groups.compactMap(\.maxLagNanos).max().map { Double($0) / 1e6 }
        guard let drain = result.drain else { return }
        drainSeconds = Double(drain.nanos) / 1e9
        // Nothing left to read has no rate.
        if drain.records > 0, drain.nanos > 0 {
            drainRateRecordsPerSecond = Double(drain.records) / Double(drain.nanos) * 1e9
        }
    }
}

extension SummaryRow.Machine {
    init(_ result: RunResult) {
        self.init()
        let hiccups = result.hiccups
        hiccupMaxNanos = hiccups.isEmpty ? nil : hiccups.maximum
        hiccupP99Nanos = hiccups.percentile(99)
        cpuStealPercent = result.machine.stealPercent
        cpuUserSeconds = result.machine.userCPUNanos.map { Double($0) / 1e9 }
        cpuSystemSeconds = result.machine.systemCPUNanos.map { Double($0) / 1e9 }
        rssMaxBytes = result.machine.maxResidentBytes
        fdatasyncCalls = result.machine.flushes
    }
}

extension SummaryRow.Shares {
    init(_ shares: RunLimits.Shares) {
        self.init()
        ofWrite = shares.ofWrite
        ofCRC32C = shares.ofCRC32C
        ofCompression = shares.ofCompression
        ofDecompression = shares.ofDecompression
        ofFdatasync = shares.ofFdatasync
    }
}

extension PercentileRow {
    /// The rows of all of a run's latencies; end-to-end latency by group.
    static func rows(of result: RunResult) -> [PercentileRow] {
        let producers = result.producers
        var rows = distribution(of: producers.sendDelay, kind: .sendDelay)
        rows += distribution(of: producers.serviceLatency, kind: .serviceLatency)
        rows += distribution(of: producers.responseLatency, kind: .responseLatency)
        for group in result.groups {
            rows += distribution(
                of: group.tally.endToEndLatency, kind: .endToEndLatency, group: group.group)
        }
        return rows
    }
}
