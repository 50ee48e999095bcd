/// A short check of each value of a batch, in the order of its records: the value's CRC-32C, folded
/// to 16 bits. A producer keeps them beside a batch and a consumer recomputes them, unless the
/// checksum of all the batch's records is that with which they were sent; if they differ, a value
/// was changed. One damaged value in 65,536 has the right check by chance.
///
/// Thread contract: one owner. The memory grows to the largest batch and is kept.
@safe
struct RecordChecks: ~Copyable {
    private static let leastCapacity = 64

    private var storage: UnsafeMutablePointer<UInt16>
    private var capacity = leastCapacity
    private(set) var count = 0

    init() {
        unsafe storage = .allocate(capacity: Self.leastCapacity)
    }

    deinit {
        unsafe storage.deallocate()
    }

    var elements: UnsafeBufferPointer<UInt16> {
        unsafe UnsafeBufferPointer(start: storage, count: count)
    }

    /// - Parameter crc: the value's CRC-32C.
    @inline(__always)
    mutating func append(crc: UInt32) { append(Self.check(crc: crc)) }

    @inline(__always)
    mutating func append(_ check: UInt16) {
        if count == capacity { grow() }
        unsafe storage[count] = check
        count &+= 1
    }

    @inline(__always)
    static func check(crc: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: crc ^ (crc &>> 16))
    }

    mutating func removeAll() {
        count = 0
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<UInt16>.allocate(capacity: capacity * 2)
        unsafe larger.update(from: storage, count: count)
        unsafe storage.deallocate()
        unsafe storage = larger
        capacity *= 2
    }
}
