import KafkaProtocol
import RecordFormat

// What follows from an answer, and from none.
extension Membership {
    mutating func answered(_ answer: GroupAnswer, ticket: Int, nowMs: Int64) {
        switch answer {
        case .coordinator(let code):
            guard lookUpTicket == ticket else { return }
            lookUpTicket = nil
            react(to: code, of: .findCoordinator, nowMs: nowMs) { member in
                member.hasCoordinator = true
                member.lastHeartbeatAnswerMs = nowMs
                member.heartbeatDueMs = nowMs
            }
        case .join(let response):
            guard takeRequest(ticket, in: .joining) else { return }
            react(to: response.errorCode, of: .joinGroup, nowMs: nowMs, named: response.memberID) {
                $0.joined(response, nowMs: nowMs)
            }
        case .sync(let response):
            guard takeRequest(ticket, in: .syncing) else { return }
            react(to: response.errorCode, of: .syncGroup, nowMs: nowMs) {
                $0.synced(response, nowMs: nowMs)
            }
        case .heartbeat(let code):
            guard heartbeatTicket == ticket else { return }
            heartbeatTicket = nil
            lastHeartbeatAnswerMs = nowMs
            heartbeatDueMs = nowMs + group.heartbeatIntervalMs
            if code == .none { failures = 0 }
            // A join is under way already, or begins once the partitions are given up.
            if code == .rebalanceInProgress, phase != .stable { break }
            react(to: code, of: .heartbeat, nowMs: nowMs) { _ in }
        case .leave:
            guard takeRequest(ticket, in: .leaving) else { return }
            end()
        // Of the other protocol, and never asked for.
        case .reconciling: break
        }
        advance(nowMs: nowMs)
    }

    /// The connection was lost, or the answer took too long.
    mutating func requestFailed(ticket: Int, nowMs: Int64) {
        if lookUpTicket == ticket {
            lookUpTicket = nil
            pause(nowMs: nowMs)
        } else if heartbeatTicket == ticket {
            heartbeatTicket = nil
            loseCoordinator(nowMs: nowMs)
        } else if requestTicket == ticket {
            requestTicket = nil
            if phase == .leaving { return end() }
            phase = .unjoined
            loseCoordinator(nowMs: nowMs)
        }
    }

    private mutating func takeRequest(_ ticket: Int, in phase: Phase) -> Bool {
        guard requestTicket == ticket, self.phase == phase else { return false }
        requestTicket = nil
        return true
    }

    /// What a commit was answered concerns the membership, too.
    mutating func committed(with code: ErrorCode, generation: Int32, nowMs: Int64) {
        guard generation == self.generation, isInGeneration, phase != .closing else { return }
        switch GroupReaction(code, of: .offsetCommit) {
        case .rejoin where phase != .stable: break
        case .findCoordinator, .rejoin, .rejoinWithoutPartitions, .rejoinUnnamed:
            react(to: code, of: .offsetCommit, nowMs: nowMs) { _ in }
        case .fail where code == .fencedInstanceID:
            react(to: code, of: .offsetCommit, nowMs: nowMs) { _ in }
        case .proceed, .retry, .takeName, .fail: break
        }
        advance(nowMs: nowMs)
    }

    private mutating func react(
        to code: ErrorCode, of api: ApiKey, nowMs: Int64, named name: String = "",
        proceed: (inout Membership) -> Void
    ) {
        // Whoever closes only wants to be out.
        if phase == .closing, code != .none { return }
        switch GroupReaction(code, of: api) {
        case .proceed: proceed(&self)
        case .retry:
            leaveUnfinishedJoin()
            pause(nowMs: nowMs)
        case .findCoordinator:
            leaveUnfinishedJoin()
            loseCoordinator(nowMs: nowMs)
        case .rejoin:
            // A heartbeat's is the usual start of a rebalance; a join's or sync's means that the
            // next has begun.
            if api == .joinGroup { pause(nowMs: nowMs) }
            phase = .unjoined
        case .rejoinWithoutPartitions:
            losePartitions()
            generation = -1
            phase = .unjoined
            pause(nowMs: nowMs)
        case .rejoinUnnamed:
            losePartitions()
            generation = -1
            memberID = ""
            phase = .unjoined
            pause(nowMs: nowMs)
        case .takeName where !name.isEmpty:
            memberID = name
            sendJoin()
        case .fail where code == .fencedInstanceID:
            fail(.fencedInstance(group.groupInstanceID, group: group.groupID))
        case .takeName, .fail: fail(.refused(api, code, group: group.groupID))
        }
    }

    private mutating func leaveUnfinishedJoin() {
        if phase == .joining || phase == .syncing { phase = .unjoined }
    }

    mutating func pause(nowMs: Int64) {
        failures += 1
        pausedUntilMs = nowMs + backoff.waitMs(afterFailures: failures, jitter: jitter)
    }

    mutating func loseCoordinator(nowMs: Int64) {
        hasCoordinator = false
        heartbeatTicket = nil
        pause(nowMs: nowMs)
        advance(nowMs: nowMs)
    }

    mutating func losePartitions() {
        requestTicket = nil
        heartbeatTicket = nil
        guard !owned.isEmpty else { return }
        act(.lose(sorted(owned)))
        owned = []
    }

    mutating func fail(_ error: GroupError) {
        losePartitions()
        phase = .ended
        generation = -1
        act(.fail(error))
    }

    mutating func end() {
        phase = .ended
        generation = -1
        act(.left)
    }
}
