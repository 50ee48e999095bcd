import KafkaProtocol

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
    /// What brokers answered for partitions of Produce and Fetch requests.
    public var errors: [ErrorCode: Int] = [:]
    public var metadataRefreshes = 0
    /// How often another broker than before led a partition.
    public var leaderChanges = 0

    mutating func note(_ code: ErrorCode) {
        if code != .none { errors[code, default: 0] += 1 }
    }
}

extension Cluster {
    /// What this client has done. On the event loop only.
    public var counts: ClientCounts {
        eventLoop.assertInEventLoop()
        var counts = ownCounts
        counts.traffic = pool.traffic
        counts.openedConnections = pool.openedCount
        counts.lostConnections = pool.lostCount
        counts.leaderChanges = metadata.leaderChangeCount
        return counts
    }
}
