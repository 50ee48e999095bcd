import KafkaProtocol

// A static member that comes back without its id: its process was started again (KIP-345).

extension ConsumerGroup {
    /// The member gets a new id, so that a process that still has the old one is fenced, and keeps
    /// its place. A stable generation goes on, unless another assignor would be chosen now.
    mutating func replaceStatic(_ memberID: String, _ event: JoinEvent, nowMs: Int64) {
        guard let previous = members[memberID] else { return }
        let previousLeader = leaderID
        answerJoin(of: memberID, .failure(.fencedInstanceID, memberID: memberID))
        answerSync(of: memberID, error: .fencedInstanceID)
        rename(memberID, to: event.newMemberID)
        update(
            event.newMemberID, protocols: event.protocols,
            rebalanceTimeoutMs: event.rebalanceTimeoutMs, sessionTimeoutMs: event.sessionTimeoutMs)
        wait(event.newMemberID, join: event.request)
        renewSession(event.newMemberID)
        switch state {
        case .stable where chooseProtocol() == protocolName:
            let replacement = StaticReplacement(
                previous: previous, previousLeader: previousLeader, newID: event.newMemberID,
                canSkipAssignment: event.canSkipAssignment)
            act(.store(storedValue(), .replacement(replacement)))
        case .stable, .completingRebalance:
            // In CompletingRebalance the leader may be assigning partitions to the old id right
            // now.
            prepareRebalance(nowMs: nowMs)
        case .preparingRebalance:
            break
        case .empty, .dead:
            preconditionFailure("a group with a static member is not empty")
        }
    }

    /// To be called when the new id was stored, or could not be: then the member is again what it
    /// was.
    mutating func didStore(_ replacement: StaticReplacement, error: ErrorCode, nowMs: Int64) {
        let newID = replacement.newID
        guard error == .none else {
            guard members[newID] != nil else { return }
            answerJoin(of: newID, .failure(error, memberID: ""))
            let previous = replacement.previous
            rename(newID, to: previous.id)
            update(
                previous.id, protocols: previous.protocols,
                rebalanceTimeoutMs: previous.rebalanceTimeoutMs,
                sessionTimeoutMs: previous.sessionTimeoutMs)
            renewSession(previous.id)
            return
        }
        // A rebalance that began meanwhile answers in its own time.
        guard state == .stable else { return }
        // Before version 9 a member that learns that it leads would assign partitions, which a
        // stable group ignores. So it is told that its old id leads, which is not its own any more.
        let response =
            replacement.canSkipAssignment
            ? joinResponse(for: newID, skipAssignment: isLeader(newID))
            : joinResponse(for: newID, leader: replacement.previousLeader)
        answerJoin(of: newID, response)
        // Its session may have ended while it waited.
        renewSession(newID)
    }
}
