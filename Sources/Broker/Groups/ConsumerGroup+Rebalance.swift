import KafkaProtocol

// Rebalances, from asking the members to join again to the new generation.

extension ConsumerGroup {
    /// Asks everybody to join again. Members that wait for an assignment are told now, others with
    /// their next heartbeat.
    mutating func prepareRebalance(nowMs: Int64) {
        if state == .completingRebalance {
            setAssignments([:])
            for member in membersByArrival {
                if answerSync(of: member.id, error: .rebalanceInProgress) {
                    renewSession(member.id)
                }
            }
        }
        pendingSync.removeAll()
        act(.cancelTimer(.sync))
        if state == .empty {
            let delayMs = Int64(config.initialRebalanceDelayMs)
            initialDelayLeftMs = max(rebalanceTimeoutMs - delayMs, 0)
            act(.setTimer(.rebalance, afterMs: delayMs))
        } else {
            initialDelayLeftMs = nil
            act(.setTimer(.rebalance, afterMs: rebalanceTimeoutMs))
        }
        enter(.preparingRebalance, nowMs: nowMs)
        completeRebalanceIfAllJoined(nowMs: nowMs)
    }

    mutating func completeRebalanceIfAllJoined(nowMs: Int64) {
        guard state == .preparingRebalance, initialDelayLeftMs == nil,
            joiningCount == members.count, pendingMembers.isEmpty
        else { return }
        completeRebalance(nowMs: nowMs)
    }

    mutating func rebalanceTimerFired(nowMs: Int64) {
        guard state == .preparingRebalance else { return }
        if let leftMs = initialDelayLeftMs {
            if hasNewMembers, leftMs > 0 {
                hasNewMembers = false
                let delayMs = min(Int64(config.initialRebalanceDelayMs), leftMs)
                initialDelayLeftMs = leftMs - delayMs
                act(.setTimer(.rebalance, afterMs: delayMs))
                return
            }
            initialDelayLeftMs = nil
        }
        completeRebalance(nowMs: nowMs)
    }

    /// Makes the next generation from the members that joined. Dynamic members that did not come
    /// are removed; static ones stay until their session ends.
    private mutating func completeRebalance(nowMs: Int64) {
        hasNewMembers = false
        for member in membersByArrival where member.waitingJoin == nil && member.instanceID == nil {
            remove(member.id)
        }
        guard members.isEmpty || electLeader() else {
            // Only static members have not come back. They are waited for until their sessions end.
            act(.setTimer(.rebalance, afterMs: rebalanceTimeoutMs))
            return
        }
        act(.cancelTimer(.rebalance))
        // The number may have been read from a file and have any value.
        generation = generation == .max ? 1 : generation + 1
        pendingSync.removeAll()
        guard !members.isEmpty else {
            protocolName = nil
            enter(.empty, nowMs: nowMs)
            act(.store(storedValue(), .emptied))
            return
        }
        protocolName = chooseProtocol()
        enter(.completingRebalance, nowMs: nowMs)
        for member in membersByArrival {
            answerJoin(of: member.id, joinResponse(for: member.id))
            renewSession(member.id)
            setIsNew(member.id, false)
            pendingSync.insert(member.id)
        }
        act(.setTimer(.sync, afterMs: rebalanceTimeoutMs))
    }

    /// The leader stays the leader if it joined; otherwise the first member that joined becomes it.
    /// False if none did.
    private mutating func electLeader() -> Bool {
        if let leaderID, members[leaderID]?.waitingJoin != nil { return true }
        guard let joined = membersByArrival.first(where: { $0.waitingJoin != nil }) else {
            return false
        }
        leaderID = joined.id
        return true
    }

    /// The assignor that most members prefer, of those that all know. Between equals the leader's
    /// order decides.
    func chooseProtocol() -> String? {
        let candidates = Set(supporters.filter { $0.value == members.count }.keys)
        var votes: [String: Int] = [:]
        for member in members.values {
            if let vote = member.vote(among: candidates) { votes[vote, default: 0] += 1 }
        }
        let order = leaderID.flatMap { members[$0]?.protocols.map(\.name) } ?? []
        let most = votes.values.max()
        return order.first { votes[$0] == most } ?? votes.filter { $0.value == most }.keys.min()
    }

    /// The group as it is stored.
    func storedValue(assignments: [String: [UInt8]]? = nil) -> GroupMetadataValue {
        var value = GroupMetadataValue()
        value.protocolType = protocolType ?? ""
        value.generation = generation
        value.protocolName = protocolName
        value.leader = leaderID
        value.currentStateTimestamp = stateTimestampMs ?? -1
        value.members = membersByArrival.map { member in
            var stored = GroupMetadataValue.Member()
            stored.memberID = member.id
            stored.groupInstanceID = member.instanceID
            stored.clientID = member.clientID
            stored.clientHost = member.clientHost
            stored.rebalanceTimeout = member.rebalanceTimeoutMs
            stored.sessionTimeout = member.sessionTimeoutMs
            stored.subscription = OpaqueBytes(member.metadata(for: protocolName ?? ""))
            stored.assignment = OpaqueBytes(
                assignments.map { $0[member.id] ?? [] } ?? member.assignment)
            return stored
        }
        return value
    }
}
