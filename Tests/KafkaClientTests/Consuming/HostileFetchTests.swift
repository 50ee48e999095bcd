import KafkaProtocol
import NIOCore
import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

@Suite("A consumer of a broker that answers wrongly")
struct HostileFetchTests {
    /// Bytes of a whole response of Fetch 11 that are overwritten by an Int32.
    struct Tampering: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var position: Int
        var value: Int32
    }

    @Test(
        "drops what cannot be read, connects again, and reads on",
        arguments: [
            Tampering(testDescription: "a negative count of topics", position: 18, value: -5),
            Tampering(testDescription: "a null list of topics", position: 18, value: -1),
            Tampering(testDescription: "more topics than fit", position: 18, value: .max),
            Tampering(testDescription: "more partitions than fit", position: 30, value: .max),
            Tampering(testDescription: "a partition below 0", position: 34, value: -1),
            Tampering(testDescription: "a partition not asked for", position: 34, value: 77),
            Tampering(testDescription: "more aborted than fit", position: 64, value: .max),
            Tampering(testDescription: "records of negative length", position: 72, value: -7),
            Tampering(testDescription: "records beyond the frame", position: 72, value: 1 << 20),
            Tampering(testDescription: "another request's answer", position: 4, value: 1 << 20),
        ])
    func tampered(how: Tampering) async throws {
        try await expectRecovery { reply, _ in
            guard case .send(var bytes) = reply else { return [reply] }
            for index in 0..<4 {
                bytes[how.position + index] = UInt8(
                    truncatingIfNeeded: how.value >> (24 - 8 * index))
            }
            return [.send(bytes)]
        }
    }

    @Test(
        "reads on after a partition that comes twice, is missing, or a session that nobody asked for",
        arguments: 0..<4)
    func wrongPartitions(how: Int) async throws {
        try await expectRecovery { _, request in
            var response = ScriptedBroker.fetchResponse()
            switch how {
            case 0: response.responses.append(response.responses[0])
            case 1: response.responses = []
            case 2: response.errorCode = .fetchSessionIDNotFound
            default: response.responses[0].partitions[0].records = .empty
            }
            return [try request.answered(byFetch: response)]
        }
    }

    @Test("reads on after a connection that ends instead of an answer")
    func closing() async throws {
        try await expectRecovery { _, _ in [.close] }
    }

    @Test("hands out the error of a damaged batch, and what came before it")
    func damage() async throws {
        let damaged = try storedBatch(["b"], base: 1)
        let cluster = try await scripted { request, _ in
            let good = try storedBatch(["a"], base: 0)
            var bytes = good + damaged
            bytes[bytes.count - 1] ^= 0x40
            return [try request.answered(byFetch: ScriptedBroker.fetchResponse(), bytes)]
        }
        let client = try cluster.client()
        let consumer = KafkaConsumer(cluster: client)
        try await consumer.seek([Self.partition: .offset(.zero)]).get()
        let before = try #require(try await consumer.next(within: .seconds(30)).get())
        #expect(try values(of: before) == ["0:a"])
        await #expect(throws: ConsumerError.self) {
            _ = try await consumer.next(within: .seconds(30)).get()
        }
        try await client.shutdown().get()
    }

    private static let partition = TopicPartition(topic: "orders", partition: 0)

    /// The broker's first answer to a Fetch is made wrong by `tamper`; the others are right.
    private func expectRecovery(
        _ tamper:
            @escaping @Sendable (ScriptedBroker.Reply, ScriptedBroker.Received) throws ->
            [ScriptedBroker.Reply]
    ) async throws {
        let cluster = try await scripted { request, isFirst in
            let reply = try request.answered(
                byFetch: ScriptedBroker.fetchResponse(), storedBatch(["a", "b"], base: 0))
            return isFirst ? try tamper(reply, request) : [reply]
        }
        let client = try cluster.client()
        let consumer = KafkaConsumer(cluster: client)
        try await consumer.seek([Self.partition: .offset(.zero)]).get()
        let found = try #require(try await consumer.next(within: .seconds(30)).get())
        #expect(try values(of: found) == ["0:a", "1:b"])
        try await consumer.close().get()
        try await client.shutdown().get()
    }

    /// One broker, of which Fetch 11 is the latest, and which answers one Fetch after the other by
    /// `fetch`.
    private func scripted(
        _ fetch:
            @escaping @Sendable (ScriptedBroker.Received, Bool) throws ->
            [ScriptedBroker.Reply]
    ) async throws -> ScriptedCluster {
        let isFirst = Mutex(true)
        return try await ScriptedCluster(1) { _, request in
            switch request.apiKey {
            case .apiVersions:
                var versions = ScriptedBroker.versions
                let own = versions.apiKeys.firstIndex { $0.apiKey == ApiKey.fetch.rawValue }
                versions.apiKeys[own ?? 0].maxVersion = 11
                return [try request.answered(by: versions)]
            case .fetch:
                let first = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                return try fetch(request, first)
            default: return []
            }
        }
    }
}
