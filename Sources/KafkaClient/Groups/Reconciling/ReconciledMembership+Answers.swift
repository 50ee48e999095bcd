import KafkaProtocol
import RecordFormat

// What follows from an answer, and from none.
extension ReconciledMembership {
    mutating func answered(_ answer: GroupAnswer, ticket: Int, nowMs: Int64) {
        switch answer {
        case .coordinator(let code):
            guard lookUpTicket == ticket else { return }
            lookUpTicket = nil
            react(to: code, of: .findCoordinator, nowMs: nowMs) { member in
                member.hasCoordinator = true
                member.heartbeatDueMs = nowMs
            }
        case .reconciling(let answer):
            guard heartbeatTicket == ticket else { return }
            heartbeatTicket = nil
            // Whatever the answer: the member is gone, at the latest when its session ends.
            if phase == .leaving { return end() }
            if answer.errorCode != .none { forgetWhatWasTold() }
            react(to: answer.errorCode, of: kind.api, nowMs: nowMs) {
                $0.heard(answer, nowMs: nowMs)
            }
        // Of the classic protocol, and never asked for.
        case .join, .sync, .heartbeat, .leave: return
        }
        advance(nowMs: nowMs)
    }

    mutating func requestFailed(ticket: Int, nowMs: Int64) {
        if lookUpTicket == ticket {
            lookUpTicket = nil
            pause(nowMs: nowMs)
        } else if heartbeatTicket == ticket {
            heartbeatTicket = nil
            if phase == .leaving { return end() }
            loseCoordinator(nowMs: nowMs)
        }
    }

    mutating func committed(with code: ErrorCode, generation: Int32, nowMs: Int64) {
        guard isInGeneration, phase != .closing else { return }
        switch GroupReaction(code, of: .offsetCommit) {
        case .findCoordinator: loseCoordinator(nowMs: nowMs)
        case .rejoin, .rejoinWithoutPartitions, .rejoinUnnamed:
            // A heartbeat tells whether the member is in the group; not the one in flight, which may be older.
            heartbeatDueMs = min(heartbeatDueMs, nowMs)
            isInDoubt = true
        case .fail where code == .fencedInstanceID:
            fail(.fencedInstance(group.groupInstanceID, group: group.groupID))
        case .proceed, .retry, .takeName, .fail: break
        }
        advance(nowMs: nowMs)
    }

    /// The names of the topics that the metadata has.
    mutating func noticed(_ known: [TopicID: String], nowMs: Int64) {
        let before = names.count
        names.merge(known) { $1 }
        guard names.count != before, let target else { return askForNames(nowMs: nowMs) }
        // What is neither held nor to be held is not needed.
        names = names.filter {
            known[$0.key] != nil || held.topics[$0.key] != nil || target.topics[$0.key] != nil
        }
        reconcile(nowMs: nowMs)
        advance(nowMs: nowMs)
    }

    /// Moves from what the member has to what it is to have, as far as it can go now: what others are to
    /// have goes first.
    mutating func reconcile(nowMs: Int64) {
        guard phase == .stable, let target else { return }
        leaving = held.subtracting(target)
        if !leaving.isEmpty {
            phase = .revoking
            return act(.revoke(named(leaving)))
        }
        let added = target.filter { names[$0] != nil }.subtracting(held)
        held.formUnion(added)
        owned.formUnion(named(added))
        let hasChanged = isNew || toldHeld != held
        if !added.isEmpty || isNew { act(.take(named(added))) }
        isNew = false
        namelessAnswers = 0
        askForNames(nowMs: nowMs)
        if hasChanged { acknowledge(nowMs: nowMs) }
    }

    private mutating func askForNames(nowMs: Int64) {
        guard let target, namesDueMs == nil,
            target.topics.keys.contains(where: { names[$0] == nil })
        else { return }
        // At once the first time, and then as often as other things that fail.
        let waitMs =
            namelessAnswers == 0
            ? 0 : backoff.waitMs(afterFailures: namelessAnswers, jitter: jitter)
        namelessAnswers += 1
        namesDueMs = nowMs + waitMs
    }

    private mutating func heard(_ answer: HeartbeatAnswer, nowMs: Int64) {
        guard answer.memberEpoch > Self.joiningEpoch, answer.intervalMs > 0 else {
            return fail(
                .invalidAnswer(
                    "the coordinator names epoch \(answer.memberEpoch) and a heartbeat each "
                        + "\(answer.intervalMs) ms", group: group.groupID))
        }
        var given: TopicIDPartitionSet?
        if let assigned = answer.assigned {
            given = TopicIDPartitionSet(assigned)
            guard given != nil else {
                return fail(
                    .invalidAnswer(
                        "the coordinator assigns partitions that there cannot be",
                        group: group.groupID))
            }
        }
        failures = 0
        if let name = answer.memberID, !name.isEmpty { memberID = name }
        epoch = answer.memberEpoch
        heartbeatIntervalMs = answer.intervalMs
        // What has come up while the heartbeat was in flight is said at once.
        let isUrgent = toldHeld == nil || isInDoubt
        heartbeatDueMs = isUrgent ? nowMs : nowMs + heartbeatIntervalMs
        if phase == .joining { phase = .stable }
        guard let given else { return }
        target = given
        reconcile(nowMs: nowMs)
    }

    private mutating func react(
        to code: ErrorCode, of api: ApiKey, nowMs: Int64,
        proceed: (inout ReconciledMembership) -> Void
    ) {
        switch GroupReaction(code, of: api) {
        case .proceed: proceed(&self)
        case .retry: pause(nowMs: nowMs)
        case .findCoordinator: loseCoordinator(nowMs: nowMs)
        // The group has gone on without it, so that nothing is left to give up.
        case .rejoinWithoutPartitions where phase == .closing, .fail where phase == .closing:
            losePartitions()
            end()
        // A group that does not exist is made by whoever joins, unless the name is taken.
        case .rejoinWithoutPartitions where isInGeneration || code != .groupIDNotFound:
            losePartitions()
            beginAnew()
            phase = .joining
            heartbeatDueMs = nowMs
            pause(nowMs: nowMs)
        // A right to describe some topic was taken: the member keeps what it has and asks again, as Kafka's consumer does.
        case .fail where code == .topicAuthorizationFailed && isInGeneration:
            pause(nowMs: nowMs)
        case .fail where code == .fencedInstanceID:
            fail(.fencedInstance(group.groupInstanceID, group: group.groupID))
        case .rejoin, .rejoinWithoutPartitions, .rejoinUnnamed, .takeName, .fail:
            fail(.refused(api, code, group: group.groupID))
        }
    }

    private mutating func forgetWhatWasTold() {
        hasToldAll = false
        toldHeld = nil
    }

    private mutating func pause(nowMs: Int64) {
        failures += 1
        heartbeatDueMs = min(heartbeatDueMs, nowMs)
        pausedUntilMs = nowMs + backoff.waitMs(afterFailures: failures, jitter: jitter)
    }

    private mutating func loseCoordinator(nowMs: Int64) {
        hasCoordinator = false
        heartbeatTicket = nil
        forgetWhatWasTold()
        pause(nowMs: nowMs)
        advance(nowMs: nowMs)
    }
}
