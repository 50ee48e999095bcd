import KafkaProtocol
import RecordFormat

// A group with members changes over from the classic protocol to this one when the first member of this one
// joins, and back when the last one goes (KIP-848, online migration).

extension ReconciledGroup {
    /// The members of a group of the classic protocol, each with what it was assigned last.
    init(
        upgrading group: ConsumerGroup, config: GroupConfig, topicID: (String) -> TopicID?
    ) throws(GroupRefusal) {
        self.init(id: group.id, config: config)
        guard config.migrationPolicy.allowsUpgrade,
            group.protocolType == ConsumerGroup.consumerProtocolType,
            group.members.count <= config.consumerMaxSize
        else { throw .noGroup(group.id) }
        var assigned: [String: PartitionSet] = [:]
        for known in group.membersByArrival {
            let member = try ReconciledMember(upgrading: known, in: group, topicID: topicID)
            set(member)
            assigned[member.id] = member.progress.assigned
            act(
                .setTimer(
                    .session(memberID: member.id), afterMs: Int64(known.sessionTimeoutMs)))
        }
        begin(at: group.generation, assigned)
    }

    /// Whether only members of the classic protocol are left, and may be by themselves.
    var isToBeClassic: Bool {
        !members.isEmpty && config.migrationPolicy.allowsDowngrade
            && members.count <= config.maxSize
            && members.values.allSatisfy { $0.subscription.classic != nil }
    }
}

extension ReconciledMember {
    fileprivate init(
        upgrading member: GroupMember, in group: ConsumerGroup, topicID: (String) -> TopicID?
    ) throws(GroupRefusal) {
        // In a first rebalance no assignor is chosen yet.
        let name = group.protocolName ?? member.protocols.first?.name ?? ""
        guard let subscription = ClassicProtocols.subscription(member.metadata(for: name)) else {
            throw .noGroup(group.id)
        }
        self.init(id: member.id)
        self.subscription.instanceID = member.instanceID
        self.subscription.rackID = subscription.rackID
        self.subscription.clientID = member.clientID
        self.subscription.clientHost = member.clientHost
        self.subscription.topicNames = subscription.topics
        self.subscription.rebalanceTimeoutMs = member.rebalanceTimeoutMs
        self.subscription.classic = ClassicProtocols(
            sessionTimeoutMs: member.sessionTimeoutMs, protocols: member.protocols)
        progress.epoch = group.generation
        progress.previousEpoch = group.generation
        progress.assigned = try Self.assigned(to: member, in: group, topicID: topicID)
    }

    /// The assignors of Kafka's clients do not miss what they keep in assignments. librdkafka's sticky one
    /// keeps something, for which Kafka refuses the change.
    private static let assignorsWithoutData: Set = [
        "range", "roundrobin", "sticky", "cooperative-sticky",
    ]

    private static func assigned(
        to member: GroupMember, in group: ConsumerGroup, topicID: (String) -> TopicID?
    ) throws(GroupRefusal) -> PartitionSet {
        guard !member.assignment.isEmpty else { return PartitionSet() }
        let mayHaveData = assignorsWithoutData.contains(group.protocolName ?? "")
        guard
            let assignment = try? unsafe ConsumerProtocolAssignment(
                decoding: member.assignment.span.bytes),
            mayHaveData || assignment.userData?.array.isEmpty ?? true
        else { throw .noGroup(group.id) }
        return PartitionSet(assignment.assignedPartitions, topicID)
    }
}

extension ConsumerGroup {
    /// The members that are left of a group of the consumer protocol, each with what it was to get.
    ///
    /// - Parameter generation: the epoch before the others went, which those that are left know.
    init(
        downgrading group: ReconciledGroup, generation: Int32, nowMs: Int64,
        topicName: (TopicID) -> String?
    ) {
        self.init(id: group.id, config: group.config, nowMs: nowMs)
        self.generation = generation
        protocolType = Self.consumerProtocolType
        for known in group.members.values.sorted(by: { $0.id < $1.id }) {
            guard let classic = known.subscription.classic else { continue }
            var member = GroupMember(
                id: known.id, instanceID: known.subscription.instanceID,
                clientID: known.subscription.clientID,
                clientHost: known.subscription.clientHost,
                rebalanceTimeoutMs: max(known.subscription.rebalanceTimeoutMs, 0),
                sessionTimeoutMs: classic.sessionTimeoutMs, protocols: classic.protocols)
            let wanted = group.target[known.id] ?? PartitionSet()
            member.assignment = classic.encoded(wanted.named(topicName))
            add(member)
        }
        protocolName = chooseProtocol()
        enter(.stable, nowMs: nowMs)
    }

    /// Its members belong to a group of the consumer protocol from now on.
    mutating func dissolve() {
        for memberID in members.keys {
            answerJoin(of: memberID, .failure(.rebalanceInProgress, memberID: memberID))
            answerSync(of: memberID, error: .rebalanceInProgress)
            act(.cancelTimer(.session(memberID: memberID)))
        }
        for memberID in pendingMembers {
            act(.cancelTimer(.pendingMember(memberID: memberID)))
        }
        act(.cancelTimer(.rebalance))
        act(.cancelTimer(.sync))
    }
}
