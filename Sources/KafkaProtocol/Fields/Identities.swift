import RecordFormat

// The identities of the record format as fields.

extension Offset: IntegerField {}
extension LeaderEpoch: IntegerField {}
extension ProducerID: IntegerField {}
extension ProducerEpoch: IntegerField {}

extension TopicID: FieldElement {
    public static var minimumByteCount: Int { 16 }

    public init() { self = .none }

    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        try wire.uuid(name, &self)
    }
}
