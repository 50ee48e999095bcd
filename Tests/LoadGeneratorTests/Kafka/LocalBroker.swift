import Broker
import Foundation
import LoadGenerator
import Logging

/// Weir's own broker in this process, on a free port, over a directory of its own.
final class LocalBroker: Sendable {
    let address: String
    let broker: Broker
    let directory: String

    /// - Parameters:
    ///   - settings: keys of `server.properties`.
    ///   - port: 0 for a free one.
    ///   - directory: one that an earlier broker left; nil for a new one.
    init(
        _ settings: [String: String] = [:], port: Int = 0, directory: String? = nil
    ) throws {
        self.directory =
            directory
            ?? FileManager.default.temporaryDirectory
            .appending(component: "weir-target-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.directory, withIntermediateDirectories: true)
        let all = settings.merging([
            "listeners": "PLAINTEXT://127.0.0.1:\(port)", "log.dirs": self.directory,
            "num.network.threads": "1",
        ]) { own, _ in own }
        broker = try Broker(
            config: BrokerConfig.reading(
                all.map { WrittenSetting(key: $0, value: $1, origin: "test") }
            ).config, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        address = "127.0.0.1:\(try broker.start()[0].bound.port)"
    }

    var topics: [String] {
        broker.log.topics.map(\.name).filter { !$0.hasPrefix("__") }.sorted()
    }

    func end() throws {
        try broker.shutdown()
        try FileManager.default.removeItem(atPath: directory)
    }
}
