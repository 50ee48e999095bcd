import Glibc
import RecordFormat

/// Collects the values of a pool up to its size.
@safe
struct PayloadPoolBuilder: ~Copyable {
    private let capacity: Int
    private var values: UnsafeMutableRawPointer
    private(set) var byteCount = 0
    /// The most bytes of a value with its key and its headers.
    private(set) var largestByteCount = 0
    private var entries: [PayloadPool.Entry] = []
    private var keys: [UInt8] = []
    /// One for each value up to the last that has headers.
    private var headerEntries: [PayloadPool.HeadersEntry] = []
    private var headers: [UInt8] = []
    private var isFinished = false

    /// Bounds the table of entries, which for values of a few bytes would be larger than the pool.
    static let maximumCount = 4 * 1024 * 1024

    /// - Parameter capacity: bytes of values, at most 4 GiB.
    init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 1 << 32, "positions have 32 bits")
        self.capacity = capacity
        unsafe values = .allocate(
            byteCount: capacity + RecordBatchBuilder.valuePadding,
            alignment: Self.hugePageByteCount)
        // Producers stream through the pool; with pages of 4 KiB each record would begin with a TLB
        // miss. Best effort: without huge pages the copies are slower.
        _ = unsafe madvise(values, capacity, MADV_HUGEPAGE)
    }

    private static let hugePageByteCount = 2 << 20

    deinit {
        if !isFinished { unsafe values.deallocate() }
    }

    var count: Int { entries.count }
    /// Whether any value has a key.
    var hasKeys: Bool { !keys.isEmpty }
    var isFull: Bool { byteCount == capacity || count == Self.maximumCount }

    /// Of all keys, and of all headers.
    private var besideLimit: Int { min(Int(UInt32.max), max(capacity, 1 << 20)) }

    /// - Parameters:
    ///   - headers: as `RecordHeaders` encodes them; no bytes for none.
    ///   - headersLogicalByteCount: of their names and values.
    /// - Returns: false, without a change, if the value does not fit any more.
    mutating func append(
        value: UnsafeRawBufferPointer, key: [UInt8]?, headers own: [UInt8] = [],
        headersLogicalByteCount: Int = 0
    ) -> Bool {
        guard value.count <= capacity - byteCount, count < Self.maximumCount,
            keys.count + (key?.count ?? 0) <= besideLimit,
            headers.count + own.count <= besideLimit
        else { return false }
        if !own.isEmpty {
            fillHeaderEntries(to: count)
            headerEntries.append(
                PayloadPool.HeadersEntry(
                    position: UInt32(headers.count), byteCount: UInt32(own.count),
                    logicalByteCount: UInt32(headersLogicalByteCount)))
            headers += own
        }
        if let source = value.baseAddress {
            unsafe (values + byteCount).copyMemory(from: source, byteCount: value.count)
        }
        entries.append(
            PayloadPool.Entry(
                position: UInt32(byteCount), byteCount: UInt32(value.count),
                checksum: unsafe CRC32C.checksum(value), keyPosition: UInt32(keys.count),
                keyByteCount: key.map { Int32($0.count) } ?? -1))
        if let key { keys.append(contentsOf: key) }
        byteCount += value.count
        largestByteCount = max(largestByteCount, value.count + (key?.count ?? 0) + own.count)
        return true
    }

    mutating func append(_ value: [UInt8], key: [UInt8]? = nil) -> Bool {
        unsafe value.withUnsafeBytes { unsafe append(value: $0, key: key) }
    }

    /// Those without headers up to a place.
    private mutating func fillHeaderEntries(to end: Int) {
        let none = PayloadPool.HeadersEntry(position: 0, byteCount: 0, logicalByteCount: 0)
        headerEntries += Array(repeating: none, count: end - headerEntries.count)
    }

    /// The CRC-32C of all that describes the values, including their checksums, of the keys and of the
    /// headers: equal if the bytes are.
    var checksum: UInt32 {
        let ofValues = unsafe entries.withUnsafeBytes { unsafe CRC32C.checksum($0) }
        let withKeys = unsafe CRC32C.update(ofValues, keys.span.bytes)
        guard !headers.isEmpty else { return withKeys }
        let withPlaces = unsafe headerEntries.withUnsafeBytes {
            unsafe CRC32C.update(withKeys, RawSpan(_unsafeBytes: $0))
        }
        return unsafe CRC32C.update(withPlaces, headers.span.bytes)
    }

    /// The finished parts, which the caller deallocates.
    consuming func finish() -> (
        entries: UnsafeMutablePointer<PayloadPool.Entry>, values: UnsafeMutableRawPointer,
        keys: UnsafeMutableRawPointer,
        headerEntries: UnsafeMutablePointer<PayloadPool.HeadersEntry>?,
        headers: UnsafeMutableRawPointer
    ) {
        isFinished = true
        if !headers.isEmpty { fillHeaderEntries(to: count) }
        let table = UnsafeMutablePointer<PayloadPool.Entry>.allocate(capacity: entries.count)
        unsafe table.initialize(from: entries, count: entries.count)
        var places: UnsafeMutablePointer<PayloadPool.HeadersEntry>?
        if !headerEntries.isEmpty {
            unsafe places = .allocate(capacity: count)
            unsafe places?.initialize(from: headerEntries, count: count)
        }
        return unsafe (table, values, Self.copy(keys), places, Self.copy(headers))
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe copy.copyMemory(from: start, byteCount: source.count)
            }
        }
        return unsafe copy
    }
}
