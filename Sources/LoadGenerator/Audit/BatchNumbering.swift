import Measurement
import RecordFormat
import Synchronization

/// How batches are numbered that leave under other numbers than the audit's.
///
/// A producer's worker numbers its batches from 0 in each partition, and so does the audit. A client
/// that gives up a batch, or has to raise its epoch or ask for another producer id, numbers the later
/// ones otherwise. The sequences of an epoch are then those of the audit, moved by a distance that
/// stays the same up to the next such event.
///
/// Thread contract: safe from any thread.
public final class BatchNumbering: Sendable {
    private struct Epoch: Hashable {
        var id: ProducerID
        var epoch: ProducerEpoch
        var partition: Int
    }

    private struct Stretch {
        var producer: Int
        /// The first sequence of the stretch, in headers.
        var base: Int32
        /// Add to a header's sequence to get the audit's, in 31 bits.
        var distance: Int32
    }

    /// By the order in which they began.
    private let stretches = CheckedMutex<[Epoch: [Stretch]]>([:])
    /// Whether there are any: without, no reader takes the lock.
    private let isUsed = Atomic(false)

    public init() {}

    /// Notes under which number a batch is about to leave.
    ///
    /// - Parameters:
    ///   - base: the sequence of its first record in its header.
    ///   - own: the lowest 31 bits of the audit's.
    public func note(
        _ base: Int32, id: ProducerID, epoch: ProducerEpoch, for own: Int32, of producer: Int,
        in partition: Int
    ) {
        let distance = (own &- base) & Int32.max
        let key = Epoch(id: id, epoch: epoch, partition: partition)
        stretches.withLock { stretches in
            guard stretches[key]?.last?.distance != distance else { return }
            stretches[key, default: []].append(
                Stretch(producer: producer, base: base, distance: distance))
        }
        isUsed.store(true, ordering: .releasing)
    }

    /// The producer and the audit's sequence of a batch; nil if its epoch has no stretch.
    func origin(
        of header: RecordBatchHeader, in partition: Int
    ) -> (producer: Int, baseSequence: Int32)? {
        guard isUsed.load(ordering: .acquiring) else { return nil }
        let key = Epoch(
            id: header.producerID, epoch: header.producerEpoch, partition: partition)
        return stretches.withLock { stretches in
            guard let stretch = stretches[key]?.last(where: { $0.base <= header.baseSequence })
            else { return nil }
            return (stretch.producer, (header.baseSequence &+ stretch.distance) & Int32.max)
        }
    }
}
