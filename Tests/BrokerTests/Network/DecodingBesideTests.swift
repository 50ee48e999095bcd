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
