import KafkaProtocol
import RecordFormat

/// A topic as the cluster described it last.
public struct TopicMetadata: Equatable, Sendable {
    /// Why the topic cannot be used; `none` where it can.
    public internal(set) var errorCode = ErrorCode.none
    public internal(set) var isInternal = false
    /// `none` from brokers that do not tell it. A topic that is deleted and created again has another.
    public internal(set) var topicID = TopicID.none
    /// By partition.
    public internal(set) var leaders: [Int32: PartitionLeader] = [:]
    public internal(set) var replicas: [Int32: [Int32]] = [:]
    /// Of the replicas, those in sync with the leader.
    public internal(set) var inSyncReplicas: [Int32: [Int32]] = [:]

    public var partitionCount: Int { leaders.count }

    /// Whether all partitions from 0 on are there, each with a leader.
    public var isWhole: Bool {
        !leaders.isEmpty
            && (0..<Int32(leaders.count)).allSatisfy {
                (leaders[$0]?.nodeID ?? PartitionLeader.noNode) >= 0
            }
    }

    /// The description in `response`, which keeps what is newer in `known`: brokers learn of a new
    /// leader at different times, and the higher leader epoch is right (KIP-320).
    init(_ response: MetadataResponse.Topic, known: TopicMetadata?) {
        errorCode = response.errorCode
        isInternal = response.isInternal
        topicID = response.topicID == .none ? known?.topicID ?? .none : response.topicID
        // What is known of another topic of this name does not hold for this one.
        let known = known.flatMap { $0.topicID == .none || $0.topicID == topicID ? $0 : nil }
        for partition in response.partitions where partition.partitionIndex >= 0 {
            let index = partition.partitionIndex
            let told = PartitionLeader(
                nodeID: partition.leaderID < 0 ? PartitionLeader.noNode : partition.leaderID,
                epoch: partition.leaderEpoch)
            let newer = known?.leaders[index].flatMap { $0.epoch > told.epoch ? $0 : nil }
            leaders[index] = newer ?? told
            replicas[index] = partition.replicaNodes
            inSyncReplicas[index] = partition.isrNodes
        }
        // While a topic cannot be described, what is known of it goes on being used.
        if errorCode.isRetriable, leaders.isEmpty, let known {
            leaders = known.leaders
            replicas = known.replicas
            inSyncReplicas = known.inSyncReplicas
        }
    }
}
