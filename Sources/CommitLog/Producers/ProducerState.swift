import RecordFormat

/// What a partition remembers of one producer id: enough to tell the next batch from a repeated one
/// and from one out of order. Kafka's `ProducerStateEntry`.
struct ProducerState: Sendable, Equatable {
    /// A batch that the producer appended.
    struct Batch: Sendable, Equatable {
        var lastSequence: Int32
        var lastOffset: Offset
        var offsetDelta: Int32
        var timestamp: Int64

        var firstOffset: Offset { lastOffset.advanced(by: -Int64(offsetDelta)) }
        var firstSequence: Int32 { sequence(lastSequence, minus: offsetDelta) }
    }

    /// As many batches as a Kafka producer may have in flight.
    static let retainedBatchCount = 5

    var epoch: ProducerEpoch
    /// The last batches of this epoch, oldest first.
    private(set) var batches: [Batch] = []
    var lastTimestamp: Int64
    /// The epoch of the coordinator that wrote the last marker; −1 where there was none.
    var coordinatorEpoch: Int32 = -1
    /// Where the open transaction begins, nil outside of one.
    var currentTransactionFirstOffset: Offset?

    init(epoch: ProducerEpoch, lastTimestamp: Int64) {
        self.epoch = epoch
        self.lastTimestamp = lastTimestamp
        batches.reserveCapacity(Self.retainedBatchCount + 1)
    }

    var lastSequence: Int32 { batches.last?.lastSequence ?? RecordBatchHeader.noSequence }

    /// The batch with exactly this epoch and these sequences.
    func duplicate(of header: RecordBatchHeader) -> Batch? {
        guard header.producerEpoch == epoch else { return nil }
        return batches.first {
            $0.firstSequence == header.baseSequence && $0.lastSequence == header.lastSequence
        }
    }

    mutating func add(_ batch: Batch, epoch: ProducerEpoch) {
        if epoch != self.epoch {
            self.epoch = epoch
            batches.removeAll(keepingCapacity: true)
        }
        batches.append(batch)
        if batches.count > Self.retainedBatchCount { batches.removeFirst() }
        lastTimestamp = batch.timestamp
    }

    mutating func begin(epoch: ProducerEpoch) {
        guard epoch != self.epoch else { return }
        self.epoch = epoch
        batches.removeAll(keepingCapacity: true)
    }
}

/// The sequence after `last`: they wrap from `Int32.max` to 0.
func nextSequence(after last: Int32) -> Int32 {
    last == Int32.max ? 0 : last + 1
}

private func sequence(_ sequence: Int32, minus distance: Int32) -> Int32 {
    sequence >= distance ? sequence - distance : Int32.max - (distance - sequence) + 1
}
