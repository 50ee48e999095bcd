import KafkaProtocol
import RecordFormat

// Keys and values of `ReconciledGroupRecord`, as Kafka's schemas of the same names have them.

extension ReconciledGroupRecord {
    struct GroupKey: FieldSet {
        var group = ""

        init() {}

        init(group: String) { self.group = group }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("groupId", &group)
        }
    }

    struct MemberKey: FieldSet {
        var group = ""
        var memberID = ""

        init() {}

        init(group: String, memberID: String) {
            self.group = group
            self.memberID = memberID
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("groupId", &group)
            try wire.field("memberId", &memberID)
        }
    }

    struct RegularExpressionKey: FieldSet {
        var group = ""
        var pattern = ""

        init() {}

        init(group: String, pattern: String) {
            self.group = group
            self.pattern = pattern
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("groupId", &group)
            try wire.field("regularExpression", &pattern)
        }
    }

    struct EpochValue: FieldSet {
        var epoch: Int32 = 0

        init() {}

        init(epoch: Int32) { self.epoch = epoch }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("epoch", &epoch)
        }
    }

    struct TopicsValue: FieldSet {
        var topics: [Topic] = []

        init() {}

        init(_ topics: [String: ReconciledGroup.Topic]) {
            self.topics = topics.sorted { $0.key < $1.key }.map { name, known in
                var topic = Topic()
                topic.topicID = known.id
                topic.topicName = name
                topic.partitionCount = known.partitionCount
                return topic
            }
        }

        var byName: [String: ReconciledGroup.Topic] {
            Dictionary(
                topics.map {
                    (
                        $0.topicName,
                        ReconciledGroup.Topic(id: $0.topicID, partitionCount: $0.partitionCount)
                    )
                }
            ) { $1 }
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("topics", &topics)
        }

        struct Topic: FieldSet {
            var topicID = TopicID.none
            var topicName = ""
            var partitionCount: Int32 = 0
            var partitionMetadata: [PartitionRacks] = []

            init() {}

            mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
                try wire.field("topicId", &topicID)
                try wire.field("topicName", &topicName)
                try wire.field("numPartitions", &partitionCount)
                try wire.field("partitionMetadata", &partitionMetadata)
            }
        }

        struct PartitionRacks: FieldSet {
            var partition: Int32 = 0
            var racks: [String] = []

            init() {}

            mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
                try wire.field("partition", &partition)
                try wire.field("racks", &racks)
            }
        }
    }

    struct SubscriptionValue: FieldSet {
        var instanceID: String?
        var rackID: String?
        var clientID = ""
        var clientHost = ""
        var topicNames: [String] = []
        var topicRegex: String?
        var rebalanceTimeoutMs: Int32 = -1
        var serverAssignor: String?
        var classic: PresentClassicMetadata?

        init() {}

        init(_ subscription: ReconciledMember.Subscription) {
            instanceID = subscription.instanceID
            rackID = subscription.rackID
            clientID = subscription.clientID
            clientHost = subscription.clientHost
            topicNames = subscription.topicNames
            topicRegex = subscription.topicRegex
            rebalanceTimeoutMs = subscription.rebalanceTimeoutMs
            serverAssignor = subscription.assignor?.rawValue
            classic = subscription.classic.map(PresentClassicMetadata.init)
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("instanceId", &instanceID)
            try wire.field("rackId", &rackID)
            try wire.field("clientId", &clientID)
            try wire.field("clientHost", &clientHost)
            try wire.field("subscribedTopicNames", &topicNames)
            try wire.field("subscribedTopicRegex", &topicRegex)
            try wire.field("rebalanceTimeoutMs", &rebalanceTimeoutMs)
            try wire.field("serverAssignor", &serverAssignor)
            try wire.tagged(0, "classicMemberMetadata", &classic, from: 0)
        }
    }

    struct TargetValue: FieldSet {
        var topicPartitions: [TopicIDPartitions] = []

        init() {}

        init(topicPartitions: [TopicIDPartitions]) { self.topicPartitions = topicPartitions }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("topicPartitions", &topicPartitions)
        }
    }

    struct ProgressValue: FieldSet {
        var epoch: Int32 = 0
        var previousEpoch: Int32 = 0
        var state: Int8 = 0
        var assigned: [TopicIDPartitions] = []
        var pendingRevocation: [TopicIDPartitions] = []

        init() {}

        init(_ progress: ReconciledMember.Progress) {
            epoch = progress.epoch
            previousEpoch = progress.previousEpoch
            state = progress.state.rawValue
            assigned = progress.assigned.wire
            pendingRevocation = progress.pendingRevocation.wire
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("memberEpoch", &epoch)
            try wire.field("previousMemberEpoch", &previousEpoch)
            try wire.field("state", &state)
            try wire.field("assignedPartitions", &assigned)
            try wire.field("partitionsPendingRevocation", &pendingRevocation)
        }
    }

    struct ResolutionValue: FieldSet {
        var topics: [String] = []
        /// Of Kafka's metadata, which there is none of here.
        var metadataVersion: Int64 = 0
        var timestampMs: Int64 = 0

        init() {}

        init(_ resolution: ReconciledGroup.Resolution) {
            topics = resolution.topics.sorted()
            timestampMs = resolution.timestampMs
        }

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("topics", &topics)
            try wire.field("version", &metadataVersion)
            try wire.field("timestamp", &timestampMs)
        }
    }
}

extension ReconciledGroupRecord {
    struct ClassicMetadata: FieldSet {
        var sessionTimeoutMs: Int32 = 0
        var protocols: [JoinGroupRequest.GroupProtocol] = []

        init() {}

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("sessionTimeoutMs", &sessionTimeoutMs)
            try wire.field("supportedProtocols", &protocols)
        }
    }

    /// A structure that may be null, in a tagged field, where it never is.
    struct PresentClassicMetadata: FieldElement, Hashable {
        static let minimumByteCount = 1

        var fields = ClassicMetadata()

        init() {}

        init(_ classic: ClassicProtocols) {
            fields.sessionTimeoutMs = classic.sessionTimeoutMs
            fields.protocols = classic.protocols
        }

        mutating func code(
            _ name: StaticString, _ wire: inout some FieldCoder
        ) throws(ProtocolError) {
            var presence: Int8 = 1
            try wire.integer(name, &presence)
            if presence >= 0 { try wire.structure(&fields) }
        }
    }
}

// From what was read.

extension ReconciledGroup.Resolution {
    init(_ value: ReconciledGroupRecord.ResolutionValue) {
        topics = Set(value.topics)
        timestampMs = value.timestampMs
    }
}

extension ReconciledMember.Subscription {
    init(_ value: ReconciledGroupRecord.SubscriptionValue) {
        instanceID = value.instanceID
        rackID = value.rackID
        clientID = value.clientID
        clientHost = value.clientHost
        topicNames = value.topicNames
        topicRegex = value.topicRegex
        rebalanceTimeoutMs = value.rebalanceTimeoutMs
        assignor = value.serverAssignor.flatMap { ServerAssignor(rawValue: $0) }
        classic = value.classic.map {
            ClassicProtocols(
                sessionTimeoutMs: $0.fields.sessionTimeoutMs, protocols: $0.fields.protocols)
        }
    }
}

extension ReconciledMember.Progress {
    /// A state that is not known is that of a member that waits for what it is to get.
    init(_ value: ReconciledGroupRecord.ProgressValue) {
        epoch = value.epoch
        previousEpoch = value.previousEpoch
        state = ReconciledMember.State(rawValue: value.state) ?? .unreleasedPartitions
        assigned = PartitionSet(value.assigned)
        pendingRevocation = PartitionSet(value.pendingRevocation)
    }
}
