import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("A share consumer")
struct KafkaShareConsumerTests {
    private let one = TopicPartition(topic: "orders", partition: 0)

    private func consumer(
        of brokers: ScriptedCluster, _ settings: [String: String] = [:]
    ) throws -> KafkaShareConsumer {
        KafkaShareConsumer(
            cluster: try brokers.client(
                settings.merging(["group.id": "sharers"]) { own, _ in own }),
            topics: ["orders"])
    }

    /// What comes next, as `offset:value x deliveries`.
    private func next(_ consumer: KafkaShareConsumer) async throws -> [String] {
        for _ in 0..<100 {
            let records = try await consumer.next(within: .milliseconds(100)).get()
            if let records { return try records.flatMap(values) }
        }
        return []
    }

    private func end(_ consumer: KafkaShareConsumer) async throws {
        try await consumer.close().get()
        try await consumer.cluster.shutdown().get()
    }

    @Test("accepts what it got before where it asks for more, and leaves the rest to others")
    func implicit() async throws {
        let group = ScriptedShareGroup()
        let brokers = try await group.cluster()
        group.write(25)
        let first = try consumer(of: brokers)
        #expect(try await next(first) == (0..<10).map { "\($0):\($0)x1" })
        #expect(group.accepted.isEmpty)
        #expect(try await next(first) == (10..<20).map { "\($0):\($0)x1" })
        #expect(group.accepted.ranges == [Offset(0)...Offset(9)])
        #expect(try await first.assignment().get() == [one])
        // What it has is not accepted: nobody says that it is done with it.
        try await end(first)
        #expect(group.accepted.ranges == [Offset(0)...Offset(9)])
        #expect(group.members.isEmpty)
        let second = try consumer(of: brokers)
        #expect(try await next(second) == (10..<20).map { "\($0):\($0)x2" })
        #expect(try await second.commit().get() == [:])
        #expect(group.accepted.ranges == [Offset(0)...Offset(19)])
        #expect(try await next(second) == (20..<25).map { "\($0):\($0)x1" })
        #expect(try await second.next(within: .milliseconds(50)).get() == nil)
        #expect(group.accepted.ranges == [Offset(0)...Offset(24)])
        try await end(second)
    }

    @Test("says of each record what became of it, where the application does")
    func explicit() async throws {
        let group = ScriptedShareGroup()
        let brokers = try await group.cluster()
        group.write(10)
        let consumer = try consumer(of: brokers, ["share.acknowledgement.mode": "explicit"])
        #expect(try await next(consumer).count == 10)
        try await consumer.acknowledge(Offset(0)...Offset(5), of: one, .accept).get()
        try await consumer.acknowledge(Offset(6)...Offset(6), of: one, .release).get()
        try await consumer.acknowledge(Offset(7)...Offset(7), of: one, .reject).get()
        try await consumer.acknowledge(Offset(8)...Offset(9), of: one, .renew).get()
        await #expect(throws: GroupError.self) {
            try await consumer.acknowledge(Offset(0)...Offset(0), of: one, .accept).get()
        }
        // Only what was released comes again.
        #expect(try await next(consumer) == ["6:6x2"])
        try await consumer.acknowledge(Offset(6)...Offset(6), of: one, .accept).get()
        try await consumer.acknowledge(Offset(8)...Offset(9), of: one, .accept).get()
        #expect(try await consumer.commit().get() == [:])
        #expect(group.accepted.ranges == [Offset(0)...Offset(9)])
        try await end(consumer)
    }

    @Test("tells which acknowledgements came too late")
    func lateAcknowledgements() async throws {
        let group = ScriptedShareGroup()
        let brokers = try await group.cluster()
        group.write(10)
        let consumer = try consumer(of: brokers)
        #expect(try await next(consumer).count == 10)
        group.endLocks()
        #expect(try await consumer.commit().get() == [one: .invalidRecordState])
        let refused = try await consumer.cluster.eventLoop.submit { consumer.refusedCount }.get()
        #expect(refused == 10)
        try await end(consumer)
    }

    @Test("refuses by name what an older broker would leave out: the record limit, and renewals")
    func oldBrokers() async throws {
        let group = ScriptedShareGroup(.old)
        let brokers = try await group.cluster()
        group.write(10)
        let limited = try consumer(of: brokers, ["share.acquire.mode": "record_limit"])
        await #expect {
            for _ in 0..<100 { _ = try await limited.next(within: .milliseconds(100)).get() }
        } throws: {
            "\($0)".hasPrefix("group sharers: share.acquire.mode=record_limit needs")
        }
        try await end(limited)
        let explicit = try consumer(of: brokers, ["share.acknowledgement.mode": "explicit"])
        #expect(try await next(explicit).count == 10)
        await #expect(throws: GroupError.self) {
            try await explicit.acknowledge(Offset(0)...Offset(1), of: one, .renew).get()
        }
        try await explicit.acknowledge(Offset(0)...Offset(9), of: one, .accept).get()
        #expect(try await explicit.commit().get() == [:])
        #expect(group.accepted.ranges == [Offset(0)...Offset(9)])
        try await end(explicit)
    }

    @Test(
        "ends with one clear sentence where the brokers have no share groups",
        arguments: [ScriptedShareGroup.Support.none, .switchedOff])
    func noShareGroups(support: ScriptedShareGroup.Support) async throws {
        let group = ScriptedShareGroup(support)
        let consumer = try consumer(of: try await group.cluster())
        await #expect {
            _ = try await consumer.next(within: .seconds(30)).get()
        } throws: {
            "\($0)".hasPrefix(
                "group sharers: the brokers have no share groups (KIP-932). Use Kafka 4.2")
        }
        try await consumer.cluster.shutdown().get()
    }

    @Test("shares one partition at Weir's broker, and what a member had when it left comes again")
    func atWeir() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        try broker.storeNumbered(0..<30, partitions: 1, in: "orders")
        let cluster = try broker.cluster()
        let administrator = Administrator(cluster: cluster)
        try await administrator.alterShareStartOffsets(of: "sharers", to: [one: .zero])
        #expect(
            try await administrator.shareGroupProgress(of: "sharers", in: [one])[one]?.startOffset
                == .zero)
        let members = try (0..<2).map { _ in
            KafkaShareConsumer(
                cluster: try broker.cluster(["group.id": "sharers", "max.poll.records": "3"]),
                topics: ["orders"])
        }
        let had = try await next(members[0])
        #expect(had == (0..<3).map { "\($0):\($0)x1" })
        var found: [String] = []
        while found.count < 27 { found += try await next(members[1]) }
        #expect(found == (3..<30).map { "\($0):\($0)x1" })
        try await end(members[0])
        #expect(try await next(members[1]) == (0..<3).map { "\($0):\($0)x2" })
        #expect(try await members[1].commit().get() == [:])
        try await eventually {
            try await administrator.shareGroupProgress(of: "sharers", in: [one])
                == [one: ShareGroupProgress(startOffset: Offset(30), lag: 0)]
        }
        try await end(members[1])
        try await cluster.shutdown().get()
    }
}
