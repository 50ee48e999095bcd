import Dispatch
import KafkaClient
import Measurement
import NIOCore
import RecordFormat

// Groups whose members are such to the brokers, too.
extension KafkaTarget {
    /// The run's thread also ends intervals, so a slow coordinator must not hold it longer.
    private static let patience = DispatchTimeInterval.milliseconds(100)
    private static let lastPatience = DispatchTimeInterval.seconds(5)

    /// With Kafka's heartbeats, each five seconds, members need some of them to have their shares.
    private static let settlingNanos: Int64 = 20_000_000_000

    public func beginGroup(
        _ group: ConsumerGroupSettings, at positions: [Int: Offset]
    ) throws(TargetError) {
        if group.isShared { return try beginShareGroup(group, at: positions) }
        progress.withLock { $0[group.group] = GroupProgress(positions) }
        if group.from != .committed { try commitStart(of: group, positions) }
        let news = Wakeup()
        let members = (0..<group.members).map { _ in makeMember(of: group, wakeup: news) }
        let all = Set(positions.keys)
        let sharers = min(members.count, all.count)
        let deadline = MonotonicClock.now() + Self.settlingNanos
        // After that the run begins all the same: others may be in the group, too.
        while MonotonicClock.now() < deadline {
            if let failure = members.lazy.compactMap(\.failure).first { throw failure }
            let shares = members.map(\.owned).filter { !$0.isEmpty }
            let isWhole = shares.reduce(into: Set<Int>()) { $0.formUnion($1) } == all
            if isWhole, shares.count >= sharers { return }
            news.wait(until: deadline)
        }
    }

    /// Commits the offsets at which the members are to begin, in the name of a group that has none yet.
    private func commitStart(
        of group: ConsumerGroupSettings, _ positions: [Int: Offset]
    ) throws(TargetError) {
        let offsets = Dictionary(
            uniqueKeysWithValues: positions.map { (partitions[$0.key], CommittedOffset($0.value)) })
        do {
            try GroupOffsets(cluster: administrator.cluster, groupID: group.group).commit(offsets)
                .wait()
        } catch {
            throw .failed(
                "group \(group.group) cannot be set to the offsets at which it is to begin: \(error) "
                    + "It may have members: set from: committed, or choose another name.")
        }
    }

    private func makeMember(of group: ConsumerGroupSettings, wakeup: Wakeup) -> KafkaMember {
        let cluster = makeReadingCluster(for: group)
        let member = KafkaMember(
            KafkaGroupConsumer(cluster: cluster, topics: topics(of: group)), group: group.group,
            partitions: partitions, offsets: offsets, wakeup: wakeup)
        add(member)
        return member
    }

    /// Those that the group reads.
    func topics(of group: ConsumerGroupSettings) -> Set<String> {
        group.topics.map { Set($0) }
            ?? Set(partitions.prefix(producedPartitionCount).map(\.topic))
    }

    /// Each member commits those of its partitions.
    ///
    /// - Returns: whether all are committed; nil where the group has no members. A partition that is on its way from one
    ///   member to another is committed by neither.
    func commitByMembers(_ positions: [Int: Offset], of group: String) -> Bool? {
        let members = members(of: group)
        guard !members.isEmpty else { return nil }
        let done = DispatchGroup()
        for member in members {
            done.enter()
            member.commit(positions).whenComplete { [self] result in
                if case .success(let committed) = result {
                    progress.withLock { $0[group, default: GroupProgress()].commit(committed) }
                }
                done.leave()
            }
        }
        progress.withLock { $0[group, default: GroupProgress()].last = done }
        return done.wait(timeout: .now() + Self.patience) == .success
            && progress.withLock { $0[group]?.hasCommitted(positions) ?? false }
    }
}

extension KafkaTarget {
    /// Waits for the answers to the members' last commits, before they leave.
    func finishCommitsOfMembers() throws(TargetError) {
        let deadline = DispatchTime.now() + Self.lastPatience
        let lasts = progress.withLock { $0.compactMapValues(\.last) }
        for entry in lasts {
            guard entry.value.wait(timeout: deadline) == .success else {
                throw .failed(
                    "the coordinator of group \(entry.key) does not answer its last commit")
            }
        }
    }
}

/// How far a group's members have committed.
struct GroupProgress: Sendable {
    private var committed: [Int: Offset]
    /// The answers to the last commits.
    var last: DispatchGroup?

    /// - Parameter positions: where the group begins, which is as good as committed.
    init(_ positions: [Int: Offset] = [:]) { committed = positions }

    mutating func commit(_ positions: [Int: Offset]) { committed.merge(positions) { $1 } }

    func hasCommitted(_ positions: [Int: Offset]) -> Bool {
        positions.allSatisfy { committed[$0.key] == $0.value }
    }
}
