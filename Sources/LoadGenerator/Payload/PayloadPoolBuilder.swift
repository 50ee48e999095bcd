import Glibc
import RecordFormat

/// Collects the values of a pool up to its size.
@safe
struct PayloadPoolBuilder: ~Copyable {
    private let capacity: Int
    private var values: UnsafeMutableRawPointer
    private(set) var byteCount = 0
    private var entries: [PayloadPool.Entry] = []
    private var keys: [UInt8] = []
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

    /// - Returns: false, without a change, if the value does not fit any more.
    mutating func append(value: UnsafeRawBufferPointer, key: [UInt8]?) -> Bool {
        guard value.count <= capacity - byteCount, count < Self.maximumCount,
            keys.count + (key?.count ?? 0) <= min(Int(UInt32.max), max(capacity, 1 << 20))
        else { return false }
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
        return true
    }

    mutating func append(_ value: [UInt8], key: [UInt8]? = nil) -> Bool {
        unsafe value.withUnsafeBytes { unsafe append(value: $0, key: key) }
    }

    /// The CRC-32C of all that describes the values, including their checksums, and of the keys:
    /// equal if the bytes are.
    var checksum: UInt32 {
        let ofValues = unsafe entries.withUnsafeBytes { unsafe CRC32C.checksum($0) }
        return unsafe CRC32C.update(ofValues, keys.span.bytes)
    }

    /// The finished parts, which the caller deallocates.
    consuming func finish() -> (
        entries: UnsafeMutablePointer<PayloadPool.Entry>, values: UnsafeMutableRawPointer,
        keys: UnsafeMutableRawPointer
    ) {
        isFinished = true
        let table = UnsafeMutablePointer<PayloadPool.Entry>.allocate(capacity: entries.count)
        unsafe table.initialize(from: entries, count: entries.count)
        let keyBytes = UnsafeMutableRawPointer.allocate(
            byteCount: max(keys.count, 1), alignment: 8)
        unsafe keys.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe keyBytes.copyMemory(from: start, byteCount: source.count)
            }
        }
        return unsafe (table, values, keyBytes)
    }
}
