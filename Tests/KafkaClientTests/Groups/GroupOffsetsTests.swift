import CommitLog
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Offsets that are committed without a membership")
struct GroupOffsetsTests {
    private let first = TopicPartition(topic: "orders", partition: 0)

    @Test("are read back with their metadata; what was never committed is absent")
    func roundTrip() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        let cluster = try broker.cluster()
        let offsets = GroupOffsets(cluster: cluster, groupID: "readers")
        let position = CommittedOffset(Offset(7), leaderEpoch: LeaderEpoch(0), metadata: "here")
        try await offsets.commit([first: CommittedOffset(Offset(3))]).get()
        try await offsets.commit([first: position]).get()
        let found = try await Administrator(cluster: cluster).committedOffsets(of: "readers")
        #expect(found == [first: position])
        try await cluster.shutdown().get()
    }

    @Test("are refused while the group has members")
    func members() async throws {
        let broker = try RunningBroker(["group.initial.rebalance.delay.ms": "0"])
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        let member = RunningMember(
            try broker.cluster(["group.id": "readers"]), topics: ["orders"])
        try await eventually { member.now.owned.count == 2 }
        let cluster = try broker.cluster()
        let offsets = GroupOffsets(cluster: cluster, groupID: "readers")
        await #expect(throws: GroupError.self) {
            try await offsets.commit([first: CommittedOffset(Offset(3))]).get()
        }
        try await member.leave()
        try await offsets.commit([first: CommittedOffset(Offset(3))]).get()
        try await cluster.shutdown().get()
    }
}
