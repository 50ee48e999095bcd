import KafkaProtocol
import RecordFormat

// Members of the classic protocol in a group of the consumer protocol. They are reconciled like the others;
// what they have to give up or get they learn by joining again, for which a heartbeat asks them.

extension ReconciledGroup {
    mutating func join(
        _ event: JoinEvent, topics known: KnownTopics
    ) throws(GroupRefusal) -> JoinGroupResponse {
        let isNamed = !event.memberID.isEmpty
        let memberID = isNamed ? event.memberID : event.newMemberID
        guard members.count < config.consumerMaxSize || members[memberID] != nil else {
            throw GroupRefusal(.groupMaxSizeReached, "")
        }
        let classic = ClassicProtocols(
            sessionTimeoutMs: event.sessionTimeoutMs, protocols: event.protocols)
        guard event.protocolType == ConsumerGroup.consumerProtocolType, supports(classic),
            let subscription = classic.subscription
        else { throw GroupRefusal(.inconsistentGroupProtocol, "") }
        if !isNamed, event.instanceID == nil, event.requiresKnownMemberID {
            throw GroupRefusal(.memberIDRequired, "")
        }
        let before = try admitted(memberID, event)
        var member = before
        member.subscription.instanceID = event.instanceID ?? member.subscription.instanceID
        member.subscription.rackID = subscription.rackID ?? member.subscription.rackID
        member.subscription.clientID = event.clientID
        member.subscription.clientHost = event.clientHost
        member.subscription.topicNames = subscription.topics
        member.subscription.topicRegex = nil
        member.subscription.rebalanceTimeoutMs = event.rebalanceTimeoutMs
        member.subscription.classic = classic
        guard member.subscription.byteCount <= config.memberMaxBytes else {
            throw GroupRefusal(.invalidRequest, "")
        }
        let owned = PartitionSet(subscription.ownedPartitions) { known.find($0)?.id }
        let reconciled = update(member, before: before, owned: owned, topics: known)
        act(.cancelTimer(.join(memberID: memberID)))
        act(
            .setTimer(
                .session(memberID: memberID), afterMs: Int64(event.sessionTimeoutMs)))
        act(.setTimer(.sync(memberID: memberID), afterMs: Int64(event.rebalanceTimeoutMs)))
        var response = JoinGroupResponse()
        response.memberID = memberID
        response.generationID = reconciled.progress.epoch
        response.protocolType = ConsumerGroup.consumerProtocolType
        response.protocolName = classic.name
        return response
    }

    /// Whether it has an assignor in common with the other members of its protocol.
    private func supports(_ classic: ClassicProtocols) -> Bool {
        let others = members.values.compactMap(\.subscription.classic)
        return classic.protocols.contains { offered in
            others.allSatisfy { $0.protocols.contains { $0.name == offered.name } }
        }
    }

    private mutating func admitted(
        _ memberID: String, _ event: JoinEvent
    ) throws(GroupRefusal) -> ReconciledMember {
        guard let instanceID = event.instanceID else {
            return members[memberID] ?? ReconciledMember(id: memberID)
        }
        let present = staticMembers[instanceID].flatMap { members[$0] }
        guard event.memberID.isEmpty else {
            guard let present else { throw .unknownInstance(instanceID) }
            guard present.id == memberID else { throw .fencedInstance(instanceID, present.id) }
            return present
        }
        guard let present else { return members[memberID] ?? ReconciledMember(id: memberID) }
        return replace(present, by: memberID)
    }

    mutating func sync(
        _ event: SyncEvent, topicName: (TopicID) -> String?
    ) -> SyncGroupResponse {
        let member: ReconciledMember
        switch classicMember(event.memberID, event.instanceID, generation: event.generation) {
        case .success(let found): member = found
        case .failure(let error): return .failure(error.code)
        }
        guard let classic = member.subscription.classic,
            (event.protocolType ?? ConsumerGroup.consumerProtocolType)
                == ConsumerGroup.consumerProtocolType,
            event.protocolName == nil || event.protocolName == classic.name
        else { return .failure(.inconsistentGroupProtocol) }
        // One that gives something up comes back by itself.
        if epoch > member.progress.epoch, member.progress.state != .unrevokedPartitions {
            awaitJoin(of: member)
            return .failure(.rebalanceInProgress)
        }
        act(.cancelTimer(.sync(memberID: member.id)))
        act(
            .setTimer(
                .session(memberID: member.id), afterMs: Int64(classic.sessionTimeoutMs)))
        var response = SyncGroupResponse()
        response.protocolType = event.protocolType
        response.protocolName = event.protocolName
        response.assignment = OpaqueBytes(
            classic.encoded(member.progress.assigned.named(topicName)))
        return response
    }

    mutating func heartbeat(
        memberID: String, instanceID: String?, generation: Int32
    ) -> ErrorCode {
        let member: ReconciledMember
        switch classicMember(memberID, instanceID, generation: generation) {
        case .success(let found): member = found
        case .failure(let error): return error.code
        }
        act(
            .setTimer(
                .session(memberID: member.id),
                afterMs: Int64(member.subscription.classic?.sessionTimeoutMs ?? 0)))
        let mayGetMore =
            member.progress.state == .unreleasedPartitions
            && !(target[member.id] ?? PartitionSet()).subtracting(member.progress.assigned)
                .contains { isHeld($1, of: $0) }
        guard
            member.progress.epoch < epoch || member.progress.state == .unrevokedPartitions
                || mayGetMore
        else { return .none }
        awaitJoin(of: member)
        return .rebalanceInProgress
    }

    private mutating func awaitJoin(of member: ReconciledMember) {
        act(
            .startTimer(
                .join(memberID: member.id),
                afterMs: Int64(member.subscription.rebalanceTimeoutMs)))
    }

    /// The member whose request this is, if it is of the classic protocol and of this generation.
    private func classicMember(
        _ memberID: String, _ instanceID: String?, generation: Int32
    ) -> Result<ReconciledMember, GroupRefusal> {
        if let instanceID {
            guard let current = staticMembers[instanceID] else {
                return .failure(.unknownInstance(instanceID))
            }
            guard current == memberID else {
                return .failure(.fencedInstance(instanceID, current))
            }
        }
        guard let member = members[memberID], member.subscription.classic != nil else {
            return .failure(.unknownMember(memberID))
        }
        guard member.progress.epoch == generation else {
            return .failure(GroupRefusal(.illegalGeneration, ""))
        }
        return .success(member)
    }

    /// LeaveGroup: takes members of the classic protocol out, and says of each whether it was in.
    mutating func leave(_ leaving: [LeaveGroupRequest.Member]) -> [ErrorCode] {
        var gone: Set<String> = []
        let errors = leaving.map { member -> ErrorCode in
            var memberID = member.memberID
            if let instanceID = member.groupInstanceID {
                guard let current = staticMembers[instanceID] else { return .unknownMemberID }
                // An administrator names a static member by its instance id alone.
                guard memberID.isEmpty || memberID == current else { return .fencedInstanceID }
                memberID = current
            }
            guard members[memberID]?.subscription.classic != nil, gone.insert(memberID).inserted
            else { return .unknownMemberID }
            return .none
        }
        if !gone.isEmpty { removeForGood(gone) }
        return errors
    }
}
