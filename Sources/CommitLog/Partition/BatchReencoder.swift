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
    /// What decoding the last batch came to, in bytes; of one that could not be decoded, what it may
    /// have come to. 0 where it was not compressed.
    private(set) var decodedByteCount = 0

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

    /// The batch as it is to be appended, valid until the next call: under the codec that `rules` ask for, or
    /// the one that was given. Its largest timestamp is that of its records, whatever its producer said;
    /// offsets, times, headers and the producer's fields are the same.
    ///
    /// Throws `refusedRecords` where records break a rule, `invalidRecord` where the batch does not
    /// decompress or holds other records than it says, and `recordsTooLarge` where it would become larger
    /// than `maxDecompressedByteCount`.
    func prepared(
        _ batch: UnsafeMutableRawBufferPointer, _ original: RecordBatchHeader,
        by rules: RecordRules, maxDecompressedByteCount: Int
    ) throws(AppendError) -> UnsafeMutableRawBufferPointer {
        reader.maximumByteCount = maxDecompressedByteCount
        decodedByteCount = 0
        var header = original
        var failure: AppendError?
        let reencoded: UnsafeMutableRawBufferPointer?
        do throws(RecordFormatError) {
            let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch))
            unsafe reencoded = try reader.withRecords(
                of: bytes, header: original, verifyChecksum: false
            ) { (records) throws(RecordFormatError) in
                if original.attributes.codec != .none {
                    decodedByteCount = records.bytes.byteCount
                }
                do throws(AppendError) {
                    let survey = try rules.survey(&records, original)
                    guard survey.refused.count == 0 else {
                        throw .refusedRecords(survey.refused)
                    }
                    if original.attributes.timestampType == .createTime {
                        header.maxTimestamp = survey.largestTimestamp
                    }
                } catch {
                    failure = error
                    return nil
                }
                guard let compression = rules.compression else { return nil }
                return unsafe try rewriter.seal(
                    records: records.bytes, header: header, compression: compression)
            }
        } catch {
            if original.attributes.codec != .none, decodedByteCount == 0 {
                decodedByteCount = min(reader.capacity, maxDecompressedByteCount)
            }
            if case .decompressedTooLarge(let limit) = error {
                throw .recordsTooLarge(limit: limit)
            }
            throw .invalidRecord(.notDecodable(error))
        }
        if let failure { throw failure }
        if let reencoded = unsafe reencoded { return unsafe reencoded }
        if header.maxTimestamp != original.maxTimestamp {
            unsafe RecordBatchHeader.patchMaxTimestamp(header.maxTimestamp, in: batch)
        }
        return unsafe batch
    }
}
