import KafkaProtocol
import NIOCore
import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

@Suite("An administrator whose cluster changes")
struct AdministrationRetryTests {
    @Test(
        "asks again while the controller moves, and believes that a lost answer created the topic")
    func controller() async throws {
        let attempts = Mutex(0)
        let brokers = try await ScriptedCluster(2) { _, request in
            guard request.apiKey == .createTopics else { return [] }
            let attempt = attempts.withLock {
                $0 += 1
                return $0
            }
            if attempt == 2 { return [.close] }
            var topic = CreateTopicsResponse.Topic()
            topic.name = "orders"
            topic.errorCode = attempt == 1 ? .notController : .topicAlreadyExists
            var response = CreateTopicsResponse()
            response.topics = [topic]
            return [try request.answered(by: response)]
        }
        let client = try brokers.client()
        let topic = try await Administrator(cluster: client).create(NewTopic("orders"))
        #expect(topic.partitionCount == 1)
        #expect(attempts.withLock { $0 } == 3)
        try await client.shutdown().get()
    }

    @Test("asks for offsets as soon as a partition's leader is one of the brokers again")
    func absentLeader() async throws {
        let brokers = try await ScriptedCluster(1) { _, request in
            guard request.apiKey == .listOffsets else { return [] }
            var partition = ListOffsetsResponse.Partition()
            partition.offset = Offset(7)
            var topic = ListOffsetsResponse.Topic()
            (topic.name, topic.partitions) = ("orders", [partition])
            var response = ListOffsetsResponse()
            response.topics = [topic]
            return [try request.answered(by: response)]
        }
        brokers.leader.withLock { $0 = PartitionLeader(nodeID: 2, epoch: LeaderEpoch(1)) }
        let client = try brokers.client()
        _ = try await client.topics(["orders"]).get()
        let place = TopicPartition(topic: "orders", partition: 0)
        async let found = Administrator(cluster: client).listOffsets([place], .latest)
        try await eventually {
            brokers[1]?.received.count { $0.apiKey == .metadata } ?? 0 > 2
        }
        brokers.leader.withLock { $0 = PartitionLeader(nodeID: 1, epoch: LeaderEpoch(2)) }
        #expect(try await found[place]?.offset == Offset(7))
        try await client.shutdown().get()
    }

    @Test("looks for the coordinator again once it has moved")
    func coordinator() async throws {
        let current = Mutex<(node: Int32, port: Int)>((1, 0))
        let brokers = try await ScriptedCluster(2) { id, request in
            switch request.apiKey {
            case .findCoordinator:
                var found = FindCoordinatorResponse.Coordinator()
                let place = current.withLock { $0 }
                (found.key, found.nodeID) = ("readers", place.node)
                (found.host, found.port) = ("127.0.0.1", Int32(place.port))
                var response = FindCoordinatorResponse()
                response.coordinators = [found]
                return [try request.answered(by: response)]
            case .deleteGroups:
                var group = DeleteGroupsResponse.Group()
                group.groupID = "readers"
                group.errorCode = id == 1 ? .notCoordinator : .none
                var response = DeleteGroupsResponse()
                response.results = [group]
                return [try request.answered(by: response)]
            default: return []
            }
        }
        let ports = [1: brokers[1]?.port ?? 0, 2: brokers[2]?.port ?? 0]
        current.withLock { $0 = (1, ports[1] ?? 0) }
        let client = try brokers.client()
        let admin = Administrator(cluster: client)
        async let deleted: Void = admin.deleteGroup("readers")
        try await eventually {
            brokers[1]?.received.contains { $0.apiKey == .deleteGroups } == true
        }
        current.withLock { $0 = (2, ports[2] ?? 0) }
        try await deleted
        #expect(brokers[2]?.received.contains { $0.apiKey == .deleteGroups } == true)
        try await client.shutdown().get()
    }

    @Test(
        "does not try again what will not pass",
        arguments: [ErrorCode.topicAlreadyExists, .invalidConfig, .groupAuthorizationFailed])
    func fatal(code: ErrorCode) {
        var loop = RetryLoop(MetadataSettings(), now: .uptimeNanoseconds(0))
        let error = AdministrationError("do something", code)
        #expect(loop.wait(after: error, now: .uptimeNanoseconds(0), jitter: 0.5) == nil)
        let passing = AdministrationError("do something", .notController)
        #expect(
            loop.wait(after: passing, now: .uptimeNanoseconds(0), jitter: 0.5)
                == .milliseconds(100))
        let late = NIODeadline.uptimeNanoseconds(59_900_000_000)
        #expect(loop.wait(after: passing, now: late, jitter: 0.5) == nil)
    }
}
