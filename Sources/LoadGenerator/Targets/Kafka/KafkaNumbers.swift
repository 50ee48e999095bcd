import KafkaClient
import Measurement
import RecordFormat
import Synchronization

/// Tells the audit where a client numbers the batches of one producer otherwise than its worker did.
///
/// Thread contract: `expect` once, before the first batch; `willSend` on the client's event loop.
final class KafkaNumbers: Sendable {
    private let numbering: BatchNumbering
    private let producer: Int
    private let indices: [TopicPartition: Int]
    private let expected = CheckedMutex<ProducerIdentity?>(nil)
    /// From the first batch on that had another number.
    private let differs = Atomic(false)

    /// - Parameter indices: of the run's partitions.
    init(_ numbering: BatchNumbering, producer: Int, indices: [TopicPartition: Int]) {
        self.numbering = numbering
        self.producer = producer
        self.indices = indices
    }

    /// Under this identity, with the numbers that the worker gave, there is nothing to tell.
    func expect(_ identity: ProducerIdentity?) { expected.withLock { $0 = identity } }

    /// - Parameter header: as the worker sealed the batch.
    func willSend(
        _ header: RecordBatchHeader, to partition: TopicPartition, as sequence: BatchSequence
    ) {
        if !differs.load(ordering: .relaxed) {
            let isExpected =
                sequence.base == header.baseSequence
                && expected.withLock { $0 == sequence.identity }
            if isExpected { return }
            differs.store(true, ordering: .relaxed)
        }
        guard let index = indices[partition] else { return }
        numbering.note(
            sequence.base, id: sequence.identity.id, epoch: sequence.identity.epoch,
            for: header.baseSequence, of: producer, in: index)
    }
}
