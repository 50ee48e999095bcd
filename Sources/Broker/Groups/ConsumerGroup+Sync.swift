import KafkaProtocol

/// A SyncGroup request, as far as the group decides about it.
struct SyncEvent: Sendable {
    var request = WaitingRequest(rawValue: 0)
    var generation: Int32
    var memberID: String
    var instanceID: String?
    /// From version 5 on.
    var protocolType: String?
    var protocolName: String?
    /// The leader's assignment, by member id.
    var assignments: [String: [UInt8]]
}

extension ConsumerGroup {
    /// A member waits for its assignment; with the leader's request the assignment is there, once
    /// it is written down.
    mutating func sync(_ event: SyncEvent, nowMs: Int64) {
        if let error = error(of: event) {
            act(.answerSync(event.request, .failure(error)))
            return
        }
        switch state {
        case .preparingRebalance:
            act(.answerSync(event.request, .failure(.rebalanceInProgress)))
        case .completingRebalance:
            wait(event.memberID, sync: event.request)
            didSync(event.memberID)
            guard isLeader(event.memberID), storingGeneration != generation else { return }
            storingGeneration = generation
            guard hasRoom(for: event.assignments) else {
                // Answered like a record that is too large to be written.
                let ticket = GroupStoreTicket.assignment(generation: generation, [:])
                return didStore(ticket, error: .unknownServerError, nowMs: nowMs)
            }
            var assignments: [String: [UInt8]] = [:]
            for memberID in members.keys {
                assignments[memberID] = event.assignments[memberID] ?? []
            }
            act(
                .store(
                    storedValue(assignments: assignments),
                    .assignment(generation: generation, assignments)))
        case .stable:
            didSync(event.memberID)
            let assignment = members[event.memberID]?.assignment ?? []
            act(.answerSync(event.request, syncResponse(assignment)))
            renewSession(event.memberID)
        case .empty, .dead:
            act(.answerSync(event.request, .failure(.unknownMemberID)))
        }
    }

    /// To be called when what was to be stored was, or could not be.
    mutating func didStore(_ ticket: GroupStoreTicket, error: ErrorCode, nowMs: Int64) {
        switch ticket {
        case .emptied:
            // An older generation may then come back after a crash; its members would be long gone.
            break
        case .replacement(let replacement):
            didStore(replacement, error: error, nowMs: nowMs)
        case .assignment(let generation, let assignments):
            if storingGeneration == generation { storingGeneration = nil }
            // A member may have joined or left meanwhile; then no generation has this assignment.
            guard state == .completingRebalance, generation == self.generation else { return }
            setAssignments(error == .none ? assignments : [:])
            if error == .none { enter(.stable, nowMs: nowMs) }
            for member in membersByArrival where answerSync(of: member.id, error: error) {
                renewSession(member.id)
            }
            if error != .none { prepareRebalance(nowMs: nowMs) }
        }
    }

    /// Removes the members that know their generation and never asked for their assignment.
    mutating func syncTimerFired(nowMs: Int64) {
        guard state == .completingRebalance || state == .stable, !pendingSync.isEmpty else {
            return
        }
        for memberID in pendingSync.sorted() { remove(memberID) }
        prepareRebalance(nowMs: nowMs)
    }

    /// Whether no member is assigned more than it may keep, nor all of them together.
    private func hasRoom(for assignments: [String: [UInt8]]) -> Bool {
        members.keys.allSatisfy { (assignments[$0]?.count ?? 0) <= config.memberMaxBytes }
            && byteCount + growth(with: assignments) <= config.groupMaxBytes
    }

    /// How much more memory the members would keep with these assignments than with those that they
    /// have.
    func growth(with assignments: [String: [UInt8]]) -> Int {
        members.reduce(0) { $0 + (assignments[$1.key]?.count ?? 0) - $1.value.assignment.count }
    }

    private func error(of event: SyncEvent) -> ErrorCode? {
        if let error = error(of: event.memberID, instanceID: event.instanceID) { return error }
        if event.generation != generation { return .illegalGeneration }
        if let type = event.protocolType, type != protocolType {
            return .inconsistentGroupProtocol
        }
        if let name = event.protocolName, name != protocolName {
            return .inconsistentGroupProtocol
        }
        return nil
    }

    private mutating func didSync(_ memberID: String) {
        pendingSync.remove(memberID)
        if pendingSync.isEmpty { act(.cancelTimer(.sync)) }
    }
}
