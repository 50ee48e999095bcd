import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// The bytes were written down from Kafka's descriptions of its records (`ConsumerGroupMetadataKey.json` and
/// the like), field by field.
@Suite("A record of a group of the consumer protocol")
struct ReconciledGroupRecordTests {
    private static let id = TopicID(
        mostSignificantBits: 0x0102_0304_0506_0708, leastSignificantBits: 0x090A_0B0C_0D0E_0F10)
    private static let idBytes: [UInt8] = Array(1...16)
    /// One topic of two partitions, as a compact array.
    private static let partitions = bytes([2], idBytes, [3, 0, 0, 0, 2, 0, 0, 0, 5], [0])
    private static let set = PartitionSet([id: [5, 2]])

    private static func key(_ version: UInt8, member: String? = nil) -> [UInt8] {
        var key: [UInt8] = [0, version, 0, 1] + Array("g".utf8)
        if let member { key += [0, UInt8(member.utf8.count)] + Array(member.utf8) }
        return key
    }

    private static func subscription() -> ReconciledMember.Subscription {
        var subscription = ReconciledMember.Subscription()
        subscription.instanceID = "i"
        subscription.clientID = "c"
        subscription.clientHost = "/h"
        subscription.topicNames = ["t"]
        subscription.topicRegex = "u.*"
        subscription.rebalanceTimeoutMs = 258
        subscription.assignor = .range
        return subscription
    }

    private static func progress() -> ReconciledMember.Progress {
        var progress = ReconciledMember.Progress()
        progress.epoch = 9
        progress.previousEpoch = 8
        progress.state = .unrevokedPartitions
        progress.assigned = set
        return progress
    }

    private static func bytes(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

    private static let resolution = ReconciledGroup.Resolution(topics: ["u1"], timestampMs: 258)

    private static let all: [(ReconciledGroupRecord, key: [UInt8], value: [UInt8])] = [
        (.epoch(7), key(3), [0, 0, 0, 0, 0, 7, 0]),
        (
            .topics(["t": ReconciledGroup.Topic(id: id, partitionCount: 3)]), key(4),
            bytes([0, 0, 2], idBytes, [2, 116, 0, 0, 0, 3, 1, 0], [0])
        ),
        (
            .subscription(memberID: "m", subscription()), key(5, member: "m"),
            bytes(
                [0, 0, 2, 105, 0, 2, 99, 3, 47, 104, 2, 2, 116, 4], Array("u.*".utf8),
                [0, 0, 1, 2, 6], Array("range".utf8), [0])
        ),
        (.assignmentEpoch(6), key(6), [0, 0, 0, 0, 0, 6, 0]),
        (.target(memberID: "m", set), key(7, member: "m"), bytes([0, 0], partitions, [0])),
        (
            .progress(memberID: "m", progress()), key(8, member: "m"),
            bytes([0, 0, 0, 0, 0, 9, 0, 0, 0, 8, 1], partitions, [1], [0])
        ),
        (
            .resolution(pattern: "u.*", resolution), key(16, member: "u.*"),
            bytes(
                [0, 0, 2, 3], Array("u1".utf8), [UInt8](repeating: 0, count: 8),
                [0, 0, 0, 0, 0, 0, 1, 2], [0])
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
        let whole = OffsetsTopicRecord.reconciled(group: "g", record)
        let encoded = try whole.encoded()
        #expect(encoded.key == key)
        #expect(encoded.value == value)
        #expect(try Self.decode(key, value) == whole)
        // Cut short anywhere, it is an error.
        for count in 0..<value.count {
            #expect(throws: ProtocolError.self) {
                try Self.decode(key, Array(value.prefix(count)))
            }
        }
        let end = try #require(try Self.decode(key, nil))
        guard case .reconciled("g", let tombstone) = end else {
            Issue.record("it is \(end)")
            return
        }
        #expect(tombstone.isTombstone && tombstone.keyVersion == record.keyVersion)
        let ended = try end.encoded()
        #expect(ended.key == key && ended.value == nil)
    }

    @Test("says what a member of the classic protocol said")
    func classicMember() throws {
        var subscription = ReconciledMember.Subscription()
        var known = JoinGroupRequest.GroupProtocol()
        known.name = "range"
        known.metadata = OpaqueBytes([7, 8])
        subscription.classic = ClassicProtocols(sessionTimeoutMs: 258, protocols: [known])
        let record = OffsetsTopicRecord.reconciled(
            group: "g", .subscription(memberID: "m", subscription))
        let (key, value) = try record.encoded()
        let classic = Self.bytes(
            [1, 0, 0, 1, 2], [2, 6], Array("range".utf8), [3, 7, 8, 0], [0])
        let expected = Self.bytes(
            [0, 0, 0, 0, 1, 1, 1, 0], [0xff, 0xff, 0xff, 0xff], [0],
            [1, 0, UInt8(classic.count)], classic)
        #expect(value == expected)
        #expect(try Self.decode(key, value) == record)
    }

    @Test("may have Kafka's tagged fields")
    func taggedFields() throws {
        // A metadata hash.
        let value = Self.bytes([0, 0, 0, 0, 0, 7, 1, 0, 8], [UInt8](repeating: 9, count: 8))
        #expect(
            try Self.decode(Self.key(3), value) == .reconciled(group: "g", .epoch(7)))
    }

    @Test("of another version is passed over")
    func versions() throws {
        #expect(try Self.decode(Self.key(3), [0, 1, 0, 0, 0, 7, 0]) == nil)
        #expect(try Self.decode(Self.key(17), [0, 0, 0, 0, 0, 7, 0]) == nil)
    }
}
