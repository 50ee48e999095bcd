import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `A record of Kafka's metadata log` {
    private static let id = TopicID(
        mostSignificantBits: 0x0001_0203_0405_0607, leastSignificantBits: 0x0809_0A0B_0C0D_0E0F)

    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).map { start in
            let digits = hex.dropFirst(start).prefix(2)
            return UInt8(digits, radix: 16) ?? 0
        }
    }

    /// Encoded by a program that reads Kafka's own descriptions of the records.
    private static let encoded: [(String, MetadataRecord?)] = [
        (
            "010200076f7264657273000102030405060708090a0b0c0d0e0f00",
            .topic(name: "orders", id: id)
        ),
        (
            "01030000000003000102030405060708090a0b0c0d0e0f0200000001020000000101010000000100000000"
                + "0000000000", .partition(3, of: id)
        ),
        (
            "0103020000012c000102030405060708090a0b0c0d0e0f0200000001020000000101010000000100000000"
                + "0000000002000102030405060708090a0b0c0d0e0f010109030000000100000002",
            .partition(300, of: id)
        ),
        (
            "01040002076f72646572730f636c65616e75702e706f6c69637908636f6d7061637400",
            .config(.topic("orders"), name: "cleanup.policy", value: "compact")
        ),
        (
            "0104000401116c6f672e726574656e74696f6e2e6d730000",
            .config(.cluster, name: "log.retention.ms", value: nil)
        ),
        ("010900000102030405060708090a0b0c0d0e0f00", .removeTopic(id)),
        ("010f00000000010000000000000007000000000000138800", .producerIDs(next: 5000)),
        (
            "011200000102030405060708090a0b0c0d0e0f02076f7264657273040b557365723a616c696365022a0302"
                + "00",
            .acl(
                AclCheckpoint.Entry(
                    resourceType: 2, patternType: 4, resourceName: "orders",
                    principal: "User:alice", host: "*", operation: 3, permissionType: 2), id: id)
        ),
        ("011300000102030405060708090a0b0c0d0e0f00", .removeAcl(id: id)),
        ("01170001001212426f6f747374726170207265636f726473", .beginTransaction),
        ("01180000", .endTransaction), ("01190000", .abortTransaction),
        // NoOpRecord and FeatureLevelRecord say nothing of topics.
        ("01140000", nil), ("010c00116d657461646174612e76657273696f6e001500", nil),
    ]

    @Test(arguments: encoded.indices)
    func `is read as Kafka writes it`(index: Int) throws {
        let (hex, record) = Self.encoded[index]
        #expect(try MetadataRecord(Self.bytes(hex)) == record)
    }

    @Test(arguments: encoded.indices)
    func `is refused at every truncation, and with bytes behind it`(index: Int) throws {
        let (hex, record) = Self.encoded[index]
        guard let record else { return }
        // Of a partition only what comes first is read.
        let bytes = if case .partition = record { 23 } else { hex.utf8.count / 2 }
        for count in 0..<bytes {
            #expect(throws: MetadataRecordError.self) {
                try MetadataRecord(Array(Self.bytes(hex).prefix(count)))
            }
        }
        if case .partition = record { return }
        #expect(throws: MetadataRecordError.trailingBytes(1)) {
            try MetadataRecord(Self.bytes(hex) + [0])
        }
    }

    @Test func `is refused where its version, its name or a length cannot be relied on`() {
        let hostile: [(String, MetadataRecordError)] = [
            ("000200", .unknownFrameVersion(0)), ("7b22", .unknownFrameVersion(0x7B)),
            ("010201", .unknownVersion(1, ofType: 2)), ("010401", .unknownVersion(1, ofType: 4)),
            ("010200042e2e2f", .invalidTopicName("../")),
            ("01020000", .unexpectedNull), ("01020003fffe", .invalidUTF8),
            ("010200ffffffff0f6f", .truncated(needed: 4_294_967_294, available: 1)),
            ("010200ffffffffff01", .invalidVarint),
            ("010f000000000100000000000000077fffffffffffffff00", .invalidProducerID(.max)),
            ("011800ffffffff0f", .truncated(needed: 8_589_934_590, available: 0)),
        ]
        for (hex, error) in hostile {
            #expect(throws: error, "\(hex)") { try MetadataRecord(Self.bytes(hex)) }
        }
    }

    @Test func `of a newer kind of partition is read as far as it matters`() throws {
        let newer = "01030900000003000102030405060708090a0b0c0d0e0fffffff"
        #expect(try MetadataRecord(Self.bytes(newer)) == .partition(3, of: Self.id))
    }
}
