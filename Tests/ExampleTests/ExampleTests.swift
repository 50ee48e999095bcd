import Broker
import Foundation
import Logging
import Testing

@Suite struct `The example of` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    @Test(arguments: ["RecordFormat", "CommitLog", "KafkaClient"])
    func `each library is the code of its page`(library: String) throws {
        let sources = Self.folder.appending(components: "..", "..", "Sources")
        let page = try String(
            contentsOf: sources.appending(components: library, "README.md"), encoding: .utf8)
        let code = try String(
            contentsOf: Self.folder.appending(component: library + "Example.swift"), encoding: .utf8
        )
        #expect(page.contains("```swift\n\(code)```\n"))
        #expect(page.contains(".product(name: \"\(library)\", package: \"weir\")"))
    }

    @Test func `RecordFormat reads what it packed`() throws {
        #expect(try packedAndRead(["a", "", "b"]) == ["a", "", "b"])
    }

    @Test func `CommitLog has the batches of earlier processes, too`() throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(component: "weir-example-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(try appendedAndRead(in: directory).map(\.rawValue) == [0])
        #expect(try appendedAndRead(in: directory).map(\.rawValue) == [0, 1])
    }

    @Test func `KafkaClient reads what it sent`() async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(component: "weir-example-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let settings = [
            "log.dirs": directory, "listeners": "PLAINTEXT://127.0.0.1:0",
            "group.initial.rebalance.delay.ms": "0",
        ]
        let (config, _) = try BrokerConfig.reading(
            settings.map { WrittenSetting(key: $0, value: $1, origin: "test") })
        let broker = try Broker(config: config, logger: Logger(label: "example"))
        let port = try broker.start()[0].bound.port
        #expect(try await sentAndRead(["a", "b"], by: "127.0.0.1:\(port)") == ["a", "b"])
        try broker.shutdown()
    }
}
