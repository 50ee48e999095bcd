import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// Share groups (KIP-932): passes heartbeats to them, writes what they want written, and answers once that is as durable
// as promised.

extension GroupCoordinator {
    /// Tells the coordinator who keeps what share groups did with records. Before `start`.
    func attach(_ states: any ShareStates) {
        eventLoop.execute { self.state.shareStates = states }
    }

    func shareHeartbeat(
        _ event: ShareHeartbeat, _ reply: @escaping @Sendable (ShareGroupHeartbeatResponse) -> Void
    ) {
        eventLoop.execute {
            let id = event.request.groupID
            if let error = self.refusalToWrite(for: id) {
                return reply(.failure(GroupRefusal(error, "")))
            }
            do throws(GroupRefusal) {
                let isJoining = event.request.memberEpoch == ShareGroup.joiningEpoch
                let group = try self.groupToShare(id, isNew: isJoining)
                var next = group.share ?? ShareGroup(id: id, config: self.config)
                next.config = self.config(for: id)
                let response = try next.heartbeat(
                    event, topics: self.knownTopics([:]))
                try self.checkMemory(next, group)
                self.write(next, of: group) { error in
                    reply(error == .none ? response : .failure(GroupRefusal(error, "")))
                }
            } catch {
                // One that was made for this heartbeat is not kept.
                if let group = self.state.groups[id] { self.perform(group) }
                reply(.failure(error))
            }
        }
    }

    /// The group that a request is for. None of another type becomes a share group, even without members.
    func groupToShare(_ id: String, isNew: Bool) throws(GroupRefusal) -> CoordinatedGroup {
        guard let group = state.groups[id] else {
            guard isNew else { throw .noShareGroup(id) }
            return try newGroup(id)
        }
        guard group.share != nil else {
            throw GroupRefusal(.groupIDNotFound, "Group \(id) is not a share group.")
        }
        return group
    }

    func checkMemory(
        _ next: ShareGroup, _ group: CoordinatedGroup
    ) throws(GroupRefusal) {
        try requireRoom(from: group.share?.byteCount ?? 0, to: next.byteCount)
    }

    /// Writes what the group wants written. It counts once it is appended; where that fails the group stays as it was.
    func write(
        _ next: ShareGroup, of group: CoordinatedGroup, done: @escaping (ErrorCode) -> Void
    ) {
        var next = next
        let id = next.id
        let records = next.takeRecords().map { OffsetsTopicRecord.share(group: id, $0) }
        let changed = next
        let adopt = {
            group.share = changed
            self.performShare(group)
        }
        write(records, of: group, adopt, done: done)
    }

    /// Does what the group wants done.
    func performShare(_ group: CoordinatedGroup) {
        let id = group.membership.id
        for action in group.share?.takeActions() ?? [] {
            switch action {
            case .setSession(let memberID, let afterMs):
                state.timers?.set(sessionTimer(memberID, of: id), afterMs: afterMs)
            case .cancelSession(let memberID):
                state.timers?.cancel(sessionTimer(memberID, of: id))
            case .left(let memberID): state.shareStates?.memberLeft(memberID, of: id)
            }
        }
        perform(group)
    }

    private func sessionTimer(_ memberID: String, of group: String) -> GroupTimers.Key {
        GroupTimers.Key(group: group, timer: .shareSession(member: ExactName(memberID)))
    }

    func shareSessionEnded(_ memberID: String, _ group: CoordinatedGroup) {
        guard var next = group.share else { return }
        next.sessionEnded(memberID)
        write(next, of: group) { error in
            // The member is looked at again once there may be room on the disk.
            guard error != .none else { return }
            self.state.timers?.set(
                self.sessionTimer(memberID, of: next.id),
                afterMs: self.config(for: next.id).shareSessionTimeoutMs)
        }
    }

    /// The group has no place any more in topics that are gone. What cannot be written now is tried again when offsets
    /// expire next.
    func forgetDeletedTopics(of group: CoordinatedGroup) {
        guard var next = group.share else { return }
        next.unshare { id, _ in log.topicName(of: id) == nil }
        write(next, of: group) { _ in }
    }

    func describeShareGroups(
        _ ids: [String], _ reply: @escaping @Sendable ([ShareGroupDescribeResponse.Group]) -> Void
    ) {
        eventLoop.execute { self.eventLoop.map(ids, self.describeShareGroup, reply) }
    }

    private func describeShareGroup(_ id: String) -> ShareGroupDescribeResponse.Group {
        var described = ShareGroupDescribeResponse.Group()
        described.groupID = id
        if let error = refusal(for: id) {
            described.errorCode = error
            return described
        }
        guard let group = state.groups[id]?.share else {
            described.errorCode = .groupIDNotFound
            described.errorMessage = GroupRefusal.noShareGroup(id).message
            return described
        }
        described.groupState = group.stateName
        described.groupEpoch = group.epoch
        described.assignmentEpoch = group.assignmentEpoch
        described.assignorName = ShareAssignment.assignorName
        described.members = group.members.values.sorted { $0.id < $1.id }.map { member in
            var shown = ShareGroupDescribeResponse.Member()
            shown.memberID = member.id
            shown.rackID = member.subscription.rackID
            shown.memberEpoch = member.progress.epoch
            shown.clientID = member.subscription.clientID
            shown.clientHost = member.subscription.clientHost
            shown.subscribedTopicNames = member.subscription.topicNames.sorted()
            shown.assignment = named(member.progress.assigned)
            return shown
        }
        return described
    }
}
