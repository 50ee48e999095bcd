internal import CPrefetch
import RecordFormat

/// The values of a run, made before it starts: one contiguous buffer, gone through in order by
/// each producer (see `PayloadCursor`), so that the timed path neither makes nor copies them.
///
/// A batch is compressed by itself, so what matters is that no record comes twice in one batch:
/// the pool is at least two batches large, and 64 MiB as a rule. A corpus smaller than that is not
/// enlarged; `repeats(within:)` says whether it is too small.
///
/// Memory: the pool's bytes, 20 more for each value, and its keys; twice the bytes while a corpus
/// is read.
///
/// Thread contract: immutable.
@safe
public final class PayloadPool: @unchecked Sendable {
    /// One value: where it is, and its checksum, so that a consumer can tell a corrupt one
    /// without keeping the original.
    @usableFromInline
    struct Entry {
        @usableFromInline var position: UInt32
        @usableFromInline var byteCount: UInt32
        @usableFromInline var checksum: UInt32
        @usableFromInline var keyPosition: UInt32
        /// −1: the payload gives no key.
        @usableFromInline var keyByteCount: Int32
    }

    /// How many values there are; at least one.
    public let count: Int
    /// Bytes of all values together: after so many, the pool repeats.
    public let byteCount: Int
    /// Equal for pools whose values and keys are equal, byte for byte; else hardly ever.
    public let checksum: UInt32
    /// What became of the corpus; nil for other kinds.
    public let corpus: CorpusReport?
    /// What was asked for and reached; nil for kinds other than `ratio`.
    public let ratio: RatioReport?

    @usableFromInline let entries: UnsafeMutablePointer<Entry>
    @usableFromInline let values: UnsafeMutableRawPointer
    @usableFromInline let keys: UnsafeMutableRawPointer

    /// Takes over what a builder has made.
    init(_ builder: consuming PayloadPoolBuilder, corpus: CorpusReport?, ratio: RatioReport?) {
        precondition(builder.count > 0, "a pool has at least one value")
        count = builder.count
        byteCount = builder.byteCount
        checksum = builder.checksum
        self.corpus = corpus
        self.ratio = ratio
        let parts = unsafe builder.finish()
        unsafe entries = parts.entries
        unsafe values = parts.values
        unsafe keys = parts.keys
    }

    deinit {
        unsafe entries.deallocate()
        unsafe values.deallocate()
        unsafe keys.deallocate()
    }

    /// The value's bytes, valid as long as the pool, and padded for `RecordBatchBuilder.append`.
    /// - Precondition: the index is below `count`.
    @inlinable
    public func value(_ index: Int) -> UnsafeRawBufferPointer {
        let entry = unsafe entries[index]
        return unsafe UnsafeRawBufferPointer(
            start: values + Int(entry.position), count: Int(entry.byteCount))
    }

    /// How far ahead of a copy its source is asked for: some records, or a part of a large one.
    private static let prefetchDistance = 2_048

    /// Asks for what comes after the value in the pool, as many bytes as it has: a producer goes
    /// through the pool in order, and memory is slower than a copy in the cache.
    @inline(__always)
    func prefetch(after index: Int) {
        let entry = unsafe entries[index]
        unsafe weir_prefetch(
            values + Int(entry.position) + Self.prefetchDistance, Int(entry.byteCount))
    }

    /// The CRC-32C of the value.
    @inlinable
    public func checksum(_ index: Int) -> UInt32 {
        unsafe entries[index].checksum
    }

    /// The key that the payload itself gives; nil where it gives none.
    @inlinable
    public func key(_ index: Int) -> UnsafeRawBufferPointer? {
        let entry = unsafe entries[index]
        guard entry.keyByteCount >= 0 else { return nil }
        return unsafe UnsafeRawBufferPointer(
            start: keys + Int(entry.keyPosition), count: Int(entry.keyByteCount))
    }

    /// The mean size of a value.
    public var meanByteCount: Double { Double(byteCount) / Double(count) }

    /// Whether a batch of this many bytes would hold a record twice, and so compress better than
    /// real data would.
    public func repeats(within batchSize: Int) -> Bool { byteCount < batchSize }
}

/// What became of a corpus file.
public struct CorpusReport: Hashable, Sendable {
    public var path: String
    public var fileByteCount: Int
    /// Bytes of the file that were looked at: all of them, or evenly spread stretches.
    public var readByteCount: Int
    public var isSampled: Bool { readByteCount < fileByteCount }
    /// Lines without any byte, which are no records.
    public var emptyLines: Int
}

/// What `kind: ratio` was calibrated to.
public struct RatioReport: Hashable, Sendable {
    public var asked: Double
    /// Of batches as the run will make them, with its codec.
    public var achieved: Double
    /// What it was calibrated with: the profile's codec, or zstd where the profile has none.
    public var compression: Compression
    /// The share of each value that is incompressible.
    public var incompressibleShare: Double
}
