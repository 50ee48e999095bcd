internal import CPrefetch
import RecordFormat

/// The values of a run, made before it starts: one contiguous buffer, which each producer goes
/// through in order (see `PayloadCursor`). So no values are made during the run.
///
/// A record that occurs twice in one batch would compress too well, so the pool has at least the
/// size of two batches, usually 64 MiB. A smaller corpus is not enlarged; `repeats(within:)` says
/// whether it is too small.
///
/// Memory: the pool's bytes, 20 more for each value, and its keys; with headers 12 more for each value,
/// and their bytes; twice the bytes while a corpus is read.
///
/// Thread contract: immutable.
@safe
public final class PayloadPool: @unchecked Sendable {
    /// One value: its place, and its checksum for the audit.
    @usableFromInline
    struct Entry {
        @usableFromInline var position: UInt32
        @usableFromInline var byteCount: UInt32
        @usableFromInline var checksum: UInt32
        @usableFromInline var keyPosition: UInt32
        /// −1: the payload gives no key.
        @usableFromInline var keyByteCount: Int32
    }

    /// The place of a record's headers, where any record has some.
    @usableFromInline
    struct HeadersEntry {
        @usableFromInline var position: UInt32
        /// 0: none.
        @usableFromInline var byteCount: UInt32
        /// Names and values, without the lengths that encode them.
        @usableFromInline var logicalByteCount: UInt32
    }

    /// How many values there are; at least one.
    public let count: Int
    /// Bytes of all values together; after them the pool repeats.
    public let byteCount: Int
    /// The most bytes that a value has together with its key and its headers.
    let largestByteCount: Int
    /// A checksum of all values, keys and headers, to compare payloads.
    public let checksum: UInt32
    /// How the corpus was read; nil for other kinds.
    public let corpus: CorpusReport?
    /// The requested and the reached ratio; nil for kinds other than `ratio`.
    public let ratio: RatioReport?

    @usableFromInline let entries: UnsafeMutablePointer<Entry>
    @usableFromInline let values: UnsafeMutableRawPointer
    @usableFromInline let keys: UnsafeMutableRawPointer
    /// For each value; nil where no record has headers.
    @usableFromInline let headerEntries: UnsafeMutablePointer<HeadersEntry>?
    @usableFromInline let headers: UnsafeMutableRawPointer

    /// Takes over a builder's memory.
    init(_ builder: consuming PayloadPoolBuilder, corpus: CorpusReport?, ratio: RatioReport?) {
        precondition(builder.count > 0, "a pool has at least one value")
        count = builder.count
        byteCount = builder.byteCount
        largestByteCount = builder.largestByteCount
        checksum = builder.checksum
        self.corpus = corpus
        self.ratio = ratio
        let parts = unsafe builder.finish()
        unsafe entries = parts.entries
        unsafe values = parts.values
        unsafe keys = parts.keys
        unsafe headerEntries = parts.headerEntries
        unsafe headers = parts.headers
    }

    deinit {
        unsafe entries.deallocate()
        unsafe values.deallocate()
        unsafe keys.deallocate()
        unsafe headerEntries?.deallocate()
        unsafe headers.deallocate()
    }

    /// The value's bytes, valid as long as the pool, and padded for `RecordBatchBuilder.append`.
    /// - Precondition: the index is below `count`.
    @inlinable
    public func value(_ index: Int) -> UnsafeRawBufferPointer {
        let entry = unsafe entries[index]
        return unsafe UnsafeRawBufferPointer(
            start: values + Int(entry.position), count: Int(entry.byteCount))
    }

    /// How many bytes ahead of a copy its source is prefetched.
    private static let prefetchDistance = 2_048

    /// Prefetches as many bytes as the value has, ahead of it in the pool, because the pool is read
    /// in order and is not in the caches.
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

    /// The payload's own key; nil if it has none.
    @inlinable
    public func key(_ index: Int) -> UnsafeRawBufferPointer? {
        let entry = unsafe entries[index]
        guard entry.keyByteCount >= 0 else { return nil }
        return unsafe UnsafeRawBufferPointer(
            start: keys + Int(entry.keyPosition), count: Int(entry.keyByteCount))
    }

    /// The payload's own headers as `RecordHeaders` encodes them; no bytes if it has none.
    @inlinable
    public func headers(_ index: Int) -> UnsafeRawBufferPointer {
        guard let entry = unsafe headerEntries?[index], entry.byteCount > 0 else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return unsafe UnsafeRawBufferPointer(
            start: headers + Int(entry.position), count: Int(entry.byteCount))
    }

    /// Bytes of values that follow each other.
    func byteCount(of places: Range<Int>) -> Int {
        guard !places.isEmpty else { return 0 }
        let last = unsafe entries[places.upperBound - 1]
        return unsafe Int(last.position) + Int(last.byteCount)
            - Int(entries[places.lowerBound].position)
    }

    /// Whether any record has headers.
    var hasHeaders: Bool { unsafe headerEntries != nil }

    /// Bytes of the names and values of a record's headers.
    @inlinable
    public func headersLogicalByteCount(_ index: Int) -> Int {
        unsafe headerEntries.map { unsafe Int($0[index].logicalByteCount) } ?? 0
    }

    /// The mean size of a value.
    public var meanByteCount: Double { Double(byteCount) / Double(count) }

    /// Whether a batch of this many bytes would contain a record twice, and so compress better than
    /// real data.
    public func repeats(within batchSize: Int) -> Bool { byteCount < batchSize }
}

/// How a corpus file was read.
public struct CorpusReport: Hashable, Sendable {
    public var path: String
    public var fileByteCount: Int
    /// Bytes of the file that were read: all of them, or evenly spread stretches.
    public var readByteCount: Int
    public var isSampled: Bool { readByteCount < fileByteCount }
    /// Empty lines, which were skipped.
    public var emptyLines: Int
}

/// The calibration of `kind: ratio`.
public struct RatioReport: Hashable, Sendable {
    public var asked: Double
    /// Of batches as the run will make them, with its codec.
    public var achieved: Double
    /// The codec of the calibration: the profile's, or zstd if the profile has none.
    public var compression: Compression
    /// The share of each value that is incompressible.
    public var incompressibleShare: Double
}
