import KafkaProtocol

/// What members that assign by `sticky` send as user data: what they had, and in which generation.
/// Version 1 of Kafka's encoding, which has no version in its bytes; version 0 ends before the
/// generation.
struct StickyUserData: FieldSet {
    var previousAssignment: [ConsumerProtocolTopic] = []
    var generation: Int32 = -1

    init() {}

    init(previousAssignment: [ConsumerProtocolTopic], generation: Int32) {
        self.previousAssignment = previousAssignment
        self.generation = generation
    }

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("PreviousAssignment", &previousAssignment)
        try wire.field("Generation", &generation, from: 1)
    }

    /// Nil for bytes in neither version, as for members that had nothing: Kafka ignores them, too.
    init?(decoding bytes: [UInt8]) {
        self.init()
        for version: Int16 in [1, 0] {
            var reader = unsafe FieldReader(
                bytes.span.bytes, message: Self.self, version: version, isFlexible: false)
            var read = StickyUserData()
            guard (try? reader.structure(&read)) != nil else { continue }
            self = read
            return
        }
        return nil
    }

    func encoded() throws(ProtocolError) -> OpaqueBytes {
        var writer = FieldWriter()
        try writer.append(structure: self, version: 1)
        return OpaqueBytes(writer.bytes)
    }
}

/// What Java's members that assign by `cooperative-sticky` send as user data: their generation, for
/// members that do not know version 2 of the subscription, which has a field for it.
enum CooperativeUserData {
    /// −1 where the bytes are something else: librdkafka sends the user data of `sticky`.
    static func generation(in bytes: [UInt8]) -> Int32 {
        guard bytes.count == 4 else { return -1 }
        return bytes.reduce(0) { $0 << 8 | Int32($1) }
    }

    static func encoded(generation: Int32) -> OpaqueBytes {
        OpaqueBytes((0..<4).map { UInt8(truncatingIfNeeded: generation >> (24 - 8 * $0)) })
    }
}
