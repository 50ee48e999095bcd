import Foundation
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A connection within its limits")
struct LimitedConnectionTests {
    @Test("that is idle ends, and so does one that never finishes a frame")
    func idle() throws {
        let broker = try TestBroker(["connections.max.idle.ms": "300"])
        let silent = try broker.client()
        let slow = try broker.client()
        try slow.send([0, 0, 1, 0, 0])
        let clock = ContinuousClock()
        let start = clock.now
        #expect(silent.isClosed())
        #expect(clock.now - start >= .milliseconds(200))
        #expect(slow.isClosed())
    }

    @Test("that drips bytes without finishing a frame is idle")
    func dripping() throws {
        let broker = try TestBroker(["connections.max.idle.ms": "300"])
        let client = try broker.client()
        try client.send([0, 0, 1, 0])
        let clock = ContinuousClock()
        let start = clock.now
        while !client.isReadable(withinMs: 20), clock.now - start < .seconds(20) {
            try? client.send([0])
        }
        #expect(client.isClosed())
        #expect(clock.now - start < .seconds(20))
    }

    @Test("that waits for records is not idle")
    func waitingIsNotIdle() throws {
        let broker = try TestBroker(["connections.max.idle.ms": "100"])
        try broker.topic("t")
        let client = try broker.client()
        let fetched = try client.fetch(
            TestClient.fetchRequest("t", offset: 0, maxWaitMs: 700))
        #expect(fetched.partition.errorCode == .none)
    }

    @Test("is one too many beyond max.connections, until another ends")
    func maxConnections() throws {
        let broker = try TestBroker(["max.connections": "2"])
        let first = try broker.client()
        #expect(try first.ask(ApiVersionsRequest(), version: 3).errorCode == .none)
        var second: TestClient? = try broker.client()
        #expect(try second?.ask(ApiVersionsRequest(), version: 3).errorCode == ErrorCode.none)
        #expect(try broker.client().isClosed())
        second = nil
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(10)
        while clock.now < deadline {
            let third = try broker.client()
            if (try? third.ask(ApiVersionsRequest(), version: 3)) != nil { return }
        }
        Issue.record("no connection was accepted after another had ended")
    }

    @Test("is one too many beyond max.connections.per.ip")
    func maxConnectionsPerAddress() throws {
        let broker = try TestBroker(["max.connections.per.ip": "1"])
        let first = try broker.client()
        #expect(try first.ask(ApiVersionsRequest(), version: 3).errorCode == .none)
        #expect(try broker.client().isClosed())
    }

    @Test("that does not read its answers has no more requests taken, and the others go on")
    func slowReader() throws {
        let broker = try TestBroker([
            "weir.max.unwritten.response.bytes": "100000", "connections.max.idle.ms": "3000",
        ])
        try broker.topic("t")
        let producer = try broker.client()
        let batch = try testBatch([String(repeating: "x", count: 900_000)])
        for _ in 0..<8 { try producer.produce("t", batch) }
        let slow = try TestClient(port: broker.port, receiveBufferByteCount: 4096)
        for _ in 0..<100 {
            try slow.post(
                TestClient.fetchRequest("t", offset: 0, partitionMaxBytes: 8 << 20), version: 12)
        }
        for _ in 0..<20 {
            let fetched = try producer.fetch(TestClient.fetchRequest("t", offset: 7))
            #expect(fetched.records.count == batch.count)
        }
        // What the slow one reads in the end is whole.
        let first = try slow.fetched()
        #expect(try testRecords(first.records).count == 8)
    }
}
