import KafkaProtocol
import RecordFormat

/// What one client has done on the network since it was made. Counts only grow.
public struct ClientCounts: Equatable, Sendable {
    /// Over all connections, also those that have ended.
    public var traffic = ConnectionStatistics()
    public var openedConnections = 0
    /// Connections that ended otherwise than by the client, or by being idle.
    public var lostConnections = 0
    public var produceRequests = 0
    /// Batches that were sent again.
    public var retries = 0
    /// By the brokers' ids.
    public var brokers: [Int32: BrokerCounts] = [:]
    public var metadataRefreshes = 0
    /// How often another broker than before led a partition.
    public var leaderChanges = 0

    /// What brokers answered for partitions of Produce and Fetch requests.
    public var errors: [ErrorCode: Int] {
        brokers.values.reduce(into: [:]) { $0.merge($1.errors, uniquingKeysWith: +) }
    }

}

/// What one client has done with one broker.
public struct BrokerCounts: Equatable, Sendable {
    /// Where it was connected to last; nil before that.
    public var address: BrokerAddress?
    public var traffic = ConnectionStatistics()
    /// The producers' connections that are open.
    public var openConnections = 0
    /// What it answered for partitions of Produce and Fetch requests.
    public var errors: [ErrorCode: Int] = [:]
}

extension Cluster {
    /// What a broker answered for a partition.
    func note(_ code: ErrorCode, of broker: Int32) {
        guard code != .none else { return }
        ownCounts.brokers[broker, default: BrokerCounts()].errors[code, default: 0] += 1
        metrics?.didFail(code)
    }

    /// What this client has done. On the event loop only.
    public var counts: ClientCounts {
        eventLoop.assertInEventLoop()
        var counts = ownCounts
        for (broker, traffic) in pool.traffic {
            counts.traffic += traffic.statistics
            guard broker != ConnectionPool.unnamed else { continue }
            counts.brokers[broker, default: BrokerCounts()].address = traffic.address
            counts.brokers[broker]?.traffic = traffic.statistics
            counts.brokers[broker]?.openConnections = traffic.openCount
        }
        counts.openedConnections = pool.openedCount
        counts.lostConnections = pool.lostCount
        counts.leaderChanges = metadata.leaderChangeCount
        return counts
    }

    /// How often another broker than before led a partition. On the event loop only.
    public var leaderChangeCount: Int {
        eventLoop.assertInEventLoop()
        return metadata.leaderChangeCount
    }

    /// The broker that led the partition last, and how often that was another one than before; nil
    /// where this client never knew one. On the event loop only.
    public func leadership(of partition: TopicPartition) -> PartitionLeadership? {
        eventLoop.assertInEventLoop()
        return metadata.leadership(of: partition)
    }
}

/// Who leads a partition, as one client has seen it.
public struct PartitionLeadership: Equatable, Sendable {
    public var nodeID: Int32
    public var changeCount: Int
}
