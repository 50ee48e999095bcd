import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("An administrator at Weir's broker")
struct AdministratorTests {
    private let broker: RunningBroker
    private let cluster: Cluster
    private var admin: Administrator { Administrator(cluster: cluster) }

    init() throws {
        broker = try RunningBroker(["weir.accept.any.replication.factor": "true"])
        cluster = try broker.cluster()
    }

    @Test("creates topics with settings, describes and deletes them")
    func topics() async throws {
        let topic = try await admin.create(
            NewTopic("orders", partitionCount: 3, configs: ["retention.ms": "60000"]))
        #expect(topic.partitionCount == 3)
        #expect(topic.isWhole)
        #expect(try await admin.topicNames().map(\.name) == ["orders"])
        let configs = try await admin.topicConfigs("orders", names: ["retention.ms"])
        #expect(configs.map(\.value) == ["60000"])
        #expect(configs.map(\.source) == [.topic])
        #expect(try await admin.topicConfigs("orders").count > 10)

        let again = await #expect(throws: AdministrationError.self) {
            try await admin.create(NewTopic("orders"))
        }
        #expect(again?.code == .topicAlreadyExists)
        try await admin.deleteTopic("orders")
        #expect(try await admin.topicNames().isEmpty)
        let gone = await #expect(throws: AdministrationError.self) {
            try await admin.deleteTopic("orders")
        }
        #expect(gone?.code == .unknownTopicOrPartition)
        try await cluster.shutdown().get()
    }

    @Test("passes on why a topic cannot be created")
    func refusals() async throws {
        for (topic, code) in [
            (NewTopic("a b"), ErrorCode.invalidTopicException),
            (NewTopic("a", partitionCount: 0), .invalidPartitions),
            (NewTopic("a", configs: ["retention.ms": "soon"]), .invalidConfig),
        ] {
            let error = await #expect(throws: AdministrationError.self) {
                try await admin.create(topic)
            }
            #expect(error?.code == code)
            #expect(error?.message?.isEmpty == false)
        }
        try await cluster.shutdown().get()
    }

    @Test("finds offsets by time, and the ends of a partition")
    func offsets() async throws {
        try await admin.create(NewTopic("orders", partitionCount: 2))
        let producer = Producer(cluster: cluster)
        let place = TopicPartition(topic: "orders", partition: 0)
        let empty = TopicPartition(topic: "orders", partition: 1)
        for timestamp: Int64 in [1_000, 2_000, 3_000] {
            let batch = try TestBatch(["a", "b"], timestamp: timestamp)
            _ = try await producer.send(batch.lent, to: place)
        }
        func offset(_ spec: OffsetSpec) async throws -> [Offset?] {
            let found = try await admin.listOffsets([place, empty], spec)
            return [found[place]?.offset, found[empty]?.offset]
        }
        #expect(try await offset(.earliest) == [.zero, .zero])
        #expect(try await offset(.latest) == [Offset(6), .zero])
        #expect(try await offset(.atTime(ms: 1_500)) == [Offset(2), nil])
        #expect(try await offset(.atTime(ms: 9_000)) == [nil, nil])
        let largest = try await admin.listOffsets([place], .maxTimestamp)
        #expect(largest[place]?.timestampMs == 3_000)
        try await cluster.shutdown().get()
    }

    @Test("lists, describes and deletes groups, with what they have committed")
    func groups() async throws {
        try await admin.create(NewTopic("orders", partitionCount: 1))
        var commit = OffsetCommitRequest()
        commit.groupID = "readers"
        commit.generationIDOrMemberEpoch = -1
        var topic = OffsetCommitRequest.Topic()
        topic.name = "orders"
        var partition = OffsetCommitRequest.Partition()
        partition.committedOffset = Offset(3)
        partition.committedMetadata = "here"
        topic.partitions = [partition]
        commit.topics = [topic]
        let request = commit
        let answer = try await admin.retrying {
            let answer = try await admin.askCoordinator(
                of: "readers", request,
                highestVersion: OffsetCommitRequest.lastVersionByName
            ).body
            try await admin.check(
                answer.topics[0].partitions[0].errorCode, "commit", coordinatorOf: "readers")
            return answer
        }
        #expect(answer.topics.count == 1)

        #expect(try await admin.listGroups().map(\.groupID) == ["readers"])
        #expect(try await admin.describeGroup("readers").groupState == "Empty")
        let place = TopicPartition(topic: "orders", partition: 0)
        let committed = try await admin.committedOffsets(of: "readers")
        #expect(committed[place]?.offset == Offset(3))
        #expect(committed[place]?.metadata == "here")
        try await admin.deleteGroup("readers")
        #expect(try await admin.committedOffsets(of: "readers").isEmpty)
        try await cluster.shutdown().get()
    }

    @Test("describes the cluster")
    func describe() async throws {
        let described = try await admin.describeCluster()
        #expect(described.brokers.map(\.address) == [broker.address])
        #expect(described.clusterID?.isEmpty == false)
        #expect(described.controllerID == described.brokers[0].nodeID)
        let configs = try await admin.brokerConfigs(
            described.controllerID, names: ["num.network.threads"])
        #expect(configs.map(\.value) == ["2"])
        try await cluster.shutdown().get()
    }
}
