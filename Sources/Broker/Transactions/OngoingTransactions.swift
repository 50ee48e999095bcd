import CommitLog
import KafkaProtocol
import RecordFormat

/// Which producers have which partitions in an ongoing transaction: what the coordinator shows to
/// those who append, so that they need not ask on its loop.
///
/// A producer is taken out before the markers of its transaction are appended. Asked under the
/// append lock of a partition (`PartitionLog.append`'s `mayBegin`), the answer therefore cannot be
/// overtaken by a marker.
/// Thread contract: every call from any thread; the coordinator publishes.
final class OngoingTransactions: Sendable {
    /// Why a batch, or an offset, must not be taken as part of a transaction.
    enum Refusal {
        /// The producer is not, or no longer, that of the transactional id.
        case unknownProducer
        case wrongEpoch
        /// Its transaction is just ending. A batch that is sent again later is refused for good.
        case ending
        /// The partition was not added to the transaction, or there is none.
        case notAdded
        /// What `__transaction_state` says is not known yet.
        case loading
        /// It could not be read.
        case unavailable
    }

    private struct Entry {
        var transactionalID: String
        var epoch: ProducerEpoch
        var state: TransactionState
        var partitions: Set<TopicPartition>
    }

    private struct State {
        var entries: [ProducerID: Entry] = [:]
        /// Why a producer that is not found may still exist; nil once all are known.
        var obstacle: Refusal? = .loading
    }

    private let state = Locked(State())

    func publish(_ metadata: TransactionMetadata, transactionalID: String) {
        let entry = Entry(
            transactionalID: transactionalID, epoch: metadata.producer.epoch, state: metadata.state,
            partitions: metadata.state == .ongoing ? metadata.partitions : [])
        state.withLock { $0.entries[metadata.producer.id] = entry }
    }

    func remove(_ producerID: ProducerID) {
        state.withLock { $0.entries[producerID] = nil }
    }

    /// Says that all earlier transactions are published, or with false that they cannot be read.
    func didLoad(_ isKnown: Bool = true) {
        state.withLock { $0.obstacle = isKnown ? nil : .unavailable }
    }

    /// Why something must not be taken as part of a transaction; nil where it may.
    func refusal(
        of producer: ProducerIdentity, transactionalID: String?, for topicPartition: TopicPartition
    ) -> Refusal? {
        state.withLock { state in
            if let obstacle = state.obstacle { return obstacle }
            guard let entry = state.entries[producer.id], let transactionalID,
                entry.transactionalID.hasSameBytes(as: transactionalID)
            else { return .unknownProducer }
            if producer.epoch != entry.epoch { return .wrongEpoch }
            if entry.state.isPreparing { return .ending }
            return entry.partitions.contains(topicPartition) ? nil : .notAdded
        }
    }
}

extension OngoingTransactions.Refusal {
    /// The code that Kafka's brokers answer Produce with. A producer does not retry records after a
    /// code of coordinators, so what will pass is NOT_ENOUGH_REPLICAS.
    ///
    /// - Parameter knowsAbortable: the client knows TRANSACTION_ABORTABLE.
    func codeForRecords(knowsAbortable: Bool = false) -> ErrorCode {
        switch self {
        case .unknownProducer: .invalidProducerIDMapping
        case .wrongEpoch: .invalidProducerEpoch
        case .notAdded: knowsAbortable ? .transactionAbortable : .invalidTxnState
        case .ending, .loading, .unavailable: .notEnoughReplicas
        }
    }

    /// The code that they answer TxnOffsetCommit with.
    func codeForOffsets(knowsAbortable: Bool) -> ErrorCode {
        switch self {
        case .unknownProducer, .wrongEpoch, .notAdded:
            codeForRecords(knowsAbortable: knowsAbortable)
        case .loading: .coordinatorLoadInProgress
        case .ending, .unavailable: .coordinatorNotAvailable
        }
    }
}

extension ErrorCode {
    /// What Produce is answered with where its partitions could not be added to a transaction.
    var forAddedRecords: ErrorCode {
        switch self {
        case .producerFenced: .invalidProducerEpoch
        case .concurrentTransactions, .coordinatorLoadInProgress, .coordinatorNotAvailable:
            .notEnoughReplicas
        default: self
        }
    }
}
