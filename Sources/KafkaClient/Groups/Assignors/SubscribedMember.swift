import KafkaProtocol
import RecordFormat

/// A member of a group, as its leader sees it.
struct SubscribedMember: Hashable, Sendable {
    var memberID: String
    var groupInstanceID: String?
    var topics: Set<String>
    /// What it had in `generation`, as far as its assignor says.
    var owned: [TopicPartition] = []
    /// −1 where the member does not say.
    var generation: Int32 = -1

    init(
        memberID: String, groupInstanceID: String? = nil, topics: Set<String>,
        owned: [TopicPartition] = [], generation: Int32 = -1
    ) {
        self.memberID = memberID
        self.groupInstanceID = groupInstanceID
        self.topics = topics
        self.owned = owned
        self.generation = generation
    }

    /// Reads what the member sent with JoinGroup for `assignor`.
    init(
        _ member: JoinGroupResponse.Member, assignor: PartitionAssignor
    ) throws(ProtocolError) {
        let subscription = try unsafe ConsumerProtocolSubscription(
            decoding: member.metadata.array.span.bytes)
        self.init(
            memberID: member.memberID, groupInstanceID: member.groupInstanceID,
            topics: Set(subscription.topics))
        let userData = subscription.userData?.array ?? []
        switch assignor {
        case .range, .roundRobin: break
        case .sticky:
            // Members gave up everything before they joined, so that only this says what they had.
            guard let previous = StickyUserData(decoding: userData) else { break }
            owned = previous.previousAssignment.flatMap(\.topicPartitions)
            generation = previous.generation
        case .cooperativeSticky:
            owned = subscription.ownedPartitions.flatMap(\.topicPartitions)
            generation = subscription.generationID
            if generation < 0 { generation = CooperativeUserData.generation(in: userData) }
        }
    }

    /// Static members first, by their instance ids, then the others by member id. As in Java,
    /// strings are compared by their UTF-16 units.
    static func comesBefore(_ left: SubscribedMember, _ right: SubscribedMember) -> Bool {
        switch (left.groupInstanceID, right.groupInstanceID) {
        case (let left?, let right?): left.comesBeforeAsInJava(right)
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): left.memberID.comesBeforeAsInJava(right.memberID)
        }
    }
}

extension String {
    func comesBeforeAsInJava(_ other: String) -> Bool {
        utf16.lexicographicallyPrecedes(other.utf16)
    }
}

extension TopicPartition {
    /// By topic, then by partition.
    static func comesBefore(_ left: TopicPartition, _ right: TopicPartition) -> Bool {
        left.topic == right.topic
            ? left.partition < right.partition : left.topic.comesBeforeAsInJava(right.topic)
    }
}

extension ConsumerProtocolTopic {
    var topicPartitions: [TopicPartition] {
        partitions.map { TopicPartition(topic: topic, partition: $0) }
    }

    /// `partitions` by topic, sorted.
    static func grouping(_ partitions: some Sequence<TopicPartition>) -> [ConsumerProtocolTopic] {
        var topics: [ConsumerProtocolTopic] = []
        for one in partitions.sorted(by: TopicPartition.comesBefore) {
            if topics.last?.topic != one.topic {
                topics.append(ConsumerProtocolTopic(topic: one.topic, partitions: []))
            }
            topics[topics.count - 1].partitions.append(one.partition)
        }
        return topics
    }
}
