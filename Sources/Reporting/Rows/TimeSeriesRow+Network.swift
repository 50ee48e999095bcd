extension TimeSeriesRow {
    /// What the generator did on the network in an interval.
    public struct Network: Sendable, Equatable {
        public var requests: UInt64
        public var sentBytes: UInt64
        public var receivedBytes: UInt64
        public var retries: UInt64
        public var errors: UInt64
        public var throttledMillis: Double
        public var metadataRefreshes: UInt64
        public var leaderChanges: UInt64
        public var openedConnections: UInt64
        public var lostConnections: UInt64
        public var readableRecords: UInt64
        public var loopBusyPercent: Double?

        public init(
            requests: UInt64, sentBytes: UInt64, receivedBytes: UInt64, retries: UInt64,
            errors: UInt64, throttledMillis: Double, metadataRefreshes: UInt64,
            leaderChanges: UInt64, openedConnections: UInt64, lostConnections: UInt64,
            readableRecords: UInt64, loopBusyPercent: Double?
        ) {
            self.requests = requests
            self.sentBytes = sentBytes
            self.receivedBytes = receivedBytes
            self.retries = retries
            self.errors = errors
            self.throttledMillis = throttledMillis
            self.metadataRefreshes = metadataRefreshes
            self.leaderChanges = leaderChanges
            self.openedConnections = openedConnections
            self.lostConnections = lostConnections
            self.readableRecords = readableRecords
            self.loopBusyPercent = loopBusyPercent
        }
    }

    /// Of the whole generator, in the producers' rows.
    static let networkColumns: [Column<TimeSeriesRow>] = [
        .integer(
            "requests",
            "Requests of the whole generator; empty for consumers, and without a network, like all that follow."
        ) {
            $0.network?.requests
        },
        .integer("wire_sent_bytes", "Bytes written to sockets, protocol included.") {
            $0.network?.sentBytes
        },
        .integer("wire_received_bytes", "Bytes read from sockets, protocol included.") {
            $0.network?.receivedBytes
        },
        .integer("retries", "Batches that were sent again.") { $0.network?.retries },
        .integer(
            "broker_errors", "Errors for single partitions in responses to Produce and Fetch."
        ) { $0.network?.errors },
        .decimal(
            "throttled_ms", "How long brokers asked the clients to be silent because of quotas."
        ) { $0.network?.throttledMillis },
        .integer(
            "metadata_refreshes", "How often the clients asked for brokers and leaders."
        ) { $0.network?.metadataRefreshes },
        .integer("leader_changes", "How often another broker than before led a partition.") {
            $0.network?.leaderChanges
        },
        .integer("connections_opened", "Connections that were opened.") {
            $0.network?.openedConnections
        },
        .integer(
            "connections_lost",
            "Connections that ended otherwise than by the generator or by being idle."
        ) { $0.network?.lostConnections },
        .integer(
            "readable_records", "By how much the ends of the logs moved, as the brokers told them."
        ) { $0.network?.readableRecords },
        .decimal(
            "loop_busy_percent",
            "Share of the interval in which the busiest event loop was at work.",
            digits: 1
        ) { $0.network?.loopBusyPercent },
    ]
}
