import CommitLog
import RecordFormat

/// The batches of a slice, as far as a member may get records of them.
struct ShareBatches: Sendable {
    private(set) var batches: [ShareBatch] = []
    /// Where each batch begins in the slice.
    private var starts: [Int] = []
    /// How many headers were read.
    private(set) var headerCount = 0
    private let slice: FileSlice

    /// Reads headers from an offset on, until there are about so many records, or so many headers were read.
    /// What was aborted is for readers of committed records alone to know.
    init(
        of slice: FileSlice, in log: PartitionLog, from offset: Int64, maxRecords: Int,
        maxHeaders: Int, isCommittedOnly: Bool
    ) throws(LogError) {
        self.slice = slice
        var aborted = AbortedProducers(
            isCommittedOnly
                ? log.abortedTransactions(from: Offset(offset), below: slice.nextOffset) : [])
        // Others may have some of the records: so the headers of a few more batches are read.
        let enough = maxRecords.multipliedReportingOverflow(by: 2)
        var rest = enough.overflow ? Int.max : enough.partialValue
        var batches: [ShareBatch] = []
        var starts: [Int] = []
        var headerCount = 0
        try slice.forEachHeader { header, start in
            headerCount += 1
            let batch = ShareBatch(
                first: header.baseOffset.rawValue, last: header.lastOffset.rawValue,
                byteCount: header.sizeInBytes, isDeliverable: aborted.mayDeliver(header))
            if batch.last < offset { return true }
            batches.append(batch)
            starts.append(start)
            if batch.isDeliverable {
                rest -= Int(min(batch.last - max(batch.first, offset) + 1, Int64(rest)))
            }
            return rest > 0 && headerCount < maxHeaders
        }
        self.headerCount = headerCount
        self.batches = batches
        self.starts = starts
    }

    /// The part of the slice with these batches.
    func part(_ range: Range<Int>) -> FileSlice {
        let last = range.upperBound - 1
        let end = starts[last] + batches[last].byteCount
        return slice.part(
            starts[range.lowerBound]..<end, from: Offset(batches[range.lowerBound].first),
            to: Offset(batches[last].last + 1))
    }
}

/// Tells whose batches belong to aborted transactions, along the log.
private struct AbortedProducers {
    /// In order of first offsets, backwards.
    private var ahead: [AbortedTransaction]
    private var now: Set<ProducerID> = []

    init(_ transactions: [AbortedTransaction]) {
        ahead = transactions.sorted { $0.firstOffset > $1.firstOffset }
    }

    mutating func mayDeliver(_ header: RecordBatchHeader) -> Bool {
        while let next = ahead.last, next.firstOffset <= header.lastOffset {
            now.insert(next.producerID)
            ahead.removeLast()
        }
        if header.attributes.isControl {
            now.remove(header.producerID)
            return false
        }
        if header.attributes.isTransactional, now.contains(header.producerID) { return false }
        return header.recordCount > 0
    }
}
