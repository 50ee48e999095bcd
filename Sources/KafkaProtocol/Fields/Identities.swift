import RecordFormat

// The identities of the record format as fields, and those that only the protocol has.

extension Offset: IntegerField {}
extension LeaderEpoch: IntegerField {}
extension ProducerID: IntegerField {}
extension ProducerEpoch: IntegerField {}

/// The permanent identity of a topic; a later topic of the same name has another.
@frozen
public struct TopicID: Hashable, Sendable {
    /// The first and the last eight bytes of the UUID.
    public var high: UInt64
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// No topic: Kafka's zero UUID.
    public static let none = TopicID(high: 0, low: 0)
}

extension TopicID: FieldElement {
    public static var minimumByteCount: Int { 16 }

    public init() { self = .none }

    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        try wire.integer(name, &high)
        try wire.integer(name, &low)
    }
}
