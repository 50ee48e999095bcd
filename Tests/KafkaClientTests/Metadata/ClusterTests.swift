import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import RecordFormat
import Testing

@testable import KafkaClient

/// Why a request to a cluster fails with a `ClusterError`.
func clusterError(_ body: () async throws -> Void) async throws -> ClusterError? {
    do {
        try await body()
        return nil
    } catch let error as ClusterError {
        return error
    }
}

@Suite("A client of several brokers")
struct ClusterTests {
    @Test("names itself in its logs")
    func logs() throws {
        let client = try Cluster(
            settings: ClientSettings(["bootstrap.servers": "localhost:9092", "client.id": "tester"]
            ),
            on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test") { StreamLogHandler.standardError(label: $0) })
        #expect(client.logger[metadataKey: "kafka.client.id"] == "tester")
    }

    @Test("finds the leader through whichever bootstrap server answers")
    func bootstrap() async throws {
        let brokers = try await ScriptedCluster(3)
        let client = try brokers.client()
        try await brokers.stop(2)
        let topics = try await client.topics(["orders"]).get()
        #expect(topics["orders"]?.partitionCount == 1)
        let place = TopicPartition(topic: "orders", partition: 0)
        #expect(try await client.onLoop { $0.leader(of: place)?.nodeID } == 1)
        let connection = try await client.connection(to: 1, use: .data).get()
        #expect(connection.peer.nodeID == 1)
        try await client.shutdown().get()
    }

    @Test("waits for a leader, and sends to the new one once the old has lost its place")
    func leaderChange() async throws {
        let brokers = try await ScriptedCluster(2) { id, request in
            guard request.apiKey == .produce else { return [] }
            var answer = ProduceResponse.Partition()
            answer.errorCode = id == 1 ? .notLeaderOrFollower : .none
            answer.baseOffset = Offset(17)
            var topic = ProduceResponse.Topic()
            topic.name = "orders"
            topic.partitionResponses = [answer]
            var response = ProduceResponse()
            response.responses = [topic]
            return [try request.answered(by: response)]
        }
        brokers.leader.withLock { $0.nodeID = -1 }
        let client = try brokers.client(["enable.idempotence": "false"])
        async let topics = client.topics(["orders"]).get()
        try await eventually {
            (brokers[1]?.received.count ?? 0) + (brokers[2]?.received.count ?? 0) >= 4
        }
        brokers.leader.withLock { $0.nodeID = 1 }
        #expect(try await topics["orders"]?.isWhole == true)

        let producer = Producer(cluster: client)
        let batch = try TestBatch(["a"])
        async let sent = producer.send(
            batch.lent, to: TopicPartition(topic: "orders", partition: 0))
        try await eventually {
            brokers[1]?.received.contains { $0.apiKey == .produce } == true
        }
        brokers.leader.withLock { $0 = PartitionLeader(nodeID: 2, epoch: LeaderEpoch(2)) }
        let report = try await sent
        #expect(
            report.outcome
                == .acknowledged(
                    Acknowledgement(baseOffset: Offset(17), logAppendTimeMs: nil)))
        #expect(report.attempts > 1)
        try await client.shutdown().get()
    }

    @Test("says which topic cannot be used, and which never came")
    func topicErrors() async throws {
        let brokers = try await ScriptedCluster(1)
        brokers.topicError.withLock { $0 = .topicAuthorizationFailed }
        let client = try brokers.client()
        #expect(
            try await clusterError { _ = try await client.topics(["orders"]).get() }
                == .topic("orders", .topicAuthorizationFailed))
        try await client.shutdown().get()
        brokers.topicError.withLock { $0 = .unknownTopicOrPartition }
        let other = try brokers.client()
        _ = other.topics(["orders"])
        try await eventually {
            try await other.onLoop { $0.metadata.topics["orders"]?.errorCode }
                == .unknownTopicOrPartition
        }
        #expect(
            try await clusterError { _ = try await other.topics(["orders"], timeoutMs: 10).get() }
                == .topicNotReady("orders", .unknownTopicOrPartition, ms: 10))
        try await other.shutdown().get()
    }

    @Test("says why no broker answers, at once where waiting is of no use")
    func noBroker() async throws {
        let web = try await ScriptedBroker { _ in
            [.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), .close]
        }
        func error(_ address: BrokerAddress, timeoutMs: Int) async throws -> ClusterError? {
            let client = try Cluster(
                settings: ClientSettings([
                    "bootstrap.servers": "\(address)", "default.api.timeout.ms": "\(timeoutMs)",
                    "retry.backoff.ms": "5",
                ]), on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent)
            let error = try await clusterError { try await client.connect().get() }
            try await client.shutdown().get()
            return error
        }
        guard
            case .noBrokerAnswers(0, let cause?)? = try await error(
                web.address, timeoutMs: 600_000), cause.reason == .speaks(.http)
        else {
            Issue.record("an HTTP server was not recognised")
            return
        }
        try await web.stop()
        guard
            case .noBrokerAnswers(2000, let cause?)? = try await error(web.address, timeoutMs: 2000),
            cause.reason == .unreachable("Connection refused")
        else {
            Issue.record("a closed port was not told")
            return
        }
    }

    @Test("lets each wait for as long as it may, where another one may wait for less")
    func waitsApart() async throws {
        let brokers = try await ScriptedCluster(1)
        let client = try brokers.client()
        try await brokers.stop(1)
        let patient = client.topics([], timeoutMs: 3_000)
        let error = try await clusterError { _ = try await client.topics([], timeoutMs: 5).get() }
        guard case .noBrokerAnswers(5, _)? = error else {
            Issue.record("\(String(describing: error)) in place of a time-out of 5 ms")
            return
        }
        #expect(try await client.onLoop { $0.topicWaiters.count } == 1)
        let patientError = try await clusterError { _ = try await patient.get() }
        guard case .noBrokerAnswers(3000, _)? = patientError else {
            Issue.record("\(String(describing: patientError)) in place of a time-out of 3,000 ms")
            return
        }
        try await client.shutdown().get()
    }

    @Test("goes back to the bootstrap servers where a broker asks for that")
    func askedToRebootstrap() async throws {
        let node = try await ScriptedBroker { request in
            guard request.apiKey == .metadata else { return [] }
            var refusal = MetadataResponse()
            refusal.errorCode = .rebootstrapRequired
            return [try request.answered(by: refusal)]
        }
        let bootstrap = try await ScriptedBroker { [port = node.port] request in
            guard request.apiKey == .metadata else { return [] }
            var broker = MetadataResponse.Broker()
            (broker.nodeID, broker.host, broker.port) = (1, "127.0.0.1", Int32(port))
            var metadata = MetadataResponse()
            metadata.brokers = [broker]
            return [try request.answered(by: metadata)]
        }
        func timesAsked(_ broker: ScriptedBroker) -> Int {
            broker.received.count { $0.apiKey == .metadata }
        }
        let client = try Cluster(
            settings: ClientSettings([
                "bootstrap.servers": "\(bootstrap.address)", "retry.backoff.ms": "2",
            ]), on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent)
        try await client.connect().get()
        #expect((timesAsked(bootstrap), timesAsked(node)) == (1, 0))
        try await client.onLoop { $0.refreshMetadata() }
        try await eventually { timesAsked(bootstrap) > 1 }
        #expect(timesAsked(node) == 1)
        try await client.shutdown().get()
    }

    @Test("goes back to the bootstrap servers once no known broker can be reached")
    func rebootstrap() async throws {
        let brokers = try await ScriptedCluster(1)
        let bootstrap = try await ScriptedBroker { request in
            request.apiKey == .metadata ? [try request.answered(by: brokers.metadata)] : []
        }
        func timesAsked(_ broker: ScriptedBroker?) -> Int {
            broker?.received.count { $0.apiKey == .metadata } ?? 0
        }
        let client = try brokers.client(["bootstrap.servers": "\(bootstrap.address)"])
        try await client.connect().get()
        try await client.onLoop { $0.refreshMetadata() }
        try await eventually { timesAsked(brokers[1]) == 1 }
        #expect(timesAsked(bootstrap) == 1)
        try await brokers.stop(1)
        try await client.onLoop { $0.refreshMetadata() }
        try await eventually { timesAsked(bootstrap) > 1 }
        try await client.shutdown().get()
    }
}
