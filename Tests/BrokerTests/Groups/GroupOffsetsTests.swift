import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite struct `Committed offsets` {
    private static let tp = TopicPartition(topic: "orders", partition: 0)
    private static let hour: Int64 = 3_600_000

    private func entry(
        _ offset: Int64, at recordOffset: Int64, ms: Int64 = 0, expiry: Int64? = nil
    ) -> [TopicPartition: GroupOffsets.Entry] {
        [
            Self.tp: GroupOffsets.Entry(
                offset: CommittedOffset(
                    offset: Offset(offset), commitTimestampMs: ms, expireTimestampMs: expiry),
                recordOffset: Offset(recordOffset))
        ]
    }

    @Test func `are seen once they are durable, the last record whatever the order`() {
        var offsets = GroupOffsets()
        offsets.begin(entry(1, at: 0))
        offsets.begin(entry(2, at: 1))
        #expect(offsets[Self.tp] == nil && !offsets.isEmpty)
        offsets.commit(entry(2, at: 1))
        offsets.commit(entry(1, at: 0))
        #expect(offsets[Self.tp]?.offset == Offset(2))
    }

    @Test func `that were deleted before they were durable stay deleted`() {
        var offsets = GroupOffsets()
        offsets.begin(entry(1, at: 0))
        #expect(offsets.remove { $0 == Self.tp } == [Self.tp])
        offsets.commit(entry(1, at: 0))
        #expect(offsets[Self.tp] == nil && offsets.isEmpty)
    }

    @Test func `of a transaction are staged, then counted or forgotten`() {
        var offsets = GroupOffsets()
        let producer = ProducerID(1)
        offsets.stage(entry(5, at: 0), producerID: producer)
        #expect(offsets.isUnstable(Self.tp) && offsets[Self.tp] == nil)
        #expect(offsets.endTransaction(of: producer, committed: false) == true)
        #expect(!offsets.isUnstable(Self.tp) && offsets[Self.tp] == nil && offsets.isEmpty)
        offsets.stage(entry(5, at: 1), producerID: producer)
        #expect(offsets.endTransaction(of: producer, committed: true) == true)
        #expect(offsets[Self.tp]?.offset == Offset(5))
        #expect(offsets.endTransaction(of: producer, committed: true) == false)
    }

    @Test func `of a group that only commits expire by their age`() {
        var offsets = GroupOffsets()
        offsets.load(Self.tp, entry(1, at: 0, ms: 100)[Self.tp]!)
        let group = ConsumerGroup(id: "g", config: .quick, nowMs: 0)
        let retention = Self.hour
        #expect(
            offsets.expired(in: group, nowMs: 99 + Self.hour, retentionMs: retention).isEmpty)
        #expect(
            offsets.expired(in: group, nowMs: 100 + Self.hour, retentionMs: retention)
                == [Self.tp])
    }

    @Test func `expire when the group has been empty for long, however old they are`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(1)
        var offsets = GroupOffsets()
        offsets.load(Self.tp, entry(1, at: 0, ms: 0)[Self.tp]!)
        #expect(
            offsets.expired(
                in: simulated.group, nowMs: simulated.nowMs, retentionMs: Self.hour
            ).isEmpty, "its members cannot be understood, so nothing is taken from them")
        _ = simulated.leave(ids[0])
        let emptied = simulated.nowMs
        #expect(
            offsets.expired(
                in: simulated.group, nowMs: emptied + Self.hour - 1, retentionMs: Self.hour
            ).isEmpty)
        #expect(
            offsets.expired(
                in: simulated.group, nowMs: emptied + Self.hour, retentionMs: Self.hour)
                == [Self.tp])
    }

    @Test(arguments: [("orders", true), ("payments", false)])
    func `of topics that a stable group no longer reads expire by their age`(
        topic: String, isRead: Bool
    ) {
        var simulated = SimulatedGroup()
        let subscription: [UInt8] =
            [0, 0, 0, 0, 0, 1, 0, UInt8(topic.utf8.count)] + Array(topic.utf8)
            + [0xff, 0xff, 0xff, 0xff]
        let member = simulated.joinNamed(metadata: subscription)
        simulated.advance(ms: 3_000)
        _ = simulated.sync(member.id)
        var offsets = GroupOffsets()
        offsets.load(Self.tp, entry(1, at: 0, ms: 0)[Self.tp]!)
        let expired = offsets.expired(
            in: simulated.group, nowMs: simulated.nowMs, retentionMs: Self.hour)
        #expect(expired == (isRead ? [] : [Self.tp]))
    }

    @Test func `with an expiry of their own follow it`() {
        var offsets = GroupOffsets()
        offsets.load(Self.tp, entry(1, at: 0, ms: 0, expiry: 500)[Self.tp]!)
        let group = ConsumerGroup(id: "g", config: .quick, nowMs: 0)
        #expect(offsets.expired(in: group, nowMs: 499, retentionMs: 1).isEmpty)
        #expect(offsets.expired(in: group, nowMs: 500, retentionMs: .max) == [Self.tp])
    }

    @Test func `that a transaction may replace do not expire`() {
        var offsets = GroupOffsets()
        offsets.load(Self.tp, entry(1, at: 0, ms: 0)[Self.tp]!)
        offsets.stage(entry(2, at: 1), producerID: ProducerID(1))
        let group = ConsumerGroup(id: "g", config: .quick, nowMs: 0)
        #expect(offsets.expired(in: group, nowMs: .max / 2, retentionMs: 1).isEmpty)
    }
}
