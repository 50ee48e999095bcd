import KafkaProtocol
import RecordFormat

/// What a member of the classic protocol in a group of the consumer protocol last said in JoinGroup.
struct ClassicProtocols: Sendable, Equatable {
    var sessionTimeoutMs: Int32
    /// In the order of its preference.
    var protocols: [JoinGroupRequest.GroupProtocol]

    /// The assignor that the member is told: the broker assigns, so it does not matter.
    var name: String? { protocols.first?.name }

    /// What it subscribes to, the same under each assignor; nil where nobody can read that.
    var subscription: ConsumerProtocolSubscription? {
        protocols.first.flatMap { Self.subscription($0.metadata.array) }
    }

    static func subscription(_ metadata: [UInt8]) -> ConsumerProtocolSubscription? {
        try? unsafe ConsumerProtocolSubscription(decoding: metadata.span.bytes)
    }

    /// An assignment as the member reads it: in the version of its subscription.
    func encoded(_ assigned: [ConsumerProtocolTopic]) -> [UInt8] {
        var assignment = ConsumerProtocolAssignment()
        assignment.assignedPartitions = assigned
        let metadata = protocols.first?.metadata.array ?? []
        let version = metadata.count < 2 ? 0 : Int16(metadata[0]) << 8 | Int16(metadata[1])
        let written = min(max(version, 0), ConsumerProtocolAssignment.latestVersion)
        // Names of topics are never too long.
        return (try? assignment.encoded(version: written))?.array ?? []
    }

    var byteCount: Int { GroupMember.byteCount(of: protocols) }
}

extension PartitionSet {
    /// Without topics that were deleted.
    func named(_ name: (TopicID) -> String?) -> [ConsumerProtocolTopic] {
        wire.compactMap { topic in
            name(topic.topicID).map {
                ConsumerProtocolTopic(topic: $0, partitions: topic.partitions)
            }
        }
    }

    init(_ topics: [ConsumerProtocolTopic], _ id: (String) -> TopicID?) {
        var set = PartitionSet()
        for topic in topics {
            guard let id = id(topic.topic) else { continue }
            for partition in topic.partitions { set.insert(partition, of: id) }
        }
        self = set
    }
}
