import CommitLog
import KafkaProtocol
import RecordFormat
import Security
import Testing

@testable import Broker

@Suite("Quotas of clients")
struct ClientQuotaTests {
    /// Sets quotas of a client id, nil takes one; the error of the one entry.
    @discardableResult
    private static func set(
        _ client: TestClient, _ values: [String: Double?], clientID: String? = "test",
        version: Int16 = 1
    ) throws -> ErrorCode {
        var request = AlterClientQuotasRequest()
        var entry = AlterClientQuotasRequest.Entry()
        entry.entity = [ClientQuotaEntityPart(entityType: "client-id", entityName: clientID)]
        entry.ops = values.map { key, value in
            var operation = AlterClientQuotasRequest.Operation()
            operation.key = key
            operation.value = value ?? 0
            operation.remove = value == nil
            return operation
        }
        request.entries = [entry]
        return try client.ask(request, version: version).entries[0].errorCode
    }

    private static func described(_ client: TestClient) throws -> [String: Double] {
        let answer = try client.ask(DescribeClientQuotasRequest(), version: 1)
        let entries = try #require(answer.entries)
        return Dictionary(
            entries.flatMap { entry in
                entry.values.map {
                    ("\(entry.entity[0].entityName ?? "*") \($0.key)", $0.value)
                }
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test("are there after a restart, and one that is wrong is not set")
    func durable() throws {
        let first = try TestBroker()
        let client = try first.client()
        #expect(try Self.set(client, ["producer_byte_rate": 1e6]) == .none)
        #expect(
            try Self.set(client, ["consumer_byte_rate": 2e6], clientID: nil, version: 0) == .none)
        #expect(try Self.set(client, ["request_percentage": -1]) == .invalidRequest)
        #expect(try Self.set(client, ["connection_creation_rate": 1]) == .invalidRequest)
        try first.stopForNext()
        let second = try TestBroker(directory: first.directory)
        let again = try second.client()
        let expected = ["test producer_byte_rate": 1e6, "* consumer_byte_rate": 2e6]
        #expect(try Self.described(again) == expected)
        #expect(try Self.set(again, ["producer_byte_rate": nil]) == .none)
        #expect(try Self.described(again) == ["* consumer_byte_rate": 2e6])
    }

    @Test(
        "of bytes produced are answered at once with how long to wait, which the connection keeps to"
    )
    func produce() throws {
        let broker = try TestBroker()
        try broker.topic("t")
        let client = try broker.client()
        let batch = try testBatch([String(repeating: "x", count: 100_000)])
        #expect(try Self.throttleOfProduce(client, batch) == 0)
        // A quota that is set meanwhile holds for connections that are open, from zero on.
        try Self.set(client, ["producer_byte_rate": 9_530])
        let clock = ContinuousClock()
        let start = clock.now
        let throttle = try Self.throttleOfProduce(client, batch)
        #expect(clock.now - start < .milliseconds(400))
        // 100,1xx bytes over ten seconds, where 95,300 are allowed.
        #expect((490...600).contains(throttle))
        _ = try client.ask(ApiVersionsRequest(), version: 3)
        #expect(clock.now - start >= .milliseconds(Int64(throttle) - 1))
        // Others are not held up.
        try Self.set(client, ["producer_byte_rate": nil])
        #expect(try Self.throttleOfProduce(client, batch) == 0)
    }

    @Test("of a user hold on each connection that he logs in on, and on nobody else's")
    func user() throws {
        let broker = try TestBroker([
            "listener.security.protocol.map": "PLAINTEXT:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.plaintext.plain.sasl.jaas.config":
                "P required user_alice=\"a\" user_bob=\"b\";",
        ])
        func client(_ name: String, _ password: String) throws -> TestClient {
            let client = try broker.client()
            var handshake = SaslHandshakeRequest()
            handshake.mechanism = "PLAIN"
            _ = try client.ask(handshake, version: 1)
            var login = SaslAuthenticateRequest()
            login.authBytes = OpaqueBytes(PlainToken(name: name, password: password).bytes)
            #expect(try client.ask(login, version: 2).errorCode == .none)
            return client
        }
        let (alice, bob) = (try client("alice", "a"), try client("bob", "b"))
        _ = try broker.broker.log.createTopic("t", partitions: 1)
        let batch = try testBatch([String(repeating: "x", count: 100_000)])
        var request = AlterClientQuotasRequest()
        // One of the user with this client id counts more than one of the user.
        for (clientID, rate) in [(nil, 1.0), ("test", 9_530.0)] as [(String?, Double)] {
            var entry = AlterClientQuotasRequest.Entry()
            entry.entity = [ClientQuotaEntityPart(entityType: "user", entityName: "alice")]
            if let clientID {
                entry.entity.append(
                    ClientQuotaEntityPart(entityType: "client-id", entityName: clientID))
            }
            var operation = AlterClientQuotasRequest.Operation()
            operation.key = "producer_byte_rate"
            operation.value = rate
            entry.ops = [operation]
            request.entries.append(entry)
        }
        #expect(try bob.ask(request, version: 1).entries.map(\.errorCode) == [.none, .none])
        let first = try Self.throttleOfProduce(alice, batch)
        #expect((400...600).contains(first))
        #expect(try Self.throttleOfProduce(client("alice", "a"), batch) > first)
        #expect(try Self.throttleOfProduce(bob, batch) == 0)
    }

    private static func throttleOfProduce(_ client: TestClient, _ batch: [UInt8]) throws -> Int32 {
        try client.post(TestClient.produceRequest("t", batch), version: 9, records: batch)
        let body = try client.response(ProduceResponse.self, version: 9).body
        #expect(body.responses[0].partitionResponses[0].errorCode == .none)
        return body.throttleTimeMs
    }

    @Test("of bytes fetched give an empty answer where they are used up")
    func fetch() throws {
        let broker = try TestBroker(["quota.window.num": "2"])
        try broker.topic("t")
        let client = try broker.client()
        let batch = try testBatch([String(repeating: "x", count: 10_000)])
        try client.produce("t", batch)
        try client.produce("t", batch)
        // A second's worth is one batch, and one more is returned however large it is.
        try Self.set(client, ["consumer_byte_rate": Double(batch.count) - 100])
        func fetch(_ offset: Int64) throws -> FetchResponse {
            try client.post(TestClient.fetchRequest("t", offset: offset), version: 12)
            return try client.response(FetchResponse.self, version: 12).body
        }
        let first = try fetch(0)
        #expect(first.throttleTimeMs > 0)
        #expect(first.responses.first?.partitions[0].records?.byteCount == batch.count)
        let second = try fetch(1)
        #expect(second.throttleTimeMs > 0 && second.responses.isEmpty)
    }

    @Test("of time are counted for every request, and bound the wait to all windows")
    func time() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        try Self.set(client, ["request_percentage": 0.000_000_1])
        let first = try client.ask(MetadataRequest(), version: 9)
        #expect(first.throttleTimeMs == 11_000)
    }

    @Test("of mutations refuse topics strictly where the client knows what that means")
    func mutations() throws {
        let broker = try TestBroker(["controller.quota.window.num": "1"])
        let client = try broker.client()
        try Self.set(client, ["controller_mutation_rate": 1])
        func create(_ name: String, _ partitions: Int32, _ version: Int16) throws
            -> CreateTopicsResponse
        {
            // A client has its quota on all its connections, and only one is held up.
            let client = try broker.client()
            var request = CreateTopicsRequest()
            var topic = CreateTopicsRequest.Topic()
            (topic.name, topic.numPartitions, topic.replicationFactor) = (name, partitions, 1)
            request.topics = [topic]
            return try client.ask(request, version: version)
        }
        #expect(try create("a", 10, 7).topics[0].errorCode == .none)
        let refused = try create("b", 1, 7)
        #expect(refused.topics[0].errorCode == .throttlingQuotaExceeded)
        #expect((1...9000).contains(refused.throttleTimeMs))
        let old = try create("c", 1, 5)
        #expect(old.topics[0].errorCode == .none && old.throttleTimeMs > 0)
    }

    @Test("of a client that is cut off for its acks=0 count for the connection that it opens next")
    func cutOff() throws {
        let broker = try TestBroker()
        try broker.topic("t")
        let client = try broker.client()
        try Self.set(client, ["producer_byte_rate": 1000])
        let large = try testBatch([String(repeating: "x", count: 100_000)])
        let request = TestClient.produceRequest("t", large, partition: 9, acks: 0)
        try client.post(request, version: 9, records: large)
        #expect(client.isClosed())
        let throttle = try Self.throttleOfProduce(try broker.client(), try testBatch(["x"]))
        #expect(throttle > 80_000)
    }

    @Test("of bytes produced are counted when a request comes, however late its answer is")
    func pipelined() throws {
        let broker = try TestBroker()
        try broker.topic("t", config: ["flush.messages": "1"])
        let client = try broker.client()
        try Self.set(client, ["producer_byte_rate": 1000])
        let batch = try testBatch([String(repeating: "x", count: 20_000)])
        let request = TestClient.produceRequest("t", batch)
        for _ in 0..<3 { try client.post(request, version: 9, records: batch) }
        let first = try client.response(ProduceResponse.self, version: 9).body
        #expect((8_000...11_000).contains(first.throttleTimeMs))
        #expect(!client.isReadable(withinMs: 200))
        let end = broker.broker.log.partition(TopicPartition(topic: "t", partition: 0))?
            .logEndOffset
        #expect(end == Offset(1))
    }

    @Test("of time count the reads of a fetch that waits")
    func waiting() throws {
        let broker = try TestBroker(["num.network.threads": "1"])
        try broker.topic("t", partitions: 200)
        let producer = try broker.client()
        try Self.set(producer, ["request_percentage": 1e9], clientID: nil)
        let batch = try testBatch(["x"])
        func recorded(by clientID: String, minBytes: Int32, meanwhile: () throws -> Void) throws
            -> Double
        {
            let client = try broker.client()
            client.clientID = clientID
            var request = TestClient.fetchRequest("t", offset: 0)
            let one = request.topics[0].partitions[0]
            request.topics[0].partitions = (0..<200 as Range<Int32>).map {
                var partition = one
                partition.partition = $0
                return partition
            }
            (request.minBytes, request.maxWaitMs) = (minBytes, 30_000)
            try client.post(request, version: 12)
            try meanwhile()
            _ = try client.response(FetchResponse.self, version: 12)
            let use = broker.broker.quotas.uses(user: "ANONYMOUS", clientID: clientID).request
            return try #require(use).recorded(nowMs: QuotaClock.nowMs)
        }
        try producer.produce("t", batch)
        _ = try recorded(by: "first", minBytes: 1) {}
        let once = try recorded(by: "once", minBytes: 1) {}
        let often = try recorded(by: "often", minBytes: Int32(batch.count * 51)) {
            for _ in 0..<50 { try producer.produce("t", batch) }
        }
        #expect(once > 0 && often > 4 * once)
    }

    @Test("that the file has in another form hold, and can be found and removed")
    func adopted() throws {
        let first = try TestBroker()
        try first.stopForNext()
        func entry(
            _ key: String, _ value: Double, _ address: String
        ) -> ClientQuotaCheckpoint.Entry {
            ClientQuotaCheckpoint.Entry(
                key: key, value: value, user: .absent, clientID: .absent, address: .named(address))
        }
        try ClientQuotaCheckpoint.write(
            [
                entry("connection_creation_rate", 7, "2001:DB8::1"),
                entry("connection_creation_rate", 7, "localhost"),
                entry("connection_creation_rate", 1e-7, "10.0.0.1"),
            ], in: first.directory)
        let lines = LinesKept()
        let broker = try TestBroker(directory: first.directory, lines: lines)
        let quotas = broker.broker.quotas
        #expect(quotas.connectionRate(of: "2001:db8::1") == 7)
        #expect(quotas.table.quotas.count == 1)
        #expect(lines.matching("does not hold").count == 2)
        #expect(lines.matching("\"localhost\" is no address").count == 1)
        let client = try broker.client()
        var request = DescribeClientQuotasRequest()
        var component = DescribeClientQuotasRequest.Component()
        (component.entityType, component.match) = ("ip", "2001:0db8:0:0::1")
        request.components = [component]
        #expect(try client.ask(request, version: 1).entries?.count == 1)
    }

    @Test("keep connections, of which no more are let in than the listener for administrators has")
    func administrators() throws {
        let broker = try TestBroker([
            "listeners": "PLAINTEXT://127.0.0.1:0,ADMIN://127.0.0.1:0",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,ADMIN:PLAINTEXT",
            "weir.admin.listener.name": "admin", "max.connections": "1",
            "listener.name.admin.max.connections": "1",
        ])
        let first = try broker.client()
        _ = try first.ask(ApiVersionsRequest(), version: 3)
        #expect(try broker.client().isClosed())
        let port = try #require(broker.ports.last)
        let administrator = try TestClient(port: port)
        #expect(try Self.set(administrator, ["producer_byte_rate": 5]) == .none)
        #expect(try administrator.ask(MetadataRequest(), version: 9).brokers.count == 1)
        #expect(try TestClient(port: port).isClosed())
    }
}
