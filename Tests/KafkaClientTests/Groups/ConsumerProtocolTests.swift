import KafkaProtocol
import NIOCore
import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

@Suite("Groups of the consumer protocol at Weir's broker")
struct ConsumerProtocolTests {
    private let settings = [
        "group.id": "readers", "group.protocol": "consumer", "auto.offset.reset": "earliest",
        "retry.backoff.ms": "20",
    ]

    private func broker(
        partitions: Int, _ more: [String: String] = [:]
    ) throws -> RunningBroker {
        let broker = try RunningBroker(
            [
                "group.consumer.heartbeat.interval.ms": "100",
                "group.consumer.min.heartbeat.interval.ms": "100",
            ].merging(more) { $1 })
        _ = try broker.broker.log.createTopic("orders", partitions: partitions)
        return broker
    }

    private func member(
        of broker: RunningBroker, _ more: [String: String] = [:]
    ) throws -> RunningMember {
        RunningMember(
            try broker.cluster(settings.merging(more) { $1 }), topics: ["orders"])
    }

    @Test(
        "share the partitions evenly, read every record once, and go on where they stopped",
        arguments: ["", "uniform", "range"])
    func sharing(assignor: String) async throws {
        let broker = try broker(partitions: 6)
        let more = ["group.remote.assignor": assignor]
        let members = try (0..<3).map { _ in try member(of: broker, more) }
        try await eventually { members.allSatisfy { $0.now.owned.count == 2 } }
        #expect(Set(members.flatMap(\.now.owned)).count == 6)
        try broker.storeNumbered(0..<90, partitions: 6, in: "orders")
        try await eventually { members.reduce(0) { $0 + $1.now.values.count } >= 90 }
        for one in members { try await one.leave() }
        let values = members.flatMap(\.now.values)
        #expect(values.count == 90)
        #expect(Set(values).count == 90)
        #expect(members.compactMap(\.now.failure) == [])

        try broker.storeNumbered(90..<108, partitions: 6, in: "orders")
        let next = try member(of: broker, more)
        try await eventually { next.now.values.count >= 18 }
        #expect(Set(next.now.values) == Set((90..<108).map(String.init)))
        try await next.leave()
    }

    @Test("members that come and go while records arrive cost none, and move only what they must")
    func rebalances() async throws {
        let broker = try broker(partitions: 6)
        let first = try member(of: broker)
        try await eventually { first.now.owned.count == 6 }
        try broker.storeNumbered(0..<60, partitions: 6, in: "orders")
        let second = try member(of: broker)
        try broker.storeNumbered(60..<120, partitions: 6, in: "orders")
        try await eventually { first.now.owned.count == 3 && second.now.owned.count == 3 }
        #expect(first.now.revoked.count == 3)
        #expect(second.now.revoked.isEmpty)
        try broker.storeNumbered(120..<180, partitions: 6, in: "orders")
        try await eventually { first.now.values.count + second.now.values.count >= 180 }
        try await second.leave()
        try await eventually { first.now.owned.count == 6 }
        try broker.storeNumbered(180..<240, partitions: 6, in: "orders")
        let members = [first, second]
        try await eventually { members.reduce(0) { $0 + $1.now.values.count } >= 240 }
        try await first.leave()
        let values = members.flatMap(\.now.values)
        #expect(values.count == 240)
        #expect(Set(values) == Set((0..<240).map(String.init)))
    }

    @Test("members that are killed cost no record: others begin at their committed offsets")
    func kills() async throws {
        let broker = try broker(
            partitions: 4,
            [
                "group.consumer.session.timeout.ms": "1000",
                "group.consumer.min.session.timeout.ms": "1000",
            ])
        let manual = ["enable.auto.commit": "false"]
        let cluster = try broker.cluster(settings.merging(manual) { $1 })
        let victim = RunningMember(cluster, topics: ["orders"])
        let other = try member(of: broker, manual)
        try await eventually { victim.now.owned.count == 2 && other.now.owned.count == 2 }
        try broker.storeNumbered(0..<40, partitions: 4, in: "orders")
        try await eventually { victim.now.values.count + other.now.values.count >= 40 }
        // Its connections end, without a leave and without a commit.
        try await cluster.shutdown().get()
        await victim.stall()
        try broker.storeNumbered(40..<80, partitions: 4, in: "orders")
        try await eventually { other.now.owned.count == 4 }
        // What the victim read comes again: nobody committed it.
        try await eventually { other.now.values.count >= 80 }
        #expect(Set(other.now.values) == Set((0..<80).map(String.init)))
        #expect(other.now.values.count == 80)
        try await other.leave()
    }

    @Test("a static member that comes back has its partitions, and nobody else's move")
    func staticMembers() async throws {
        let broker = try broker(partitions: 4)
        let first = try member(of: broker, ["group.instance.id": "a"])
        let second = try member(of: broker, ["group.instance.id": "b"])
        try await eventually { first.now.owned.count == 2 && second.now.owned.count == 2 }
        let had = first.now.owned
        let moves = second.now.revoked.count
        // While it is there, nobody else may have its id.
        let thief = try member(of: broker, ["group.instance.id": "a"])
        try await eventually { thief.now.failure != nil }
        #expect(thief.now.failure?.contains("UNRELEASED_INSTANCE_ID") == true)
        try await first.leave()
        let again = try member(of: broker, ["group.instance.id": "a"])
        try await eventually { again.now.owned.count == 2 }
        #expect(again.now.owned == had)
        #expect(second.now.revoked.count == moves)
        try await again.leave()
        try await second.leave()
    }

    @Test("a member whose application hangs loses its partitions, and joins again after that")
    func hanging() async throws {
        let broker = try broker(partitions: 2)
        let slow = try member(of: broker, ["max.poll.interval.ms": "1000"])
        let other = try member(of: broker)
        try await eventually { slow.now.owned.count == 1 && other.now.owned.count == 1 }
        await slow.stall()
        try await eventually { other.now.owned.count == 2 }
        try await eventually {
            _ = try await slow.consumer.next(within: .milliseconds(10)).get()
            return try await slow.consumer.assignment().get().count == 1
        }
        try await other.leave()
    }

    @Test("explicit commits are in the member's epoch, and what the next member begins at")
    func explicitCommits() async throws {
        let broker = try broker(partitions: 1)
        try broker.storeNumbered(0..<9, partitions: 1, in: "orders")
        let manual = ["enable.auto.commit": "false"]
        let one = TopicPartition(topic: "orders", partition: 0)
        let first = try member(of: broker, manual)
        try await eventually { first.now.values.count == 9 }
        try await first.consumer.commit([one: CommittedOffset(Offset(4), metadata: "here")]).get()
        try await first.leave()
        let second = try member(of: broker, manual)
        try await eventually { second.now.values.count == 5 }
        #expect(second.now.values == (4..<9).map(String.init))
        try await second.leave()
    }

    @Test("a mistyped assignor ends the membership with the setting's name")
    func unknownAssignor() async throws {
        let broker = try broker(partitions: 1)
        let member = try member(of: broker, ["group.remote.assignor": "unifrom"])
        try await eventually { member.now.failure != nil }
        #expect(member.now.failure?.contains("group.remote.assignor") == true)
    }

    @Test(
        "brokers without the protocol end the membership at once, with the remedy",
        arguments: [true, false])
    func olderBroker(knowsRequest: Bool) async throws {
        let port = Mutex(0)
        let brokers = try await ScriptedCluster(1) { id, request in
            switch request.apiKey {
            case .apiVersions:
                var versions = ScriptedBroker.versions
                let missing = ApiKey.consumerGroupHeartbeat.rawValue
                if !knowsRequest { versions.apiKeys.removeAll { $0.apiKey == missing } }
                return [try request.answered(by: versions)]
            case .findCoordinator:
                var coordinator = FindCoordinatorResponse.Coordinator()
                coordinator.key = "readers"
                coordinator.nodeID = id
                coordinator.host = "127.0.0.1"
                coordinator.port = Int32(port.withLock { $0 })
                var response = FindCoordinatorResponse()
                response.coordinators = [coordinator]
                return [try request.answered(by: response)]
            case .consumerGroupHeartbeat:
                var response = ConsumerGroupHeartbeatResponse()
                response.errorCode = .unsupportedVersion
                return [try request.answered(by: response)]
            default: return []
            }
        }
        port.withLock { $0 = brokers[1]?.port ?? 0 }
        let member = RunningMember(try brokers.client(settings), topics: ["orders"])
        try await eventually { member.now.failure != nil }
        #expect(member.now.failure?.contains("group.protocol=classic") == true)
        try await brokers.stop(1)
    }
}
