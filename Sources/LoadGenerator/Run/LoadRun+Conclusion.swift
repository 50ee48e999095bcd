import Measurement

/// What a run says in the end: its figures, the audit, and the verdict.
extension LoadRun {
    func conclude(
        _ plan: RunPlan, _ outcomes: [ProducerWorker.Outcome], _ consumers: ConsumerFleet,
        _ drain: RunResult.Drain?, _ watch: Watch, _ hiccupMeter: HiccupMeter
    ) -> RunResult {
        var others: [String: OtherMembers] = [:]
        for board in consumers.boards {
            others[board.group] = target.otherMembers(ofShareGroup: board.group)
        }
        let audits = consumers.audits(
            sent: outcomes.flatMap(\.sent),
            compacted: Set(target.partitions.indices.filter { target.isCompacted($0) }),
            open: Set(others.keys))
        let reporter = watch.reporter
        let windowStart = plan.window.startNanos
        var usage = WorkerUsage()
        for outcome in outcomes { usage += outcome.usage }
        var result = RunResult(
            startedUnixNanos: plan.anchor.unixNanos(atMonotonic: plan.startNanos),
            warmupNanos: windowStart - plan.startNanos,
            windowNanos: plan.windowNanos, measuredNanos: 0,
            sendingNanos: max(reporter.producers.lastSendNanos - windowStart, 1),
            isClosedLoop: profile.isClosedLoop,
            unsentRecords: outcomes.reduce(0) { $0 + $1.unsentRecords },
            producers: reporter.producers, groups: [], drain: drain, usage: usage,
            ackedRates: reporter.ackedRates, machine: reporter.machineUse(),
            hiccups: hiccupMeter.histogram,
            largestStalls: hiccupMeter.largestStalls,
            failures: (target.breakdown.map { [$0.description] } ?? [])
                + outcomes.compactMap { $0.failure?.description } + consumers.failures
                + watch.commitFailures,
            wasStopped: interrupted.withLock { $0 != nil } || thresholdStop.isSet, notes: [])
        result.sendGraceNanos = profile.sendGrace.nanoseconds
        result.onlyConsumes = profile.onlyConsumes
        result.recordsToRead = profile.recordsToRead
        result.interruption = interruption(plan, result)
        let produced = result.producers
        if !profile.onlyConsumes {
            for (index, load) in profile.loads.enumerated() {
                let produced =
                    profile.producerGroups.isEmpty ? produced : reporter.producerGroups[index]
                result.notes += pools[index].notes(
                    for: load.profile,
                    reachedRatio: produced.storedBytes > 0
                        ? Double(produced.uncompressedBatchBytes) / Double(produced.storedBytes)
                        : nil)
            }
            result.notes += zip(profile.producerGroups, reporter.producerGroups).map {
                $1.note(of: $0.name)
            }
        }
        // If nothing was acknowledged, or read, there are no times.
        let lastNanos =
            profile.onlyConsumes
            ? reporter.groups.map(\.lastHeldNanos).max() ?? 0 : reporter.producers.lastAckNanos
        result.measuredNanos = max(lastNanos - windowStart, 0)
        // A run that failed ended before its window, so it has no rate over the whole of it.
        if let windowNanos = result.windowNanos, !result.wasStopped, result.failures.isEmpty {
            result.measuredNanos = max(result.measuredNanos, windowNanos)
        }
        result.network = reporter.networkUse
        result.brokers = brokers(of: result.network, outcomes)
        for (partition, leader) in zip(target.partitions, target.readLeaders()) {
            result.leaders[partition] = leader
        }
        result.producerGroups = producerGroups(plan, reporter, outcomes)
        result.flowReasons = reporter.flow.reasons
        for fault in AuditFault.allCases {
            result.fetchCommands[fault] = audits.lazy.compactMap { $0.firstPlace(of: fault) }.first
                .flatMap { target.fetchCommand(for: $0) }
        }
        result.backgroundFaults = target.backgroundFaults
        result.notes += auditNotes(audits)
        for (index, board) in consumers.boards.enumerated() {
            let tally = reporter.groups[index]
            result.groups.append(
                RunResult.Group(
                    group: board.group, tally: tally, audit: audits[index],
                    otherMembers: others[board.group],
                    maxLagRecords: reporter.maxLagRecords[index],
                    maxLagNanos: reporter.maxLagNanos[index],
                    readGaps: consumers.gaps[index].longest(
                        of: target.partitions, from: windowStart),
                    measuredNanos: max(tally.lastHeldNanos - windowStart, 1)))
        }
        (result.verdict, result.reasons) = Judge(
            result: result, rates: profile.loads.map(\.profile.producers.rate)
        )
        .verdict()
        return result
    }

    private func brokers(
        of network: NetworkUse?, _ outcomes: [ProducerWorker.Outcome]
    ) -> [BrokerUse] {
        (network?.brokers ?? []).map { broker in
            var broker = broker
            for outcome in outcomes {
                if let tally = outcome.brokers[broker.nodeID] { broker.tally.add(tally) }
            }
            return broker
        }
    }

    private func producerGroups(
        _ plan: RunPlan, _ reporter: Reporter, _ outcomes: [ProducerWorker.Outcome]
    ) -> [RunResult.ProducerGroupResult] {
        guard !profile.producerGroups.isEmpty else { return [] }
        let offered = plan.measuredRecordsDue(
            before: outcomes.map(\.endNanos).max() ?? plan.startNanos, of: profile.loads)
        return profile.producerGroups.indices.map { index in
            let load = profile.producerGroups[index]
            return RunResult.ProducerGroupResult(
                name: load.name, topics: load.profile.topics.names,
                producerCount: load.profile.producers.count,
                tally: reporter.producerGroups[index], offeredRecords: offered[index])
        }
    }

    /// What the slowest records and the partitions' gaps say.
    func addTail(
        to result: inout RunResult, _ plan: RunPlan, _ outcomes: [ProducerWorker.Outcome],
        _ gaps: PartitionGaps?
    ) {
        let windowStart = plan.window.startNanos
        result.writeGaps = gaps?.longest(of: target.partitions, from: windowStart) ?? []
        var slowest = SlowRecords()
        for outcome in outcomes { slowest.add(outcome.slowest) }
        result.slowest = SlowTail(
            slowest.records, partitions: target.partitions, onNetwork: result.network != nil,
            events: result.network?.events ?? [], stalls: result.largestStalls,
            windowStart: windowStart)
    }

    /// Notes on the limits of this run's audit.
    private func auditNotes(_ audits: [AuditCounts]) -> [String] {
        var notes: [String] = []
        let superseded = audits.reduce(0) { $0 + $1.superseded }
        if superseded > 0 {
            notes.append(
                "\(superseded) acknowledged records of compacted topics did not arrive: they are "
                    + "lost, or later records of their keys superseded them")
        }
        if !audits.isEmpty, !profile.onlyConsumes,
            profile.loads.contains(where: { !$0.profile.producers.enableIdempotence })
        {
            notes.append(
                "producers are not idempotent, so batches do not name their producer: the audit identifies "
                    + "them by their content, and recognises a batch that is stored twice if the second "
                    + "copy comes within \(RecentBatches.capacity) batches of the first")
        }
        let unmatched = audits.reduce(0) { $0 + $1.unmatched }
        if unmatched > 0 {
            notes.append(
                "\(unmatched) records at this run's offsets belong to none of its batches: another program wrote "
                    + "them, or they are copies that came too late to be recognised")
        }
        return notes
    }

    /// The part that the user cut short; nil if it had already ended.
    private func interruption(_ plan: RunPlan, _ result: RunResult) -> Interruption? {
        // A threshold ended the run before that.
        if let nanos = interrupted.withLock({ $0 }), !thresholdStop.isSet,
            let cut = plan.interruption(
                at: nanos, isSent: result.unsentRecords == 0 && !profile.onlyConsumes)
        {
            return cut
        }
        guard let drain = result.drain, drain.wasCut, !drain.isComplete else { return nil }
        return Interruption(phase: .drain, afterNanos: drain.nanos)
    }
}
