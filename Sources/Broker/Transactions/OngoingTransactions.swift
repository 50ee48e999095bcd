import CommitLog
import KafkaProtocol
import RecordFormat

/// Which producers have which partitions in an ongoing transaction: what the coordinator shows to those who
/// append, so that they need not ask on its loop.
///
/// A producer is taken out before the markers of its transaction are appended. Asked under the append lock
/// of a partition (`PartitionLog.append`'s `mayBegin`), the answer therefore cannot be overtaken by a marker.
/// Thread contract: every call from any thread; the coordinator publishes.
final class OngoingTransactions: Sendable {
    private struct Entry {
        var transactionalID: String
        var epoch: ProducerEpoch
        var state: TransactionState
        var partitions: Set<TopicPartition>
    }

    private let entries = Locked<[ProducerID: Entry]>([:])

    func publish(_ metadata: TransactionMetadata, transactionalID: String) {
        let entry = Entry(
            transactionalID: transactionalID, epoch: metadata.producer.epoch, state: metadata.state,
            partitions: metadata.state == .ongoing ? metadata.partitions : [])
        entries.withLock { $0[metadata.producer.id] = entry }
    }

    func remove(_ producerID: ProducerID) {
        entries.withLock { $0[producerID] = nil }
    }

    /// Why a batch must not be taken as part of a transaction; nil where it may. The codes are those that
    /// Kafka's brokers answer Produce and TxnOffsetCommit with.
    func refusal(
        of producer: ProducerIdentity, transactionalID: String?, for topicPartition: TopicPartition
    ) -> ErrorCode? {
        entries.withLock { entries in
            guard let entry = entries[producer.id], entry.transactionalID == transactionalID else {
                return .invalidProducerIDMapping
            }
            if producer.epoch != entry.epoch { return .invalidProducerEpoch }
            // Of the one that is just ending: a batch that comes again is refused for good then.
            if entry.state.isPreparing { return .notEnoughReplicas }
            return entry.partitions.contains(topicPartition) ? nil : .invalidTxnState
        }
    }
}
