import KafkaProtocol

// A group read back from `__consumer_offsets`.

extension ConsumerGroup {
    /// The group as it was stored last: stable where it had members, each with a fresh session.
    init(id: String, config: GroupConfig, stored value: GroupMetadataValue, nowMs: Int64) {
        self.init(id: id, config: config, nowMs: nowMs)
        generation = value.generation
        protocolType = value.protocolType.isEmpty ? nil : value.protocolType
        protocolName = value.members.isEmpty ? nil : value.protocolName
        for stored in value.members where members[stored.memberID] == nil {
            var named = JoinGroupRequest.GroupProtocol()
            named.name = value.protocolName ?? ""
            named.metadata = stored.subscription
            var member = GroupMember(
                id: stored.memberID, instanceID: stored.groupInstanceID,
                clientID: stored.clientID, clientHost: stored.clientHost,
                rebalanceTimeoutMs: stored.rebalanceTimeout == -1
                    ? stored.sessionTimeout : stored.rebalanceTimeout,
                sessionTimeoutMs: stored.sessionTimeout, protocols: [named])
            member.assignment = stored.assignment.array
            add(member)
        }
        if let leader = value.leader, members[leader] != nil { leaderID = leader }
        enter(
            members.isEmpty ? .empty : .stable,
            nowMs: value.currentStateTimestamp == -1 ? nil : value.currentStateTimestamp)
    }

    /// Begins the sessions of a restored group, and shrinks one that the configuration no longer
    /// allows.
    mutating func didLoad(nowMs: Int64) {
        for member in membersByArrival { renewSession(member.id) }
        if members.count > config.maxSize { prepareRebalance(nowMs: nowMs) }
    }
}
