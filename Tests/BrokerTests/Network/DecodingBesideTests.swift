import Dispatch
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("Batches that take long to decode")
struct DecodingBesideTests {
    /// A gzip batch of one record of zeros with a key.
    private func zeros(_ byteCount: Int) throws -> [UInt8] {
        var builder = try RecordBatchBuilder(
            batchSize: byteCount + 1000, compression: Compression(.gzip))
        precondition(
            builder.append(
                timestamp: 1_700_000_000_000, key: [1],
                value: [UInt8](repeating: 0, count: byteCount)))
        try builder.seal()
        return unsafe Array(builder.sealedBytes)
    }

    @Test(
        "are decoded beside the event loops, and the connection's requests stay in order",
        arguments: [["cleanup.policy": "compact"], ["compression.type": "lz4"], [:]])
    func beside(config: [String: String]) throws {
        let broker = try TestBroker(["weir.long.work.threads": "1", "num.network.threads": "1"])
        try broker.topic("t", config: config)
        let gate = DispatchSemaphore(value: 0)
        broker.broker.longWork.run { gate.wait() }
        let client = try broker.client()
        let large = try zeros(10 << 20)
        let small = try zeros(100)
        for batch in [large, small, large] {
            try client.post(TestClient.produceRequest("t", batch), version: 9, records: batch)
        }
        let other = try broker.client()
        #expect(try other.ask(ApiVersionsRequest(), version: 3).errorCode == .none)
        #expect(!client.isReadable(withinMs: 100), "the second does not overtake the first")
        gate.signal()
        for offset in 0..<3 {
            let answer = try client.response(ProduceResponse.self, version: 9)
                .body.responses[0].partitionResponses[0]
            #expect(answer.errorCode == .none)
            #expect(answer.baseOffset == Offset(Int64(offset)))
        }
    }

    @Test("are one at a time of each connection, so that the others have their turn")
    func turns() throws {
        let broker = try TestBroker(["weir.long.work.threads": "1", "num.network.threads": "1"])
        try broker.topic("t", config: ["compression.type": "uncompressed"])
        let gate = DispatchSemaphore(value: 0)
        broker.broker.longWork.run { gate.wait() }
        let batch = try zeros(500_000)
        let greedy = try broker.client()
        for _ in 0..<20 {
            try greedy.post(TestClient.produceRequest("t", batch), version: 9, records: batch)
        }
        let modest = try broker.client()
        try modest.post(TestClient.produceRequest("t", batch), version: 9, records: batch)
        #expect(!modest.isReadable(withinMs: 100))
        gate.signal()
        let answer = try modest.response(ProduceResponse.self, version: 9)
            .body.responses[0].partitionResponses[0]
        #expect(answer.baseOffset < Offset(10), "the greedy one is not done before")
        for _ in 0..<20 { _ = try greedy.response(ProduceResponse.self, version: 9) }
    }

    @Test("of one request take turns with those of other connections")
    func turnsWithinARequest() throws {
        let broker = try TestBroker(["weir.long.work.threads": "1", "num.network.threads": "1"])
        try broker.topic(
            "t", config: ["compression.type": "gzip", "compression.gzip.level": "9"])
        let gate = DispatchSemaphore(value: 0)
        broker.broker.longWork.run { gate.wait() }
        let batch = try zeros(3_000_000)
        let greedy = try broker.client()
        let (request, records) = Self.request([("t", [[UInt8]](repeating: batch, count: 40))])
        try greedy.post(request, version: 9, records: records)
        let modest = try broker.client()
        try modest.post(TestClient.produceRequest("t", batch), version: 9, records: batch)
        #expect(!modest.isReadable(withinMs: 100))
        gate.signal()
        let answer = try modest.response(ProduceResponse.self, version: 9)
            .body.responses[0].partitionResponses[0]
        #expect(answer.baseOffset < Offset(40), "the greedy request is not done before")
        let answers = try greedy.response(ProduceResponse.self, version: 9)
            .body.responses[0].partitionResponses
        #expect(answers.map(\.errorCode) == [ErrorCode](repeating: .none, count: 40))
    }

    /// One request for partition 0 of each topic, several times.
    private static func request(
        _ topics: [(name: String, batches: [[UInt8]])]
    ) -> (ProduceRequest, records: [UInt8]) {
        var request = TestClient.produceRequest("", [])
        var records: [UInt8] = []
        request.topicData = topics.map { name, batches in
            var topic = ProduceRequest.Topic()
            topic.name = name
            topic.partitionData = batches.map { batch in
                var partition = ProduceRequest.Partition()
                partition.records = RecordsRange(
                    position: records.count, byteCount: batch.count)
                records += batch
                return partition
            }
            return topic
        }
        return (request, records)
    }

    @Test("are answered in their places, each topic once, wherever the event loop left off")
    func places() throws {
        let broker = try TestBroker()
        try broker.topic("beside", config: ["compression.type": "lz4"])
        try broker.topic("plain")
        let client = try broker.client()
        let (small, large) = (try zeros(100), try zeros(1_000_000))
        let requests: [[(name: String, batches: [[UInt8]])]] = [
            [("beside", [large])],
            [("beside", [large, small]), ("plain", [small])],
            [("plain", [small, large, small]), ("beside", [small])],
            [("plain", []), ("beside", [large]), ("plain", [large])],
        ]
        for topics in requests {
            let (request, records) = Self.request(topics)
            try client.post(request, version: 9, records: records)
            let responses = try client.response(ProduceResponse.self, version: 9).body.responses
            #expect(responses.map(\.name) == topics.map { $0.name })
            #expect(
                responses.map(\.partitionResponses.count) == topics.map { $0.batches.count })
            #expect(
                responses.allSatisfy { $0.partitionResponses.allSatisfy { $0.errorCode == .none } })
        }
    }

    @Test("name no more than a thousand refused records in an answer")
    func namedRecords() throws {
        let broker = try TestBroker()
        // Re-encoding is never done on an event loop.
        try broker.topic("t", config: ["cleanup.policy": "compact", "compression.type": "lz4"])
        var builder = try RecordBatchBuilder(batchSize: 1 << 20)
        for _ in 0..<700 { precondition(builder.append(timestamp: 1000, key: nil, value: [1])) }
        try builder.seal()
        let batch = unsafe Array(builder.sealedBytes)
        let answers = try broker.client().produce("t", [batch, batch, batch], version: 9)
        #expect(answers.map(\.recordErrors.count) == [700, 300, 0])
    }

    @Test("of one request may become 128 MiB together, where the request is small")
    func boundOfARequest() throws {
        let broker = try TestBroker()
        try broker.topic("t")
        let batch = try zeros(20 << 20)
        let plain = try testBatch(["x"])
        let batches = [[UInt8]](repeating: batch, count: 8) + [plain]
        let client = try broker.client()
        for _ in 0..<2 {
            let answers = try client.produce("t", batches, version: 9)
            #expect(
                answers.map(\.errorCode)
                    == [ErrorCode](repeating: .none, count: 6)
                    + [.messageTooLarge, .messageTooLarge, .none])
            #expect(answers[6].errorMessage?.contains("batches of this request") == true)
        }
    }

    @Test("are refused where they become larger than the topic allows, by default 32 times a batch")
    func bounds() throws {
        let broker = try TestBroker()
        let topics: [(name: String, config: [String: String], limit: Int)] = [
            ("default", ["max.message.bytes": "100000"], 3_200_000),
            ("set", ["weir.max.decompressed.batch.bytes": "50000"], 50_000),
        ]
        let client = try broker.client()
        for (name, config, limit) in topics {
            for (kind, setting) in [
                ("compact", "cleanup.policy"), ("uncompressed", "compression.type"),
                ("records", "weir.batch.validation"),
            ] {
                // A batch that is stored uncompressed must fit as it is.
                let topic = "\(name)-\(kind)"
                var config = config
                config[setting] = kind
                try broker.topic(topic, config: config)
                #expect(
                    try client.produce(topic, zeros(limit)).errorCode == .messageTooLarge,
                    "\(topic)")
                #expect(try client.produce(topic, zeros(40_000)).errorCode == .none, "\(topic)")
            }
        }
        let plain = try broker.topic(
            "plain", config: ["max.message.bytes": "100000", "weir.batch.validation": "header"])
        #expect(try client.produce("plain", zeros(3_200_000)).errorCode == .none)
        #expect(plain[0].logEndOffset == Offset(1))
    }
}
