import CommitLog
import KafkaProtocol
import NIOCore

// Joining, staying and leaving: passes events to the groups and does what they request.

extension GroupCoordinator {
    func join(
        _ event: JoinEvent, group id: String,
        _ reply: @escaping @Sendable (JoinGroupResponse) -> Void
    ) {
        eventLoop.execute {
            if let error = self.refusalToWrite(for: id) {
                return reply(.failure(error, memberID: event.memberID))
            }
            guard let group = self.groupToJoin(id, isNewMember: event.memberID.isEmpty) else {
                let code =
                    event.memberID.isEmpty ? ErrorCode.policyViolation : .unknownMemberID
                return reply(.failure(code, memberID: event.memberID))
            }
            guard group.share == nil else {
                return reply(
                    .failure(.inconsistentGroupProtocol, memberID: event.memberID))
            }
            if self.isOfConsumers(group) { return self.joinConsumers(event, group, reply) }
            self.becomeClassic(group)
            var event = event
            event.request = self.nextRequest()
            event.newMemberID = Self.newMemberID(event)
            guard self.hasRoom(for: event, in: group) else {
                self.perform(group)
                // Members of other groups may leave, so the client is told to try again.
                return reply(.failure(.coordinatorNotAvailable, memberID: event.memberID))
            }
            self.state.joins[event.request] = reply
            group.membership.join(event, nowMs: self.nowMs())
            self.perform(group)
        }
    }

    func sync(
        _ event: SyncEvent, group id: String,
        _ reply: @escaping @Sendable (SyncGroupResponse) -> Void
    ) {
        eventLoop.execute {
            if let error = self.refusalToWrite(for: id) {
                // While groups are being read this one's rebalance is not known, and old clients do
                // not expect COORDINATOR_LOAD_IN_PROGRESS here.
                return reply(
                    .failure(error == .coordinatorLoadInProgress ? .rebalanceInProgress : error))
            }
            guard let group = self.state.groups[id] else {
                return reply(.failure(.unknownMemberID))
            }
            if self.isOfConsumers(group) { return self.syncConsumers(event, group, reply) }
            guard self.hasRoom(for: event, in: group) else {
                return reply(.failure(.coordinatorNotAvailable))
            }
            var event = event
            event.request = self.nextRequest()
            self.state.syncs[event.request] = reply
            group.membership.sync(event, nowMs: self.nowMs())
            self.perform(group)
        }
    }

    func heartbeat(
        _ request: HeartbeatRequest, _ reply: @escaping @Sendable (ErrorCode) -> Void
    ) {
        eventLoop.execute {
            if let error = self.refusal(for: request.groupID) {
                // Until the group is read nothing contradicts the member.
                return reply(error == .coordinatorLoadInProgress ? .none : error)
            }
            guard let group = self.state.groups[request.groupID] else {
                return reply(.unknownMemberID)
            }
            if self.isOfConsumers(group) {
                return self.heartbeatOfConsumers(request, group, reply)
            }
            let error = group.membership.heartbeat(
                memberID: request.memberID, instanceID: request.groupInstanceID,
                generation: request.generationID, nowMs: self.nowMs())
            self.perform(group)
            reply(error)
        }
    }

    /// Takes members out, and says of each whether it was in; or one error for the whole request.
    func leave(
        group id: String, _ members: [LeaveGroupRequest.Member],
        _ reply: @escaping @Sendable (ErrorCode, [ErrorCode]) -> Void
    ) {
        eventLoop.execute {
            if let error = self.refusalToWrite(for: id) { return reply(error, []) }
            guard let group = self.state.groups[id] else {
                return reply(.none, members.map { _ in .unknownMemberID })
            }
            guard group.share == nil else { return reply(.unknownMemberID, []) }
            if self.isOfConsumers(group) { return self.leaveConsumers(members, group, reply) }
            let now = self.nowMs()
            let errors = members.map {
                group.membership.leave(
                    memberID: $0.memberID, instanceID: $0.groupInstanceID, nowMs: now)
            }
            self.perform(group)
            reply(.none, errors)
        }
    }

    func timerFired(_ key: GroupTimers.Key, _ number: UInt64) {
        guard state.timers?.take(key, number: number) == true,
            let group = state.groups[key.group]
        else { return }
        if case .reconciled(let timer) = key.timer { return reconciledTimerFired(timer, group) }
        if case .shareSession(let member) = key.timer {
            return shareSessionEnded(member.text, group)
        }
        group.membership.timerFired(key.timer, nowMs: nowMs())
        perform(group)
    }

    private func hasRoom(for event: JoinEvent, in group: CoordinatedGroup) -> Bool {
        let membership = group.membership
        let more =
            event.byteCount - membership.byteCount(of: event)
            + (membership.byteCount == 0 ? membership.id.utf8.count : 0)
        return mayGrow(by: more, isLarge: event.byteCount > GroupConfig.largestSmallByteCount)
    }

    private func hasRoom(for event: SyncEvent, in group: CoordinatedGroup) -> Bool {
        // What other members send as assignments is ignored.
        guard group.membership.isLeader(event.memberID) else { return true }
        let more = group.membership.growth(with: event.assignments)
        return mayGrow(by: more, isLarge: more > GroupConfig.largestSmallByteCount)
    }

    /// Whether the members of all groups may keep so much more. An eighth of the memory is for what
    /// is not large, so that few large members keep no others out.
    func mayGrow(by more: Int, isLarge: Bool) -> Bool {
        let limit = config.groupsMaxBytes
        return more <= 0 || state.byteCount + more <= (isLarge ? limit - limit / 8 : limit)
    }

    /// Whether the members of a group that take so many bytes may take others.
    func requireRoom(from before: Int, to after: Int) throws(GroupRefusal) {
        let more = after - before
        guard more <= 0 || after <= config.groupMaxBytes,
            mayGrow(by: more, isLarge: more > GroupConfig.largestSmallByteCount)
        else {
            throw GroupRefusal(
                .groupMaxSizeReached, "The members of the group take too much memory.")
        }
    }

    /// Counts the memory of a group's members, after they changed.
    func count(_ group: CoordinatedGroup, _ byteCount: Int) {
        state.byteCount += byteCount - group.countedByteCount
        group.countedByteCount = byteCount
    }

    /// Does the actions that the group requests, and those that follow from them.
    func perform(_ group: CoordinatedGroup) {
        let id = group.membership.id
        while group.membership.hasActions {
            for action in group.membership.takeActions() {
                switch action {
                case .answerJoin(let request, let response):
                    state.joins.removeValue(forKey: request)?(response)
                case .answerSync(let request, let response):
                    state.syncs.removeValue(forKey: request)?(response)
                case .setTimer(let timer, let afterMs):
                    state.timers?.set(.init(group: id, timer: timer), afterMs: afterMs)
                case .cancelTimer(let timer):
                    state.timers?.cancel(.init(group: id, timer: timer))
                case .store(let value, let ticket):
                    store(value, of: group, ticket)
                }
            }
        }
        count(
            group,
            group.membership.byteCount + (group.reconciled?.byteCount ?? 0)
                + (group.share?.byteCount ?? 0))
        if group.membership.isUnused, group.reconciled == nil, group.share == nil,
            group.offsets.isEmpty, state.groups[id] === group
        {
            state.groups[id] = nil
        }
    }

    private func store(
        _ value: GroupMetadataValue, of group: CoordinatedGroup, _ ticket: GroupStoreTicket
    ) {
        let id = group.membership.id
        write([.group(id, value)], for: id, tooLarge: .unknownServerError) { error in
            group.membership.didStore(ticket, error: error, nowMs: self.nowMs())
            self.perform(group)
        }
    }

    private func groupToJoin(_ id: String, isNewMember: Bool) -> CoordinatedGroup? {
        if let group = state.groups[id] { return group }
        guard isNewMember else { return nil }
        return makeGroup(id)
    }

    /// Nil where there are as many groups as there may be. Those that were there at the start stay.
    func makeGroup(_ id: String) -> CoordinatedGroup? {
        guard state.groups.count < config.maxGroups else {
            complaints.warning(
                "the group \(id.forLogLine) is refused: there are \(state.groups.count), and "
                    + "weir.max.groups=\(config.maxGroups)")
            return nil
        }
        let group = CoordinatedGroup(ConsumerGroup(id: id, config: config, nowMs: nowMs()))
        state.groups[id] = group
        return group
    }

    func newGroup(_ id: String) throws(GroupRefusal) -> CoordinatedGroup {
        guard let made = makeGroup(id) else {
            throw GroupRefusal(
                .policyViolation, "There are as many groups as weir.max.groups allows.")
        }
        return made
    }

    private func nextRequest() -> WaitingRequest {
        state.lastRequest += 1
        return WaitingRequest(rawValue: state.lastRequest)
    }

    /// As Kafka names members: its instance id or client id, and a random UUID.
    static func newMemberID(_ event: JoinEvent) -> String {
        (event.instanceID ?? event.clientID) + "-" + randomUUID()
    }

    /// Of version 4.
    static func randomUUID() -> String {
        var digits: [String] = []
        for byte in 0..<16 {
            var value = UInt8.random(in: 0...255)
            if byte == 6 { value = value & 0x0f | 0x40 }
            if byte == 8 { value = value & 0x3f | 0x80 }
            if [4, 6, 8, 10].contains(byte) { digits.append("-") }
            digits.append(String(value >> 4, radix: 16) + String(value & 15, radix: 16))
        }
        return digits.joined()
    }
}
