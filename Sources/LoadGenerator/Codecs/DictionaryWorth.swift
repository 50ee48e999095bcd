internal import CZstd
import RecordFormat

/// What a zstd dictionary would gain: trained on one half of a sample, tried on batches of the other.
///
/// Kafka cannot use one, since a record batch has no place to name it; the figure says what a sample
/// loses by that.
public struct DictionaryWorth: Sendable {
    public var filling: BatchFilling
    public var dictionaryByteCount: Int
    public var level: Int
    /// Uncompressed ÷ stored bytes of the tried batches.
    public var ratioWithout: Double
    public var ratioWith: Double

    /// Of the records that are trained with, and of the batches that are tried.
    private static let largestByteCount = 2 << 20
    /// The size that zstd's own tool makes.
    private static let usualByteCount = 112_640
    private static let level = 3

    /// Nil if the sample has too few records to train a dictionary, or no batch in its second half.
    public static func measure(
        _ pool: PayloadPool, filling: BatchFilling
    ) throws(CodecPassError) -> DictionaryWorth? {
        let half = pool.count / 2
        guard half > 1, let dictionary = trained(on: pool, records: half) else { return nil }
        do throws(RecordFormatError) {
            var batches = try SampleBatches(pool, filling: filling, recordsPerSecond: nil)
            let others = batches.ranges.indices.filter { batches.ranges[$0].lowerBound >= half }
            guard !others.isEmpty else { return nil }
            let compressor = try DictionaryCompressor(dictionary, level: level)
            var plain = try Compressor(.zstd(level))
            var packed = CodecBlocks()
            let order = SpreadOrder(count: others.count)
            let header = RecordBatchHeader.byteCount
            var (uncompressed, without, with) = (0, 0, 0)
            for turn in 0..<others.count where uncompressed < largestByteCount {
                let records = try unsafe batches.records(of: others[order[turn]])
                packed.removeAll()
                let room = unsafe packed.room(for: plain.bound(records.count))
                uncompressed += header + records.count
                without += header + (try unsafe plain.compress(records, into: room))
                with += header + (try unsafe compressor.compress(records, into: room))
            }
            return DictionaryWorth(
                filling: filling, dictionaryByteCount: dictionary.count, level: level,
                ratioWithout: Double(uncompressed) / Double(without),
                ratioWith: Double(uncompressed) / Double(with))
        } catch {
            throw .codec(.zstd(level), error)
        }
    }

    /// Nil if zstd makes none of these records.
    private static func trained(on pool: PayloadPool, records: Int) -> [UInt8]? {
        var samples = CodecBlocks()
        var sizes: [Int] = []
        let order = SpreadOrder(count: records)
        for turn in 0..<records where samples.byteCount < largestByteCount {
            let value = unsafe pool.value(order[turn])
            unsafe samples.append(value)
            sizes.append(value.count)
        }
        samples.endBlock()
        // A dictionary is to be much smaller than what it is made of (zdict.h).
        let capacity = min(usualByteCount, samples.byteCount / 10)
        let dictionary = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let result = unsafe ZDICT_trainFromBuffer(
                buffer.baseAddress, capacity, samples.block(0).baseAddress, sizes,
                UInt32(sizes.count))
            count = ZDICT_isError(result) == 0 ? result : 0
        }
        return dictionary.isEmpty ? nil : dictionary
    }
}

/// Compresses with a dictionary that is prepared once.
///
/// Thread contract: one owner.
@safe
private struct DictionaryCompressor: ~Copyable {
    private let context: OpaquePointer
    private let dictionary: OpaquePointer

    init(_ bytes: [UInt8], level: Int) throws(RecordFormatError) {
        guard let dictionary = unsafe ZSTD_createCDict(bytes, bytes.count, Int32(level)) else {
            throw .codecFailed(.zstd, code: 0)
        }
        guard let context = unsafe ZSTD_createCCtx() else {
            unsafe ZSTD_freeCDict(dictionary)
            throw .codecFailed(.zstd, code: 0)
        }
        unsafe self.context = context
        unsafe self.dictionary = dictionary
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
        unsafe ZSTD_freeCDict(dictionary)
    }

    func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(RecordFormatError) -> Int {
        let count = unsafe ZSTD_compress_usingCDict(
            context, output.baseAddress, output.count, input.baseAddress, input.count, dictionary)
        guard ZSTD_isError(count) == 0 else { throw .codecFailed(.zstd, code: 0) }
        return count
    }
}
