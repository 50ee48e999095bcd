import RecordFormat

/// Looks at the records of a batch that is to be appended, and re-encodes it where the topic's
/// `compression.type` is not the batch's: the same records under another codec, before any lock is taken.
///
/// Thread contract: one owner at a time. `withShared` lends one that nobody else has.
final class BatchReencoder: @unchecked Sendable {
    /// So many stay ready, with their contexts and buffers: as many as threads append at once.
    private static let maximumIdleCount = 16
    /// One whose buffers have become larger than this is not kept.
    private static let largestKeptByteCount = 8 << 20
    private static let idle = Locked<[BatchReencoder]>([])

    private var reader = RecordBatchReader()
    private var rewriter = RecordBatchRewriter()

    /// Calls `body` with a re-encoder that was used before, if there is one.
    static func withShared<Result>(
        _ body: (BatchReencoder) throws(AppendError) -> Result
    ) throws(AppendError) -> Result {
        let reencoder = idle.withLock { $0.popLast() } ?? BatchReencoder()
        defer {
            if reencoder.reader.capacity + reencoder.rewriter.capacity <= largestKeptByteCount {
                idle.withLock { idle in
                    if idle.count < maximumIdleCount { idle.append(reencoder) }
                }
            }
        }
        return try body(reencoder)
    }

    /// The batch under the codec that `rules` ask for, valid until the next call; nil where it stays as it
    /// is. Offsets, times, headers and the producer's fields are the same.
    ///
    /// Throws `invalidRecord` or `invalidTimestamp` for the first record that breaks a rule, and
    /// `corruptMessage` where the batch does not decompress, and `recordsTooLarge` where it would become
    /// larger than `maxDecompressedByteCount`.
    func reencoded(
        _ batch: UnsafeMutableRawBufferPointer, _ header: RecordBatchHeader, by rules: RecordRules,
        maxDecompressedByteCount: Int
    ) throws(AppendError) -> UnsafeMutableRawBufferPointer? {
        var fault: AppendError?
        var index = 0
        var isReading = false
        reader.maximumByteCount = maxDecompressedByteCount
        let reencoded: UnsafeMutableRawBufferPointer?
        do throws(RecordFormatError) {
            let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch))
            unsafe reencoded = try reader.withRecords(
                of: bytes, header: header, verifyChecksum: false
            ) { (records) throws(RecordFormatError) in
                isReading = true
                while let record = try records.next() {
                    fault = rules.fault(of: record, at: index, header)
                    if fault != nil { return nil }
                    index += 1
                }
                isReading = false
                guard let compression = rules.compression else { return nil }
                return unsafe try rewriter.seal(
                    records: records.bytes, header: header, compression: compression)
            }
        } catch {
            if case .decompressedTooLarge(let limit) = error {
                throw .recordsTooLarge(limit: limit)
            }
            if isReading {
                throw .invalidRecord(.malformedRecord(recordIndex: index, error))
            }
            throw .corruptMessage(error)
        }
        if let fault { throw fault }
        return unsafe reencoded
    }
}
