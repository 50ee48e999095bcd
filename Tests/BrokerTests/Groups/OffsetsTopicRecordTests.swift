import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// The bytes were written down from Kafka's descriptions of its records (`OffsetCommitKey.json` and the
/// like), field by field.
@Suite struct `A record of __consumer_offsets` {
    private static let topicPartition = TopicPartition(topic: "orders", partition: 3)
    private static let offsetKey: [UInt8] =
        [0, 1] + [0, 1] + Array("g".utf8) + [0, 6] + Array("orders".utf8) + [0, 0, 0, 3]

    private static func decode(_ key: [UInt8], _ value: [UInt8]?) throws -> OffsetsTopicRecord? {
        if let value {
            return try unsafe OffsetsTopicRecord(key: key.span.bytes, value: value.span.bytes)
        }
        return try unsafe OffsetsTopicRecord(key: key.span.bytes, value: nil)
    }

    @Test func `holds an offset in Kafka's bytes`() throws {
        let record = OffsetsTopicRecord.offset(
            group: "g", Self.topicPartition,
            CommittedOffset(
                offset: Offset(258), leaderEpoch: LeaderEpoch(7), metadata: "m",
                commitTimestampMs: 0x0102_0304_0506_0708))
        let (key, value) = try record.encoded()
        #expect(key == Self.offsetKey)
        let expected: [UInt8] =
            [0, 3] + [0, 0, 0, 0, 0, 0, 1, 2] + [0, 0, 0, 7] + [0, 1] + Array("m".utf8)
            + [1, 2, 3, 4, 5, 6, 7, 8]
        #expect(value == expected)
        #expect(try Self.decode(key, value) == record)
    }

    @Test func `holds an offset with an expiry in version 1`() throws {
        let record = OffsetsTopicRecord.offset(
            group: "g", Self.topicPartition,
            CommittedOffset(offset: Offset(1), commitTimestampMs: 2, expireTimestampMs: 3))
        let (key, value) = try record.encoded()
        let expected: [UInt8] =
            [0, 1] + [0, 0, 0, 0, 0, 0, 0, 1] + [0, 0] + [0, 0, 0, 0, 0, 0, 0, 2]
            + [0, 0, 0, 0, 0, 0, 0, 3]
        #expect(value == expected)
        #expect(try Self.decode(key, value) == record)
    }

    @Test(
        arguments: [(0, [], []), (2, [], []), (4, [0, 0, 0, 7], [0])]
            as [(UInt8, [UInt8], [UInt8])])
    func `is read in the versions that other brokers wrote`(
        version: UInt8, epoch: [UInt8], end: [UInt8]
    ) throws {
        let metadata: [UInt8] = version == 4 ? [2, 109] : [0, 1, 109]
        let value: [UInt8] =
            [0, version] + [0, 0, 0, 0, 0, 0, 1, 2] + epoch + metadata
            + [0, 0, 0, 0, 0, 0, 0, 9] + end
        let key = [0, version == 0 ? 0 : 1] + Self.offsetKey.dropFirst(2)
        let expected = CommittedOffset(
            offset: Offset(258), leaderEpoch: LeaderEpoch(epoch.isEmpty ? -1 : 7),
            metadata: "m", commitTimestampMs: 9)
        #expect(
            try Self.decode(key, value) == .offset(group: "g", Self.topicPartition, expected))
    }

    @Test func `holds a group in Kafka's bytes`() throws {
        var value = GroupMetadataValue()
        value.protocolType = "consumer"
        value.generation = 5
        value.protocolName = "range"
        value.leader = "m-1"
        value.currentStateTimestamp = 258
        var member = GroupMetadataValue.Member()
        member.memberID = "m-1"
        member.groupInstanceID = "i"
        member.clientID = "c"
        member.clientHost = "/h"
        member.rebalanceTimeout = 60_000
        member.sessionTimeout = 10_000
        member.subscription = OpaqueBytes([1, 2])
        member.assignment = OpaqueBytes([3])
        value.members = [member]
        let record = OffsetsTopicRecord.group("g", value)
        let (key, bytes) = try record.encoded()
        #expect(key == [0, 2, 0, 1] + Array("g".utf8))
        var expected: [UInt8] = [0, 3]
        expected += [0, 8] + Array("consumer".utf8) + [0, 0, 0, 5]
        expected += [0, 5] + Array("range".utf8) + [0, 3] + Array("m-1".utf8)
        expected += [0, 0, 0, 0, 0, 0, 1, 2]
        expected += [0, 0, 0, 1]
        expected += [0, 3] + Array("m-1".utf8) + [0, 1] + Array("i".utf8)
        expected += [0, 1] + Array("c".utf8) + [0, 2] + Array("/h".utf8)
        expected += [0, 0, 0xea, 0x60] + [0, 0, 0x27, 0x10]
        expected += [0, 0, 0, 2, 1, 2] + [0, 0, 0, 1, 3]
        #expect(bytes == expected)
        #expect(try Self.decode(key, bytes) == record)
    }

    @Test func `of an empty group has neither assignor nor leader`() throws {
        var value = GroupMetadataValue()
        value.protocolType = "consumer"
        value.generation = 2
        let (_, bytes) = try OffsetsTopicRecord.group("g", value).encoded()
        let expected: [UInt8] =
            [0, 3] + [0, 8] + Array("consumer".utf8) + [0, 0, 0, 2] + [0xff, 0xff]
            + [0xff, 0xff] + [UInt8](repeating: 0xff, count: 8) + [0, 0, 0, 0]
        #expect(bytes == expected)
    }

    @Test func `without a value is a tombstone`() throws {
        let (key, value) = try OffsetsTopicRecord.offset(
            group: "g", Self.topicPartition, nil
        ).encoded()
        #expect(value == nil)
        #expect(try Self.decode(key, nil) == .offset(group: "g", Self.topicPartition, nil))
        #expect(try Self.decode([0, 2, 0, 1, 103], nil) == .group("g", nil))
    }

    @Test func `of a kind that is not known is passed over`() throws {
        #expect(try Self.decode([0, 17, 0, 1, 103], [0, 0]) == nil)
        #expect(try Self.decode(Self.offsetKey, [0, 99, 1]) == nil)
    }

    @Test func `is refused at every truncation`() throws {
        let record = OffsetsTopicRecord.offset(
            group: "g", Self.topicPartition,
            CommittedOffset(offset: Offset(258), metadata: "m", commitTimestampMs: 9))
        let (key, value) = try record.encoded()
        for count in 0..<key.count {
            #expect(throws: ProtocolError.self) {
                try Self.decode(Array(key[..<count]), value)
            }
        }
        for count in 0..<(value?.count ?? 0) {
            #expect(throws: ProtocolError.self) {
                try Self.decode(key, Array(value?[..<count] ?? []))
            }
        }
    }
}
