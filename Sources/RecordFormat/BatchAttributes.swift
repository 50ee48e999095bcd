/// The 16 attribute bits of a record batch.
///
/// | bits | meaning            |
/// |------|--------------------|
/// | 0–2  | compression codec  |
/// | 3    | timestamp type     |
/// | 4    | transactional      |
/// | 5    | control            |
/// | 6    | delete horizon     |
@frozen
public struct BatchAttributes: Hashable, Sendable {
    public var rawValue: Int16

    @inlinable
    public init(rawValue: Int16) { self.rawValue = rawValue }

    @inlinable
    public init(
        codec: CompressionCodec = .none, timestampType: TimestampType = .createTime,
        isTransactional: Bool = false, isControl: Bool = false
    ) {
        rawValue = Int16(codec.rawValue)
        self.timestampType = timestampType
        self.isTransactional = isTransactional
        self.isControl = isControl
    }

    @usableFromInline static let codecMask: Int16 = 0b111
    @usableFromInline static let timestampTypeBit: Int16 = 1 << 3
    @usableFromInline static let transactionalBit: Int16 = 1 << 4
    @usableFromInline static let controlBit: Int16 = 1 << 5
    @usableFromInline static let deleteHorizonBit: Int16 = 1 << 6

    /// Who set the timestamps of a batch.
    public enum TimestampType: UInt8, Hashable, Sendable {
        /// The producer, record by record.
        case createTime = 0
        /// The log: one time for the whole batch, in `maxTimestamp`.
        case logAppendTime = 1
    }

    /// Nil if the bits name no codec; no `RecordBatchHeader` has such attributes.
    @inlinable
    public var codecIfKnown: CompressionCodec? {
        CompressionCodec(rawValue: UInt8(truncatingIfNeeded: rawValue & Self.codecMask))
    }

    /// Precondition: the bits name a codec, as they do in every parsed header.
    @inlinable
    public var codec: CompressionCodec {
        get {
            guard let codec = codecIfKnown else {
                preconditionFailure("attributes \(rawValue) name no codec")
            }
            return codec
        }
        set { rawValue = (rawValue & ~Self.codecMask) | Int16(newValue.rawValue) }
    }

    @inlinable
    public var timestampType: TimestampType {
        get { has(Self.timestampTypeBit) ? .logAppendTime : .createTime }
        set { set(Self.timestampTypeBit, newValue == .logAppendTime) }
    }

    @inlinable
    public var isTransactional: Bool {
        get { has(Self.transactionalBit) }
        set { set(Self.transactionalBit, newValue) }
    }

    /// Whether the batch holds a transaction marker rather than users' records.
    @inlinable
    public var isControl: Bool {
        get { has(Self.controlBit) }
        set { set(Self.controlBit, newValue) }
    }

    /// Whether `baseTimestamp` is the time at which compaction may drop the batch's tombstones.
    @inlinable
    public var hasDeleteHorizon: Bool {
        get { has(Self.deleteHorizonBit) }
        set { set(Self.deleteHorizonBit, newValue) }
    }

    @usableFromInline
    func has(_ bit: Int16) -> Bool { rawValue & bit != 0 }

    @usableFromInline
    mutating func set(_ bit: Int16, _ on: Bool) {
        rawValue = on ? rawValue | bit : rawValue & ~bit
    }
}
