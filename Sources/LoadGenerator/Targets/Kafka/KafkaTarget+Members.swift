import Dispatch
import KafkaClient
import Measurement
import NIOCore
import RecordFormat

// Groups whose members are such to the brokers, too.
extension KafkaTarget {
    /// The run's thread also ends intervals, so a slow coordinator must not hold it longer.
    private static let patience = DispatchTimeInterval.milliseconds(100)

    /// Commits the offsets at which the members are to begin, in the name of a group that has none yet.
    public func beginGroup(
        _ group: ConsumerGroupSettings, at positions: [Int: Offset]
    ) throws(TargetError) {
        progress.withLock { $0[group.group] = GroupProgress(positions) }
        guard group.from != .committed else { return }
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

    func makeMember(
        of group: ConsumerGroupSettings, _ cluster: Cluster, wakeup: Wakeup
    ) -> KafkaMember {
        let topics =
            group.topics.map { Set($0) }
            ?? Set(partitions.prefix(producedPartitionCount).map(\.topic))
        return KafkaMember(
            KafkaGroupConsumer(cluster: cluster, topics: topics), group: group.group,
            partitions: partitions, offsets: offsets, wakeup: wakeup)
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
        return done.wait(timeout: .now() + Self.patience) == .success
            && progress.withLock { $0[group]?.hasCommitted(positions) ?? false }
    }
}

/// How far a group's members have committed.
struct GroupProgress: Sendable {
    private var committed: [Int: Offset]

    /// - Parameter positions: where the group begins, which is as good as committed.
    init(_ positions: [Int: Offset] = [:]) { committed = positions }

    mutating func commit(_ positions: [Int: Offset]) { committed.merge(positions) { $1 } }

    func hasCommitted(_ positions: [Int: Offset]) -> Bool {
        positions.allSatisfy { committed[$0.key] == $0.value }
    }
}
