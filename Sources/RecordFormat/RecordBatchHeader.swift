/// The 61-byte header of a record batch of magic 2. All integers are big-endian.
///
/// | position | field                 | type  |
/// |----------|-----------------------|-------|
/// | 0        | baseOffset            | Int64 |
/// | 8        | batchLength           | Int32 | the size minus these first 12 bytes
/// | 12       | partitionLeaderEpoch  | Int32 |
/// | 16       | magic                 | Int8  | 2
/// | 17       | crc                   | UInt32| CRC-32C of position 21 to the end
/// | 21       | attributes            | Int16 |
/// | 23       | lastOffsetDelta       | Int32 |
/// | 27       | baseTimestamp         | Int64 | milliseconds since 1970
/// | 35       | maxTimestamp          | Int64 | milliseconds since 1970
/// | 43       | producerId            | Int64 |
/// | 51       | producerEpoch         | Int16 |
/// | 53       | baseSequence          | Int32 |
/// | 57       | recordCount           | Int32 |
/// | 61       | records               |       | compressed where the attributes say so
///
/// The CRC does not cover base offset and leader epoch, so that a log can assign them in place.
public struct RecordBatchHeader: Hashable, Sendable {
    public var baseOffset: Offset
    public var batchLength: Int32
    public var partitionLeaderEpoch: LeaderEpoch
    public var magic: Int8
    public var crc: UInt32
    public var attributes: BatchAttributes
    public var lastOffsetDelta: Int32
    public var baseTimestamp: Int64
    public var maxTimestamp: Int64
    public var producerID: ProducerID
    public var producerEpoch: ProducerEpoch
    public var baseSequence: Int32
    public var recordCount: Int32

    public static let byteCount = 61
    /// The bytes before those that `batchLength` counts.
    public static let overheadByteCount = Position.partitionLeaderEpoch
    public static let currentMagic: Int8 = 2
    /// The value of `baseSequence` without a producer id.
    public static let noSequence: Int32 = -1
    /// The shortest record: its length, attributes, two deltas, two lengths and the header count.
    static let leastRecordByteCount = 7

    /// The position of each field is that of the one before plus its length.
    @usableFromInline
    enum Position {
        @usableFromInline static let baseOffset = 0
        @usableFromInline static let batchLength = baseOffset + 8
        @usableFromInline static let partitionLeaderEpoch = batchLength + 4
        @usableFromInline static let magic = partitionLeaderEpoch + 4
        @usableFromInline static let crc = magic + 1
        @usableFromInline static let attributes = crc + 4
        @usableFromInline static let lastOffsetDelta = attributes + 2
        @usableFromInline static let baseTimestamp = lastOffsetDelta + 4
        @usableFromInline static let maxTimestamp = baseTimestamp + 8
        @usableFromInline static let producerID = maxTimestamp + 8
        @usableFromInline static let producerEpoch = producerID + 8
        @usableFromInline static let baseSequence = producerEpoch + 2
        @usableFromInline static let recordCount = baseSequence + 4
    }

    /// The size of the whole batch.
    public var sizeInBytes: Int { Int(batchLength) + Self.overheadByteCount }

    public var lastOffset: Offset { baseOffset.advanced(by: Int64(lastOffsetDelta)) }

    /// The offset after this batch.
    public var nextOffset: Offset { baseOffset.advanced(by: Int64(lastOffsetDelta) + 1) }

    /// The offset of a record of this batch. A hostile delta may lie past the batch; the result
    /// then wraps.
    @inlinable
    public func offset(of record: Record) -> Offset {
        Offset(baseOffset.rawValue &+ Int64(record.offsetDelta))
    }

    /// The time of a record of this batch, in milliseconds since 1970: the producer's, or the log's
    /// with LogAppendTime.
    @inlinable
    public func timestamp(of record: Record) -> Int64 {
        attributes.timestampType == .logAppendTime
            ? maxTimestamp : baseTimestamp &+ record.timestampDelta
    }

    /// Whether `maxTimestamp` can be the largest of the records' times. The producer sets it, and
    /// some leave it at −1, less than the time of the first record. With LogAppendTime it is the
    /// time of every record, and with a delete horizon in `baseTimestamp` compaction has computed
    /// it.
    public var hasCredibleMaxTimestamp: Bool {
        maxTimestamp >= baseTimestamp || attributes.timestampType == .logAppendTime
            || attributes.hasDeleteHorizon
    }

    /// The sequence of the last record; sequences wrap from `Int32.max` to 0. `noSequence` if there
    /// is none.
    public var lastSequence: Int32 {
        guard baseSequence >= 0 else { return Self.noSequence }
        let sum = Int64(baseSequence) + Int64(lastOffsetDelta)
        return Int32(truncatingIfNeeded: sum & Int64(Int32.max))
    }

    /// Reads the header at the start of `bytes` and checks its structure: a possible length, magic
    /// 2, an existing codec, offsets that fit, a count that its offsets and bytes allow. It does
    /// not compute the checksum; the rest of the batch may be missing.
    public init(_ bytes: RawSpan) throws(RecordFormatError) {
        guard bytes.byteCount >= Self.byteCount else {
            throw .truncated(needed: Self.byteCount, available: bytes.byteCount)
        }
        baseOffset = Offset(bytes.bigEndian(at: Position.baseOffset))
        batchLength = bytes.bigEndian(at: Position.batchLength)
        partitionLeaderEpoch = LeaderEpoch(bytes.bigEndian(at: Position.partitionLeaderEpoch))
        magic = bytes.bigEndian(at: Position.magic)
        crc = bytes.bigEndian(at: Position.crc)
        attributes = BatchAttributes(rawValue: bytes.bigEndian(at: Position.attributes))
        lastOffsetDelta = bytes.bigEndian(at: Position.lastOffsetDelta)
        baseTimestamp = bytes.bigEndian(at: Position.baseTimestamp)
        maxTimestamp = bytes.bigEndian(at: Position.maxTimestamp)
        producerID = ProducerID(bytes.bigEndian(at: Position.producerID))
        producerEpoch = ProducerEpoch(bytes.bigEndian(at: Position.producerEpoch))
        baseSequence = bytes.bigEndian(at: Position.baseSequence)
        recordCount = bytes.bigEndian(at: Position.recordCount)
        try validateStructure()
    }

    /// The magic is checked first, because other formats have their fields at other positions.
    private func validateStructure() throws(RecordFormatError) {
        guard magic == Self.currentMagic else { throw .invalidMagic(magic) }
        guard batchLength >= Self.byteCount - Self.overheadByteCount else {
            throw .invalidBatchLength(batchLength)
        }
        guard let codec = attributes.codecIfKnown else {
            throw .unknownCodec(
                UInt8(truncatingIfNeeded: attributes.rawValue & BatchAttributes.codecMask))
        }
        guard
            baseOffset.rawValue >= 0, lastOffsetDelta >= 0,
            baseOffset.rawValue < Int64.max - Int64(lastOffsetDelta)
        else {
            throw .invalidOffsets(
                baseOffset: baseOffset.rawValue, lastOffsetDelta: lastOffsetDelta)
        }
        // A compacted batch keeps its offsets and has fewer records.
        guard recordCount >= 0, Int64(recordCount) <= Int64(lastOffsetDelta) + 1 else {
            throw .invalidRecordCount(recordCount)
        }
        let recordBytes = sizeInBytes - Self.byteCount
        if codec == .none, Int(recordCount) > recordBytes / Self.leastRecordByteCount {
            throw .invalidRecordCount(recordCount)
        }
    }

    /// Throws `crcMismatch` unless the checksum in `header` is that of `batch`, and `truncated`
    /// unless all of the batch is there. Bytes after the batch are ignored.
    ///
    /// - Returns: the checksum of the records alone, as they are stored: of all that follows the
    ///   header. No change of the header changes it.
    @discardableResult
    public static func validateChecksum(
        of batch: RawSpan, header: RecordBatchHeader
    ) throws(RecordFormatError) -> UInt32 {
        guard batch.byteCount >= header.sizeInBytes else {
            throw .truncated(needed: header.sizeInBytes, available: batch.byteCount)
        }
        let head = CRC32C.checksum(batch.extracting(Position.attributes..<byteCount))
        let records = CRC32C.checksum(batch.extracting(byteCount..<header.sizeInBytes))
        let computed = CRC32C.joined(head, records, byteCount: header.sizeInBytes - byteCount)
        guard computed == header.crc else {
            throw .crcMismatch(stored: header.crc, computed: computed)
        }
        return records
    }

    /// Writes all fields into the first 61 bytes of `batch` as they are, `crc` included.
    func write(to batch: UnsafeMutableRawBufferPointer) {
        unsafe batch.storeBigEndian(baseOffset.rawValue, at: Position.baseOffset)
        unsafe batch.storeBigEndian(batchLength, at: Position.batchLength)
        unsafe batch.storeBigEndian(
            partitionLeaderEpoch.rawValue, at: Position.partitionLeaderEpoch)
        unsafe batch.storeBigEndian(magic, at: Position.magic)
        unsafe batch.storeBigEndian(crc, at: Position.crc)
        unsafe batch.storeBigEndian(attributes.rawValue, at: Position.attributes)
        unsafe batch.storeBigEndian(lastOffsetDelta, at: Position.lastOffsetDelta)
        unsafe batch.storeBigEndian(baseTimestamp, at: Position.baseTimestamp)
        unsafe batch.storeBigEndian(maxTimestamp, at: Position.maxTimestamp)
        unsafe batch.storeBigEndian(producerID.rawValue, at: Position.producerID)
        unsafe batch.storeBigEndian(producerEpoch.rawValue, at: Position.producerEpoch)
        unsafe batch.storeBigEndian(baseSequence, at: Position.baseSequence)
        unsafe batch.storeBigEndian(recordCount, at: Position.recordCount)
    }

    init(
        byteCount: Int, attributes: BatchAttributes, baseTimestamp: Int64, maxTimestamp: Int64,
        producerID: ProducerID, producerEpoch: ProducerEpoch, baseSequence: Int32, recordCount: Int
    ) {
        baseOffset = .zero
        batchLength = Int32(byteCount - Self.overheadByteCount)
        partitionLeaderEpoch = .none
        magic = Self.currentMagic
        crc = 0
        self.attributes = attributes
        lastOffsetDelta = Int32(recordCount - 1)
        self.baseTimestamp = baseTimestamp
        self.maxTimestamp = maxTimestamp
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
        self.recordCount = Int32(recordCount)
    }
}
