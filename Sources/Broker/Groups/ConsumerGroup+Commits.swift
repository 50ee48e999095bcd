import KafkaProtocol

// Who may commit offsets, and for which topics that matters.

extension ConsumerGroup {
    /// Why a commit is refused. A generation of −1 comes from a consumer that assigns itself its
    /// partitions, or from an administrator: it may commit while the group has no members.
    ///
    /// In a transaction a client that names neither member nor generation may always commit, as
    /// producers did before KIP-447.
    mutating func validateCommit(
        memberID: String, instanceID: String?, generation: Int32, isTransactional: Bool
    ) -> ErrorCode? {
        if generation < 0, state == .empty { return nil }
        let isFromMember = generation >= 0 || !memberID.isEmpty || instanceID != nil
        guard isFromMember else { return isTransactional ? nil : .unknownMemberID }
        if let error = error(of: memberID, instanceID: instanceID) { return error }
        guard generation == self.generation else { return .illegalGeneration }
        if isTransactional { return nil }
        // The member knows its generation but not yet its partitions, so it cannot have read
        // anything.
        guard state != .completingRebalance else { return .rebalanceInProgress }
        renewSession(memberID)
        return nil
    }

    /// The protocol type of Kafka's consumers.
    static let consumerProtocolType = "consumer"

    /// The topics that the members are subscribed to; nil where the group is not one of consumers,
    /// or what a member says about itself cannot be read.
    var subscribedTopics: Set<String>? {
        guard protocolType == Self.consumerProtocolType, let protocolName else { return nil }
        var topics: Set<String> = []
        for member in members.values {
            guard
                let subscription = ConsumerSubscription(member.metadata(for: protocolName))
            else { return nil }
            topics.formUnion(subscription.topics)
        }
        return topics
    }

    /// The group has no members and expects none.
    var isUnused: Bool { state == .empty && generation == 0 && pendingMembers.isEmpty }
}

/// The beginning of what a consumer tells its leader, the same in all versions of
/// `ConsumerProtocolSubscription`: its topics.
struct ConsumerSubscription: FieldSet {
    var version: Int16 = 0
    var topics: [String] = []

    init() {}

    init?(_ metadata: [UInt8]) {
        var reader = unsafe FieldReader(
            metadata.span.bytes, message: ConsumerSubscription.self, version: 0,
            isFlexible: false)
        do throws(ProtocolError) {
            try code(&reader)
        } catch {
            return nil
        }
    }

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("version", &version)
        try wire.field("topics", &topics)
    }
}
