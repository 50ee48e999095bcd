import KafkaProtocol
import RecordFormat

// The end of a transaction of the second version (KIP-890), which raises the epoch: so no batch that
// is still on its way can get into the next transaction.
//
// In an idle state, and for an end by the epoch before (a repetition) or by the current one:
//
// | state          | abort, before   | abort, current | commit, before  | commit, current |
// |----------------|-----------------|----------------|-----------------|-----------------|
// | Empty          | PRODUCER_FENCED | raises         | PRODUCER_FENCED | INVALID_TXN_STATE |
// | CompleteAbort  | no error        | raises         | INVALID_TXN_STATE | INVALID_TXN_STATE |
// | CompleteCommit | INVALID_TXN_STATE | raises       | no error        | INVALID_TXN_STATE |

extension TransactionStateMachine {
    /// The producer commits or aborts, or asks for a new epoch by aborting nothing. It may say so
    /// again.
    ///
    /// - Parameter newProducerID: the id for the time after, where `needsProducerID` was the answer.
    mutating func endRaisingEpoch(
        _ producer: ProducerIdentity, isCommit: Bool, newProducerID: ProducerID?, nowMs: Int64
    ) -> Outcome {
        if producer.id != current.producer.id, !isRepetitionWithOldID(producer) {
            return .answer(.invalidProducerIDMapping)
        }
        let isRepetition = isRepetition(producer) || isRepetitionWithOldID(producer)
        let isFenced =
            switch current.state {
            case .ongoing, .empty, .dead, .prepareEpochFence: producer != current.producer
            case .prepareCommit, .prepareAbort: !isRepetition
            case .completeCommit, .completeAbort: !isRepetition && producer != current.producer
            }
        if isFenced { return .answer(.producerFenced) }
        if pending != nil { return .answer(.concurrentTransactions) }
        switch (current.state, isCommit, isRepetition) {
        case (.ongoing, _, _):
            return raise(isCommit: isCommit, newProducerID, nowMs)
        case (.prepareCommit, true, _), (.prepareAbort, false, _):
            return .answer(.concurrentTransactions)
        case (.completeCommit, true, true), (.completeAbort, false, true):
            return .answer(.none)
        case (.empty, false, _), (.completeCommit, false, false), (.completeAbort, false, false):
            return raise(isCommit: false, newProducerID, nowMs)
        default:
            return .answer(.invalidTxnState)
        }
    }

    /// Whether the producer does not know yet that its epoch was raised.
    private func isRepetition(_ producer: ProducerIdentity) -> Bool {
        // The highest epoch without a new id is that of a fence.
        let isFence = current.producer.epoch.rawValue == .max && current.nextProducerID == .none
        return producer.id == current.producer.id && !isFence
            && Int(current.producer.epoch.rawValue) == Int(producer.epoch.rawValue) + 1
    }

    /// Whether it does not know yet that it has a new id.
    private func isRepetitionWithOldID(_ producer: ProducerIdentity) -> Bool {
        producer.id == current.lastProducer.id && producer.id != current.producer.id
            && producer.epoch == ProducerIdentity.lastEpoch
            && current.producer.epoch == ProducerEpoch(0)
    }

    private mutating func raise(
        isCommit: Bool, _ newProducerID: ProducerID?, _ nowMs: Int64
    ) -> Outcome {
        var next = current
        if ProducerIdentity.isExhausted(current.producer.epoch) {
            guard let newProducerID else { return .needsProducerID }
            next.nextProducerID = newProducerID
        }
        next.lastProducer = current.producer
        next.producer.epoch = ProducerEpoch(
            Int16(clamping: Int(current.producer.epoch.rawValue) + 1))
        // A transaction to which nothing was added has not begun before.
        if current.state != .ongoing { next.startMs = nowMs }
        next.state = isCommit ? .prepareCommit : .prepareAbort
        next.lastUpdateMs = nowMs
        next.clientVersion = .second
        return propose(next)
    }
}
