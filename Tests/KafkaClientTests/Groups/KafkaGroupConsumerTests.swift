import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Groups at Weir's broker")
struct KafkaGroupConsumerTests {
    private let settings = [
        "group.id": "readers", "auto.offset.reset": "earliest", "heartbeat.interval.ms": "100",
        "session.timeout.ms": "6000", "retry.backoff.ms": "20",
    ]

    private func broker(partitions: Int) throws -> RunningBroker {
        let broker = try RunningBroker(["group.initial.rebalance.delay.ms": "0"])
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
        arguments: PartitionAssignor.allCases)
    func sharing(assignor: PartitionAssignor) async throws {
        let broker = try broker(partitions: 6)
        let strategy = ["partition.assignment.strategy": assignor.name]
        let members = try (0..<3).map { _ in try member(of: broker, strategy) }
        try await eventually { members.allSatisfy { $0.now.owned.count == 2 } }
        let shares = members.map(\.now.owned)
        #expect(Set(shares.flatMap { $0 }).count == 6)
        try broker.storeNumbered(0..<90, partitions: 6, in: "orders")
        try await eventually { members.reduce(0) { $0 + $1.now.values.count } >= 90 }
        for one in members { try await one.leave() }
        let values = members.flatMap(\.now.values)
        #expect(values.count == 90)
        #expect(Set(values).count == 90)
        #expect(members.compactMap(\.now.failure) == [])

        try broker.storeNumbered(90..<108, partitions: 6, in: "orders")
        let next = try member(of: broker, strategy)
        try await eventually { next.now.values.count >= 18 }
        #expect(Set(next.now.values) == Set((90..<108).map(String.init)))
        try await next.leave()
    }

    @Test("cooperative: a member that comes takes only what moves to it")
    func cooperation() async throws {
        let broker = try broker(partitions: 6)
        let strategy = ["partition.assignment.strategy": "cooperative-sticky"]
        let first = try member(of: broker, strategy)
        try await eventually { first.now.owned.count == 6 }
        let second = try member(of: broker, strategy)
        try await eventually { first.now.owned.count == 3 && second.now.owned.count == 3 }
        #expect(first.now.revoked.count == 3)
        #expect(second.now.revoked.isEmpty)
        try await second.leave()
        try await eventually { first.now.owned.count == 6 }
        #expect(first.now.revoked.count == 3)
        try await first.leave()
    }

    @Test("a static member that comes back has its partitions, and nobody else's move")
    func staticMembers() async throws {
        let broker = try broker(partitions: 4)
        let first = try member(of: broker, ["group.instance.id": "a"])
        let second = try member(of: broker, ["group.instance.id": "b"])
        try await eventually { first.now.owned.count == 2 && second.now.owned.count == 2 }
        let had = first.now.owned
        let moves = second.now.revoked.count
        try await first.leave()
        let again = try member(of: broker, ["group.instance.id": "a"])
        try await eventually { again.now.owned.count == 2 }
        #expect(again.now.owned == had)
        #expect(second.now.revoked.count == moves)
        // A third process with the same id puts the second one out.
        let thief = try member(of: broker, ["group.instance.id": "a"])
        try await eventually { again.now.failure != nil }
        #expect(again.now.failure?.contains("group.instance.id=a") == true)
        try await thief.leave()
        try await second.leave()
    }

    @Test("a member whose application hangs loses its partitions, and joins again after that")
    func hanging() async throws {
        let broker = try broker(partitions: 2)
        let slow = try member(of: broker, ["max.poll.interval.ms": "1500"])
        let other = try member(of: broker)
        try await eventually { slow.now.owned.count == 1 && other.now.owned.count == 1 }
        await slow.stall()
        try await eventually { other.now.owned.count == 2 }
        var lost: [TopicPartition] = []
        try await eventually {
            let event = try await slow.consumer.next(within: .milliseconds(10)).get()
            if case .lost(let partitions)? = event { lost = partitions }
            return !lost.isEmpty
        }
        #expect(lost.count == 1)
        try await eventually {
            _ = try await slow.consumer.next(within: .milliseconds(10)).get()
            return try await slow.consumer.assignment().get().count == 1
        }
        try await other.leave()
    }

    @Test("explicit commits are what the next member begins at, with their metadata")
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
        try await second.consumer.commit().get()
        try await second.leave()
        let cluster = try broker.cluster()
        let found = try await Administrator(cluster: cluster).committedOffsets(of: "readers")
        #expect(found[one]?.offset == Offset(9))
        await #expect(throws: GroupError.self) {
            try await second.consumer.commit([one: CommittedOffset(.zero)]).get()
        }
        try await cluster.shutdown().get()
    }

    @Test("new partitions of a topic are shared out")
    func morePartitions() async throws {
        let broker = try broker(partitions: 2)
        let members = try (0..<2).map { _ in
            try member(of: broker, ["metadata.max.age.ms": "100"])
        }
        try await eventually { members.allSatisfy { $0.now.owned.count == 1 } }
        var topic = CreatePartitionsRequest.Topic()
        topic.name = "orders"
        topic.count = 4
        topic.assignments = nil
        var request = CreatePartitionsRequest()
        request.timeoutMs = 30_000
        request.topics = [topic]
        let sent = request
        let cluster = try broker.cluster()
        _ = try await cluster.anyConnection().flatMap { $0.send(sent) }.get()
        try await eventually { members.allSatisfy { $0.now.owned.count == 2 } }
        for one in members { try await one.leave() }
        try await cluster.shutdown().get()
    }

    @Test("a coordinator that refuses the member for good ends the membership with the reason")
    func refusal() async throws {
        let broker = try broker(partitions: 1)
        let member = try member(of: broker, ["session.timeout.ms": "1000"])
        try await eventually { member.now.failure != nil }
        #expect(member.now.failure?.contains("group.min.session.timeout.ms") == true)
    }
}
