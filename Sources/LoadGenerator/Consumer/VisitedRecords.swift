import RecordFormat

/// The records of the batch that a consumer has just decoded: how many, how large, and when they
/// were due. Reused from batch to batch for its storage.
///
/// Thread contract: belongs to one consumer worker.
struct VisitedRecords {
    /// Consecutive records that were due at the same time.
    struct Run {
        /// By the monotonic clock.
        var intendedNanos: Int64
        var recordCount: Int
    }

    private(set) var runs: [Run] = []
    private(set) var recordCount = 0
    /// Of this run's records.
    private(set) var logicalByteCount = 0

    /// Decodes and audits the records of one batch from an offset on. What was visited before an
    /// error is kept.
    mutating func visit(
        _ batch: RawSpan, header: RecordBatchHeader, from position: Offset, verifyChecksum: Bool,
        unixOffsetNanos: Int64, audit: inout PartitionAudit, reader: inout RecordBatchReader
    ) throws(RecordFormatError) {
        runs.removeAll(keepingCapacity: true)
        recordCount = 0
        logicalByteCount = 0
        let firstWanted = position - header.baseOffset
        try reader.withRecords(of: batch, header: header, verifyChecksum: verifyChecksum) {
            (records: inout RecordIterator) throws(RecordFormatError) in
            while let record = try records.next() {
                recordCount += 1
                guard Int64(record.offsetDelta) >= firstWanted else { continue }
                if let intended = audit.observe(record, in: records.bytes) {
                    logicalByteCount += record.logicalByteCount
                    append(intended - unixOffsetNanos)
                }
            }
        }
    }

    @inline(__always)
    private mutating func append(_ intendedNanos: Int64) {
        let last = runs.count - 1
        if last >= 0, runs[last].intendedNanos == intendedNanos {
            runs[last].recordCount += 1
        } else {
            runs.append(Run(intendedNanos: intendedNanos, recordCount: 1))
        }
    }
}

extension Record {
    /// Key, value and headers, without the lengths that encode them.
    @inline(__always)
    fileprivate var logicalByteCount: Int {
        // A stamped record's header section has two one-byte lengths a header.
        max(key.count, 0) + max(value.count, 0) + max(headers.count - 2 * headerCount, 0)
    }
}
