import DequeModule
import RecordFormat

/// What was fetched and not taken, and how far the application is.
///
/// Thread contract: a value with one owner.
struct FetchedQueue: Sendable {
    private var waiting = Deque<FetchedRecords>()
    /// The partitions of what has left the queue since it was asked last.
    private var left: [TopicPartition] = []
    private var errors: [ConsumerError] = []
    private(set) var byteCount = 0
    private var byteCounts: [TopicPartition: Int] = [:]
    /// The positions behind what was handed out last, whose records the application may still be
    /// at.
    private var handedOut: [TopicPartition: CommittedOffset] = [:]
    /// The positions behind all that was handed out before: the application has come back for more.
    private(set) var processed: [TopicPartition: CommittedOffset] = [:]

    var isEmpty: Bool { waiting.isEmpty && errors.isEmpty }

    func byteCount(of partition: TopicPartition) -> Int { byteCounts[partition] ?? 0 }

    mutating func append(_ records: FetchedRecords) {
        waiting.append(records)
        byteCount += records.byteCount
        byteCounts[records.partition, default: 0] += records.byteCount
    }

    mutating func fail(_ error: ConsumerError) { errors.append(error) }

    /// The next ones with records. Errors come once what was fetched before them is taken.
    mutating func take() throws(ConsumerError) -> FetchedRecords? {
        processed.merge(handedOut) { $1 }
        handedOut.removeAll(keepingCapacity: true)
        while let next = waiting.popFirst() {
            left.append(next.partition)
            byteCount -= next.byteCount
            byteCounts[next.partition, default: 0] -= next.byteCount
            let position = CommittedOffset(next.nextOffset, leaderEpoch: next.leaderEpoch)
            guard next.batches.isEmpty else {
                handedOut[next.partition] = position
                return next
            }
            // Markers and aborted records, which nobody processes.
            processed[next.partition] = position
        }
        if !errors.isEmpty { throw errors.removeFirst() }
        return nil
    }

    /// The partitions of what has left the queue since the last call, also of batches that were passed over.
    mutating func takeLeft() -> [TopicPartition] {
        defer { left.removeAll(keepingCapacity: true) }
        return left
    }

    /// The application has processed all that it got.
    mutating func finishProcessing() {
        processed.merge(handedOut) { $1 }
        handedOut.removeAll(keepingCapacity: true)
    }

    /// Drops what waits of the partition, and forgets how far the application is in it.
    ///
    /// - Returns: the first of what was dropped.
    @discardableResult
    mutating func drop(_ partition: TopicPartition, keepsProgress: Bool = false) -> FetchedRecords?
    {
        let first = waiting.first { $0.partition == partition }
        if first != nil { waiting.removeAll { $0.partition == partition } }
        byteCount -= byteCounts.removeValue(forKey: partition) ?? 0
        if !keepsProgress {
            handedOut[partition] = nil
            processed[partition] = nil
        }
        return first
    }
}
