import Broker
import CommitLog
import Foundation
import KafkaClient
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Weir's own broker on a free port of this machine, over a directory of its own.
final class RunningBroker: Sendable {
    let broker: Broker
    let port: Int
    private let directory: String
    private let isStopped = Mutex(false)

    /// `settings` are keys of `server.properties`.
    convenience init(_ settings: [String: String] = [:]) throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(component: "weir-client-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        try self.init(settings, port: 0, directory: directory)
    }

    /// The next broker over the directory of one that was stopped, at the same port.
    convenience init(after other: RunningBroker) throws {
        try self.init([:], port: other.port, directory: other.directory)
    }

    private init(_ settings: [String: String], port: Int, directory: String) throws {
        self.directory = directory
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
        guard !isStopped.withLock({ $0 }) else { return }
        try? broker.shutdown()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Stops the broker, and leaves its directory to the next one.
    func stopForNext() throws {
        isStopped.withLock { $0 = true }
        try broker.shutdown()
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
