/// What the generator has done on the network: since its start, or in a stretch of time.
public struct NetworkCounts: Equatable, Sendable {
    public var requests: UInt64 = 0
    public var produceRequests: UInt64 = 0
    /// On the sockets, protocol included.
    public var sentBytes: UInt64 = 0
    public var receivedBytes: UInt64 = 0
    /// Batches that were sent again.
    public var retries: UInt64 = 0
    /// By the error's name in Kafka's protocol: what brokers answered for single partitions.
    public var errors: [String: UInt64] = [:]
    /// Answers that asked for a pause because of a quota, and what they asked for.
    public var throttles: UInt64 = 0
    public var throttledNanos: Int64 = 0
    public var metadataRefreshes: UInt64 = 0
    /// How often another broker than before led a partition, as the best informed client saw it.
    public var leaderChanges: UInt64 = 0
    public var openedConnections: UInt64 = 0
    /// Connections that ended otherwise than by the generator, or by being idle.
    public var lostConnections: UInt64 = 0
    /// How often a member of a group had to give up a partition, or lost it.
    public var partitionMoves: UInt64 = 0
    /// Records of share groups whose acknowledgement was refused, because their lock had ended, or lost with its
    /// connection: they may be given again.
    public var refusedAcknowledgements: UInt64 = 0

    public init() {}

    public var errorCount: UInt64 { errors.values.reduce(0, +) }
    public var wireBytes: UInt64 { sentBytes + receivedBytes }

    /// `NOT_LEADER_OR_FOLLOWER 3; …`, the most frequent first; nil without any.
    public var errorText: String? { errors.text }

    /// All that are plain counts.
    private static let counters: [any WritableKeyPath<NetworkCounts, UInt64> & Sendable] = [
        \.requests, \.produceRequests, \.sentBytes, \.receivedBytes, \.retries, \.throttles,
        \.metadataRefreshes, \.leaderChanges, \.openedConnections, \.lostConnections,
        \.partitionMoves, \.refusedAcknowledgements,
    ]

    /// Adds what came in another stretch of time.
    mutating func add(_ other: NetworkCounts) {
        for counter in Self.counters { self[keyPath: counter] += other[keyPath: counter] }
        errors.merge(other.errors, uniquingKeysWith: +)
        throttledNanos += other.throttledNanos
    }

    /// What came since an earlier reading.
    public static func - (later: NetworkCounts, earlier: NetworkCounts) -> NetworkCounts {
        var counts = later
        for counter in counters {
            counts[keyPath: counter] -= min(earlier[keyPath: counter], later[keyPath: counter])
        }
        counts.errors = later.errors.since(earlier.errors)
        counts.throttledNanos -= earlier.throttledNanos
        return counts
    }
}

/// The network at one moment.
public struct NetworkReading: Sendable {
    /// By the monotonic clock.
    public var nanos: Int64
    public var counts: NetworkCounts
    /// The processor time of each event loop's thread since its start.
    public var loopCPUNanos: [Int64]
    /// How many of the loops, from the first on, send records; the others read.
    public var sendingLoopCount: Int
    /// The records that can be read at the brokers, over all partitions: the sum of the ends that the
    /// brokers told. What is only acknowledged is not in it.
    public var readableEnd: Int64
    /// How old what the brokers told may be: of many partitions only some are asked for at a time.
    public var readableAgeNanos: Int64 = 0
    /// By the brokers' ids.
    public var brokers: [Int32: BrokerTraffic] = [:]

    /// The share of the time since an earlier reading in which the busiest event loop was at work.
    /// - Parameter onlySending: of those that send.
    func busiestLoopShare(
        since earlier: NetworkReading, onlySending: Bool = false
    ) -> Double? {
        let length = nanos - earlier.nanos
        guard length > 0, loopCPUNanos.count == earlier.loopCPUNanos.count else { return nil }
        let all = zip(loopCPUNanos, earlier.loopCPUNanos).map { $0 - $1 }
        let busiest = all.prefix(onlySending ? sendingLoopCount : all.count).max()
        return busiest.map { min(Double($0) / Double(length), 1) }
    }
}

/// What happened on the network in one interval of a run that may explain its figures.
public struct NetworkEvent: Equatable, Sendable {
    public enum Kind: CaseIterable, Sendable {
        case lostConnection
        case leaderChange
        case partitionMove
        case throttle
    }

    public var kind: Kind
    public var count: UInt64
    /// The interval in which it happened, by the monotonic clock.
    public var nanos: Range<Int64>
}

extension NetworkCounts {
    /// - Parameter nanos: the interval in which these were counted.
    func events(in nanos: Range<Int64>) -> [NetworkEvent] {
        [
            (NetworkEvent.Kind.lostConnection, lostConnections), (.leaderChange, leaderChanges),
            (.partitionMove, partitionMoves), (.throttle, throttles),
        ].compactMap { kind, count in
            count > 0 ? NetworkEvent(kind: kind, count: count, nanos: nanos) : nil
        }
    }
}
