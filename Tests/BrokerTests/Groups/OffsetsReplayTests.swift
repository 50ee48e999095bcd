import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite struct `Replaying __consumer_offsets` {
    private static let tp = TopicPartition(topic: "orders", partition: 0)

    private static func commit(
        _ offset: Int64?, group: String = "g", _ topicPartition: TopicPartition = tp
    ) -> OffsetsTopicRecord {
        .offset(
            group: group, topicPartition,
            offset.map { CommittedOffset(offset: Offset($0), commitTimestampMs: 1) })
    }

    /// A log of batches, each at the next offset.
    private struct Log {
        var bytes: [UInt8] = []
        var nextOffset: Int64 = 0

        mutating func append(_ records: OffsetsTopicRecord..., producer: Int64? = nil) throws {
            var builder = try RecordBatchBuilder(batchSize: 1 << 16)
            for record in records {
                let (key, value) = try record.encoded()
                let isAppended = builder.append(timestamp: 0, key: key, value: value)
                #expect(isAppended)
            }
            try seal(&builder, producer)
        }

        mutating func end(_ producer: Int64, _ kind: ControlRecord.Kind) throws {
            var builder = try RecordBatchBuilder(batchSize: 1 << 16)
            let marker = ControlRecord(kind: kind, coordinatorEpoch: 0)
            let isAppended = builder.append(
                timestamp: 0, key: marker.keyBytes, value: marker.valueBytes)
            #expect(isAppended)
            try seal(&builder, producer, isControl: true)
        }

        private mutating func seal(
            _ builder: inout RecordBatchBuilder, _ producer: Int64?, isControl: Bool = false
        ) throws {
            try builder.seal(
                producerID: ProducerID(producer ?? -1),
                producerEpoch: ProducerEpoch(producer == nil ? -1 : 0),
                baseSequence: producer == nil || isControl ? -1 : 0,
                isTransactional: producer != nil, isControl: isControl)
            unsafe RecordBatchHeader.patch(
                baseOffset: Offset(nextOffset), leaderEpoch: LeaderEpoch(0),
                in: builder.sealedBytes)
            nextOffset += Int64(builder.recordCount)
            bytes += unsafe Array(builder.sealedBytes)
        }

        func replay() throws -> OffsetsReplay {
            var replay = OffsetsReplay()
            var records = PartitionRecords()
            try unsafe records.forEach(in: bytes.span.bytes) {
                (record, bytes, header) throws(RecordFormatError) in
                try replay.apply(record, in: bytes, of: header)
            }
            return replay
        }
    }

    @Test func `keeps the last offset of each partition and forgets the deleted`() throws {
        var log = Log()
        let other = TopicPartition(topic: "orders", partition: 1)
        try log.append(Self.commit(5), Self.commit(6, other))
        try log.append(Self.commit(7))
        try log.append(Self.commit(nil, other))
        let offsets = try #require(try log.replay().groups["g"]?.offsets)
        #expect(offsets[Self.tp]?.offset == Offset(7))
        #expect(offsets[other] == nil)
    }

    @Test func `counts a transaction's offsets once its marker comes`() throws {
        var log = Log()
        try log.append(Self.commit(5))
        try log.append(Self.commit(8), producer: 1)
        try log.append(Self.commit(9), producer: 2)
        var offsets = try #require(try log.replay().groups["g"]?.offsets)
        #expect(offsets[Self.tp]?.offset == Offset(5) && offsets.isUnstable(Self.tp))
        try log.end(1, .commit)
        offsets = try #require(try log.replay().groups["g"]?.offsets)
        #expect(offsets[Self.tp]?.offset == Offset(8) && offsets.isUnstable(Self.tp))
        try log.end(2, .abort)
        offsets = try #require(try log.replay().groups["g"]?.offsets)
        #expect(offsets[Self.tp]?.offset == Offset(8) && !offsets.isUnstable(Self.tp))
    }

    @Test func `lets the later record count and not the later marker`() throws {
        var log = Log()
        try log.append(Self.commit(8), producer: 1)
        try log.append(Self.commit(9))
        try log.end(1, .commit)
        #expect(try log.replay().groups["g"]?.offsets[Self.tp]?.offset == Offset(9))
    }

    @Test func `keeps the last generation of a group, or none`() throws {
        var log = Log()
        var value = GroupMetadataValue()
        value.generation = 4
        try log.append(.group("g", value))
        value.generation = 5
        try log.append(.group("g", value), .group("h", value))
        try log.append(.group("h", nil))
        let replay = try log.replay()
        #expect(replay.groups["g"]?.metadata?.generation == 5)
        #expect(replay.groups["h"]?.metadata == nil)
        #expect(replay.recordCount == 4)
    }

    @Test func `takes the later of two types of a group`() throws {
        let share = ShareGroupRecord.epoch(3)
        let consumers = ReconciledGroupRecord.epoch(4)
        for isShare in [true, false] {
            var log = Log()
            if isShare { try log.append(.reconciled(group: "g", consumers)) }
            try log.append(.share(group: "g", share))
            if !isShare { try log.append(.reconciled(group: "g", consumers)) }
            let group = try #require(try log.replay().groups["g"])
            #expect((group.share != nil) == isShare)
            #expect((group.reconciled != nil) == !isShare)
        }
    }
}
