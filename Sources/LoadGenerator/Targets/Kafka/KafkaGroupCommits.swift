import Dispatch
import KafkaClient
import Measurement
import NIOCore
import RecordFormat

/// The commits of a run's groups, without memberships: the run assigns the partitions itself.
///
/// Thread contract: used by the run's thread.
final class KafkaGroupCommits: Sendable {
    /// The run's thread also ends intervals, so a slow coordinator must not hold it longer.
    private static let patience = DispatchTimeInterval.milliseconds(100)
    private static let lastPatience = DispatchTimeInterval.seconds(5)

    private struct Group {
        var offsets: GroupOffsets
        /// Those of the last commit, and those that are to be committed.
        var positions: [TopicPartition: CommittedOffset] = [:]
        var wanted: [TopicPartition: CommittedOffset] = [:]
        var last: Commit?
    }

    private final class Commit: Sendable {
        private let done = DispatchSemaphore(value: 0)
        private let failure = CheckedMutex<TargetError?>(nil)

        init(_ future: EventLoopFuture<Void>) {
            future.whenComplete { [self] result in
                if case .failure(let error) = result {
                    failure.withLock { $0 = .failed("\(error)") }
                }
                done.signal()
            }
        }

        /// Whether it has ended in time.
        func check(within time: DispatchTimeInterval) throws(TargetError) -> Bool {
            guard done.wait(timeout: .now() + time) == .success else { return false }
            if let failure = failure.withLock({ $0 }) { throw failure }
            return true
        }
    }

    private let cluster: Cluster
    private let groups = CheckedMutex<[String: Group]>([:])

    init(cluster: Cluster) { self.cluster = cluster }

    /// Commits positions that have moved. A commit that takes long is waited for by the next one, which
    /// throws if it has failed.
    ///
    /// - Returns: whether these are committed.
    func commit(
        _ positions: [TopicPartition: Offset], of group: String
    ) throws(TargetError) -> Bool {
        groups.withLock { groups in
            groups[group, default: Group(offsets: GroupOffsets(cluster: cluster, groupID: group))]
                .wanted = positions.mapValues { CommittedOffset($0) }
        }
        return try commit(group, within: Self.patience)
    }

    /// Commits what is not committed yet, and waits for it.
    func finish() throws(TargetError) {
        for group in groups.withLock({ Array($0.keys) }) {
            guard try commit(group, within: Self.lastPatience) else {
                throw .failed("the coordinator of group \(group) does not answer its last commit")
            }
        }
    }

    /// One commit after the other. Returns whether everything is committed.
    private func commit(
        _ group: String, within time: DispatchTimeInterval
    ) throws(TargetError) -> Bool {
        if let last = groups.withLock({ $0[group]?.last }) {
            guard try hasEnded(last, of: group, within: time) else { return false }
        }
        let commit = groups.withLock { groups -> Commit? in
            guard let known = groups[group], known.positions != known.wanted else { return nil }
            let moved = known.wanted.filter { known.positions[$0.key] != $0.value }
            let commit = Commit(known.offsets.commit(moved))
            groups[group]?.positions = known.wanted
            groups[group]?.last = commit
            return commit
        }
        guard let commit else { return true }
        return try hasEnded(commit, of: group, within: time)
    }

    private func hasEnded(
        _ commit: Commit, of group: String, within time: DispatchTimeInterval
    ) throws(TargetError) -> Bool {
        do {
            guard try commit.check(within: time) else { return false }
        } catch {
            groups.withLock { groups in
                groups[group]?.last = nil
                // Nobody knows which of them are committed.
                groups[group]?.positions = [:]
            }
            throw error
        }
        groups.withLock { $0[group]?.last = nil }
        return true
    }
}
