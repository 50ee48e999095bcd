import CommitLog
import KafkaProtocol
import Testing

@testable import Broker

@Suite("Bounds on what there may be")
struct TopicBoundsTests {
    @Test("of topics and partitions refuse more, and name their settings")
    func topics() async throws {
        let fixture = try AdministrationFixture([
            "weir.max.topics": "3", "weir.max.partitions": "10",
        ])
        let topic = AdministrationFixture.topic
        func created(_ name: String, _ partitions: Int32) async -> CreateTopicsResponse.Topic {
            await fixture.create([topic(name, partitions, 1, [], [])])[0]
        }
        #expect(await created("a", 8).errorCode == .none)
        let tooMany = await created("b", 3)
        #expect(tooMany.errorCode == .policyViolation)
        #expect(tooMany.errorMessage?.contains("weir.max.partitions=10") == true)
        #expect(await created("b", 1).errorCode == .none)
        #expect(await created("c", 1).errorCode == .none)
        let another = await created("d", 1)
        #expect(another.errorCode == .policyViolation)
        #expect(another.errorMessage?.contains("weir.max.topics=3") == true)
        var more = CreatePartitionsRequest()
        var grown = CreatePartitionsRequest.Topic()
        (grown.name, grown.count) = ("a", 9)
        more.topics = [grown]
        let refused = await fixture.ask(CreatePartitionsHandler.init, more).results[0]
        #expect(refused.errorCode == .policyViolation)
    }

    @Test("of groups refuse others, and not those that there are")
    func groups() throws {
        let broker = try TestBroker([
            "weir.max.groups": "1", "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.num.partitions": "1",
        ])
        try broker.topic("t")
        let client = try broker.client()
        // The topic of the groups is made when the first client asks for their coordinator.
        var find = FindCoordinatorRequest()
        find.key = "a"
        var found = ErrorCode.coordinatorNotAvailable
        for _ in 0..<1000 where found != .none {
            found = try client.ask(find, version: 1).errorCode
        }
        #expect(found == .none)
        func commit(_ group: String) throws -> ErrorCode {
            var request = OffsetCommitRequest()
            request.groupID = group
            request.generationIDOrMemberEpoch = -1
            var topic = OffsetCommitRequest.Topic()
            topic.name = "t"
            topic.partitions = [OffsetCommitRequest.Partition()]
            request.topics = [topic]
            return try client.ask(request, version: 8).topics[0].partitions[0].errorCode
        }
        #expect(try commit("a") == .none)
        #expect(try commit("b") == .policyViolation)
        #expect(try commit("a") == .none)
        var join = JoinGroupRequest()
        (join.groupID, join.sessionTimeoutMs, join.protocolType) = ("c", 10_000, "consumer")
        join.protocols = [JoinGroupRequest.GroupProtocol()]
        #expect(try client.ask(join, version: 3).errorCode == .policyViolation)
        var heartbeat = ConsumerGroupHeartbeatRequest()
        (heartbeat.groupID, heartbeat.memberID) = ("d", "m")
        heartbeat.rebalanceTimeoutMs = 10_000
        heartbeat.subscribedTopicNames = ["t"]
        heartbeat.topicPartitions = []
        #expect(try client.ask(heartbeat, version: 1).errorCode == .policyViolation)
    }

    @Test("of transactional ids refuse others")
    func transactionalIDs() throws {
        let broker = try TestBroker([
            "weir.max.transactional.ids": "1", "transaction.state.log.num.partitions": "1",
        ])
        let client = try broker.client()
        func begin(_ id: String?) throws -> ErrorCode {
            var request = InitProducerIDRequest()
            (request.transactionalID, request.transactionTimeoutMs) = (id, 1000)
            return try client.ask(request, version: 4).errorCode
        }
        #expect(try begin("a") == .none)
        #expect(try begin("b") == .policyViolation)
        #expect(try begin("a") == .none)
        #expect(try begin(nil) == .none)
    }
}
