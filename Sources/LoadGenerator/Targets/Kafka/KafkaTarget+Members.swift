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
    /// - Returns: whether all are committed; nil where the group has no members.
    func commitByMembers(_ positions: [Int: Offset], of group: String) -> Bool? {
        let members = members(of: group)
        guard !members.isEmpty else { return nil }
        let done = DispatchGroup()
        let failures = CheckedMutex(0)
        for member in members {
            done.enter()
            member.commit(positions).whenComplete { result in
                if case .success(true) = result {} else { failures.withLock { $0 += 1 } }
                done.leave()
            }
        }
        return done.wait(timeout: .now() + Self.patience) == .success
            && failures.withLock { $0 } == 0
    }
}
