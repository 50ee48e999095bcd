import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import SeededRandom
import Testing

@testable import KafkaClient

/// Opens a connection for a test.
func connect(
    to address: BrokerAddress, nodeID: Int32? = nil,
    _ change: (inout ConnectionSettings) -> Void = { _ in }
) async throws -> BrokerConnection {
    var settings = ConnectionSettings()
    change(&settings)
    return try await BrokerConnection.open(
        Peer(address: address, nodeID: nodeID), settings: settings,
        on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent
    ).get()
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Why `body` fails with a `ConnectionError`; nil where it does not.
func connectionError(_ body: () async throws -> Void) async throws -> ConnectionError? {
    do {
        try await body()
        return nil
    } catch let error as ConnectionError {
        return error
    }
}

@Suite("A connection to a broker")
struct BrokerConnectionTests {
    @Test("asks for the versions in the version that an older broker has")
    func fallback() async throws {
        let broker = try await ScriptedBroker { request in
            guard request.header.apiVersion > 3 else { return [] }
            var refusal = ScriptedBroker.versions
            refusal.errorCode = .unsupportedVersion
            let own = refusal.apiKeys.firstIndex { $0.apiKey == ApiKey.apiVersions.rawValue }
            refusal.apiKeys[own ?? 0].maxVersion = 3
            return [try request.answered(by: refusal, version: 0)]
        }
        let connection = try await connect(to: broker.address)
        #expect(broker.received.map(\.header.apiVersion) == [4, 3])
        #expect(try connection.versions.version(of: .metadata) == 13)
        try await connection.close().get()
    }

    @Test("asks in version 0 where the refusal cannot be read")
    func unreadableRefusal() async throws {
        let broker = try await ScriptedBroker { request in
            guard request.header.apiVersion > 2 else { return [] }
            // As librdkafka's mock cluster answers: neither version 0 nor 4.
            let body: [UInt8] = [0, 35, 1, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0]
            return [.send([0, 0, 0, 17, 0, 0, 0, 0] + body)]
        }
        let connection = try await connect(to: broker.address)
        #expect(broker.received.map(\.header.apiVersion) == [4, 0])
        try await connection.close().get()
    }

    @Test("sends requests without waiting, and gives each its own response")
    func pipelining() async throws {
        let broker = try await ScriptedBroker { request in
            guard request.apiKey == .findCoordinator else { return [] }
            var response = FindCoordinatorResponse()
            response.errorMessage = try request.body(FindCoordinatorRequest.self).coordinatorKeys[0]
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = response.errorMessage ?? ""
            response.coordinators = [coordinator]
            return [try request.answered(by: response)]
        }
        let connection = try await connect(to: broker.address)
        let answers = (0..<50).map { index in
            var request = FindCoordinatorRequest()
            request.coordinatorKeys = ["group-\(index)"]
            return connection.send(request)
        }
        for (index, answer) in answers.enumerated() {
            #expect(try await answer.get().body.coordinators[0].key == "group-\(index)")
        }
        let statistics = try await connection.eventLoop.submit { connection.statistics }.get()
        #expect(statistics.requestCount == 51)
        #expect(statistics.responseCount == 51)
    }

    /// A server that answers ApiVersions properly, and then with these bytes.
    private func reason(
        timeoutMs: Int64 = 30_000,
        afterMetadata replies:
            @escaping @Sendable (ScriptedBroker.Received) throws ->
            [ScriptedBroker.Reply]
    ) async throws -> ConnectionError.Reason? {
        let broker = try await ScriptedBroker { request in
            request.apiKey == .metadata ? try replies(request) : []
        }
        let connection = try await connect(to: broker.address)
        return try await connectionError {
            _ = try await connection.send(MetadataRequest(), timeoutMs: timeoutMs).get()
        }?.reason
    }

    @Test("ends where the server answers what was not asked")
    func wrongAnswers() async throws {
        #expect(
            try await reason { [try $0.answered(by: MetadataResponse(), correlationID: 77)] }
                == .unexpectedCorrelationID(expected: 1, received: 77))
        #expect(
            try await reason { _ in [.send([0, 0, 0, 1, 9])] } == .shortFrame(byteCount: 1))
        #expect(
            try await reason { _ in [.send([0x80, 0, 0, 0])] } == .badFrame(.negative(.min)))
        #expect(
            try await reason { _ in [.send([0x7f, 0, 0, 0])] }
                == .badFrame(.tooLarge(0x7f00_0000, maximum: 100_000_000)))
        #expect(try await reason { _ in [.close] } == .closedByBroker)
        // Closed in the middle of a frame.
        #expect(
            try await reason { _ in [.send([0, 0, 1, 0, 0, 0, 0, 1]), .close] }
                == .closedByBroker)
        // Silence.
        #expect(try await reason(timeoutMs: 50) { _ in [] } == .requestTimeout(.metadata, ms: 50))
        // A frame that ends before its fields do, and one with a negative count.
        guard
            case .badMessage? = try await reason(afterMetadata: { _ in
                [.send([0, 0, 0, 5, 0, 0, 0, 1, 0])]
            })
        else {
            Issue.record("a short message was accepted")
            return
        }
    }

    @Test("is silent, and counts it, where a response asks for that")
    func throttle() async throws {
        let broker = try await ScriptedBroker { request in
            guard request.apiKey == .metadata else { return [] }
            var response = MetadataResponse()
            response.throttleTimeMs = 30
            return [try request.answered(by: response)]
        }
        let connection = try await connect(to: broker.address)
        for _ in 0..<2 { _ = try await connection.send(MetadataRequest()).get() }
        let throttle = try await connection.eventLoop.submit {
            connection.statistics.throttle
        }.get()
        #expect(throttle.count == 2)
        #expect(throttle.total == .milliseconds(60))
        try await connection.close().get()
    }

    @Test("ends where more comes than was asked for")
    func unsolicited() async throws {
        let broker = try await ScriptedBroker { request in
            guard request.apiKey == .metadata else { return [] }
            let more: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 9]
            return [try request.answered(by: MetadataResponse()), .send(more + more)]
        }
        let connection = try await connect(to: broker.address)
        _ = try await connection.send(MetadataRequest()).get()
        let end = try await connection.closeFuture.get()
        #expect(end.reason == .unsolicitedResponse(correlationID: 9))
        let after = try await connectionError {
            _ = try await connection.send(MetadataRequest()).get()
        }
        #expect(after == end)
    }

    @Test("reads a response though its frame is longer, as other clients do")
    func trailingBytes() async throws {
        #expect(
            try await reason { request in
                guard case .send(var bytes) = try request.answered(by: MetadataResponse()) else {
                    return []
                }
                bytes[3] += 2
                return [.send(bytes + [0, 0])]
            } == nil)
    }

    @Test("reads responses of any size, in whatever pieces they come")
    func largeResponses() async throws {
        let sizes = [3 << 20, 100, 70_000, (1 << 20) - 1, 1 << 20, 0, 2_500_001, 65_532, 80_000]
        let filler = { @Sendable (index: Int) in
            var random = SeededGenerator(seed: UInt64(index))
            let some = (0..<65_521).map { _ in UInt8.random(in: 0...255, using: &random) }
            return (0...sizes[index] / some.count).flatMap { _ in some }.prefix(sizes[index])
        }
        let broker = try await ScriptedBroker { request in
            guard request.apiKey == .metadata,
                case .send(let answer) = try request.answered(by: MetadataResponse())
            else { return [] }
            let index = Int(request.header.correlationID) - 1
            let body = answer[4...] + filler(index)
            var bytes = (Array(buffer: ByteBuffer(integer: Int32(body.count))) + body)[...]
            var random = SeededGenerator(seed: UInt64(index))
            var pieces: [ScriptedBroker.Reply] = []
            while !bytes.isEmpty {
                let count = min(bytes.count, Int.random(in: 1...200_000, using: &random))
                pieces.append(.send(Array(bytes.prefix(count))))
                bytes = bytes.dropFirst(count)
            }
            return pieces
        }
        let connection = try await connect(to: broker.address)
        let counted = {
            try await connection.eventLoop.submit { connection.statistics.receivedByteCount }.get()
        }
        let before = try await counted()
        let answers = sizes.map { _ in connection.send(MetadataRequest()) }
        var byteCount = 0
        for (index, answer) in answers.enumerated() {
            let frame = try await answer.get().frame
            #expect(Array(buffer: frame).suffix(sizes[index]) == filler(index))
            byteCount += FrameLength.byteCount + frame.readableBytes
        }
        #expect(try await counted() - before == byteCount)
        try await connection.close().get()
    }

    @Test("is refused in words that say what the port is")
    func otherServers() async throws {
        for (bytes, expected) in [
            ([21, 3, 3, 0, 2, 2, 22], ConnectionError.Reason.speaks(.tls)),
            (Array("HTTP/1.1 400 Bad Request\r\n".utf8), .speaks(.http)),
            ([], .closedAtStart),
        ] as [([UInt8], ConnectionError.Reason)] {
            let server = try await ScriptedBroker { _ in
                (bytes.isEmpty ? [] : [.send(bytes)]) + [.close]
            }
            let error = try await connectionError { _ = try await connect(to: server.address) }
            #expect(error?.reason == expected)
        }
    }

    @Test("names the broker and what it advertises where that cannot be reached")
    func unreachable() async throws {
        let broker = try await ScriptedBroker { _ in [] }
        try await broker.stop()
        let refused = try await connectionError {
            _ = try await connect(to: broker.address, nodeID: 3)
        }
        #expect(
            refused?.description.hasPrefix("broker 3 at \(broker.address) (as the cluster") == true)
        #expect(refused?.description.contains("refused") == true)
        let unknown = BrokerAddress(host: "kafka-1.invalid", port: 9092)
        let unresolved = try await connectionError { _ = try await connect(to: unknown) }
        guard case .unresolvable(let text)? = unresolved?.reason else {
            Issue.record("\(String(describing: unresolved))")
            return
        }
        // The C library's words, without the name of NIO's error.
        #expect(!text.contains("SocketAddressError"))
        #expect(unresolved?.description.contains("kafka-1.invalid") == true)
    }

    @Test("does not open where ApiVersions is refused")
    func refusal() async throws {
        let broker = try await ScriptedBroker { request in
            var response = ApiVersionsResponse()
            response.errorCode = .clusterAuthorizationFailed
            return [try request.answered(by: response)]
        }
        let error = try await connectionError { _ = try await connect(to: broker.address) }
        #expect(error?.reason == .refused(.clusterAuthorizationFailed))
    }
}
