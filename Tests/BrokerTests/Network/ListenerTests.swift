import CommitLog
import KafkaProtocol
import Logging
import Synchronization
import Testing

@testable import Broker

@Suite("Listeners")
struct ListenerTests {
    /// Starts a broker of its own, and returns what it wrote in its log when it is over.
    private func serving(
        _ settings: [String: String], _ body: ([Listener]) throws -> Void
    ) throws -> [String] {
        let temporary = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(temporary) }
        let lines = KeptLines()
        var written = settings.map { WrittenSetting(key: $0, value: $1, origin: "test") }
        written.append(WrittenSetting(key: "log.dirs", value: temporary, origin: "test"))
        let broker = try Broker(
            config: BrokerConfig.reading(written).config,
            logger: lines.logger)
        let result = Result { try body(broker.start()) }
        try broker.shutdown()
        try result.get()
        return lines.all
    }

    @Test("of several names tell each client where that one's are to come")
    func named() throws {
        _ = try serving([
            "listeners": "INSIDE://127.0.0.1:0,OUTSIDE://127.0.0.1:0,PLAINTEXT://127.0.0.1:0",
            "advertised.listeners": "INSIDE://broker:9092,outside://kafka.example.com:443",
            "listener.security.protocol.map": "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
        ]) { listeners in
            #expect(listeners.map(\.name) == ["INSIDE", "OUTSIDE", "PLAINTEXT"])
            let places = try listeners.map { listener in
                let answer = try TestClient(port: listener.bound.port).ask(
                    MetadataRequest(), version: 9)
                return "\(answer.brokers[0].host):\(answer.brokers[0].port)"
            }
            #expect(
                places == [
                    "broker:9092", "kafka.example.com:443", "127.0.0.1:\(listeners[2].bound.port)",
                ])
        }
    }

    @Test("answer clients whose names are no UTF-8, and say what those ask for in vain")
    func clients() throws {
        let lines = try serving(["listeners": "PLAINTEXT://127.0.0.1:0"]) { listeners in
            let client = try TestClient(port: listeners[0].bound.port)
            // ApiVersions 0 of a client with the id 0xC3 0x28.
            try client.send([0, 0, 0, 12, 0, 18, 0, 0, 0, 0, 0, 7, 0, 2, 0xc3, 0x28])
            let (header, body, _) = try client.response(ApiVersionsResponse.self, version: 0)
            #expect(header.correlationID == 7 && body.errorCode == .none)
            #expect(
                try client.ask(CreateTopicsRequest(), version: 1).topics.isEmpty)
            // Fetch 99 of a client whose id is a line break.
            try client.send([0, 0, 0, 12, 0, 1, 0, 99, 0, 0, 0, 8, 0, 1, 0x0a, 0])
            #expect(client.isClosed())
        }
        #expect(
            lines.contains {
                $0.hasSuffix(
                    #"client "test" asks for version 1 of createTopics, which is not served: 2 to 7 are"#
                )
            })
        #expect(
            lines.contains {
                $0.hasSuffix(
                    #"client "\n" asks for version 99 of fetch, which is not served: 4 to 17 are"#)
            })
    }
}

/// What a broker logs. Thread contract: every call from any thread.
private final class KeptLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: KeptLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: Logging.LogEvent) {
            lines.lines.withLock { $0.append("\(event.message)") }
        }
    }
}
