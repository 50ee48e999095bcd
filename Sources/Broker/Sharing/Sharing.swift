import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import RecordFormat

/// The records of share groups: sessions of members, and what groups have made of partitions. The members
/// themselves are the group coordinator's.
///
/// Thread contract: any thread; what blocks says so.
final class Sharing: Sendable {
    let groups: any ShareGroupDirectory
    let sessions: ShareSessions
    let partitions: SharePartitions
    /// Does what waits for the disk.
    let blockingWork: BlockingWork
    private let flusher: FlushQueue
    private let eventLoop: any EventLoop

    init(
        log: LogDirectory, groups: any ShareGroupDirectory, maximumSessionCount: Int,
        config: ShareStateConfig, eventLoop: any EventLoop, blockingWork: BlockingWork,
        flusher: FlushQueue, logger: Logger
    ) {
        self.groups = groups
        self.blockingWork = blockingWork
        self.flusher = flusher
        self.eventLoop = eventLoop
        sessions = ShareSessions(maximumCount: maximumSessionCount)
        let topic = ShareStateTopic(log: log, config: config)
        let complaints = LogLimiter(logger)
        partitions = SharePartitions(
            log: log, topic: topic, config: config,
            surroundings: ShareSurroundings(
                topic: topic, updatesPerSnapshot: Int(config.updatesPerSnapshot),
                limits: { groups.shareLimits(of: $0) },
                nowMs: { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) },
                wallMs: { WallClock.nowMs },
                schedule: { atMs, body in
                    let deadline = NIODeadline.uptimeNanoseconds(UInt64(atMs) * 1_000_000)
                    // What has expired is written down.
                    eventLoop.scheduleTask(deadline: deadline) { blockingWork.run(body) }
                },
                complain: { complaints.warning($0) }),
            logger: logger)
    }

    /// Begins to read `__share_group_state`, and to prune it from time to time.
    func start() {
        blockingWork.run { [partitions] in partitions.load() }
        let interval = TimeAmount.milliseconds(partitions.config.pruneIntervalMs)
        eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
            [weak self] _ in
            guard let self else { return }
            blockingWork.run { [partitions] in partitions.prune() }
        }
    }

    /// Sees to it that a group has share partitions, as durable as promised, for all places where there are
    /// partitions, and calls back from any thread, with the places where it has none and why. Waits for the
    /// reading at the start.
    func prepare(
        _ places: [TopicIDPartition], of group: String,
        _ done: @escaping @Sendable ([TopicIDPartition: Refusal]) -> Void
    ) {
        partitions.whenLoaded { [self] in
            if let error = partitions.unavailability {
                let refusal = Refusal(error, "The share coordinator is not available.")
                return done(Dictionary(places.map { ($0, refusal) }) { first, _ in first })
            }
            if !partitions.find(places, of: group).contains(where: { $0 == nil }) {
                return done([:])
            }
            blockingWork.run { [self] in
                // Without sessions a group may have been deleted meanwhile.
                let prepared = partitions.prepare(places, of: group) {
                    sessions.isAnyOpen(of: group)
                }
                flush(prepared.written.map(\.written)) { failure in
                    var refusals = prepared.refusals
                    if let failure {
                        for (place, _) in prepared.written {
                            refusals[place] = Refusal(.kafkaStorageError, failure.description)
                        }
                    }
                    done(refusals)
                }
            }
        }
    }

    /// Calls back once all that was written is as durable as the flush policy promises: at once where it
    /// promises nothing, else from another thread.
    func flush(
        _ written: [SharePartition.Written], _ done: @escaping @Sendable (LogError?) -> Void
    ) {
        let waiting = written.compactMap { $0 }
        guard !waiting.isEmpty else { return done(nil) }
        let rest = FlushCount(waiting.count, done)
        for (partition, through) in waiting {
            flusher.flush(partition: partition, through: through) { rest.didFlush($0) }
        }
    }

    // What ends.

    /// A member has left its group, or was taken out of it. Clients that close leave first and acknowledge
    /// their last records with the end of their session, so that has a moment to come.
    func memberLeft(_ member: String, of group: String) {
        let key = ShareSessions.Key(group: group, member: member)
        guard sessions.noteLeft(key) else { return }
        eventLoop.scheduleTask(in: Self.leavingTime) { [weak self] in
            guard let self, let ended = sessions.closeIfLeft(key) else { return }
            release([ended])
        }
    }

    private static let leavingTime = TimeAmount.seconds(1)

    func connectionClosed(_ connection: ConnectionID) {
        release(sessions.closeAll(of: connection))
    }

    /// Makes available what sessions had. A group may read many partitions, and each may have to be written
    /// about.
    func release(_ ended: [ShareSessions.Ended]) {
        guard !ended.isEmpty else { return }
        blockingWork.run { [partitions] in
            for session in ended { partitions.release(session.holder, of: session.group) }
        }
    }
}

/// Counts flushes down, and calls back after the last one.
private final class FlushCount: Sendable {
    private struct State {
        var rest: Int
        var failure: LogError?
    }

    private let state: Locked<State>
    private let done: @Sendable (LogError?) -> Void

    init(_ count: Int, _ done: @escaping @Sendable (LogError?) -> Void) {
        state = Locked(State(rest: count))
        self.done = done
    }

    func didFlush(_ failure: LogError?) {
        let (isLast, first) = state.withLock { state -> (Bool, LogError?) in
            state.rest -= 1
            if state.failure == nil { state.failure = failure }
            return (state.rest == 0, state.failure)
        }
        if isLast { done(first) }
    }
}
