import Measurement
import RecordFormat

/// All consumer groups of a run, on their threads.
///
/// Thread contract: used by the run's thread.
struct ConsumerFleet {
    let boards: [GroupBoard]
    /// By group: how long each partition went without a delivered record.
    let gaps: [PartitionGaps]
    /// By group, then by worker.
    let recorders: [[Recorder<ConsumerTally>]]
    private let threads: [[WorkerThread<ConsumerWorker.Outcome>]]
    private let wakeups: [Wakeup]
    let endedThreads = EndedThreads()

    /// Starts the threads: for each group at most one for each member and, if the members do not work
    /// on their records, at most one for each core.
    ///
    /// - Parameters:
    ///   - ledger: where the producers' batches are entered; nil if the profile has no groups.
    ///   - ended: signalled when a thread has ended.
    init(
        profile: Profile, plan: RunPlan, target: any LoadTarget, ledger: DeliveryLedger?,
        time: TimeSource, ended: Wakeup
    ) throws {
        var boards: [GroupBoard] = []
        var gaps: [PartitionGaps] = []
        var recorders: [[Recorder<ConsumerTally>]] = []
        var threads: [[WorkerThread<ConsumerWorker.Outcome>]] = []
        var wakeups: [Wakeup] = []
        for (groupNumber, group) in profile.consumers.enumerated() {
            guard let ledger else { preconditionFailure("groups have a ledger") }
            let partitions = Self.partitions(of: group, target)
            @Sendable func audit(_ partition: Int) -> PartitionAudit {
                PartitionAudit(
                    ledger: ledger, partition: partition, group: groupNumber,
                    producerCount: profile.producerCount, isShared: group.isShared)
            }
            let starts = try Self.startPositions(of: group, target, reading: partitions)
            let board = GroupBoard(
                group: group.group, positions: starts, partitions: partitions,
                isPaused: profile.backlog != nil || profile.readsOthers(group),
                recordLimit: profile.recordsToRead,
                audits: group.hasMembership && !group.isShared
                    ? AuditPool(partitions.map(audit)) : nil,
                shared: group.isShared
                    ? Dictionary(
                        uniqueKeysWithValues: partitions.map { ($0, SharedAudit(audit($0))) })
                    : nil)
            boards.append(board)
            let groupGaps = PartitionGaps(partitionCount: target.partitions.count)
            gaps.append(groupGaps)
            let shares = Self.shares(of: partitions, for: group)
            var groupRecorders: [Recorder<ConsumerTally>] = []
            var groupThreads: [WorkerThread<ConsumerWorker.Outcome>] = []
            for (number, partitions) in shares.enumerated() {
                let (recorder, wakeup) = (Recorder<ConsumerTally>(), Wakeup())
                groupRecorders.append(recorder)
                wakeups.append(wakeup)
                let settings = ConsumerWorker.Settings(
                    maxPartitionFetchBytes: group.maxPartitionFetchBytes,
                    verifyChecksums: group.checkCrcs, window: plan.window,
                    unixOffsetNanos: plan.unixOffsetNanos,
                    readsOthers: profile.readsOthers(group))
                let service = group.serviceTime.map {
                    ServiceTimeSampler(
                        $0, seed: profile.seed, worker: groupNumber << 16 | number)
                }
                groupThreads.append(
                    try WorkerThread(
                        name: "consumer-\(boards.count)-\(number)", ended: ended,
                        figures: endedThreads
                    ) {
                        let service = service.map {
                            RecordService($0) { until in
                                board.sleep(until: until, time: time, wakeup: wakeup)
                            }
                        }
                        if group.isShared {
                            let worker = SharingWorker(
                                board: board, settings: settings, time: time,
                                session: target.makeSharingSession(for: group, wakeup: wakeup),
                                recorder: recorder, gaps: groupGaps, service: service)
                            return worker.run(time: time, wakeup: wakeup)
                        }
                        let worker = ConsumerWorker(
                            audits: partitions.map(audit), board: board, settings: settings,
                            time: time,
                            session: target.makeConsumerSession(for: group, wakeup: wakeup),
                            recorder: recorder, gaps: groupGaps, service: service)
                        return worker.run(time: time, wakeup: wakeup)
                    })
            }
            recorders.append(groupRecorders)
            threads.append(groupThreads)
        }
        self.boards = boards
        self.gaps = gaps
        self.recorders = recorders
        self.threads = threads
        self.wakeups = wakeups
    }

    /// Lets the members of groups join that are such to the brokers, too.
    static func beginGroups(
        _ profile: Profile, _ target: any LoadTarget
    ) throws(TargetError) {
        for group in profile.consumers where group.hasMembership {
            let partitions = Self.partitions(of: group, target)
            let starts = try startPositions(of: group, target, reading: partitions)
            try target.beginGroup(
                group, at: Dictionary(uniqueKeysWithValues: partitions.map { ($0, starts[$0]) }))
        }
    }

    /// The partitions of each of a group's workers. Member m has the partitions that are m modulo
    /// the members; a worker has one member or more.
    private static func shares(
        of partitions: [Int], for group: ConsumerGroupSettings
    ) -> [[Int]] {
        // Each member is a worker, and who reads what is seen later.
        if group.hasMembership { return Array(repeating: [], count: group.members) }
        let members = min(group.members, partitions.count)
        // A member that works keeps its thread.
        let workers =
            group.serviceTime == nil ? min(members, AvailableCores.count()) : members
        var shares = Array(repeating: [Int](), count: workers)
        for (place, partition) in partitions.enumerated() {
            shares[(place % members) % workers].append(partition)
        }
        return shares
    }

    private static func partitions(
        of group: ConsumerGroupSettings, _ target: any LoadTarget
    ) -> [Int] {
        guard let topics = group.topics else { return Array(0..<target.producedPartitionCount) }
        return target.partitions.indices.filter { topics.contains(target.partitions[$0].topic) }
    }

    /// By partition index.
    ///
    /// - Parameter partitions: those that the group reads; nil for all. The positions of others mean
    ///   nothing.
    static func startPositions(
        of group: ConsumerGroupSettings, _ target: any LoadTarget, reading partitions: [Int]? = nil
    ) throws(TargetError) -> [Offset] {
        var committed: [Int: Offset] = [:]
        if group.from == .committed {
            committed =
                group.isShared
                ? try target.startOffsets(ofShareGroup: group.group)
                : try target.committedOffsets(of: group.group)
        }
        var atTime: [Offset?] = []
        if case .time(let millis) = group.from {
            atTime = try target.offsets(atUnixMillis: millis)
        }
        return try target.partitions.indices.map { partition throws(TargetError) in
            let (start, end) = (
                target.logStartOffset(of: partition), target.logEndOffset(of: partition)
            )
            switch group.from {
            case .earliest: return start
            case .latest: return end
            // A crash may have lost unflushed records that the group had read; then it continues at
            // the end.
            case .committed: return min(max(committed[partition] ?? start, start), end)
            case .time: return atTime[partition] ?? end
            case .offset(let offset):
                guard Offset(offset) <= end || partitions?.contains(partition) == false else {
                    throw .failed(
                        "group \(group.group) is to begin at offset \(offset), but "
                            + "\(target.partitions[partition]) ends at \(end.rawValue)")
                }
                return max(Offset(offset), start)
            }
        }
    }

    var hasEnded: Bool {
        threads.allSatisfy { $0.allSatisfy { $0.result != nil } }
    }

    /// The failures of workers that have ended.
    var failures: [String] {
        zip(boards, threads).flatMap { board, threads in
            threads.compactMap { $0.result?.failure.map { "group \(board.group): \($0)" } }
        }
    }

    /// Lets groups read that read what others have written: before the run's start it would not count.
    func begin(_ profile: Profile) {
        guard profile.backlog == nil else { return }
        for (board, group) in zip(boards, profile.consumers) where profile.readsOthers(group) {
            board.resume()
        }
        wake()
    }

    /// Resumes paused groups, and ends all once they have read everything before these offsets.
    func drain(to goal: [Offset]) {
        for board in boards {
            board.drain(to: goal)
            board.resume()
        }
        wake()
    }

    /// Ends all at once.
    func stop() {
        for board in boards { board.stop() }
        wake()
    }

    func wake() {
        for wakeup in wakeups { wakeup.signal() }
    }

    /// What is due and was not read by the end: the gap of its partition lasts until then.
    func noteUnread(
        in ledger: DeliveryLedger, of target: any LoadTarget, _ window: MeasuredWindow,
        at end: Int64
    ) {
        for (board, gaps) in zip(boards, gaps) {
            let places = board.places
            for index in board.partitions
            where target.logEndOffset(of: index) > places[index].position {
                if let due = ledger.intendedNanos(atOrAfter: places[index].nextEntry, of: index),
                    window.contains(due)
                {
                    gaps.note(at: end, due: due, of: index, isDelivered: false)
                }
            }
        }
    }

    func join() {
        for thread in threads.joined() { thread.join() }
    }

    /// Compares each group's audit with the producers' sequence numbers. Called after `join`.
    ///
    /// - Parameters:
    ///   - compacted: the partitions whose topics are compacted.
    ///   - open: the share groups that had members beside the run's.
    func audits(
        sent: [SentSequences], compacted: Set<Int>, open: Set<String>
    ) -> [AuditCounts] {
        zip(boards, threads).map { board, threads in
            let rest = board.audits?.rest ?? board.shared?.values.map(\.audit) ?? []
            let unread = rest.map { audit in
                let place = (audit.partition, board.position(of: audit.partition))
                return (isDrained: board.isDrained(CollectionOfOne(place)), audit: audit)
            }
            return AuditCounts(
                threads.flatMap { $0.result?.audits ?? [] } + unread, sent: sent,
                compacted: compacted, hasOthers: open.contains(board.group))
        }
    }
}
