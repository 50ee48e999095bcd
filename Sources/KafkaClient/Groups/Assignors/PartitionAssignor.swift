import KafkaProtocol
import RecordFormat

/// How a group's leader divides the partitions of the subscribed topics among the members.
///
/// The results are those of Kafka's assignors of the same names, without racks: the members of a
/// group may be clients of different makes, and whichever leads, the others find what they expect.
public enum PartitionAssignor: String, CaseIterable, Sendable {
    /// Each topic by itself, in ranges: the first members get one more.
    case range
    /// The partitions of all topics, one by one to each member in turn.
    case roundRobin = "roundrobin"
    /// Balanced, and each member keeps what it had as far as the balance allows.
    case sticky
    /// As `sticky`, by the cooperative protocol: a partition that moves is first given up, and
    /// given to its next owner in another rebalance, while all others go on (KIP-429).
    case cooperativeSticky = "cooperative-sticky"

    /// The name by which members agree on it.
    public var name: String { rawValue }

    public var isCooperative: Bool { self == .cooperativeSticky }

    /// What each member gets, by member id. Every member has an entry.
    ///
    /// - Parameter partitionCounts: the number of partitions of each topic that exists.
    func assign(
        _ members: [SubscribedMember], partitionCounts: [String: Int32]
    ) -> [String: [TopicPartition]] {
        let members = members.sorted(by: SubscribedMember.comesBefore)
        switch self {
        case .range:
            return RangeAssignment.assign(members, partitionCounts: partitionCounts)
        case .roundRobin:
            return RoundRobinAssignment.assign(members, partitionCounts: partitionCounts)
        case .sticky:
            return StickyAssignment.assign(members, partitionCounts: partitionCounts)
        case .cooperativeSticky:
            let ideal = StickyAssignment.assign(members, partitionCounts: partitionCounts)
            return CooperativeStep.withoutMovingPartitions(ideal, members)
        }
    }
}
