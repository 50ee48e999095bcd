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

@Suite("A consumer of a broker that knows some versions of Fetch")
struct FetchVersionsTests {
    @Test(
        "names topics by their ids from version 13 on, and before that by their names",
        arguments: [4, 12, 13, 17] as [Int16])
    func versions(_ highest: Int16) async throws {
        let id = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)
        let cluster = try await ScriptedCluster(1) { _, request in
            switch request.apiKey {
            case .apiVersions:
                var versions = ScriptedBroker.versions
                for index in versions.apiKeys.indices
                where versions.apiKeys[index].apiKey == ApiKey.fetch.rawValue {
                    versions.apiKeys[index].maxVersion = highest
                }
                return [try request.answered(by: versions)]
            case .fetch:
                let asked = try request.body(FetchRequest.self).topics[0].partitions[0]
                guard asked.fetchOffset == .zero else { return [] }
                var response = ScriptedBroker.fetchResponse()
                response.responses[0].topicID = id
                let records = try storedBatch(["a"], base: 0)
                return [try request.answered(byFetch: response, records)]
            default: return []
            }
        }
        cluster.topicID.withLock { $0 = id }
        let client = try cluster.client()
        let consumer = KafkaConsumer(cluster: client)
        let partition = TopicPartition(topic: "orders", partition: 0)
        try await consumer.seek([partition: .offset(.zero)]).get()
        #expect(try await consumer.values(1)[partition] == ["0:a"])
        let fetch = try #require(cluster[1]?.received.first { $0.apiKey == .fetch })
        #expect(fetch.header.apiVersion == highest)
        let topic = try fetch.body(FetchRequest.self).topics[0]
        #expect(topic.topicID == (highest < 13 ? .none : id))
        #expect(topic.topic == (highest < 13 ? "orders" : ""))
        try await client.shutdown().get()
    }
}
