/// The stamp that every generated record carries in one record header, so that its consumer can tell
/// whether it was lost, duplicated, reordered or damaged on the way, and how long the way took.
///
/// It stands in a header, not in the value: a payload keeps its own bytes and its own compressibility.
/// It is as small as its job allows, because its entropy is stored with every record.
///
/// | Position | Field | |
/// |---|---|---|
/// | 0 | run | u16, the run's `RunMark` |
/// | 2 | producer | u16, the producer's number in the run |
/// | 4 | sequence | u48, counts the producer's records to this partition, from 0 |
/// | 10 | check | u16, the value's CRC-32C folded to 16 bits |
/// | 12 | intended time | i64, nanoseconds since the Unix epoch |
///
/// All integers are big-endian, as everything in a record batch.
struct AuditStamp: Equatable {
    /// The header's key: one byte, since it is stored with every record.
    static let headerKey: StaticString = "w"
    static let byteCount = 20
    static let maximumProducers = 1 << 16

    var run: UInt16
    var producer: UInt16
    var sequence: UInt64
    var check: UInt16
    var intendedUnixNanos: Int64

    /// Folds a value's CRC-32C to the stamp's 16 bits.
    @inline(__always)
    static func check(crc: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: crc ^ (crc >> 16))
    }

    /// Reads a stamp from a header's value; nil where the value has another length.
    @inline(__always)
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == Self.byteCount else { return nil }
        // The length was checked on the line above.
        let first = unsafe UInt64(
            bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))
        let second = unsafe UInt32(
            bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self))
        let third = unsafe Int64(
            bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 12, as: Int64.self))
        run = UInt16(truncatingIfNeeded: first >> 48)
        producer = UInt16(truncatingIfNeeded: first >> 32)
        sequence = (first & 0xFFFF_FFFF) << 16 | UInt64(second >> 16)
        check = UInt16(truncatingIfNeeded: second)
        intendedUnixNanos = third
    }

    init(run: UInt16, producer: UInt16, sequence: UInt64, check: UInt16, intendedUnixNanos: Int64) {
        self.run = run
        self.producer = producer
        self.sequence = sequence
        self.check = check
        self.intendedUnixNanos = intendedUnixNanos
    }
}

/// Tells the records of one run from those of earlier runs on the same log, whose stamps may by chance
/// have the same 16 bits, but not its times: they were due before it began. What is left to chance, one
/// in 65,536, is two runs at the same time, or a clock that was set back between them.
struct RunMark: Equatable, Sendable {
    let id: UInt16
    let startUnixNanos: Int64

    init(startUnixNanos: Int64) {
        self.startUnixNanos = startUnixNanos
        let micros = startUnixNanos / 1_000
        id = UInt16(truncatingIfNeeded: micros ^ (micros >> 16))
    }

    @inline(__always)
    func isOn(_ stamp: AuditStamp) -> Bool {
        stamp.run == id && stamp.intendedUnixNanos >= startUnixNanos
    }
}

/// The encoded header section of a stamped record: written once, then overwritten in place for every
/// record, so that stamping costs three stores.
///
/// Thread contract: belongs to one producer worker.
@safe
struct StampedHeaders: ~Copyable {
    /// header count (1), key length (1), key, value length (20): each varint is one byte.
    private static let prefixByteCount = 4
    static let byteCount = prefixByteCount + AuditStamp.byteCount

    private let storage: UnsafeMutableRawPointer
    private let producerBits: UInt64

    init(run: UInt16, producer: UInt16) {
        unsafe storage = .allocate(byteCount: Self.byteCount, alignment: 8)
        let zigZagOne: UInt8 = 2
        unsafe storage.storeBytes(of: zigZagOne, toByteOffset: 0, as: UInt8.self)
        unsafe storage.storeBytes(of: zigZagOne, toByteOffset: 1, as: UInt8.self)
        unsafe storage.storeBytes(
            of: AuditStamp.headerKey.utf8Start.pointee, toByteOffset: 2, as: UInt8.self)
        unsafe storage.storeBytes(
            of: UInt8(AuditStamp.byteCount * 2), toByteOffset: 3, as: UInt8.self)
        producerBits = UInt64(run) << 48 | UInt64(producer) << 32
    }

    deinit {
        unsafe storage.deallocate()
    }

    /// The header section with this record's stamp, valid until the next call.
    @inline(__always)
    func stamped(
        sequence: UInt64, check: UInt16, intendedUnixNanos: Int64
    ) -> UnsafeRawBufferPointer {
        let first = producerBits | (sequence >> 16) & 0xFFFF_FFFF
        let second = UInt32(truncatingIfNeeded: sequence << 16) | UInt32(check)
        let start = Self.prefixByteCount
        unsafe storage.storeBytes(of: first.bigEndian, toByteOffset: start, as: UInt64.self)
        unsafe storage.storeBytes(of: second.bigEndian, toByteOffset: start + 8, as: UInt32.self)
        unsafe storage.storeBytes(
            of: intendedUnixNanos.bigEndian, toByteOffset: start + 12, as: Int64.self)
        return unsafe UnsafeRawBufferPointer(start: storage, count: Self.byteCount)
    }
}
