import Measurement

/// What one broker has acknowledged of the records that were due in the measured window.
public struct BrokerTally: Sendable {
    public var ackedRecords: UInt64 = 0
    /// From the write to the socket to the answer, of each record of a batch that was sent once.
    public var serviceLatency = LatencyHistogram()

    public init() {}

    /// - Parameter serviceNanos: nil for a batch that was sent more than once.
    mutating func record(records: Int, serviceNanos: Int64?) {
        ackedRecords += UInt64(records)
        if let serviceNanos { serviceLatency.record(serviceNanos, count: UInt64(records)) }
    }

    mutating func add(_ other: BrokerTally) {
        ackedRecords += other.ackedRecords
        serviceLatency.add(other.serviceLatency)
    }
}

/// What all clients have done with one broker: since their start, or in a stretch of time.
public struct BrokerTraffic: Equatable, Sendable {
    /// `host:port`; empty where it was never connected to.
    public var address = ""
    public var requests: UInt64 = 0
    public var sentBytes: UInt64 = 0
    public var receivedBytes: UInt64 = 0
    /// By the error's name in Kafka's protocol: what it answered for single partitions.
    public var errors: [String: UInt64] = [:]
    /// How long sockets could take no more, and not because the broker did not read, over all
    /// connections.
    public var fullNanos: Int64 = 0
    /// The producers' connections that are open.
    public var openConnections = 0

    public init() {}

    public var errorCount: UInt64 { errors.values.reduce(0, +) }
    public var errorText: String? { errors.text }

    /// All that are plain counts.
    private static let counters: [any WritableKeyPath<BrokerTraffic, UInt64> & Sendable] = [
        \.requests, \.sentBytes, \.receivedBytes,
    ]

    /// Adds what another client has done with the same broker.
    mutating func add(_ other: BrokerTraffic) {
        if address.isEmpty { address = other.address }
        for counter in Self.counters { self[keyPath: counter] += other[keyPath: counter] }
        errors.merge(other.errors, uniquingKeysWith: +)
        fullNanos += other.fullNanos
        openConnections += other.openConnections
    }

    /// What came since an earlier reading.
    static func - (later: BrokerTraffic, earlier: BrokerTraffic) -> BrokerTraffic {
        var traffic = later
        for counter in counters {
            traffic[keyPath: counter] -= min(earlier[keyPath: counter], later[keyPath: counter])
        }
        traffic.errors = later.errors.since(earlier.errors)
        traffic.fullNanos = max(later.fullNanos - earlier.fullNanos, 0)
        return traffic
    }
}

/// One broker in a run.
public struct BrokerUse: Sendable {
    public var nodeID: Int32
    public var traffic: BrokerTraffic
    public var tally = BrokerTally()
    /// The share of the time, until the sending ended, in which the sockets to it could take no more,
    /// and not because it did not read; nil without a producer's connection, and where one was lost.
    public var fullShare: Double?
}

/// The broker that led a partition at the run's end.
public struct PartitionLead: Equatable, Sendable {
    public var nodeID: Int32
    /// How often another broker than before led the partition, as the best informed client saw it,
    /// from the run's first metadata on.
    public var changes: Int

    public init(nodeID: Int32, changes: Int) {
        self.nodeID = nodeID
        self.changes = changes
    }
}

extension [String: UInt64] {
    /// By name, what was counted since an earlier reading.
    func since(_ earlier: Self) -> Self {
        merging(earlier) { $0 - Swift.min($1, $0) }.filter { $0.value > 0 && self[$0.key] != nil }
    }

    /// `NOT_LEADER_OR_FOLLOWER 3; …`, the most frequent first; nil without any.
    var text: String? {
        let sorted = filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.isEmpty
            ? nil : sorted.map { "\($0.key) \($0.value)" }.joined(separator: "; ")
    }
}
