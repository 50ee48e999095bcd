import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A record of __transaction_state")
struct TransactionStateRecordTests {
    private let ongoing = TransactionMetadata(
        producer: ProducerIdentity(id: ProducerID(0x0102), epoch: ProducerEpoch(3)),
        timeoutMs: 60_000, state: .ongoing,
        partitions: [
            TopicPartition(topic: "b", partition: 5), TopicPartition(topic: "b", partition: 1),
            TopicPartition(topic: "a", partition: 0),
        ], startMs: 10, lastUpdateMs: 11)

    private func decode(
        _ key: [UInt8], _ value: [UInt8]?
    ) throws(ProtocolError) -> TransactionStateRecord? {
        try unsafe TransactionStateRecord(key: key.span.bytes, value: value?.span.bytes)
    }

    @Test("has exactly the bytes of Kafka's format")
    func bytes() throws {
        let (key, value) = try TransactionStateRecord("tx", ongoing).encoded()
        #expect(key == [0, 0, 0, 2, 0x74, 0x78])
        let expected: [UInt8] = [
            0, 0,  // version
            0, 0, 0, 0, 0, 0, 1, 2,  // ProducerId
            0, 3,  // ProducerEpoch
            0, 0, 0xEA, 0x60,  // TransactionTimeoutMs
            1,  // TransactionStatus
            0, 0, 0, 2,  // TransactionPartitions
            0, 1, 0x61, 0, 0, 0, 1, 0, 0, 0, 0,
            0, 1, 0x62, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 5,
            0, 0, 0, 0, 0, 0, 0, 11,  // TransactionLastUpdateTimestampMs
            0, 0, 0, 0, 0, 0, 0, 10,  // TransactionStartTimestampMs
        ]
        #expect(value == expected)
        #expect(try decode(key, value) == TransactionStateRecord("tx", ongoing))
    }

    @Test("has no partitions in state Empty and no value when the id has expired")
    func nulls() throws {
        var metadata = ongoing
        metadata.state = .empty
        metadata.partitions = []
        let (key, value) = try TransactionStateRecord("tx", metadata).encoded()
        #expect(value.map { Array($0[17..<21]) } == [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(try decode(key, value)?.metadata == metadata)
        metadata.state = .dead
        let dead = try TransactionStateRecord("tx", metadata).encoded()
        #expect(dead.value == nil)
        #expect(try decode(dead.key, nil)?.metadata == nil)
        #expect(try decode(dead.key, nil)?.transactionalID == "tx")
    }

    @Test("is of version 1, with Kafka's tags, where a client speaks the second version")
    func bytesWithTags() throws {
        var metadata = ongoing
        metadata.clientVersion = .second
        metadata.nextProducerID = ProducerID(0x0A)
        metadata.lastProducer.id = ProducerID(9)
        let (key, value) = try TransactionStateRecord("tx", metadata).encoded()
        let expected: [UInt8] = [
            0, 1,  // version
            0, 0, 0, 0, 0, 0, 1, 2,  // ProducerId
            0, 3,  // ProducerEpoch
            0, 0, 0xEA, 0x60,  // TransactionTimeoutMs
            1,  // TransactionStatus
            3,  // TransactionPartitions
            2, 0x61, 2, 0, 0, 0, 0, 0,
            2, 0x62, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0,
            0, 0, 0, 0, 0, 0, 0, 11,  // TransactionLastUpdateTimestampMs
            0, 0, 0, 0, 0, 0, 0, 10,  // TransactionStartTimestampMs
            3,
            0, 8, 0, 0, 0, 0, 0, 0, 0, 9,  // PreviousProducerId
            1, 8, 0, 0, 0, 0, 0, 0, 0, 10,  // NextProducerId
            2, 2, 0, 2,  // ClientTransactionVersion
        ]
        #expect(value == expected)
        #expect(try decode(key, value) == TransactionStateRecord("tx", metadata))
        let encoded = try #require(value)
        for end in 0..<encoded.count {
            #expect(throws: ProtocolError.self) { try decode(key, Array(encoded[..<end])) }
        }
        metadata.state = .empty
        metadata.partitions = []
        let empty = try TransactionStateRecord("tx", metadata).encoded()
        #expect(empty.value?[17] == 0)
        #expect(try decode(empty.key, empty.value)?.metadata == metadata)
    }

    @Test("is read in Kafka's flexible version 1, with the tags that it has")
    func flexible() throws {
        let value: [UInt8] = [
            0, 1,  // version
            0, 0, 0, 0, 0, 0, 1, 2, 0, 3, 0, 0, 0xEA, 0x60, 1,
            3,  // two topics
            2, 0x61, 2, 0, 0, 0, 0, 0,
            2, 0x62, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0,
            0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 10,
            2,  // tags: PreviousProducerId, ClientTransactionVersion
            0, 8, 0, 0, 0, 0, 0, 0, 0, 9, 2, 2, 0, 2,
        ]
        var metadata = ongoing
        metadata.lastProducer.id = ProducerID(9)
        metadata.clientVersion = .second
        #expect(
            try decode([0, 0, 0, 2, 0x74, 0x78], value)
                == TransactionStateRecord("tx", metadata))
    }

    @Test("is refused where it is cut short, and passed over in versions that nobody knows")
    func hostile() throws {
        let (key, encoded) = try TransactionStateRecord("tx", ongoing).encoded()
        let value = try #require(encoded)
        for end in 0..<value.count {
            #expect(throws: ProtocolError.self) { try decode(key, Array(value[..<end])) }
        }
        for end in 0..<key.count {
            #expect(throws: ProtocolError.self) { try decode(Array(key[..<end]), value) }
        }
        #expect(try decode([0, 9] + key.dropFirst(2), value) == nil)
        #expect(try decode(key, [0, 9] + value.dropFirst(2)) == nil)
        var unknownState = value
        unknownState[16] = 77
        #expect(try decode(key, unknownState) == nil)
    }
}
