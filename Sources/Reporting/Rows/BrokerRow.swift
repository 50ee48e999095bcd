import Measurement

/// One row of `brokers.csv`: what the generator did with one broker of a cluster.
public struct BrokerRow: TableRow, Equatable {
    public static let fileName = "brokers.csv"
    public static let holds =
        "of a load over the network: one row for each broker, with its latency and errors"

    public var run: RunName
    public var nodeID: Int32
    public var address: String
    public var requests: UInt64
    public var sentBytes: UInt64
    public var receivedBytes: UInt64
    public var ackedRecords: UInt64
    /// Nil if it acknowledged nothing.
    public var serviceLatency: LatencySummary?
    public var errorCount: UInt64
    public var errorText: String?
    public var socketFullPercent: Double?

    public init(
        run: RunName, nodeID: Int32, address: String, requests: UInt64, sentBytes: UInt64,
        receivedBytes: UInt64, ackedRecords: UInt64, serviceLatency: LatencySummary?,
        errorCount: UInt64, errorText: String?, socketFullPercent: Double?
    ) {
        self.run = run
        self.nodeID = nodeID
        self.address = address
        self.requests = requests
        self.sentBytes = sentBytes
        self.receivedBytes = receivedBytes
        self.ackedRecords = ackedRecords
        self.serviceLatency = serviceLatency
        self.errorCount = errorCount
        self.errorText = errorText
        self.socketFullPercent = socketFullPercent
    }

    public static let columns: [Column<BrokerRow>] = Column.naming(\.run) + ownColumns

    private static let ownColumns: [Column<BrokerRow>] = [
        .integer("broker", "The id of the broker in its cluster.") { $0.nodeID },
        .text("address", "Where the clients connected to it, `host:port`.") { $0.address },
        .integer(
            "requests",
            "Requests of all kinds that were sent to it, but for those over connections to `bootstrap.servers`, of which only summary.csv has the sum: whose they are is not known."
        ) { $0.requests },
        .integer(
            "wire_sent_bytes",
            "Bytes written to the sockets of these requests, protocol included."
        ) { $0.sentBytes },
        .integer(
            "wire_received_bytes",
            "Bytes read from them."
        ) { $0.receivedBytes },
        .integer(
            "acked_records",
            "Records that it acknowledged, of those that were due in the measured part."
        ) { $0.ackedRecords },
        .micros(
            "service_latency_p50_us",
            "Answer − write to the socket, p50, of each record that it acknowledged, of batches sent once; empty "
                + "without any."
        ) { $0.serviceLatency?.p50Nanos },
        .micros("service_latency_p99_us", "The same, p99.") { $0.serviceLatency?.p99Nanos },
        .micros("service_latency_p999_us", "The same, p99.9.") { $0.serviceLatency?.p999Nanos },
        .micros("service_latency_max_us", "The same, max.") { $0.serviceLatency?.maxNanos },
        .integer(
            "broker_errors",
            "Errors for single partitions in its responses to Produce and Fetch."
        ) { $0.errorCount },
        .text(
            "broker_errors_by_code",
            "The same by their names in Kafka's protocol, joined by `; `; empty without any."
        ) { $0.errorText },
        .decimal(
            "socket_full_percent",
            "Share of the time, until the sending ended, in which the producers' sockets to it could take no more though it read what came; empty without a producer's connection, and where one was lost.",
            digits: 1
        ) { $0.socketFullPercent },
    ]
}
