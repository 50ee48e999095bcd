import CommitLog
import KafkaProtocol
import Logging
import RecordFormat
import Synchronization
import Testing

@testable import Broker

@Suite("What is kept of share partitions")
struct SharePartitionsTests {
    private let test: Fixture
    private let anna = ShareHolder(rawValue: 1)

    init() throws { test = try Fixture() }

    /// What a test turns.
    private final class Outside: Sendable {
        let clock = Atomic<Int64>(1000)
        /// Is called once, when somebody asks for a group's settings.
        let whenAsked = Mutex<(@Sendable () -> Void)?>(nil)

        func ask() {
            let body = whenAsked.withLock { body in
                defer { body = nil }
                return body
            }
            body?()
        }
    }

    /// A log directory with one topic, whose share partitions may be read again and again.
    private final class Fixture {
        let directory = TestBroker.temporaryDirectory()
        let log: LogDirectory
        let outside = Outside()
        var limits = ShareLimits()
        var config = ShareStateConfig()

        init() throws {
            log = try LogDirectory(
                path: directory, defaults: LogConfig(overrides: ["flush.messages": "1"]))
            try log.createTopic("t", partitions: 1)
            limits.offsetReset = .earliest
            config.topicPartitionCount = 1
        }

        deinit {
            try? log.close()
            TestBroker.removeTree(directory)
        }

        var partition: PartitionLog? {
            log.partition(TopicPartition(topic: "t", partition: 0))
        }

        var place: TopicIDPartition {
            TopicIDPartition(topicID: log.topicID(of: "t") ?? .none, partition: 0)
        }

        func produce(_ count: Int) throws {
            var batch = try testBatch((0..<count).map { "v\($0)" })
            _ = try unsafe batch.withUnsafeMutableBytes { bytes in
                try unsafe partition?.append(bytes, origin: .coordinator, validation: .trusted)
            }
        }

        /// As a start reads them.
        func load() -> SharePartitions {
            let topic = ShareStateTopic(log: log, config: config)
            let partitions = SharePartitions(
                log: log, topic: topic, config: config,
                surroundings: ShareSurroundings(
                    topic: topic, updatesPerSnapshot: 100,
                    limits: { [limits, outside] _ in
                        outside.ask()
                        return limits
                    },
                    nowMs: { 0 }, wallMs: { [outside] in outside.clock.load(ordering: .relaxed) },
                    schedule: { _, _ in }, complain: { _ in }),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            partitions.load()
            return partitions
        }

        /// The group's share partition, which is made where there is none.
        func prepared(_ partitions: SharePartitions) throws -> SharePartition {
            let refusals = partitions.prepare([place], of: "g") { true }.refusals
            #expect(refusals.isEmpty)
            return try #require(partitions.find([place], of: "g")[0])
        }
    }

    private func acquire(_ partition: SharePartition, through last: Int64) {
        let (offset, _) = partition.nextFetch(test.limits)
        guard let offset else { return }
        _ = partition.acquire(
            AcquireRequest(holder: anna, maxRecords: 1000),
            in: [ShareBatch(first: offset, last: last)], from: offset, test.limits)
    }

    private func accept(_ partition: SharePartition, _ first: Int64, _ last: Int64) throws {
        let acknowledgement = Acknowledgement(first: first, last: last, type: .accept)
        _ = try partition.acknowledge([acknowledgement], by: anna, test.limits)
    }

    @Test("begins where the settings say when offset −1 is set, and does so after a start, too")
    func unset() throws {
        try test.produce(20)
        let partitions = test.load()
        _ = try partitions.begin(test.place, of: "new", at: -1, epoch: 1)
        let partition = try test.prepared(partitions)
        acquire(partition, through: 9)
        try accept(partition, 0, 9)
        #expect(partition.state.start == 10)
        _ = try partitions.begin(test.place, of: "g", at: -1, epoch: 1)
        for partitions in [partitions, test.load()] {
            for group in ["g", "new"] {
                #expect(partitions.find([test.place], of: group)[0]?.state.start == 0)
            }
        }
    }

    @Test("delivers what comes after a crash in the place of what was read, start after start")
    func truncation() throws {
        try test.produce(80)
        let topic = ShareStateTopic(log: test.log, config: test.config)
        try topic.create()
        let key = SharePartitionKey(group: "g", topicID: test.place.topicID, partition: 0)
        var snapshot = ShareSnapshotValue()
        // The log had 20 records more.
        snapshot.startOffset = 100
        _ = try topic.append(ShareStateRecord(key, .snapshot(snapshot)), nowMs: 0)
        let partition = try #require(test.load().find([test.place], of: "g")[0])
        #expect(partition.state.start == 80)
        try test.produce(40)
        acquire(partition, through: 119)
        try accept(partition, 80, 89)
        let next = try #require(test.load().find([test.place], of: "g")[0])
        #expect(next.state.start == 90)
        #expect(try #require(test.load().find([test.place], of: "g")[0]).state.start == 90)
    }

    @Test("knows when its snapshot was written, whatever was written since")
    func snapshotTime() throws {
        try test.produce(20)
        let partition = try test.prepared(test.load())
        let first = try #require(partition.lastSnapshot)
        test.outside.clock.store(5000, ordering: .relaxed)
        acquire(partition, through: 9)
        try accept(partition, 0, 4)
        test.outside.clock.store(9000, ordering: .relaxed)
        for partition in [partition, test.load().find([test.place], of: "g")[0]] {
            let last = try #require(partition?.lastSnapshot)
            #expect(last.offset == first.offset && last.writtenMs == 1000)
        }
    }

    @Test("lags by what is not done of the records that the log still has")
    func lag() throws {
        try test.produce(20)
        let partition = try test.prepared(test.load())
        acquire(partition, through: 19)
        try accept(partition, 3, 7)
        #expect(partition.position.lag == 15)
        try test.partition?.deleteRecords(before: Offset(10))
        #expect(partition.position.start == 10 && partition.position.lag == 10)
    }

    @Test("is flushed before the group reads from where it begins")
    func flushed() throws {
        let prepared = test.load().prepare([test.place], of: "g") { true }
        #expect(prepared.written.count == 1 && prepared.written[0].written != nil)
    }

    @Test("does not stay of a topic that was deleted while a group began to read it")
    func deletedTopic() throws {
        let (partitions, place, log) = (test.load(), test.place, test.log)
        test.outside.whenAsked.withLock {
            $0 = {
                try? log.deleteTopic("t")
                partitions.topicDeleted(place.topicID)
            }
        }
        let refusals = partitions.prepare([place], of: "g") { true }.refusals
        #expect(refusals[place]?.code == .unknownTopicOrPartition)
        #expect(partitions.all(of: "g").isEmpty && test.load().all(of: "g").isEmpty)
    }

    @Test("does not stay of a group that was deleted while it began to read")
    func deletedGroup() throws {
        let partitions = test.load()
        #expect(partitions.prepare([test.place], of: "g") { false }.refusals.count == 1)
        #expect(partitions.all(of: "g").isEmpty && test.load().all(of: "g").isEmpty)
    }

    @Test("may say that a record was delivered as often as can be counted")
    func mostDeliveries() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        let change = DeliveryChange(first: 0, last: 0, state: .available, deliveryCount: .max)
        let isRestored = state.restore(start: nil, [change])
        #expect(isRestored)
        let got = state.acquire(
            AcquireRequest(holder: anna, maxRecords: 1), in: [ShareBatch(first: 0, last: 0)],
            from: 0, ShareLimits(), nowMs: 0)
        #expect(got.ranges.map(\.deliveryCount) == [.max])
        state.giveBack(got.ranges, of: anna)
        #expect(state.run(at: 0)?.isAvailable == true)
    }

    @Test("needs headers of a few batches at a time")
    func headers() throws {
        for _ in 0..<5 { try test.produce(2) }
        let log = try #require(test.partition)
        var positions = ReadPositions()
        let slice = try #require(
            try positions.read(log, from: .zero, maxBytes: 1 << 20, below: log.highWatermark))
        for (maxHeaders, count) in [(3, 3), (100, 5)] {
            let read = try ShareBatches(
                of: slice, in: log, from: 0, maxRecords: 500, maxHeaders: maxHeaders,
                isCommittedOnly: false)
            #expect(read.headerCount == count && read.batches.count == count)
        }
    }
}
