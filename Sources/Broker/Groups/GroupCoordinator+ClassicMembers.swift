import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// Requests of the classic protocol to groups of the consumer protocol, and the way back to the classic one.

extension GroupCoordinator {
    /// Whether the group has members of the consumer protocol, so that it handles these requests.
    func isOfConsumers(_ group: CoordinatedGroup) -> Bool {
        group.reconciled.map { !$0.members.isEmpty } ?? false
    }

    func joinConsumers(
        _ joining: JoinEvent, _ group: CoordinatedGroup,
        _ reply: @escaping @Sendable (JoinGroupResponse) -> Void
    ) {
        guard var next = group.reconciled else { preconditionFailure("it is of consumers") }
        var event = joining
        event.newMemberID = Self.newMemberID(event)
        do throws(GroupRefusal) {
            guard config.migrationPolicy != .disabled else {
                throw GroupRefusal(.inconsistentGroupProtocol, "")
            }
            guard
                event.sessionTimeoutMs >= config.minSessionTimeoutMs,
                event.sessionTimeoutMs <= config.maxSessionTimeoutMs
            else { throw GroupRefusal(.invalidSessionTimeout, "") }
            let response = try next.join(event, topics: knownTopics([:]))
            try checkMemory(next, group)
            write(next, of: group) { [memberID = event.memberID] error in
                reply(error == .none ? response : .failure(error, memberID: memberID))
            }
        } catch {
            let isNamed = error.code == .memberIDRequired
            reply(
                .failure(error.code, memberID: isNamed ? event.newMemberID : event.memberID))
        }
    }

    func syncConsumers(
        _ event: SyncEvent, _ group: CoordinatedGroup,
        _ reply: @escaping @Sendable (SyncGroupResponse) -> Void
    ) {
        guard var next = group.reconciled else { preconditionFailure("it is of consumers") }
        let response = next.sync(event) { log.topicName(of: $0) }
        write(next, of: group) { error in
            reply(error == .none ? response : .failure(error))
        }
    }

    func heartbeatOfConsumers(
        _ request: HeartbeatRequest, _ group: CoordinatedGroup,
        _ reply: @escaping @Sendable (ErrorCode) -> Void
    ) {
        guard var next = group.reconciled else { preconditionFailure("it is of consumers") }
        let code = next.heartbeat(
            memberID: request.memberID, instanceID: request.groupInstanceID,
            generation: request.generationID)
        write(next, of: group) { error in reply(error == .none ? code : error) }
    }

    func leaveConsumers(
        _ members: [LeaveGroupRequest.Member], _ group: CoordinatedGroup,
        _ reply: @escaping @Sendable (ErrorCode, [ErrorCode]) -> Void
    ) {
        guard var next = group.reconciled else { preconditionFailure("it is of consumers") }
        let codes = next.leave(members)
        write(next, of: group) { error in
            reply(error, error == .none ? codes : [])
        }
    }

    /// Only members of the classic protocol are left: the group becomes theirs, and they join again.
    func downgrade(
        _ next: ReconciledGroup, of group: CoordinatedGroup, done: @escaping (ErrorCode) -> Void
    ) {
        let now = nowMs()
        var membership = ConsumerGroup(
            downgrading: next, generation: group.reconciled?.epoch ?? next.epoch, nowMs: now,
            topicName: { self.log.topicName(of: $0) })
        let records =
            tombstonesOfReconciled(group) + [.group(next.id, membership.storedValue())]
        write(
            records, for: next.id, tooLarge: .unknownServerError,
            didAppend: { _ in
                if var former = group.reconciled {
                    for member in former.members.values { former.cancelTimers(of: member) }
                    perform(former.takeActions(), of: next.id)
                }
                membership.didLoad(nowMs: now)
                membership.prepareRebalance(nowMs: now)
                group.reconciled = nil
                group.membership = membership
                perform(group)
            }, done: done)
    }
}
