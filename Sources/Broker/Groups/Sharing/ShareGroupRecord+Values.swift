import KafkaProtocol
import RecordFormat

// Values of `ShareGroupRecord`, as Kafka's schemas of the same names have them.

extension ShareGroupRecord {
    struct EpochValue: FieldSet {
        var epoch: Int32 = 0
        /// Of Kafka's topics.
        var metadataHash: Int64 = 0

        init() {}

        init(epoch: Int32) { self.epoch = epoch }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("epoch", &epoch)
            try wire.field("metadataHash", &metadataHash)
        }
    }

    struct SubscriptionValue: FieldSet {
        var rackID: String?
        var clientID = ""
        var clientHost = ""
        var topicNames: [String] = []

        init() {}

        init(_ subscription: ShareGroupMember.Subscription) {
            rackID = subscription.rackID
            clientID = subscription.clientID
            clientHost = subscription.clientHost
            topicNames = subscription.topicNames
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("rackId", &rackID)
            try wire.field("clientId", &clientID)
            try wire.field("clientHost", &clientHost)
            try wire.field("subscribedTopicNames", &topicNames)
        }
    }

    struct ProgressValue: FieldSet {
        var epoch: Int32 = 0
        var previousEpoch: Int32 = 0
        /// Always stable.
        var state: Int8 = 0
        var assigned: [TopicIDPartitions] = []

        init() {}

        init(_ progress: ShareGroupMember.Progress) {
            epoch = progress.epoch
            previousEpoch = progress.previousEpoch
            assigned = progress.assigned.wire
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("memberEpoch", &epoch)
            try wire.field("previousMemberEpoch", &previousEpoch)
            try wire.field("state", &state)
            try wire.field("assignedPartitions", &assigned)
        }
    }

    struct SharedValue: FieldSet {
        var initializing: [Topic] = []
        var initialized: [Topic] = []
        var deleting: [DeletedTopic] = []

        init() {}

        init(_ topics: [TopicID: ShareGroup.SharedTopic]) {
            initialized = topics.sorted { $0.key.precedes($1.key) }.map { id, shared in
                var topic = Topic()
                topic.topicID = id
                topic.topicName = shared.name
                topic.partitions = shared.partitions.sorted()
                return topic
            }
        }

        /// A group has a place, too, in partitions whose state Kafka was still writing: it is made here when it is needed.
        var byID: [TopicID: ShareGroup.SharedTopic] {
            Dictionary(
                (initializing + initialized).map {
                    (
                        $0.topicID,
                        ShareGroup.SharedTopic(
                            name: $0.topicName, partitions: Set($0.partitions))
                    )
                }
            ) { one, other in
                var both = other
                both.partitions.formUnion(one.partitions)
                return both
            }
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("initializingTopics", &initializing)
            try wire.field("initializedTopics", &initialized)
            try wire.field("deletingTopics", &deleting)
        }

        struct Topic: FieldSet {
            var topicID = TopicID.none
            var topicName = ""
            var partitions: [Int32] = []

            init() {}

            mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
                try wire.field("topicId", &topicID)
                try wire.field("topicName", &topicName)
                try wire.field("partitions", &partitions)
            }
        }

        struct DeletedTopic: FieldSet {
            var topicID = TopicID.none
            var topicName = ""

            init() {}

            mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
                try wire.field("topicId", &topicID)
                try wire.field("topicName", &topicName)
            }
        }
    }
}

// From what was read.

extension ShareGroupMember.Subscription {
    init(_ value: ShareGroupRecord.SubscriptionValue) {
        rackID = value.rackID
        clientID = value.clientID
        clientHost = value.clientHost
        topicNames = value.topicNames
    }
}

extension ShareGroupMember.Progress {
    init(_ value: ShareGroupRecord.ProgressValue) {
        epoch = value.epoch
        previousEpoch = value.previousEpoch
        assigned = PartitionSet(value.assigned)
    }
}
