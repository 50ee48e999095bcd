import KafkaProtocol

// Staying in the group, and leaving it.

extension ConsumerGroup {
    mutating func heartbeat(
        memberID: String, instanceID: String?, generation: Int32, nowMs: Int64
    ) -> ErrorCode {
        if let error = error(of: memberID, instanceID: instanceID) { return error }
        guard generation == self.generation else { return .illegalGeneration }
        switch state {
        case .empty, .dead:
            return .unknownMemberID
        case .preparingRebalance:
            renewSession(memberID)
            return .rebalanceInProgress
        case .completingRebalance, .stable:
            renewSession(memberID)
            return .none
        }
    }

    /// Takes a member out: by its id, by both its ids, or, as an administrator does, by its
    /// `group.instance.id` alone.
    mutating func leave(memberID: String, instanceID: String?, nowMs: Int64) -> ErrorCode {
        if memberID.isEmpty {
            guard let instanceID, let current = staticMembers[instanceID] else {
                return .unknownMemberID
            }
            removeAndRebalance(current, nowMs: nowMs)
            return .none
        }
        if pendingMembers.contains(memberID) {
            removePending(memberID, nowMs: nowMs)
            return .none
        }
        if let error = error(of: memberID, instanceID: instanceID) { return error }
        removeAndRebalance(memberID, nowMs: nowMs)
        return .none
    }

    mutating func timerFired(_ timer: GroupTimer, nowMs: Int64) {
        switch timer {
        case .rebalance: rebalanceTimerFired(nowMs: nowMs)
        case .sync: syncTimerFired(nowMs: nowMs)
        case .pendingMember(let memberID): removePending(memberID, nowMs: nowMs)
        case .session(let memberID): sessionEnded(memberID, nowMs: nowMs)
        // Of groups of other types.
        case .reconciled, .shareSession: break
        }
    }

    private mutating func sessionEnded(_ memberID: String, nowMs: Int64) {
        guard let member = members[memberID] else { return }
        // A member that waits for an answer of the group is alive; the answer begins a new session.
        // A new member was never answered and sends no heartbeats, so for it this timer alone
        // decides.
        let isWaiting = member.waitingJoin != nil || member.waitingSync != nil
        if isWaiting, !member.isNew { return }
        removeAndRebalance(memberID, nowMs: nowMs)
    }

    private mutating func removePending(_ memberID: String, nowMs: Int64) {
        guard takePending(memberID) else { return }
        act(.cancelTimer(.pendingMember(memberID: memberID)))
        completeRebalanceIfAllJoined(nowMs: nowMs)
    }

    private mutating func removeAndRebalance(_ memberID: String, nowMs: Int64) {
        remove(memberID)
        switch state {
        case .empty, .dead: break
        case .stable, .completingRebalance: prepareRebalance(nowMs: nowMs)
        case .preparingRebalance: completeRebalanceIfAllJoined(nowMs: nowMs)
        }
    }
}
