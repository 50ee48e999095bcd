import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("The records of share groups' states")
struct ShareStateRecordTests {
    private let key = SharePartitionKey(
        group: "g", topicID: TopicID(mostSignificantBits: 1, leastSignificantBits: 2), partition: 3)

    private func batch(_ first: Int64, _ last: Int64, _ state: Int8) -> ShareStateBatch {
        var batch = ShareStateBatch()
        batch.firstOffset = first
        batch.lastOffset = last
        batch.deliveryState = state
        batch.deliveryCount = 1
        return batch
    }

    private func read(
        _ bytes: (key: [UInt8], value: [UInt8]?)
    ) throws(ProtocolError) -> ShareStateRecord? {
        guard let value = bytes.value else {
            return try unsafe ShareStateRecord(key: bytes.key.span.bytes, value: nil)
        }
        return try unsafe ShareStateRecord(
            key: bytes.key.span.bytes, value: value.span.bytes)
    }

    /// By Kafka's schemas ShareSnapshotKey, ShareSnapshotValue, ShareUpdateKey and ShareUpdateValue.
    @Test("are Kafka's, byte by byte")
    func bytes() throws {
        var update = ShareUpdateValue()
        update.snapshotEpoch = 4
        update.leaderEpoch = LeaderEpoch(5)
        update.startOffset = 6
        update.stateBatches = [batch(7, 8, 2)]
        update.deliveryCompleteCount = 9
        let written = try ShareStateRecord(key, .update(update)).encoded()
        #expect(
            written.key == [0, 1, 0, 1, 0x67] + [0, 0, 0, 0, 0, 0, 0, 1]
                + [0, 0, 0, 0, 0, 0, 0, 2] + [0, 0, 0, 3])
        #expect(
            written.value == [0, 0] + [0, 0, 0, 4] + [0, 0, 0, 5] + [0, 0, 0, 0, 0, 0, 0, 6]
                + [2] + [0, 0, 0, 0, 0, 0, 0, 7] + [0, 0, 0, 0, 0, 0, 0, 8] + [2] + [0, 1] + [0]
                + [1, 0, 4, 0, 0, 0, 9])
        var snapshot = ShareSnapshotValue()
        snapshot.snapshotEpoch = 1
        snapshot.stateEpoch = 2
        snapshot.leaderEpoch = LeaderEpoch(3)
        snapshot.startOffset = 4
        snapshot.createTimestamp = 5
        snapshot.writeTimestamp = 6
        let whole = try ShareStateRecord(key, .snapshot(snapshot)).encoded()
        #expect(whole.key.prefix(2) == [0, 0])
        #expect(
            whole.value == [0, 0] + [0, 0, 0, 1] + [0, 0, 0, 2] + [0, 0, 0, 3]
                + [0, 0, 0, 0, 0, 0, 0, 4] + [0, 0, 0, 0, 0, 0, 0, 5] + [0, 0, 0, 0, 0, 0, 0, 6]
                + [1] + [0])
        #expect(key.coordinatorKey == "g:AAAAAAAAAAEAAAAAAAAAAg:3")
    }

    @Test("are read as they were written, and refused where they were cut")
    func roundTrip() throws {
        var snapshot = ShareSnapshotValue()
        snapshot.startOffset = 10
        snapshot.stateBatches = [batch(10, 12, 0), batch(15, 20, 4)]
        for content in [.snapshot(snapshot), .deleted] as [ShareStateRecord.Content] {
            let record = ShareStateRecord(key, content)
            let written = try record.encoded()
            #expect(try read(written) == record)
            for count in 0..<written.key.count {
                #expect(throws: ProtocolError.self) {
                    try read((Array(written.key.prefix(count)), written.value))
                }
            }
            for count in 0..<(written.value?.count ?? 0) {
                #expect(throws: ProtocolError.self) {
                    try read((written.key, written.value.map { Array($0.prefix(count)) }))
                }
            }
        }
        // Of a type that later Kafkas may have.
        #expect(try read(([0, 2], [0, 0])) == nil)
    }

    @Test("add up to what they say, and hostile ones are passed over")
    func replay() throws {
        var snapshot = ShareSnapshotValue()
        snapshot.startOffset = 10
        snapshot.stateBatches = [batch(10, 12, 0), batch(13, 14, 2)]
        var stored = try #require(StoredShareState(snapshot, at: Offset(5)))
        var update = ShareUpdateValue()
        update.stateBatches = [batch(11, 11, 4), batch(15, 16, 0)]
        #expect(update.startOffset == -1)
        let isTaken = stored.apply(update)
        #expect(isTaken)
        let state = try #require(stored.state)
        #expect(state.start == 10)
        #expect(state.end == 17)
        #expect(state.doneCount == 3)
        #expect(state.availableCount == 4)
        let before = stored
        update.stateBatches = [batch(12, 11, 0)]
        let isRefused = !stored.apply(update)
        #expect(isRefused)
        #expect(stored == before)
        update.stateBatches = [batch(12, 12, 7)]
        let isUnknown = !stored.apply(update)
        #expect(isUnknown)
        // Kafka's for a group that has not begun to read.
        let none = try #require(StoredShareState(ShareSnapshotValue(), at: Offset(0)))
        #expect(none.state == nil)
    }

    @Test("of a partition end in snapshots, and those that are not needed any more go")
    func pruning() throws {
        let broker = try TestBroker([
            "share.coordinator.snapshot.update.records.per.snapshot": "10",
            "share.coordinator.cold.partition.snapshot.interval.ms": "1",
            "share.coordinator.state.topic.num.partitions": "1",
        ])
        try broker.topic("t", partitions: 2)
        let producer = try broker.client()
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch(partitions: [0, 1]).response.errorCode == .none)
        for index in 0..<25 {
            #expect(try producer.produce("t", try testBatch(["v"])).errorCode == .none)
            #expect(try anna.fetch().offsets == [Int64(index)])
            #expect(try anna.acknowledge((Int64(index), Int64(index), .accept)) == .none)
        }
        let partitions = broker.broker.sharing.partitions
        let log = try #require(
            broker.broker.log.partition(
                TopicPartition(topic: InternalTopic.shareGroupState, partition: 0)))
        let end = log.logEndOffset
        let replay = try ShareStateReplay.read(log)
        #expect(replay.unreadableCount == 0)
        #expect(replay.recordCount == 27)
        #expect(Set(replay.states.values.compactMap { $0.state?.start }) == [25, 0])
        // The snapshot of the other partition is the first record but one, and still needed.
        partitions.prune()
        #expect(log.logStartOffset <= Offset(1))
        for partition in partitions.all(of: "g") { try partition.writeSnapshot() }
        partitions.prune()
        #expect(log.logStartOffset == end)
        #expect(
            Set(try ShareStateReplay.read(log).states.values.compactMap { $0.state?.start })
                == [25, 0])
    }
}
