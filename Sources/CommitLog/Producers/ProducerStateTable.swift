import RecordFormat

/// The producers of one partition. Thread contract: a value, held under the partition's append lock.
struct ProducerStateTable: Sendable, Equatable {
    private(set) var producers: [ProducerID: ProducerState] = [:]

    enum Verdict: Equatable {
        /// The batch comes next.
        case next
        /// The batch is in the log already, from this offset to that one.
        case duplicate(first: Offset, last: Offset, timestamp: Int64)
    }

    /// Compares a client's batch with what its producer wrote before: Kafka's
    /// `ProducerAppendInfo.appendDataBatch` and `findDuplicateBatch`.
    func check(_ header: RecordBatchHeader) throws(AppendError) -> Verdict {
        guard header.producerID.rawValue >= 0 else { return .next }
        // An unknown producer may start anywhere: retention may have taken what it wrote before.
        guard let producer = producers[header.producerID] else { return .next }
        if let batch = producer.duplicate(of: header) {
            return .duplicate(
                first: batch.firstOffset, last: batch.lastOffset, timestamp: batch.timestamp)
        }
        guard header.producerEpoch >= producer.epoch else {
            throw .invalidProducerEpoch(
                producerID: header.producerID, current: producer.epoch,
                received: header.producerEpoch)
        }
        let expected: Int32
        if header.producerEpoch == producer.epoch, producer.batches.isEmpty {
            // After a marker that opened the epoch, the first batch of data starts at 0.
            expected = 0
        } else if header.producerEpoch == producer.epoch {
            expected = nextSequence(after: producer.lastSequence)
        } else {
            expected = 0
        }
        guard header.baseSequence == expected else {
            throw .outOfOrderSequence(
                producerID: header.producerID, expected: expected, received: header.baseSequence)
        }
        guard producer.currentTransactionFirstOffset == nil || header.attributes.isTransactional
        else { throw .invalidTransactionState(producerID: header.producerID) }
        return .next
    }

    /// Remembers a batch that is in the log. `header` carries its final offsets.
    mutating func update(with header: RecordBatchHeader) {
        guard header.producerID.rawValue >= 0 else { return }
        let timestamp = header.maxTimestamp
        if header.attributes.isControl {
            producers[
                header.producerID,
                default: ProducerState(epoch: header.producerEpoch, lastTimestamp: timestamp)
            ].endTransaction(epoch: header.producerEpoch, timestamp: timestamp)
            return
        }
        let batch = ProducerState.Batch(
            lastSequence: header.lastSequence, lastOffset: header.lastOffset,
            offsetDelta: header.lastOffsetDelta, timestamp: timestamp)
        let isTransactional = header.attributes.isTransactional
        producers[
            header.producerID,
            default: ProducerState(epoch: header.producerEpoch, lastTimestamp: timestamp)
        ].add(batch, epoch: header.producerEpoch, isTransactional: isTransactional)
    }

    /// Forgets who has been silent for `expirationMs`, except inside a transaction.
    mutating func expire(nowMs: Int64, expirationMs: Int64) {
        let hasExpired = producers.contains { Self.isExpired($0.value, nowMs, expirationMs) }
        guard hasExpired else { return }
        producers = producers.filter { !Self.isExpired($0.value, nowMs, expirationMs) }
    }

    private static func isExpired(
        _ producer: ProducerState, _ nowMs: Int64, _ expirationMs: Int64
    ) -> Bool {
        producer.currentTransactionFirstOffset == nil
            && nowMs - producer.lastTimestamp >= expirationMs
    }

    /// Puts a producer in as a snapshot has it.
    mutating func restore(_ producer: ProducerState, id: ProducerID) {
        producers[id] = producer
    }
}

extension ProducerState {
    fileprivate mutating func add(_ batch: Batch, epoch: ProducerEpoch, isTransactional: Bool) {
        add(batch, epoch: epoch)
        if isTransactional, currentTransactionFirstOffset == nil {
            currentTransactionFirstOffset = batch.firstOffset
        }
    }

    fileprivate mutating func endTransaction(epoch: ProducerEpoch, timestamp: Int64) {
        begin(epoch: epoch)
        lastTimestamp = timestamp
        currentTransactionFirstOffset = nil
    }
}
