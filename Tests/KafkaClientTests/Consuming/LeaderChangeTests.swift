import KafkaProtocol
import NIOCore
import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

@Suite("A consumer whose partition gets another leader")
struct LeaderChangeTests {
    private let partition = TopicPartition(topic: "orders", partition: 0)

    /// The cluster that a script belongs to.
    private final class Owner: Sendable {
        let cluster = Mutex<ScriptedCluster?>(nil)
    }

    /// Broker 1 has two records of epoch 1 and gives up the lead then; broker 2's log has the first
    /// `end` of them.
    private func cluster(end: Int64) async throws -> ScriptedCluster {
        let owner = Owner()
        let cluster = try await ScriptedCluster(2) { id, request in
            switch (request.apiKey, id) {
            case (.fetch, 1):
                let asked = try request.body(FetchRequest.self).topics[0].partitions[0]
                guard asked.fetchOffset > .zero else {
                    let records = try storedBatch(["a", "b"], base: 0, epoch: 1)
                    return [
                        try request.answered(byFetch: ScriptedBroker.fetchResponse(), records)
                    ]
                }
                owner.cluster.withLock { $0 }?.leader.withLock {
                    $0 = PartitionLeader(nodeID: 2, epoch: LeaderEpoch(2))
                }
                let refusal = ScriptedBroker.fetchResponse(.notLeaderOrFollower)
                return [try request.answered(byFetch: refusal)]
            case (.fetch, _):
                let records = try storedBatch(["c"], base: end, epoch: 2)
                return [try request.answered(byFetch: ScriptedBroker.fetchResponse(), records)]
            case (.offsetForLeaderEpoch, _):
                var part = OffsetForLeaderEpochResponse.Partition()
                part.leaderEpoch = LeaderEpoch(1)
                part.endOffset = Offset(end)
                var topic = OffsetForLeaderEpochResponse.Topic()
                topic.topic = "orders"
                topic.partitions = [part]
                var response = OffsetForLeaderEpochResponse()
                response.topics = [topic]
                return [try request.answered(by: response)]
            default: return []
            }
        }
        owner.cluster.withLock { $0 = cluster }
        return cluster
    }

    @Test("asks the new one where the old one's epoch ends, and goes on there")
    func change() async throws {
        let cluster = try await cluster(end: 2)
        let client = try cluster.client()
        let consumer = KafkaConsumer(cluster: client)
        try await consumer.seek([partition: .offset(.zero)]).get()
        #expect(try await consumer.values(3)[partition] == ["0:a", "1:b", "2:c"])
        let asked = cluster[2]?.received.compactMap(\.apiKey).first {
            $0 == .fetch || $0 == .offsetForLeaderEpoch
        }
        #expect(asked == .offsetForLeaderEpoch)
        try await client.shutdown().get()
    }

    @Test("says that the log was truncated where nobody says where to go on")
    func truncation() async throws {
        let cluster = try await cluster(end: 1)
        let client = try cluster.client(["auto.offset.reset": "none"])
        let consumer = KafkaConsumer(cluster: client)
        try await consumer.seek([partition: .offset(.zero)]).get()
        #expect(try await consumer.values(2)[partition] == ["0:a", "1:b"])
        let expected = ConsumerError.truncated(
            partition, position: Offset(2), endOffset: Offset(1))
        await #expect(throws: expected) {
            _ = try await consumer.next(within: .seconds(30)).get()
        }
        try await client.shutdown().get()
    }
}
