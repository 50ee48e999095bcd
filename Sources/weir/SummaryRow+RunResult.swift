import LoadGenerator
import Measurement
import Reporting

extension SummaryRow {
    /// The row of a finished run.
    init(
        _ result: RunResult, figures: RunFigures, profile: Profile, run: RunName,
        environment: EnvironmentSnapshot, labels: RunLabels
    ) {
        self.init(
            run: RunIdentity(
                runID: run.runID, startedAtUnixNanos: result.startedUnixNanos + result.warmupNanos,
                profile: profile.name, variant: run.variant, repetition: run.repetition,
                target: profile.target.rawValue),
            verdict: result.verdict, loop: result.isClosedLoop ? .closed : .open,
            values: figures.values)
        verdictReasons = result.reasons
        notes = result.notes
        wasInterrupted = result.interruption != nil
        self.environment = environment
        self.labels = labels
    }
}

extension SlowestRow {
    static func rows(of result: RunResult, run: RunName) -> [SlowestRow] {
        result.slowest.entries.enumerated().map { place, entry in
            let record = entry.record
            return SlowestRow(
                run: run, rank: place + 1, elapsedSeconds: Double(entry.dueNanos) / 1e9,
                topic: entry.partition.topic, partition: entry.partition.partition,
                producer: record.producer, sequence: record.sequence,
                responseNanos: record.latencyNanos,
                stages: Stages(
                    room: record.roomNanos, linger: record.lingerNanos, queue: record.queueNanos,
                    client: result.network == nil ? nil : record.clientNanos,
                    target: record.targetNanos, back: record.backNanos),
                attempts: record.attempts, cause: entry.cause.rawValue)
        }
    }
}

extension PartitionRow {
    static func rows(of result: RunResult, run: RunName) -> [PartitionRow] {
        func row(_ gap: PartitionGap, group: String?) -> PartitionRow {
            PartitionRow(
                run: run, topic: gap.partition.topic, partition: gap.partition.partition,
                group: group, gapNanos: gap.nanos, startSeconds: Double(gap.startNanos) / 1e9,
                leader: result.leaders[gap.partition]?.nodeID,
                leaderChanges: result.leaders[gap.partition]?.changes)
        }
        return result.writeGaps.map { row($0, group: nil) }
            + result.groups.flatMap { group in
                group.readGaps.map { row($0, group: group.group) }
            }
    }
}

extension BrokerRow {
    static func rows(of result: RunResult, run: RunName) -> [BrokerRow] {
        result.brokers.map { broker in
            BrokerRow(
                run: run, nodeID: broker.nodeID, address: broker.traffic.address,
                requests: broker.traffic.requests, sentBytes: broker.traffic.sentBytes,
                receivedBytes: broker.traffic.receivedBytes,
                ackedRecords: broker.tally.ackedRecords,
                serviceLatency: LatencySummary(broker.tally.serviceLatency),
                errorCount: broker.traffic.errorCount, errorText: broker.traffic.errorText,
                socketFullPercent: broker.fullShare.map { $0 * 100 })
        }
    }
}

extension ProducerGroupRow {
    static func rows(of result: RunResult, run: RunName) -> [ProducerGroupRow] {
        result.producerGroups.map { group in
            var row = ProducerGroupRow(
                run: run, name: group.name, topics: group.topics,
                producerCount: group.producerCount,
                durationSeconds: Double(result.measuredNanos) / 1e9)
            let tally = group.tally
            row.offeredRecords = group.offeredRecords.map { UInt64($0.rounded()) }
            row.sentRecords = tally.sentRecords
            row.ackedRecords = tally.ackedRecords
            row.failedRecords = tally.failedRecords
            row.inDoubtRecords = tally.inDoubtRecords
            row.logicalBytes = tally.logicalBytes
            row.storedBytes = tally.storedBytes
            row.batches = tally.ackedBatches
            row.sendDelay = LatencySummary(tally.sendDelay)
            row.serviceLatency = LatencySummary(tally.serviceLatency)
            row.responseLatency = LatencySummary(tally.responseLatency)
            return row
        }
    }
}

extension PercentileRow {
    /// The rows of all of a run's latencies; end-to-end latency by group.
    static func rows(of result: RunResult, run: RunName) -> [PercentileRow] {
        let producers = result.producers
        var rows = distribution(of: producers.sendDelay, kind: .sendDelay, run: run)
        rows += distribution(of: producers.serviceLatency, kind: .serviceLatency, run: run)
        rows += distribution(of: producers.responseLatency, kind: .responseLatency, run: run)
        for group in result.groups {
            rows += distribution(
                of: group.tally.endToEndLatency, kind: .endToEndLatency, group: group.group,
                run: run)
        }
        return rows
    }
}
