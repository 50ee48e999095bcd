import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// The bytes were written down from Kafka's descriptions of its records (`ShareGroupMetadataKey.json` and the like),
/// field by field.
@Suite("A record of a share group")
struct ShareGroupRecordTests {
    private static let id = TopicID(
        mostSignificantBits: 0x0102_0304_0506_0708, leastSignificantBits: 0x090A_0B0C_0D0E_0F10)
    private static let idBytes: [UInt8] = Array(1...16)
    /// One topic of two partitions, as a compact array.
    private static let partitions = bytes([2], idBytes, [3, 0, 0, 0, 2, 0, 0, 0, 5], [0])
    private static let set = PartitionSet([id: [5, 2]])

    private static func bytes(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

    private static func key(_ version: UInt8, member: String? = nil) -> [UInt8] {
        var key: [UInt8] = [0, version, 0, 1] + Array("g".utf8)
        if let member { key += [0, UInt8(member.utf8.count)] + Array(member.utf8) }
        return key
    }

    private static let subscription = ShareGroupMember.Subscription(
        rackID: "r", clientID: "c", clientHost: "/h", topicNames: ["t"])
    private static let progress = ShareGroupMember.Progress(
        epoch: 9, previousEpoch: 8, assigned: set)
    private static let shared = ShareGroup.SharedTopic(name: "t", partitions: [5, 2])

    private static let all: [(ShareGroupRecord, key: [UInt8], value: [UInt8])] = [
        (
            .subscription(memberID: "m", subscription), key(10, member: "m"),
            [0, 0, 2, 114, 2, 99, 3, 47, 104, 2, 2, 116, 0]
        ),
        (.epoch(7), key(11), [0, 0, 0, 0, 0, 7] + [UInt8](repeating: 0, count: 8) + [0]),
        (.assignmentEpoch(6), key(12), [0, 0, 0, 0, 0, 6, 0]),
        (.target(memberID: "m", set), key(13, member: "m"), bytes([0, 0], partitions, [0])),
        (
            .progress(memberID: "m", progress), key(14, member: "m"),
            bytes([0, 0, 0, 0, 0, 9, 0, 0, 0, 8, 0], partitions, [0])
        ),
        (
            .shared([id: shared]), key(15),
            bytes(
                [0, 0, 1, 2], idBytes, [2, 116, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0], [1, 0])
        ),
    ]

    private static func decode(_ key: [UInt8], _ value: [UInt8]?) throws -> OffsetsTopicRecord? {
        if let value {
            return try unsafe OffsetsTopicRecord(key: key.span.bytes, value: value.span.bytes)
        }
        return try unsafe OffsetsTopicRecord(key: key.span.bytes, value: nil)
    }

    @Test("has Kafka's bytes", arguments: all.indices)
    func kafkasBytes(_ index: Int) throws {
        let (record, key, value) = Self.all[index]
        let whole = OffsetsTopicRecord.share(group: "g", record)
        let encoded = try whole.encoded()
        #expect(encoded.key == key)
        #expect(encoded.value == value)
        #expect(try Self.decode(key, value) == whole && whole.group == "g")
        for count in 0..<value.count {
            #expect(throws: ProtocolError.self) {
                try Self.decode(key, Array(value.prefix(count)))
            }
        }
        // Another version of a value is passed over.
        #expect(try Self.decode(key, [0, 1] + value.dropFirst(2)) == nil)
        let end = try #require(try Self.decode(key, nil))
        guard case .share("g", let tombstone) = end else {
            Issue.record("it is \(end)")
            return
        }
        #expect(tombstone.isTombstone && tombstone.keyVersion == record.keyVersion)
        let ended = try end.encoded()
        #expect(ended.key == key && ended.value == nil)
    }

    @Test("says of partitions that Kafka was about to begin the same as of those it had begun")
    func initializing() throws {
        let topic = Self.bytes([2], Self.idBytes, [2, 116, 2, 0, 0, 0, 7, 0])
        let begun = Self.bytes([2], Self.idBytes, [2, 116, 2, 0, 0, 0, 3, 0])
        let deleted = Self.bytes([2], Self.idBytes, [2, 116, 0])
        let read = try Self.decode(
            Self.key(15), Self.bytes([0, 0], topic, begun, deleted, [0]))
        let shared = ShareGroup.SharedTopic(name: "t", partitions: [3, 7])
        #expect(read == .share(group: "g", .shared([Self.id: shared])))
        // Kafka 4.0's early access wrote these, which nobody reads any more.
        #expect(try Self.decode(Self.key(9), [0, 0, 1, 0]) == nil)
    }
}
