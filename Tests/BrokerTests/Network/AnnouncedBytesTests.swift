import Glibc
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A connection that announces a large request")
struct AnnouncedBytesTests {
    /// A broker with memory for one request of two million bytes, and the frame of such a request.
    private func narrow(
        _ settings: [String: String] = [:]
    ) throws -> (broker: TestBroker, frame: [UInt8]) {
        let broker = try TestBroker(
            [
                "socket.request.max.bytes": "3000000", "queued.max.request.bytes": "3000000",
            ].merging(settings) { $1 })
        try broker.topic("t", config: ["max.message.bytes": "3000000"])
        return (broker, try frame(2_000_000))
    }

    private func frame(_ byteCount: Int) throws -> [UInt8] {
        let batch = try testBatch([String(repeating: "x", count: byteCount)])
        var request = FieldWriter()
        try request.append(
            TestClient.produceRequest("t", batch), version: 9, correlationID: 1, clientID: "test")
        return unsafe request.joined(with: batch.span.bytes)
    }

    private func isAcknowledged(_ client: TestClient) throws -> Bool {
        try client.response(ProduceResponse.self, version: 9).body
            .responses[0].partitionResponses[0].errorCode == .none
    }

    private func wait(for broker: TestBroker, until isSo: (RequestMemory) -> Bool) throws {
        let memory = try #require(broker.broker.server.withLock { $0 }).services.memory
        let deadline = ContinuousClock.now + .seconds(20)
        while !isSo(memory), ContinuousClock.now < deadline { usleep(1000) }
        try #require(isSo(memory))
    }

    @Test("and sends little of it keeps nobody else waiting")
    func announcesMuch() throws {
        let (broker, frame) = try narrow(["weir.request.silence.timeout.ms": "600000"])
        let hostile = try (0..<50).map { _ in try broker.client() }
        for client in hostile { try client.send(Array(frame.prefix(14))) }
        let honest = try broker.client()
        try honest.send(try self.frame(300_000))
        #expect(try isAcknowledged(honest))
        try honest.send(frame)
        #expect(try isAcknowledged(honest))
        for client in hostile { #expect(!client.isReadable(withinMs: 0)) }
    }

    @Test("leaves room for small ones, however much of it has come")
    func leavesRoom() throws {
        let (broker, frame) = try narrow(["weir.request.silence.timeout.ms": "600000"])
        let hostile = try (0..<2).map { _ in try broker.client() }
        for client in hostile { try client.send(Array(frame.prefix(1_300_000))) }
        let honest = try broker.client()
        try honest.send(try self.frame(300_000))
        #expect(try isAcknowledged(honest))
    }

    @Test("finishes it, though others are half there")
    func halves() throws {
        let (broker, frame) = try narrow(["weir.request.silence.timeout.ms": "600000"])
        let clients = try (0..<4).map { _ in try broker.client() }
        // One after the other, so that the first is the oldest.
        let haveCome: [(RequestMemory) -> Bool] = [
            { $0.usedByteCount >= 1_000_000 }, { $0.usedByteCount >= 2_000_000 },
            { $0.waiterCount == 1 }, { $0.waiterCount == 2 },
        ]
        for (client, hasCome) in zip(clients, haveCome) {
            try client.send(Array(frame.prefix(1_000_004)))
            try wait(for: broker, until: hasCome)
        }
        for client in clients {
            try client.send(Array(frame.dropFirst(1_000_004)))
            #expect(try isAcknowledged(client))
        }
    }

    @Test("and falls silent in the middle ends when others wait, together with all that do so")
    func hoarding() throws {
        let (broker, frame) = try narrow(["weir.request.silence.timeout.ms": "200"])
        let hoarders = try (0..<3).map { _ in try broker.client() }
        for hoarder in hoarders { try hoarder.send(Array(frame.prefix(800_004))) }
        try wait(for: broker) { $0.usedByteCount >= 2_400_000 }
        #expect(!hoarders[0].isReadable(withinMs: 400), "nobody waits")
        let clock = ContinuousClock()
        let start = clock.now
        let waiter = try broker.client()
        try waiter.send(frame)
        #expect(try isAcknowledged(waiter))
        for hoarder in hoarders { #expect(hoarder.isClosed()) }
        #expect(clock.now - start < .seconds(10))
    }

    @Test("and drips it ends when its time is over and others wait")
    func dripping() throws {
        let (broker, frame) = try narrow([
            "weir.request.silence.timeout.ms": "600000", "weir.request.receive.timeout.ms": "300",
        ])
        let hoarder = try broker.client()
        try hoarder.send(Array(frame.prefix(1_900_004)))
        try wait(for: broker) { $0.usedByteCount >= 1_900_000 }
        let waiter = try broker.client()
        try waiter.send(frame)
        #expect(try isAcknowledged(waiter))
        #expect(hoarder.isClosed())
    }
}
