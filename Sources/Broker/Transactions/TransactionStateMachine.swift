import CommitLog
import KafkaProtocol
import RecordFormat

/// The state of one transactional id: Kafka's rules, as a state machine without clock, storage or
/// random numbers.
///
/// A change is first proposed (`Outcome.write`), then written by the caller, and takes effect with
/// `didWrite`. Until then all other requests are told to come again.
struct TransactionStateMachine: Sendable {
    enum Outcome: Equatable {
        /// There is nothing to do.
        case answer(ErrorCode)
        /// The caller must come again with a new producer id: the epochs of this one are used up.
        case needsProducerID
        /// The caller must write this, and then call `didWrite` or `didFailToWrite`.
        case write(TransactionMetadata)
    }

    private(set) var current: TransactionMetadata
    /// What is being written.
    private(set) var pending: TransactionMetadata?
    /// The partitions that still need the marker, and those where it is being written.
    private(set) var unmarked: Set<TopicPartition> = []
    private(set) var marking: Set<TopicPartition> = []

    /// A new transactional id, or one that was read back.
    init(_ metadata: TransactionMetadata) {
        current = metadata
        if metadata.state.isPreparing { unmarked = metadata.partitions }
    }

    // MARK: Requests of clients

    /// Whether `initProducerID` must be given a producer id.
    func needsProducerID(_ expected: ProducerIdentity?) -> Bool {
        pending == nil && current.state.isIdle
            && ProducerIdentity.isExhausted(current.producer.epoch)
            && (expected.map { $0.epoch == current.producer.epoch } ?? true)
    }

    /// A producer begins, or wants a new epoch after an error: then it says which identity it had
    /// (KIP-360). The answer to the client is in what is written: Empty has its identity; after
    /// PrepareAbort, which ended the transaction of a predecessor, it has to come again.
    mutating func initProducerID(
        timeoutMs: Int32, expected: ProducerIdentity?, newProducerID: ProducerID?, nowMs: Int64
    ) -> Outcome {
        guard pending == nil else { return .answer(.concurrentTransactions) }
        if let expected, !isAcceptable(expected) { return .answer(.producerFenced) }
        if current.state.isPreparing { return .answer(.concurrentTransactions) }
        if current.state == .ongoing { return fence(nowMs) }
        guard current.state.isIdle else { return .answer(.unknownServerError) }
        var next = current
        next.state = .empty
        next.partitions = []
        next.startMs = -1
        next.timeoutMs = timeoutMs
        next.lastUpdateMs = nowMs
        if needsProducerID(expected) {
            guard let newProducerID else { return .answer(.concurrentTransactions) }
            next.producer = ProducerIdentity(id: newProducerID, epoch: ProducerEpoch(0))
            next.lastProducer = ProducerIdentity(
                id: current.producer.id,
                epoch: expected == nil ? .none : current.producer.epoch)
        } else if let expected, current.producer.epoch != .none,
            expected.epoch != current.producer.epoch
        {
            // A repetition, the answer to which was lost, gets the same answer.
            guard expected.epoch == current.lastProducer.epoch, expected.epoch != .none else {
                return .answer(.producerFenced)
            }
        } else {
            guard !ProducerIdentity.isExhausted(current.producer.epoch) else {
                return .answer(.producerFenced)
            }
            next.producer.epoch = ProducerEpoch(current.producer.epoch.rawValue + 1)
            next.lastProducer = ProducerIdentity(
                id: current.producer.id,
                epoch: expected == nil ? .none : current.producer.epoch)
        }
        return propose(next)
    }

    private func isAcceptable(_ expected: ProducerIdentity) -> Bool {
        current.producer.epoch == .none || expected.id == current.producer.id
            || (expected.id == current.lastProducer.id
                && ProducerIdentity.isExhausted(expected.epoch))
    }

    /// The transaction will write to these partitions; the first of them begin it.
    mutating func addPartitions(
        _ partitions: Set<TopicPartition>, by producer: ProducerIdentity,
        version: TransactionVersion = .first, nowMs: Int64
    ) -> Outcome {
        if let error = error(of: producer) { return .answer(error) }
        if current.state == .ongoing, partitions.isSubset(of: current.partitions) {
            return .answer(.none)
        }
        var next = current
        if current.state != .ongoing { next.startMs = nowMs }
        next.state = .ongoing
        next.partitions.formUnion(partitions)
        next.lastUpdateMs = nowMs
        next.clientVersion = version
        // Nobody repeats an end of the time before this id any more.
        next.lastProducer.id = current.producer.id
        return propose(next)
    }

    /// Whether these partitions are in the transaction: `answer` for each.
    func verify(
        _ partitions: [TopicPartition], by producer: ProducerIdentity
    ) -> [ErrorCode] {
        var error: ErrorCode?
        if producer.id != current.producer.id {
            error = .invalidProducerIDMapping
        } else if producer.epoch != current.producer.epoch {
            error = .producerFenced
        } else if current.state.isPreparing {
            error = .concurrentTransactions
        }
        return partitions.map {
            error ?? (current.partitions.contains($0) ? .none : .transactionAbortable)
        }
    }

    private func error(of producer: ProducerIdentity) -> ErrorCode? {
        // It has its new id before the transaction that used up the epochs is over.
        if producer.id == current.nextProducerID, producer == current.producerAfterEnd {
            return .concurrentTransactions
        }
        if producer.id != current.producer.id { return .invalidProducerIDMapping }
        if producer.epoch != current.producer.epoch { return .producerFenced }
        if pending != nil || current.state.isPreparing { return .concurrentTransactions }
        return nil
    }

    /// The producer commits or aborts. It may say so again.
    mutating func end(
        _ producer: ProducerIdentity, isCommit: Bool, nowMs: Int64
    ) -> Outcome {
        if producer.id != current.producer.id { return .answer(.invalidProducerIDMapping) }
        if producer.epoch != current.producer.epoch { return .answer(.producerFenced) }
        if pending != nil { return .answer(.concurrentTransactions) }
        switch (current.state, isCommit) {
        case (.ongoing, _):
            var next = current
            next.state = isCommit ? .prepareCommit : .prepareAbort
            next.lastUpdateMs = nowMs
            next.clientVersion = .first
            return propose(next)
        case (.completeCommit, true), (.completeAbort, false):
            return .answer(.none)
        case (.prepareCommit, true), (.prepareAbort, false):
            return .answer(.concurrentTransactions)
        default:
            return .answer(.invalidTxnState)
        }
    }

    // MARK: Timeouts

    /// Aborts a transaction that takes longer than it may; nil where there is none. Its producer is
    /// fenced: the marker has a higher epoch.
    mutating func timeOut(nowMs: Int64) -> Outcome? {
        guard current.state == .ongoing, pending == nil,
            nowMs - current.startMs > Int64(current.timeoutMs)
        else { return nil }
        return fence(nowMs)
    }

    /// Gives up an id that was not used for this long; nil if it is in use. A tombstone is written
    /// for it.
    mutating func expire(nowMs: Int64, expirationMs: Int64) -> Outcome? {
        guard current.state.isIdle, pending == nil,
            nowMs - current.lastUpdateMs >= expirationMs
        else { return nil }
        var next = current
        next.state = .dead
        next.partitions = []
        return propose(next)
    }

    private mutating func fence(_ nowMs: Int64) -> Outcome {
        var next = current
        // No producer has the highest epoch, so there is always one to fence it with. As in Kafka,
        // it is two higher in the second version: after one more, the fenced producer's end would
        // look like a repetition of the one that raised the epoch.
        let step = current.clientVersion == .second ? 2 : 1
        next.producer.epoch = ProducerEpoch(
            Int16(clamping: Int(current.producer.epoch.rawValue) + step))
        next.lastProducer.epoch = .none
        next.state = .prepareAbort
        next.lastUpdateMs = nowMs
        return propose(next)
    }

    mutating func propose(_ next: TransactionMetadata) -> Outcome {
        pending = next
        return .write(next)
    }

    // MARK: After a write

    /// The proposed change was written.
    mutating func didWrite() {
        guard let next = pending else { preconditionFailure("nothing was being written") }
        pending = nil
        current = next
        if next.state.isPreparing { unmarked = next.partitions }
    }

    /// The proposed change was not written, or it is not known whether it was: the state is as
    /// before.
    mutating func didFailToWrite() { pending = nil }

    /// The marker that the partitions of a decided transaction get.
    func marker(coordinatorEpoch: Int32) -> TransactionMarker {
        TransactionMarker(
            producerID: current.producer.id, producerEpoch: current.producer.epoch,
            isCommit: current.state == .prepareCommit, coordinatorEpoch: coordinatorEpoch)
    }

    /// Takes the partitions that markers are to be written to now.
    mutating func takeUnmarked() -> Set<TopicPartition> {
        guard current.state.isPreparing, pending == nil else { return [] }
        defer { unmarked = [] }
        marking.formUnion(unmarked)
        return unmarked
    }

    mutating func didMark(_ partition: TopicPartition) { marking.remove(partition) }

    mutating func didFailToMark(_ partition: TopicPartition) {
        if marking.remove(partition) != nil { unmarked.insert(partition) }
    }

    /// Once every partition has its marker: the end of the transaction, to be written down.
    mutating func complete(nowMs: Int64) -> Outcome? {
        guard current.state.isPreparing, pending == nil, unmarked.isEmpty, marking.isEmpty else {
            return nil
        }
        var next = current
        next.state = current.state == .prepareCommit ? .completeCommit : .completeAbort
        if current.nextProducerID != .none {
            // Known again after a restart, so that an end by the old id is a repetition.
            next.lastProducer = ProducerIdentity(
                id: current.producer.id, epoch: ProducerIdentity.lastEpoch)
        }
        next.producer = current.producerAfterEnd
        next.nextProducerID = .none
        next.partitions = []
        next.lastUpdateMs = nowMs
        return propose(next)
    }
}
