import KafkaClient
import KafkaProtocol
import Logging
import NIOPosix
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("Polls of a share group")
struct KafkaSharePollsTests {
    private struct Unanswered: Error {}

    /// Answers what it is told to, and fails where that is nothing.
    private struct Answers: ShareGroupSource {
        var told: [Int: ShareProgress]?
        var members: [String]?

        func progress() async throws -> [Int: ShareProgress] {
            guard let told else { throw Unanswered() }
            return told
        }

        func description() async throws -> ShareGroupDescribeResponse.Group? {
            guard let members else { throw Unanswered() }
            return KafkaSharePollsTests.group(1, members)
        }

        func joinCount() async throws -> Int { 1 }
    }

    private static func group(
        _ epoch: Int32, _ members: [String]
    ) -> ShareGroupDescribeResponse.Group {
        var group = ShareGroupDescribeResponse.Group()
        group.groupEpoch = epoch
        group.members = members.map { id in
            var member = ShareGroupDescribeResponse.Member()
            member.memberID = id
            return member
        }
        return group
    }

    private func polls(_ source: some ShareGroupSource, own: Set<String>) -> KafkaSharePolls {
        KafkaSharePolls(
            source, group: "g", members: own, on: MultiThreadedEventLoopGroup.singleton.next(),
            pause: .hours(1))
    }

    private func poll(_ answers: Answers) async throws -> KafkaSharePolls {
        let polls = polls(answers, own: ["a"])
        polls.begin()
        try await polls.end()?.get()
        return polls
    }

    @Test("an unanswered question does not take the answer to the other away")
    func independence() async throws {
        let progress = [0: ShareProgress(start: Offset(1), end: Offset(9), lag: 2)]
        let deaf = try await poll(Answers(told: nil, members: ["a", "b"]))
        #expect(deaf.take(isDraining: false) == nil)
        #expect(deaf.others?.count == 1)
        #expect(deaf.faults.count == 1)
        #expect(deaf.faults.first?.contains("how far the share group g is") == true)
        let blind = try await poll(Answers(told: progress, members: nil))
        #expect(blind.take(isDraining: false)?[0]?.position == Offset(7))
        #expect(blind.others == nil)
        #expect(blind.faults.count == 1)
        #expect(blind.faults.first?.contains("who is in the share group g") == true)
        let both = try await poll(Answers(told: progress, members: ["a"]))
        #expect(both.faults == [] && both.others == nil)
    }

    @Test("an epoch that the run's own members do not explain may be another's")
    func epochs() {
        var watch = OtherMemberWatch(own: ["a", "b"])
        watch.note(Self.group(5, ["a", "b"]), joinCount: 2)
        // One is gone, joins again, and is joining still.
        watch.note(Self.group(6, ["a"]), joinCount: 2)
        watch.note(Self.group(7, ["a", "b"]), joinCount: 3)
        watch.note(Self.group(8, ["a", "b"]), joinCount: nil)
        watch.note(Self.group(8, ["a", "b"]), joinCount: 4)
        watch.note(Self.group(8, ["a", "b"]), joinCount: 4)
        #expect(watch.others == nil)
        watch.note(Self.group(10, ["a", "b"]), joinCount: 4)
        #expect(watch.others == .unseen)
        watch.note(Self.group(11, ["a", "b", "c"]), joinCount: 4)
        #expect(watch.others?.count == 1)
    }

    @Test("a member that came and went between two looks may have been there")
    func passing() async throws {
        let broker = try LocalBroker([
            "group.share.heartbeat.interval.ms": "100",
            "group.share.min.heartbeat.interval.ms": "100",
        ])
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        let cluster = try cluster(broker)
        let consumer = KafkaShareConsumer(cluster: cluster, topics: ["orders"])
        try await settle(consumer)
        let member = KafkaShareMember(consumer, group: "sharers")
        let source = KafkaShareSource(
            Administrator(cluster: cluster), group: "sharers", members: [member],
            partitions: [0: TopicPartition(topic: "orders", partition: 0)])
        let polls = polls(source, own: [member.memberID])
        #expect(try await polls.findOthers() == nil)
        #expect(try await polls.findOthers() == nil)
        let strangers = try self.cluster(broker)
        let stranger = KafkaShareConsumer(cluster: strangers, topics: ["orders"])
        try await settle(stranger)
        try await stranger.close().get()
        #expect(try await polls.findOthers() == .unseen)
        try await strangers.shutdown().get()
        try await member.close().get()
        try broker.end()
    }

    /// Until it has partitions.
    private func settle(_ consumer: KafkaShareConsumer) async throws {
        while try await consumer.assignment().get().isEmpty {
            _ = try await consumer.next(within: .milliseconds(5)).get()
        }
    }

    private func cluster(_ broker: LocalBroker) throws -> Cluster {
        Cluster(
            settings: try ClientSettings(ofShareConsumer: [
                "bootstrap.servers": "\(broker.address)", "group.id": "sharers",
            ]), on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}
