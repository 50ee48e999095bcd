import KafkaProtocol
import NIOCore

extension ProducerState {
    /// Where the producer stands with its id.
    enum IdentityState: Equatable {
        case needed(notBefore: NIODeadline?, failures: Int)
        case asking(failures: Int)
        case known(ProducerIdentity)
    }

    var identity: ProducerIdentity? {
        if case .known(let identity) = identityState { identity } else { nil }
    }

    /// Whether batches wait for an id, or it was asked for in vain.
    var needsIdentity: Bool {
        guard settings.enableIdempotence, case .needed(_, let failures) = identityState else {
            return false
        }
        return failures > 0 || hasWaitingBatches
    }

    mutating func askForIdentity(now: NIODeadline, _ actions: inout [ProducerAction]) {
        guard case .needed(let notBefore, let failures) = identityState,
            notBefore.map({ $0 <= now }) ?? true
        else { return }
        identityState = .asking(failures: failures)
        actions.append(.initProducerID)
    }

    mutating func restartIfPossible(_ index: Int) {
        guard partitions.entries[index].queue.canRestart else { return }
        // Another partition may have raised the epoch already.
        if let identity, partitions.entries[index].queue.identity == identity {
            identityState =
                identity.withNextEpoch.map { .known($0) } ?? .needed(notBefore: nil, failures: 0)
            partitions.forgetSequences()
        }
        partitions.entries[index].queue.restart()
    }

    /// Asks for a producer id where there is none, though there is no batch yet.
    mutating func requestIdentity(now: NIODeadline) -> [ProducerAction] {
        var actions: [ProducerAction] = []
        askForIdentity(now: now, &actions)
        return actions
    }

    mutating func receive(_ identity: ProducerIdentity) {
        identityState = .known(identity)
        partitions.forgetSequences()
    }

    /// No producer id came; `code` is nil where no broker answered.
    mutating func failIdentity(
        _ code: ErrorCode?, now: NIODeadline, jitter: Double
    ) -> [ProducerAction] {
        guard case .asking(let failures) = identityState else { return [] }
        if let code, !code.isRetriable { return abandon(.producer(code)) }
        let wait = backoff.wait(afterFailures: failures + 1, jitter: jitter)
        identityState = .needed(notBefore: now + wait, failures: failures + 1)
        return []
    }

    /// The broker does not know the identity any more, if it is still the current one.
    mutating func discard(_ old: ProducerIdentity?) {
        if old == identity, old != nil { identityState = .needed(notBefore: nil, failures: 0) }
    }
}
