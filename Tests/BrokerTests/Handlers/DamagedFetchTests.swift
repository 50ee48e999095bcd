import CommitLog
import Foundation
import KafkaProtocol
import Logging
import RecordFormat
import Synchronization
import Testing

@testable import Broker

/// A broker whose files somebody has damaged.
@Suite("A damaged log")
struct DamagedFetchTests {
    /// Six batches of one record, two a segment; closed, and the file of the second segment changed.
    private func damaged(_ change: (inout Data) -> Void) throws -> (TestBroker, LinesKept) {
        let first = try TestBroker()
        let directory = first.directory
        let size = try testBatch(["0"]).count
        try first.topic("t", config: ["segment.bytes": "\(2 * size)"])
        let client = try first.client()
        for index in 0..<6 { try client.produce("t", testBatch(["\(index)"])) }
        try first.stop()
        let file = URL(filePath: "\(directory)/t-0/00000000000000000002.log")
        var bytes = try Data(contentsOf: file)
        change(&bytes)
        try bytes.write(to: file)
        let lines = LinesKept()
        // The directory is the second broker's to remove.
        first.keepsDirectory = true
        return (try TestBroker(directory: directory, lines: lines), lines)
    }

    private func errors(_ client: TestClient, from offset: Int64) throws -> ErrorCode {
        try client.fetch(TestClient.fetchRequest("t", offset: offset)).partition.errorCode
    }

    @Test("answers CORRUPT_MESSAGE where a header is damaged, says so once, and serves the rest")
    func header() throws {
        let (broker, lines) = try damaged { $0[$0.count / 2 + 16] ^= 1 }
        let client = try broker.client()
        for _ in 0..<3 { #expect(try errors(client, from: 3) == .corruptMessage) }
        #expect(try errors(client, from: 2) == .none)
        let behind = try client.fetch(TestClient.fetchRequest("t", offset: 4))
        #expect(try testRecords(behind.records).map(\.offset) == [4, 5])
        let said = lines.matching("could not be read from offset 3")
        #expect(said.count == 1)
        #expect(said.first?.contains("t-0") == true)
        #expect(said.first?.contains("00000000000000000002.log is corrupt at position") == true)
        withExtendedLifetime(broker) {}
    }

    @Test("answers CORRUPT_MESSAGE to a reader who asks again for a batch with a flipped bit")
    func payload() throws {
        let (broker, lines) = try damaged { $0[$0.count - 1] ^= 1 }
        let client = try broker.client()
        #expect(try errors(client, from: 3) == .none)
        #expect(try errors(client, from: 3) == .corruptMessage)
        #expect(lines.matching("could not be read from offset 3").count == 1)
        withExtendedLifetime(broker) {}
    }

    @Test("lets readers pass what is missing, and says at the start what it is")
    func cutShort() throws {
        let (broker, lines) = try damaged { $0.removeLast(10) }
        let client = try broker.client()
        let behind = try client.fetch(TestClient.fetchRequest("t", offset: 3))
        #expect(behind.partition.errorCode == .none)
        #expect(try testRecords(behind.records).map(\.offset) == [4, 5])
        #expect(lines.matching("t-0: offsets 3 up to 4, exclusive, are missing").count == 1)
        withExtendedLifetime(broker) {}
    }

    @Test("of which the background cannot do its work is told of with its name")
    func background() throws {
        let lines = LinesKept()
        let broker = try TestBroker(
            ["log.retention.check.interval.ms": "20"], lines: lines)
        try broker.topic("t", config: ["segment.bytes": "200", "retention.bytes": "200"])
        let client = try broker.client()
        let obstacle = "\(broker.directory)/t-0/00000000000000000000.log.deleted/x"
        try FileManager.default.createDirectory(
            atPath: obstacle, withIntermediateDirectories: true)
        for _ in 0..<9 { try client.produce("t", testBatch([String(repeating: "x", count: 60)])) }
        let deadline = ContinuousClock.now + .seconds(60)
        while lines.matching("retention of t-0").isEmpty, ContinuousClock.now < deadline {
            Thread.sleep(forTimeInterval: 0.005)
        }
        #expect(lines.matching("in the background failed retention of t-0: rename").count == 1)
    }
}

/// The lines that a broker logs.
final class LinesKept: Sendable {
    private let lines = Mutex<[String]>([])
    private let level: Logger.Level

    init(level: Logger.Level = .warning) { self.level = level }

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    func matching(_ part: String) -> [String] {
        lines.withLock { $0.filter { $0.contains(part) } }
    }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self, logLevel: level) }
    }

    private struct Handler: LogHandler {
        let lines: LinesKept
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: Logging.LogEvent) {
            let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }
            lines.add("\(event.message)" + values.map { " \($0.key)=\($0.value)" }.joined())
        }
    }
}
