import KafkaClient
import Logging
import NIOCore
import NIOPosix

/// A cluster from which the topics of killed runs are removed.
///
/// Thread contract: belongs to one thread, which is not an event loop.
public final class TopicRemoval {
    private let servers: String
    private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let administrator: Administrator
    private let clusterID: String?
    private let present: Set<String>

    /// Connects, and asks which topics are there.
    /// - Parameter client: further settings of the client.
    public init(servers: String, client: [String: String] = [:]) throws(TargetError) {
        self.servers = servers
        var profile = Profile()
        profile.client = client
        profile.client["bootstrap.servers"] = servers
        do {
            let cluster = try Cluster(
                settings: KafkaSettings(profile).administration(), on: loops.next(),
                logger: Logger(label: "weir.clean") { _ in SwiftLogNoOpLogHandler() })
            let administrator = Administrator(cluster: cluster)
            self.administrator = administrator
            (clusterID, present) = try cluster.eventLoop.makeFutureWithTask {
                _ = try await cluster.topics([], timeoutMs: KafkaSettings.connectTimeoutMs).get()
                let names = try await administrator.topicNames().map(\.name)
                return (try await administrator.describeCluster().clusterID, Set(names))
            }.wait()
        } catch {
            try? loops.syncShutdownGracefully()
            throw TargetError(kafka: error, servers: servers)
        }
    }

    /// Whether the topics were created in this cluster.
    public func isHome(of left: LeftTopics) -> Bool { left.clusterID == clusterID }

    /// Those of the topics that are still there; none in another cluster.
    public func names(of left: LeftTopics) -> [String] {
        isHome(of: left) ? left.names.filter(present.contains) : []
    }

    /// Deletes them, and returns their names.
    public func remove(_ left: LeftTopics) throws(TargetError) -> [String] {
        let names = names(of: left)
        do {
            try administrator.cluster.eventLoop.makeFutureWithTask { [administrator] in
                for name in names { try await administrator.deleteTopic(name) }
            }.wait()
        } catch {
            throw TargetError(kafka: error, servers: servers)
        }
        return names
    }

    public func close() {
        try? administrator.cluster.shutdown().wait()
        try? loops.syncShutdownGracefully()
    }
}
