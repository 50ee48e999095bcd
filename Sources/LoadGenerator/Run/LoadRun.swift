import Measurement
import RecordFormat

/// One run of a profile against a target: consumers and producers on their threads, reports during
/// the run, the drain, the audit and the verdict.
///
/// Thread contract: `run` is called once, by one thread; `requestStop` from any thread.
public final class LoadRun: Sendable {
    /// The time before the first record, in which threads start and memory is touched.
    private static let leadNanos: Int64 = 50_000_000
    /// How often the run's thread checks whether a time is up. What has ended wakes it.
    private static let idlePollNanos: Int64 = 20_000_000
    /// The same while it watches how much is stored, or how far consumers are behind.
    private static let closePollNanos: Int64 = 5_000_000

    let profile: Profile
    let target: any LoadTarget
    /// By group of producers.
    let pools: [PayloadPool]
    private let directory: String
    private let time = TimeSource.monotonic
    /// Ends the taking of new records.
    private let stop = StopFlag()
    /// When the user ended the sending; nil if the user did not.
    let interrupted = CheckedMutex<Int64?>(nil)
    let thresholdStop = StopFlag()
    private let isDraining = StopFlag()
    private let drainStop = StopFlag()
    /// Wakes the run's own thread: a worker has ended, or a stop was requested.
    private let news = Wakeup()

    /// - Parameters:
    ///   - pools: the payloads of the groups of producers, prepared before the run.
    ///   - directory: for a file without a name, if consumers fall far behind.
    public init(
        profile: Profile, target: any LoadTarget, pools: [PayloadPool], directory: String
    ) {
        precondition(pools.count == profile.loads.count, "each group has a payload")
        self.profile = profile
        self.target = target
        self.pools = pools
        self.directory = directory
    }

    /// A run of one group of producers.
    public convenience init(
        profile: Profile, target: any LoadTarget, pool: PayloadPool, directory: String
    ) {
        self.init(profile: profile, target: target, pools: [pool], directory: directory)
    }

    /// The part of the run that a request to stop ended.
    public enum Stopped: Sendable {
        case sending
        case drain
        /// It was requested before, and no phase is left to end.
        case nothingMore
    }

    /// Ends the current part of the run early, for its user. During the sending: what was sent is
    /// acknowledged, drained, audited and reported. During the drain: what was read is audited and
    /// reported.
    @discardableResult
    public func requestStop() -> Stopped {
        let stopped: Stopped
        if isDraining.isSet {
            guard !drainStop.isSet else { return .nothingMore }
            drainStop.set()
            stopped = .drain
        } else {
            let isFirst = interrupted.withLock { time in
                defer { time = time ?? self.time.now() }
                return time == nil
            }
            guard isFirst else { return .nothingMore }
            stopped = .sending
        }
        stop.set()
        news.signal()
        return stopped
    }

    /// Runs to the end.
    ///
    /// - Parameter observe: called once an interval, on the calling thread.
    /// - Throws: if the run could not begin; later failures are in its result.
    public func run(_ observe: (IntervalReport) -> Void) throws(LoadRunError) -> RunResult {
        let numbering = BatchNumbering()
        let producerIDs: [ProducerID]
        do {
            // Before the times are fixed, because it may take long.
            var ids: [ProducerID] = []
            for load in profile.loads {
                ids += try target.prepareProducers(
                    load.profile.producers, topics: load.profile.topics, numbering: numbering)
            }
            producerIDs = ids
            try target.refreshOffsets()
            try ConsumerFleet.beginGroups(profile, target)
        } catch {
            throw LoadRunError(error)
        }
        let plan = RunPlan(
            profile: profile, start: time.now() + Self.leadNanos, anchor: ClockAnchor.sample())
        let hiccupMeter = HiccupMeter()
        let consumers: ConsumerFleet
        let producers: ProducerFleet
        let gaps =
            profile.loads.allSatisfy { $0.profile.producers.acks == .none }
            ? nil : PartitionGaps(partitionCount: target.partitions.count)
        let ledger: DeliveryLedger?
        let beginning: Reporter.Beginning
        // Before the workers begin, so that none of their records is in it.
        let network = target.readNetwork()
        do {
            try hiccupMeter.start()
            ledger =
                profile.consumers.isEmpty
                ? nil
                : makeLedger(
                    producerIDs, numbering, unixOffsetNanos: plan.unixOffsetNanos)
            consumers = try ConsumerFleet(
                profile: profile, plan: plan, target: target, ledger: ledger, time: time,
                ended: news)
            // On a busy machine producers send before the reporter is made.
            beginning = Reporter.Beginning(target)
            producers = try ProducerFleet(
                profile: profile, plan: plan, target: target, pools: pools,
                producerIDs: producerIDs, ledger: ledger, gaps: gaps, time: time, stop: stop,
                ended: news)
        } catch {
            throw LoadRunError(error)
        }
        var watch = Watch(
            reporter: Reporter(
                profile: profile, plan: plan, target: target, producers: producers,
                consumers: consumers, hiccupMeter: hiccupMeter, network: network,
                beginning: beginning,
                lagSampler: LagSampler(
                    target: target, boards: consumers.boards, ledger: ledger, time: time,
                    unixOffsetNanos: plan.unixOffsetNanos)),
            commits: CommitTimer(
                profile: profile, target: target, boards: consumers.boards, start: time.now()),
            shareGroups: ShareGroupWatch(target: target, boards: consumers.boards))

        var thresholds = ThresholdWatch(profile)
        func observeAndJudge(_ report: IntervalReport) {
            observe(report)
            guard interrupted.withLock({ $0 }) == nil, thresholds.shouldEnd(after: report) else {
                return
            }
            thresholdStop.set()
            stop.set()
        }
        while time.now() < plan.startNanos { news.wait(until: plan.startNanos) }
        consumers.begin(profile)
        var outcomes: [ProducerWorker.Outcome] = []
        var drain: RunResult.Drain?
        if profile.onlyConsumes {
            readOthers(consumers, plan, &watch, observeAndJudge)
        } else {
            outcomes = produce(producers, consumers, plan, &watch, observeAndJudge)
            drain = self.drain(consumers, &watch, observe)
            if let ledger {
                consumers.noteUnread(in: ledger, of: target, plan.window, at: time.now())
            }
        }
        hiccupMeter.stop()
        var result = conclude(plan, outcomes, consumers, drain, watch, hiccupMeter)
        addTail(to: &result, plan, outcomes, gaps)
        if let store = ledger?.store, store.fileByteCount > 0 {
            result.notes.append(
                "consumers were so far behind that \(store.fileByteCount >> 20) MiB of the audit's ledger "
                    + "went to a file beside the results")
        }
        if let failure = ledger?.store.failure {
            result.notes.append(
                "the audit's ledger stayed in memory, above its bound: \(failure)"
            )
        }
        result.ending = thresholds.failure
        return result
    }

    /// The ledger of a run whose records begin at the log's current ends; where only others write none
    /// is the run's.
    private func makeLedger(
        _ producerIDs: [ProducerID], _ numbering: BatchNumbering, unixOffsetNanos: Int64
    ) -> DeliveryLedger {
        DeliveryLedger(
            partitions: target.partitions,
            firstOffsets: target.partitions.indices.map {
                profile.onlyConsumes || $0 >= target.producedPartitionCount
                    ? Offset(.max) : target.logEndOffset(of: $0)
            },
            producerIDs: producerIDs, groups: profile.consumers.count,
            unixOffsetNanos: unixOffsetNanos, directory: directory, numbering: numbering)
    }

    /// Reports until every producer has its last acknowledgement. Records that were due before the
    /// window's end may be sent for `send.grace` after it.
    private func produce(
        _ producers: ProducerFleet, _ consumers: ConsumerFleet, _ plan: RunPlan,
        _ watch: inout Watch, _ observe: (IntervalReport) -> Void
    ) -> [ProducerWorker.Outcome] {
        let (lastCall, overflow) = plan.window.endNanos.addingReportingOverflow(
            profile.sendGrace.nanoseconds)
        let pauses = ConsumerPauses(
            profile, boards: consumers.boards, target: target, start: plan.startNanos)
        while true {
            if let outcomes = producers.outcomes {
                producers.join()
                return outcomes
            }
            let now = time.now()
            if !overflow, now >= lastCall { stop.set() }
            if producers.hasFailed || !consumers.failures.isEmpty { stop.set() }
            if target.breakdown != nil {
                stop.set()
                target.abandon()
            }
            if case .backlog(.bytes(let bytes)) = profile.length,
                target.storedByteCount >= UInt64(bytes)
            {
                stop.set()
            }
            if pauses.tick(at: now) { consumers.wake() }
            watch.tick(at: now, isDraining: false, observe)
            news.wait(until: min(watch.nextDeadline, now + pollNanos))
        }
    }

    private var pollNanos: Int64 {
        if case .backlog(.bytes) = profile.length { return Self.closePollNanos }
        return profile.consumers.contains { $0.pause != nil }
            ? Self.closePollNanos : Self.idlePollNanos
    }

    /// Reports until the groups have read for the duration, or their records. If the log has no more,
    /// they wait for more, for at most `drain.timeout`.
    private func readOthers(
        _ consumers: ConsumerFleet, _ plan: RunPlan, _ watch: inout Watch,
        _ observe: (IntervalReport) -> Void
    ) {
        let pauses = ConsumerPauses(
            profile, boards: consumers.boards, target: target, start: plan.startNanos)
        var (read, readAt) = (0, time.now())
        while !consumers.hasEnded {
            let now = time.now()
            let readNow = consumers.boards.reduce(0) { $0 + $1.readRecords }
            if readNow != read { (read, readAt) = (readNow, now) }
            let isIdle = profile.records != nil && now - readAt >= profile.drainTimeout.nanoseconds
            if now >= plan.window.endNanos || isIdle || stop.isSet || target.breakdown != nil
                || !consumers.failures.isEmpty
            {
                consumers.stop()
            } else if pauses.tick(at: now) {
                consumers.wake()
            }
            watch.tick(at: now, isDraining: false, observe)
            news.wait(until: min(watch.nextDeadline, now + pollNanos))
        }
        consumers.join()
        watch.endInterval(at: time.now(), isDraining: false, observe)
        watch.commit()
    }

    /// Lets consumers read to the end, with reports, for at most `drain.timeout`.
    private func drain(
        _ consumers: ConsumerFleet, _ watch: inout Watch, _ observe: (IntervalReport) -> Void
    ) -> RunResult.Drain? {
        let start = time.now()
        // In a very short run the warm-up's interval may still be open.
        watch.tick(at: start, isDraining: false, observe)
        watch.endInterval(at: time.now(), isDraining: false, observe)
        guard !consumers.boards.isEmpty else { return nil }
        // If it fails, the goal is what is known.
        try? target.refreshOffsets()
        let goal = target.partitions.indices.map { target.logEndOffset(of: $0) }
        let records = Self.unreadRecords(of: consumers, before: goal)
        isDraining.set()
        consumers.drain(to: goal)
        let deadline = start + profile.drainTimeout.nanoseconds
        while !consumers.hasEnded {
            let now = time.now()
            if now >= deadline || drainStop.isSet || target.breakdown != nil { consumers.stop() }
            watch.tick(at: now, isDraining: true, observe)
            news.wait(until: min(watch.nextDeadline, max(deadline, now + pollNanos)))
        }
        consumers.join()
        let end = time.now()
        watch.endInterval(at: end, isDraining: true, observe)
        watch.commit()
        let unread = Self.unreadRecords(of: consumers, before: goal)
        return RunResult.Drain(
            nanos: end - start, records: records - min(unread, records), unreadRecords: unread,
            wasCut: drainStop.isSet)
    }

    /// Over all groups.
    private static func unreadRecords(
        of consumers: ConsumerFleet, before goal: [Offset]
    ) -> UInt64 {
        consumers.boards.reduce(0) { sum, board in
            let positions = board.positions
            return board.partitions.reduce(sum) { $0 + UInt64(max(goal[$1] - positions[$1], 0)) }
        }
    }
}

/// Why a run could not begin.
public struct LoadRunError: Error, CustomStringConvertible {
    public let description: String
    /// The disk or the quota was full.
    public let isNoSpace: Bool

    init(_ cause: some Error) {
        description = "\(cause)"
        isNoSpace = if case .noSpace? = cause as? TargetError { true } else { false }
    }
}
