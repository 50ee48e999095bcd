import Broker
import CommitLog
import Foundation
import KafkaClient
import Logging
import NIOCore
import NIOPosix

/// Weir's own broker on a free port of this machine, over a directory of its own.
final class RunningBroker: Sendable {
    let broker: Broker
    let port: Int
    private let directory: String

    /// `settings` are keys of `server.properties`; `directory` is one that an earlier broker left.
    init(_ settings: [String: String] = [:], port: Int = 0) throws {
        directory =
            FileManager.default.temporaryDirectory
            .appending(component: "weir-client-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let all = settings.merging([
            "listeners": "PLAINTEXT://127.0.0.1:\(port)", "log.dirs": directory,
            "num.network.threads": "2",
        ]) { own, _ in own }
        broker = try Broker(
            config: BrokerConfig.reading(
                all.map { WrittenSetting(key: $0, value: $1, origin: "test") }
            ).config, logger: .silent)
        self.port = try broker.start()[0].bound.port
    }

    deinit {
        try? broker.shutdown()
        try? FileManager.default.removeItem(atPath: directory)
    }

    var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: port) }

    /// A client of this broker.
    func cluster(_ settings: [String: String] = [:]) throws -> Cluster {
        try Cluster(
            settings: ClientSettings(
                settings.merging(["bootstrap.servers": "\(address)"]) { own, _ in own }),
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent)
    }
}
