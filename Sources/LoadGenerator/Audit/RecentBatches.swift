import RecordFormat

/// The most recent batches of a partition. They distinguish a batch that comes twice from one that
/// was sent to another partition with the same numbers.
///
/// Thread contract: one owner.
struct RecentBatches {
    /// How many are remembered.
    static let capacity = 64

    private struct Batch {
        var producer: Int
        var sequences: Range<UInt64>
        var baseTimestamp: Int64
        /// The CRC-32C of its records' checks.
        var digest: UInt32
    }

    private var batches: [Batch] = []
    private var oldest = 0

    mutating func add(
        _ entry: LedgerEntry, baseTimestamp: Int64, _ visited: borrowing VisitedRecords
    ) {
        let batch = Batch(
            producer: entry.producer, sequences: entry.sequences, baseTimestamp: baseTimestamp,
            digest: visited.digest)
        if batches.count < Self.capacity {
            batches.append(batch)
        } else {
            batches[oldest] = batch
            oldest = (oldest + 1) % Self.capacity
        }
    }

    /// The producer and the numbers of a batch with equal records; nil if there is none.
    func equal(
        to visited: borrowing VisitedRecords, baseTimestamp: Int64
    ) -> (producer: Int, sequences: Range<UInt64>)? {
        let digest = visited.digest
        let count = visited.count
        let batch = batches.first {
            $0.digest == digest && $0.baseTimestamp == baseTimestamp && $0.sequences.count == count
        }
        return batch.map { ($0.producer, $0.sequences) }
    }
}
