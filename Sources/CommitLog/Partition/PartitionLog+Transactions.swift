public import RecordFormat
import Synchronization

/// A transaction that was aborted: what its producer wrote from the first offset on, up to the next
/// abort marker of that producer, is not for readers of committed records.
public struct AbortedTransaction: Hashable, Sendable {
    public var producerID: ProducerID
    public var firstOffset: Offset

    public init(producerID: ProducerID, firstOffset: Offset) {
        self.producerID = producerID
        self.firstOffset = firstOffset
    }
}

/// A transaction that has records in a partition and no marker yet.
public struct OpenTransaction: Hashable, Sendable {
    public var producerID: ProducerID
    public var producerEpoch: ProducerEpoch
    public var firstOffset: Offset
}

extension PartitionLog {
    /// Up to here, exclusive, every transaction is committed or aborted: the first offset of the
    /// oldest open one, but at most the high watermark and at least the log start offset.
    public var lastStableOffset: Offset { Offset(publishedStable.load(ordering: .acquiring)) }

    /// The open transactions, by their first offsets.
    public var openTransactions: [OpenTransaction] {
        let producers = appender.withLock { $0.producers }
        return producers.openTransactions.entries.map { entry in
            OpenTransaction(
                producerID: entry.producerID,
                producerEpoch: producers.producers[entry.producerID]?.epoch ?? .none,
                firstOffset: entry.firstOffset)
        }
    }

    /// Ends the producer's transaction in this partition with a control batch, which takes one
    /// offset.
    ///
    /// Once more is harmless, as in Kafka: it takes another offset and ends nothing. Throws
    /// `invalidProducerEpoch` for an older epoch than the producer's, and `coordinatorFenced` for
    /// an older coordinator than the one of its last marker.
    public func appendMarker(
        _ marker: TransactionMarker, origin: AppendOrigin = .coordinator
    ) throws(AppendError) -> AppendResult {
        var bytes: [UInt8]
        do throws(RecordFormatError) {
            bytes = try marker.batch(timestamp: clock.nowMs())
        } catch {
            throw .corruptMessage(error)
        }
        let outcome: Result<AppendResult, AppendError> = unsafe bytes.withUnsafeMutableBytes {
            buffer in
            do throws(AppendError) {
                return .success(
                    try unsafe append(buffer, origin: origin, validation: .trusted))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// The aborted transactions that have records from `offset` on and below `end`, in the order of
    /// their markers: what a reader of committed records is told with a slice. `end` is at most the
    /// last stable offset.
    public func abortedTransactions(
        from offset: Offset, below end: Offset
    ) -> [AbortedTransaction] {
        guard abortCount.load(ordering: .acquiring) > 0 else { return [] }
        let segments = view.withLock { $0.segments[$0.segmentIndex(for: offset)...] }
        var found: [AbortedTransaction] = []
        for segment in segments {
            let isComplete = segment.state.withLock {
                $0.transactionIndex.collect(from: offset, below: end, into: &found)
            }
            if isComplete { break }
        }
        return found
    }

    /// Calls `callback` once, as soon as the last stable offset is past `offset` or the log closes:
    /// what `whenMore` is for readers of committed records. Appends that leave it where it is wake
    /// nobody.
    public func whenStable(
        past offset: Offset, _ callback: @escaping @Sendable () -> Void
    ) -> WaitToken? {
        wait(for: .lastStableOffset, past: offset, callback)
    }
}

extension PartitionLog.View {
    var lastStableOffset: Offset {
        // An open transaction may have lost its first records to retention.
        max(min(firstOpenOffset ?? logEndOffset, logEndOffset), logStartOffset)
    }
}
