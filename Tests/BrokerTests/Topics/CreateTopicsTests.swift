import CommitLog
import KafkaProtocol
import Testing

@testable import Broker

@Suite("CreateTopics")
struct CreateTopicsTests {
    private typealias Fixture = AdministrationFixture

    @Test("creates topics with their settings, and tells all of them")
    func creates() async throws {
        let fixture = try Fixture(["num.partitions": "4"])
        let topics = await fixture.create([
            Fixture.topic("a", partitions: 3, configs: [("retention.ms", "1000")]),
            Fixture.topic("b", partitions: -1, replication: -1),
            Fixture.topic("c", partitions: -1, replication: -1, assignments: [[1], [1]]),
        ])
        #expect(topics.map(\.errorCode) == [.none, .none, .none])
        #expect(topics.map(\.numPartitions) == [3, 4, 2])
        #expect(topics.map(\.replicationFactor) == [1, 1, 1])
        #expect(fixture.log.topics.map(\.partitionCount) == [3, 4, 2])
        let configs = try #require(topics[0].configs)
        #expect(configs.count == SettingSources.topicDefaults.count)
        let retention = try #require(configs.first { $0.name == "retention.ms" })
        #expect(retention.value == "1000" && retention.configSource == .topic)
        let segment = try #require(configs.first { $0.name == "segment.bytes" })
        #expect(segment.value == "1073741824" && segment.configSource == .defaultConfig)
    }

    @Test("only validates where it was asked to")
    func validates() async throws {
        let fixture = try Fixture()
        let topics = await fixture.create(
            [Fixture.topic("a", partitions: 3), Fixture.topic("b", partitions: 0)],
            validateOnly: true)
        #expect(topics.map(\.errorCode) == [.none, .invalidPartitions])
        #expect(topics[0].numPartitions == 3)
        #expect(fixture.log.topics.isEmpty)
    }

    @Test("refuses each wrong topic by itself and creates the others")
    func refuses() async throws {
        let fixture = try Fixture()
        _ = await fixture.create([Fixture.topic("taken"), Fixture.topic("a.b")])
        let wrong: [(CreateTopicsRequest.Topic, ErrorCode)] = [
            (Fixture.topic("taken"), .topicAlreadyExists),
            (Fixture.topic("a_b"), .invalidTopicException),
            (Fixture.topic("no/slash"), .invalidTopicException),
            (Fixture.topic("twice"), .invalidRequest),
            (Fixture.topic("twice"), .invalidRequest),
            (Fixture.topic("none", partitions: 0), .invalidPartitions),
            (Fixture.topic("none2", partitions: -2), .invalidPartitions),
            (Fixture.topic("three", replication: 3), .invalidReplicationFactor),
            (Fixture.topic("zero", replication: 0), .invalidReplicationFactor),
            (Fixture.topic("key", configs: [("retention.msx", "1")]), .invalidConfig),
            (Fixture.topic("value", configs: [("retention.ms", "x")]), .invalidConfig),
            (Fixture.topic("null", configs: [("retention.ms", nil)]), .invalidConfig),
            (Fixture.topic("isr", configs: [("min.insync.replicas", "2")]), .invalidConfig),
            (Fixture.topic("many", partitions: 10_001), .policyViolation),
            (Fixture.topic("both", partitions: 2, assignments: [[1], [1]]), .invalidRequest),
            (
                Fixture.topic("who", partitions: -1, replication: -1, assignments: [[7]]),
                .invalidReplicaAssignment
            ),
            (
                Fixture.topic("two", partitions: -1, replication: -1, assignments: [[1, 1]]),
                .invalidReplicaAssignment
            ),
        ]
        let topics = await fixture.create(
            wrong.map(\.0) + [Fixture.topic("x.y"), Fixture.topic("x_y"), Fixture.topic("good")])
        for (topic, expected) in zip(topics, wrong) {
            #expect(topic.errorCode == expected.1, "\(topic.name)")
            #expect(topic.errorMessage?.isEmpty == false)
        }
        #expect(topics.suffix(3).map(\.errorCode) == [.none, .invalidTopicException, .none])
        #expect(fixture.log.topicNames == ["a.b", "good", "taken", "x.y"])
    }

    @Test("takes any replication factor where the operator allows it")
    func replicationFactor() async throws {
        let fixture = try Fixture(["weir.accept.any.replication.factor": "true"])
        let topics = await fixture.create([
            Fixture.topic("a", replication: 3, configs: [("min.insync.replicas", "2")])
        ])
        #expect(topics[0].errorCode == .none)
        #expect(topics[0].replicationFactor == 1)
    }
}

@Suite("DeleteTopics")
struct DeleteTopicsTests {
    @Test("deletes topics and says which there are not")
    func deletes() async throws {
        let fixture = try AdministrationFixture()
        for name in ["a", "b", InternalTopic.consumerOffsets] { try fixture.test.topic(name) }
        var request = DeleteTopicsRequest()
        request.topicNames = ["a", "missing", "b", "b", InternalTopic.consumerOffsets]
        let response = await fixture.ask(DeleteTopicsHandler.init, request, version: 5)
        #expect(
            response.responses.map(\.errorCode) == [
                .none, .unknownTopicOrPartition, .invalidRequest, .invalidRequest, .invalidRequest,
            ])
        #expect(response.responses.compactMap(\.name) == request.topicNames)
        #expect(fixture.log.topicNames == [InternalTopic.consumerOffsets, "b"])
    }

    @Test("deletes nothing where the operator said so")
    func disabled() async throws {
        let fixture = try AdministrationFixture(["delete.topic.enable": "false"])
        try fixture.test.topic("a")
        var request = DeleteTopicsRequest()
        request.topicNames = ["a"]
        for (version, code) in [(2, .invalidRequest), (3, .topicDeletionDisabled)]
            as [(Int16, ErrorCode)]
        {
            let response = await fixture.ask(DeleteTopicsHandler.init, request, version: version)
            #expect(response.responses[0].errorCode == code)
        }
        #expect(fixture.log.topicNames == ["a"])
    }
}

@Suite("CreatePartitions")
struct CreatePartitionsTests {
    private func topic(
        _ name: String, _ count: Int32, _ assignments: [[Int32]]? = nil
    ) -> CreatePartitionsRequest.Topic {
        var topic = CreatePartitionsRequest.Topic()
        topic.name = name
        topic.count = count
        topic.assignments = assignments?.map { brokers in
            var assignment = CreatePartitionsRequest.Assignment()
            assignment.brokerIDs = brokers
            return assignment
        }
        return topic
    }

    @Test("adds partitions, or only says whether it could")
    func adds() async throws {
        let fixture = try AdministrationFixture()
        for name in ["a", "b", "c", "d", "e"] { try fixture.test.topic(name, partitions: 2) }
        var request = CreatePartitionsRequest()
        request.topics = [
            topic("a", 5), topic("b", 2), topic("missing", 5), topic("c", 4, [[1], [1]]),
            topic("d", 4, [[1]]), topic("d", 5), topic("e", 20_000),
        ]
        let codes: [ErrorCode] = [
            .none, .invalidPartitions, .unknownTopicOrPartition, .none, .invalidRequest,
            .invalidRequest, .policyViolation,
        ]
        request.validateOnly = true
        var response = await fixture.ask(CreatePartitionsHandler.init, request)
        #expect(response.results.map(\.errorCode) == codes)
        #expect(fixture.log.topics.map(\.partitionCount) == [2, 2, 2, 2, 2])
        request.validateOnly = false
        response = await fixture.ask(CreatePartitionsHandler.init, request)
        #expect(response.results.map(\.errorCode) == codes)
        #expect(fixture.log.topics.map(\.partitionCount) == [5, 2, 4, 2, 2])
        request.topics = [topic("d", 4, [[1]]), topic("e", 3, [[9]])]
        response = await fixture.ask(CreatePartitionsHandler.init, request)
        #expect(
            response.results.map(\.errorCode)
                == [.invalidReplicaAssignment, .invalidReplicaAssignment])
    }
}
