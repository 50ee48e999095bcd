import KafkaProtocol
import NIOCore
import NIOPosix
import RecordFormat
import Synchronization

@testable import KafkaClient

/// A cluster of scripted brokers, of which each knows all.
final class ScriptedCluster: Sendable {
    private let nodes = Mutex<[Int32: ScriptedBroker]>([:])
    /// Who leads partition 0 of `orders`, and in which epoch; −1 where nobody does.
    let leader = Mutex(PartitionLeader(nodeID: 1, epoch: LeaderEpoch(1)))
    let topicError = Mutex(ErrorCode.none)
    /// Of `orders`.
    let topicID = Mutex(TopicID.none)

    /// `script` says what brokers answer beside versions and metadata.
    init(
        _ count: Int32,
        _ script:
            @escaping @Sendable (Int32, ScriptedBroker.Received) throws ->
            [ScriptedBroker.Reply] = { _, _ in [] }
    ) async throws {
        for id in 1...count {
            let broker = try await ScriptedBroker { [self] request in
                request.apiKey == .metadata
                    ? [try request.answered(by: metadata)] : try script(id, request)
            }
            nodes.withLock { $0[id] = broker }
        }
    }

    subscript(id: Int32) -> ScriptedBroker? { nodes.withLock { $0[id] } }

    /// The broker is gone: nobody listens, and nobody speaks of it.
    func stop(_ id: Int32) async throws {
        let node = nodes.withLock { $0.removeValue(forKey: id) }
        try await node?.stop()
    }

    var metadata: MetadataResponse {
        var response = MetadataResponse()
        response.clusterID = "scripted"
        response.controllerID = 1
        response.brokers = nodes.withLock { nodes in
            nodes.map { id, node in
                var broker = MetadataResponse.Broker()
                (broker.nodeID, broker.host, broker.port) = (id, "127.0.0.1", Int32(node.port))
                return broker
            }
        }
        var topic = MetadataResponse.Topic()
        topic.name = "orders"
        topic.topicID = topicID.withLock { $0 }
        topic.errorCode = topicError.withLock { $0 }
        var partition = MetadataResponse.Partition()
        let leader = leader.withLock { $0 }
        (partition.leaderID, partition.leaderEpoch) = (leader.nodeID, leader.epoch)
        topic.partitions = topic.errorCode == .none ? [partition] : []
        response.topics = [topic]
        return response
    }

    func client(_ settings: [String: String] = [:]) throws -> Cluster {
        let servers = nodes.withLock { $0.values.map { "\($0.address)" } }
        return try Cluster(
            settings: ClientSettings(
                [
                    "bootstrap.servers": servers.joined(separator: ","), "retry.backoff.ms": "2",
                    "retry.backoff.max.ms": "10", "reconnect.backoff.ms": "1",
                ].merging(settings) { $1 }),
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent)
    }
}
