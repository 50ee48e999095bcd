import KafkaProtocol

/// A JoinGroup request, as far as the group decides about it.
struct JoinEvent: Sendable {
    var request = WaitingRequest(rawValue: 0)
    /// Empty from a member that has none yet.
    var memberID: String
    var instanceID: String?
    var clientID: String
    var clientHost: String
    var sessionTimeoutMs: Int32
    var rebalanceTimeoutMs: Int32
    var protocolType: String
    var protocols: [JoinGroupRequest.GroupProtocol]
    /// The name for a member that has none, which nobody else has.
    var newMemberID = ""
    /// A dynamic member must come back with its name (JoinGroup 4 and later).
    var requiresKnownMemberID: Bool
    /// JoinGroup 9 and later.
    var canSkipAssignment: Bool

    /// The memory that the member will take, roughly.
    var byteCount: Int {
        GroupMember.overheadByteCount + clientID.utf8.count
            + max(memberID.utf8.count, newMemberID.utf8.count) + (instanceID?.utf8.count ?? 0)
            + GroupMember.byteCount(of: protocols)
    }
}

extension ConsumerGroup {
    /// A member joins, or stays in the group through a rebalance.
    mutating func join(_ event: JoinEvent, nowMs: Int64) {
        guard
            event.sessionTimeoutMs >= config.minSessionTimeoutMs,
            event.sessionTimeoutMs <= config.maxSessionTimeoutMs
        else { return refuse(event, .invalidSessionTimeout) }
        guard hasRoom(for: event.memberID) else {
            remove(event.memberID)
            refuse(event, .groupMaxSizeReached, memberID: "")
            return completeRebalanceIfAllJoined(nowMs: nowMs)
        }
        if let refusal = refusal(ofSize: event) { return refuse(event, refusal) }
        guard supports(event.protocolType, event.protocols) else {
            return refuse(event, .inconsistentGroupProtocol)
        }
        if !event.memberID.isEmpty {
            joinKnown(event, nowMs: nowMs)
        } else if let instanceID = event.instanceID {
            if let memberID = staticMembers[instanceID] {
                replaceStatic(memberID, event, nowMs: nowMs)
            } else {
                addMember(event.newMemberID, event, nowMs: nowMs)
            }
        } else if event.requiresKnownMemberID {
            nameMember(event)
        } else {
            addMember(event.newMemberID, event, nowMs: nowMs)
        }
        completeRebalanceIfAllJoined(nowMs: nowMs)
    }

    private mutating func refuse(
        _ event: JoinEvent, _ error: ErrorCode, memberID: String? = nil
    ) {
        act(.answerJoin(event.request, .failure(error, memberID: memberID ?? event.memberID)))
    }

    /// During a rebalance the members that have rejoined are counted, not all of them: in a group
    /// that is over its limit the last to rejoin are refused.
    private func hasRoom(for memberID: String) -> Bool {
        switch state {
        case .empty, .dead: true
        case .preparingRebalance:
            members[memberID]?.waitingJoin != nil || joiningCount < config.maxSize
        case .completingRebalance, .stable:
            members[memberID] != nil || members.count < config.maxSize
        }
    }

    /// Why a member is refused whose metadata is too large, or for which the group has no room
    /// left. A member that was in the group stays as it was.
    private func refusal(ofSize event: JoinEvent) -> ErrorCode? {
        let byteCount = event.byteCount
        if byteCount > config.memberMaxBytes { return .invalidRequest }
        return self.byteCount - self.byteCount(of: event) + byteCount > config.groupMaxBytes
            ? .groupMaxSizeReached : nil
    }

    /// The memory that a returning member takes already.
    func byteCount(of event: JoinEvent) -> Int {
        let known = event.instanceID.flatMap { staticMembers[$0] } ?? event.memberID
        if pendingMembers.contains(known) { return GroupMember.overheadByteCount }
        guard let member = members[known] else { return 0 }
        return member.byteCount - member.assignment.count
    }

    /// All members, the new one included, must share at least one assignor.
    private func supports(
        _ type: String, _ protocols: [JoinGroupRequest.GroupProtocol]
    ) -> Bool {
        if members.isEmpty { return !type.isEmpty && !protocols.isEmpty }
        return type == protocolType
            && protocols.contains { supporters[$0.name] == members.count }
    }

    private mutating func nameMember(_ event: JoinEvent) {
        guard pendingMembers.count < GroupConfig.maximumPendingMembers else {
            return refuse(event, .groupMaxSizeReached, memberID: "")
        }
        addPending(event.newMemberID)
        act(
            .setTimer(
                .pendingMember(memberID: event.newMemberID),
                afterMs: Int64(event.sessionTimeoutMs)))
        refuse(event, .memberIDRequired, memberID: event.newMemberID)
    }

    private mutating func addMember(_ memberID: String, _ event: JoinEvent, nowMs: Int64) {
        if takePending(memberID) {
            act(.cancelTimer(.pendingMember(memberID: memberID)))
        }
        if members.isEmpty { protocolType = event.protocolType }
        if state == .preparingRebalance, generation == 0 { hasNewMembers = true }
        add(
            GroupMember(
                id: memberID, instanceID: event.instanceID, clientID: event.clientID,
                clientHost: event.clientHost, rebalanceTimeoutMs: event.rebalanceTimeoutMs,
                sessionTimeoutMs: event.sessionTimeoutMs, protocols: event.protocols,
                isNew: true))
        wait(memberID, join: event.request)
        // A client that gave up waiting comes back as another new member, and never learns this
        // member's id.
        act(
            .setTimer(
                .session(memberID: memberID), afterMs: GroupConfig.newMemberJoinTimeoutMs))
        if state != .preparingRebalance { prepareRebalance(nowMs: nowMs) }
    }

    private mutating func joinKnown(_ event: JoinEvent, nowMs: Int64) {
        if pendingMembers.contains(event.memberID), event.instanceID == nil {
            return addMember(event.memberID, event, nowMs: nowMs)
        }
        if let error = error(of: event.memberID, instanceID: event.instanceID) {
            return refuse(event, error)
        }
        let isUnchanged = members[event.memberID]?.matches(event.protocols) ?? false
        switch state {
        case .preparingRebalance:
            rejoin(event, nowMs: nowMs)
        case .completingRebalance where isUnchanged:
            // It may have missed the answer to its first JoinGroup.
            act(.answerJoin(event.request, joinResponse(for: event.memberID)))
        case .stable where isUnchanged && !isLeader(event.memberID):
            act(.answerJoin(event.request, joinResponse(for: event.memberID)))
        case .completingRebalance, .stable:
            // A leader joins again to assign again, for example when partitions were added.
            rejoin(event, nowMs: nowMs)
        case .empty, .dead:
            refuse(event, .unknownMemberID)
        }
    }

    private mutating func rejoin(_ event: JoinEvent, nowMs: Int64) {
        update(
            event.memberID, protocols: event.protocols,
            rebalanceTimeoutMs: event.rebalanceTimeoutMs, sessionTimeoutMs: event.sessionTimeoutMs)
        wait(event.memberID, join: event.request)
        if state != .preparingRebalance { prepareRebalance(nowMs: nowMs) }
    }

    /// Why a request of this member is refused; nil where it is not. The member may be static.
    func error(of memberID: String, instanceID: String?) -> ErrorCode? {
        if let instanceID {
            guard let current = staticMembers[instanceID] else { return .unknownMemberID }
            guard current == memberID else { return .fencedInstanceID }
        }
        return members[memberID] == nil ? .unknownMemberID : nil
    }
}
