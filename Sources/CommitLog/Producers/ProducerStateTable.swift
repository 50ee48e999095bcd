import RecordFormat

/// The producers of one partition. Thread contract: a value, held under the partition's append
/// lock.
struct ProducerStateTable: Sendable, Equatable {
    private(set) var producers: [ProducerID: ProducerState] = [:]
    private(set) var openTransactions = OpenTransactions()

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

    /// One of an earlier epoch is decided, and waits for its marker.
    func hasOpenTransaction(_ producerID: ProducerID, _ epoch: ProducerEpoch) -> Bool {
        guard let producer = producers[producerID], producer.epoch == epoch else { return false }
        return producer.currentTransactionFirstOffset != nil
    }

    /// Compares a coordinator's batch, a marker where it is a control batch, with what its producer
    /// and the producer's coordinators wrote before. Coordinators write no sequences.
    ///
    /// - Parameter isRaised: the marker's epoch is above that of the transaction that it ends.
    func checkCoordinator(
        _ header: RecordBatchHeader, _ marker: ControlRecord?, isRaised: Bool = false
    ) throws(AppendError) {
        guard let producer = producers[header.producerID] else { return }
        let isOpen = producer.currentTransactionFirstOffset != nil
        let isOwn = isRaised && isOpen && header.producerEpoch == producer.epoch
        guard header.producerEpoch >= producer.epoch, !isOwn else {
            throw .invalidProducerEpoch(
                producerID: header.producerID, current: producer.epoch,
                received: header.producerEpoch)
        }
        if let marker, marker.coordinatorEpoch < producer.coordinatorEpoch {
            throw .coordinatorFenced(
                producerID: header.producerID, current: producer.coordinatorEpoch,
                received: marker.coordinatorEpoch)
        }
    }

    /// Remembers a batch that is in the log, and returns the transaction that it ended. `header`
    /// carries its final offsets, `marker` is what a control batch holds.
    mutating func update(
        with header: RecordBatchHeader, marker: ControlRecord? = nil
    ) -> CompletedTransaction? {
        guard header.producerID.rawValue >= 0 else { return nil }
        let new = ProducerState(epoch: header.producerEpoch, lastTimestamp: header.maxTimestamp)
        if header.attributes.isControl {
            let firstOffset = producers[header.producerID, default: new].endTransaction(
                header, marker)
            return firstOffset.map { end(header, marker, firstOffset: $0) }
        }
        let begins = producers[header.producerID, default: new].add(header)
        if begins { openTransactions.begin(at: header.baseOffset, producerID: header.producerID) }
        return nil
    }

    private mutating func end(
        _ header: RecordBatchHeader, _ marker: ControlRecord?, firstOffset: Offset
    ) -> CompletedTransaction {
        openTransactions.end(at: firstOffset)
        return CompletedTransaction(
            producerID: header.producerID, firstOffset: firstOffset, lastOffset: header.lastOffset,
            // A marker that cannot be read counts as an abort: what may not have been committed is
            // not shown as committed.
            isAborted: marker?.kind != .commit,
            lastStableOffset: openTransactions.firstOffset ?? header.nextOffset)
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

    var count: Int { producers.count }

    /// Where there are more than `limit`, forgets so many that were silent for longest that it is a while before it
    /// has to look again. Offsets tell, since a client makes up its timestamps. Whoever is inside a transaction stays.
    mutating func dropSilent(beyond limit: Int) {
        guard producers.count > limit else { return }
        let kept = max(1, limit - limit / Self.droppedShare)
        let silent = producers.filter { $0.value.currentTransactionFirstOffset == nil }
            .map { (id: $0.key, lastOffset: $0.value.batches.last?.lastOffset ?? Offset(-1)) }
            .sorted { $0.lastOffset < $1.lastOffset }
        for producer in silent.prefix(producers.count - kept) { producers[producer.id] = nil }
    }

    private static let droppedShare = 8

    /// Puts a producer in as a snapshot has it.
    mutating func restore(_ producer: ProducerState, id: ProducerID) {
        producers[id] = producer
        if let offset = producer.currentTransactionFirstOffset {
            openTransactions.begin(at: offset, producerID: id)
        }
    }
}

extension ProducerState {
    /// Whether the batch begins a transaction.
    fileprivate mutating func add(_ header: RecordBatchHeader) -> Bool {
        if header.baseSequence >= 0 {
            add(
                Batch(
                    lastSequence: header.lastSequence, lastOffset: header.lastOffset,
                    offsetDelta: header.lastOffsetDelta, timestamp: header.maxTimestamp),
                epoch: header.producerEpoch)
        } else {
            // Offsets that a group's coordinator stages for a transaction have no sequences.
            begin(epoch: header.producerEpoch)
            lastTimestamp = header.maxTimestamp
        }
        guard header.attributes.isTransactional, currentTransactionFirstOffset == nil else {
            return false
        }
        currentTransactionFirstOffset = header.baseOffset
        return true
    }

    /// Returns where the transaction began; nil where none was open.
    fileprivate mutating func endTransaction(
        _ header: RecordBatchHeader, _ marker: ControlRecord?
    ) -> Offset? {
        begin(epoch: header.producerEpoch)
        lastTimestamp = header.maxTimestamp
        if let marker { coordinatorEpoch = marker.coordinatorEpoch }
        defer { currentTransactionFirstOffset = nil }
        return currentTransactionFirstOffset
    }
}
