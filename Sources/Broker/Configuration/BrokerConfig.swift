import NIOCore
import Security
import SettingKeys

/// The settings of a broker, under the names of Kafka's `server.properties` where they mean the
/// same; ours alone begin with `weir.`. A default is the initial value of its property.
///
/// Times are milliseconds and sizes bytes unless the name says otherwise, as in Kafka's keys.
public struct BrokerConfig: Sendable, Equatable {
    // Identity and addresses.
    public var nodeID: Int64 = 1
    public var listeners: [ListenerName] = [
        ListenerName(endpoint: Endpoint(host: "localhost", port: Endpoint.defaultPort))
    ]
    /// The addresses that clients are told, by listener. A listener that is missing tells its own.
    public var advertisedListeners: [ListenerName] = []
    /// The names of a KRaft node's controller listeners, which are left out of the listeners.
    public var controllerListenerNames: [String] = []
    /// The security protocols of the listeners, by their names. A listener that is missing has the
    /// name of its protocol.
    public var securityProtocols: [String: String] = [:]
    /// TLS and login of all listeners that say nothing themselves, and of each by its name.
    var security = ListenerSecurity()
    var listenerSecurity: [String: ListenerSecurity] = [:]
    /// Those with a setting `ssl.client.auth` of their own.
    var listenersWithClientAuth: Set<String> = []
    public var connectionFailedAuthenticationDelayMs: Int64 = 100
    public var saslServerMaxReceiveSize: Int64 = 524_288
    /// How long a client may take to come to terms: for the handshake of TLS, and to log in.
    public var authenticationTimeoutMs: Int64 = 30_000
    // Who may do what.
    /// The class that Kafka's brokers authorize by; empty where whoever is let in may do everything.
    public var authorizerClassName = ""
    /// They may do everything, whatever the ACLs say.
    public var superUsers: [Principal] = []
    /// Whether everybody may do what no ACL is about.
    public var allowEveryoneIfNoAclFound = false
    public var maxAcls: Int64 = 10_000

    /// The data directory; empty where none was set.
    public var logDirectory = ""

    // Topics.
    public var numPartitions: Int64 = 1
    public var autoCreateTopicsEnable = true
    public var deleteTopicEnable = true
    public var defaultReplicationFactor: Int64 = 1
    /// Take any replication factor that a client asks for, and keep one copy.
    public var acceptsAnyReplicationFactor = false
    /// Topic settings for topics that have none of their own, under the topics' keys.
    public var topicDefaults: [String: String] = [:]
    /// Settings of the log directory, under its keys.
    public var directorySettings: [String: String] = [:]
    /// The settings as they were written, under the names that were used: DescribeConfigs tells
    /// from them where a value comes from.
    public var written: [String: String] = [:]

    // Limits of the network.
    /// One thread a core, since these threads only move bytes.
    public var numNetworkThreads = Int64(System.coreCount)
    public var socketRequestMaxBytes: Int64 = 100 << 20
    /// Kafka's default, 50, makes clients that come at once wait a second for their next try.
    public var socketListenBacklogSize: Int64 = 1024
    /// −1 leaves the size to the kernel, which adapts it. Kafka's default is 100 KiB.
    public var socketSendBufferBytes: Int64 = -1
    public var socketReceiveBufferBytes: Int64 = -1
    public var maxConnections = Int64(Int32.max)
    public var maxConnectionsPerIP = Int64(Int32.max)
    /// By address, in place of that.
    public var maxConnectionsOfAddress: [String: Int] = [:]
    public var maxConnectionCreationRate = ListenerLimits.unlimited
    /// Of listeners that have limits of their own.
    var listenerLimits: [String: ListenerLimits] = [:]
    /// The listener that keeps working when the others are full; empty where there is none.
    public var adminListenerName = ""
    public var connectionsMaxIdleMs: Int64 = 600_000
    /// The memory for requests that are being received or handled, as far as they have come. Kafka
    /// has no limit by default.
    public var queuedMaxRequestBytes: Int64 = 512 << 20
    /// How long a request may take to arrive while others wait for the memory that it holds.
    public var requestReceiveTimeoutMs: Int64 = 30_000
    /// How long a client may send nothing in the middle of a request while others wait for memory.
    public var requestSilenceTimeoutMs: Int64 = 1000
    /// The threads that handle what would hold an event loop for too long.
    public var longWorkThreads = Int64(System.coreCount)
    /// How many requests of one connection may wait for their answers.
    public var maxInFlightRequestsPerConnection: Int64 = 128
    /// While more bytes of answers than this wait for a client to read them, none of its requests
    /// is taken.
    public var maxUnwrittenResponseBytes: Int64 = 4 << 20
    /// While the answers to all clients that are not written yet take so much memory, no request is
    /// taken.
    public var queuedMaxResponseBytes: Int64 = 128 << 20
    /// A fetch is answered with no more bytes than this, whatever it allows.
    public var fetchMaxBytes: Int64 = 55 << 20
    /// How long what is in flight may take to finish after the broker was told to stop.
    public var shutdownTimeoutMs: Int64 = 2000

    // Quotas of clients, and what there may be of anything.
    public var quotaWindowNum: Int64 = 11
    public var quotaWindowSizeSeconds: Int64 = 1
    public var controllerQuotaWindowNum: Int64 = 11
    public var controllerQuotaWindowSizeSeconds: Int64 = 1
    public var maxQuotaClients: Int64 = 100_000
    public var maxTopics: Int64 = 100_000
    public var maxPartitions: Int64 = 200_000
    public var maxGroups: Int64 = 100_000
    public var maxTransactionalIDs: Int64 = 100_000
    /// What becomes of the metrics that clients send of themselves.
    var clientMetrics = ClientMetricsMode.none
    public var telemetryMaxBytes: Int64 = 1 << 20

    // Groups.
    public var groupMinSessionTimeoutMs: Int64 = 6000
    public var groupMaxSessionTimeoutMs: Int64 = 1_800_000
    public var groupInitialRebalanceDelayMs: Int64 = 3000
    public var groupConsumerSessionTimeoutMs: Int64 = 45_000
    public var groupConsumerHeartbeatIntervalMs: Int64 = 5000
    public var groupConsumerMaxSize = Int64(Int32.max)
    var groupConsumerAssignors = ServerAssignor.allCases
    var groupConsumerMigrationPolicy = GroupMigrationPolicy.bidirectional
    public var groupConsumerRegexRefreshIntervalMs: Int64 = 600_000
    var groupConsumerBounds = ConsumerGroupBounds()
    public var share = ShareGroupSettings()
    var shareState = ShareStateConfig()
    public var groupMaxSize = Int64(Int32.max)
    /// The most bytes of metadata and assignment that one member, the members of one group, and
    /// those of all groups may have. Kafka has no such bounds; there a group must fit into one
    /// record of a megabyte.
    public var groupMemberMaxBytes: Int64 = 1 << 20
    public var groupMaxBytes: Int64 = 16 << 20
    public var groupsMaxBytes: Int64 = 256 << 20
    public var offsetsRetentionMinutes: Int64 = 10_080
    public var offsetsRetentionCheckIntervalMs: Int64 = 600_000
    public var offsetsTopicNumPartitions: Int64 = 50
    public var offsetsTopicSegmentBytes: Int64 = 100 << 20
    public var offsetMetadataMaxBytes: Int64 = 4096

    // Transactions.
    public var transactionMaxTimeoutMs: Int64 = 900_000
    public var transactionalIDExpirationMs: Int64 = 604_800_000
    public var transactionStateLogNumPartitions: Int64 = 50
    public var transactionStateLogSegmentBytes: Int64 = 100 << 20
    public var transactionAbortTimedOutTransactionCleanupIntervalMs: Int64 = 10_000
    public var transactionRemoveExpiredTransactionCleanupIntervalMs: Int64 = 3_600_000

    public init() {}

    /// Every key with this configuration's value, in a fixed order.
    public var entries: [(key: String, value: String)] {
        Self.keys.map { ($0.name, $0.read(self)) }
    }

    static let keys: [ConfigKey<BrokerConfig>] =
        networkKeys + quotaKeys + securityKeys + authorizationKeys + topicKeys + groupKeys
        + sharingKeys + transactionKeys

    private static let positive = 1...Int64.max
    private static let positiveInt32 = 1...Int64(Int32.max)

    private static let networkKeys: [ConfigKey<BrokerConfig>] = [
        .integer("node.id", \.nodeID, 0...Int64(Int32.max)),
        .integer("broker.id", \.nodeID, 0...Int64(Int32.max)),
        .listeners("listeners", \.listeners),
        .listeners("advertised.listeners", \.advertisedListeners),
        .listenerNames("controller.listener.names", \.controllerListenerNames),
        .securityProtocols("listener.security.protocol.map", \.securityProtocols),
        .directory("log.dirs", \.logDirectory),
        .directory("log.dir", \.logDirectory),
        .integer("num.network.threads", \.numNetworkThreads, 1...1024),
        .integer("weir.long.work.threads", \.longWorkThreads, 1...1024),
        // A request header does not fit into less.
        .integer("socket.request.max.bytes", \.socketRequestMaxBytes, 64...Int64(Int32.max)),
        .integer("socket.listen.backlog.size", \.socketListenBacklogSize, positiveInt32),
        .integer("socket.send.buffer.bytes", \.socketSendBufferBytes, -1...Int64(Int32.max)),
        .integer(
            "socket.receive.buffer.bytes", \.socketReceiveBufferBytes, -1...Int64(Int32.max)),
        .integer("max.connections", \.maxConnections, positiveInt32),
        .integer("max.connections.per.ip", \.maxConnectionsPerIP, positiveInt32),
        .connectionsByAddress("max.connections.per.ip.overrides", \.maxConnectionsOfAddress),
        .integer("max.connection.creation.rate", \.maxConnectionCreationRate, positiveInt32),
        .listenerName("weir.admin.listener.name", \.adminListenerName),
        .integer("connections.max.idle.ms", \.connectionsMaxIdleMs, positive),
        .integer("queued.max.request.bytes", \.queuedMaxRequestBytes, positive),
        .integer("fetch.max.bytes", \.fetchMaxBytes, 1024...Int64(Int32.max / 2)),
        .integer(
            "weir.max.in.flight.requests.per.connection", \.maxInFlightRequestsPerConnection,
            1...100_000),
        .integer("weir.queued.max.response.bytes", \.queuedMaxResponseBytes, positive),
        .integer("weir.max.unwritten.response.bytes", \.maxUnwrittenResponseBytes, positive),
        .integer("weir.request.receive.timeout.ms", \.requestReceiveTimeoutMs, positive),
        .integer("weir.request.silence.timeout.ms", \.requestSilenceTimeoutMs, positive),
        .integer("weir.shutdown.timeout.ms", \.shutdownTimeoutMs, 0...600_000),
        .integer(
            "connection.failed.authentication.delay.ms", \.connectionFailedAuthenticationDelayMs,
            0...600_000),
        .integer("sasl.server.max.receive.size", \.saslServerMaxReceiveSize, positiveInt32),
        .integer("weir.authentication.timeout.ms", \.authenticationTimeoutMs, positiveInt32),
    ]

    private static let quotaKeys: [ConfigKey<BrokerConfig>] = [
        .integer("quota.window.num", \.quotaWindowNum, 1...1000),
        .integer("quota.window.size.seconds", \.quotaWindowSizeSeconds, 1...86_400),
        .integer("controller.quota.window.num", \.controllerQuotaWindowNum, 1...1000),
        .integer(
            "controller.quota.window.size.seconds", \.controllerQuotaWindowSizeSeconds,
            1...86_400),
        .integer("weir.max.quota.clients", \.maxQuotaClients, positiveInt32),
        .integer("weir.max.topics", \.maxTopics, positiveInt32),
        .integer("weir.max.partitions", \.maxPartitions, positiveInt32),
        .integer("weir.max.groups", \.maxGroups, positiveInt32),
        .integer("weir.max.transactional.ids", \.maxTransactionalIDs, positiveInt32),
        .choice("weir.client.metrics", \.clientMetrics),
        .integer("telemetry.max.bytes", \.telemetryMaxBytes, 1...(64 << 20)),
    ]

    private static let topicKeys: [ConfigKey<BrokerConfig>] = [
        .integer("num.partitions", \.numPartitions, positiveInt32),
        .boolean("auto.create.topics.enable", \.autoCreateTopicsEnable),
        .boolean("delete.topic.enable", \.deleteTopicEnable),
        .integer("default.replication.factor", \.defaultReplicationFactor, 1...Int64(Int16.max)),
        .boolean("weir.accept.any.replication.factor", \.acceptsAnyReplicationFactor),
    ]

    private static let groupKeys: [ConfigKey<BrokerConfig>] = [
        .integer("group.min.session.timeout.ms", \.groupMinSessionTimeoutMs, positiveInt32),
        .integer("group.max.session.timeout.ms", \.groupMaxSessionTimeoutMs, positiveInt32),
        .integer(
            "group.initial.rebalance.delay.ms", \.groupInitialRebalanceDelayMs,
            0...Int64(Int32.max)),
        .integer(
            "group.consumer.session.timeout.ms", \.groupConsumerSessionTimeoutMs, positiveInt32),
        .integer(
            "group.consumer.heartbeat.interval.ms", \.groupConsumerHeartbeatIntervalMs,
            positiveInt32),
        .integer(
            "group.consumer.min.session.timeout.ms", \.groupConsumerBounds.minSessionMs,
            positiveInt32),
        .integer(
            "group.consumer.max.session.timeout.ms", \.groupConsumerBounds.maxSessionMs,
            positiveInt32),
        .integer(
            "group.consumer.min.heartbeat.interval.ms", \.groupConsumerBounds.minHeartbeatMs,
            positiveInt32),
        .integer(
            "group.consumer.max.heartbeat.interval.ms", \.groupConsumerBounds.maxHeartbeatMs,
            positiveInt32),
        .integer("group.consumer.max.size", \.groupConsumerMaxSize, positiveInt32),
        .assignors("group.consumer.assignors", \.groupConsumerAssignors),
        .choice("group.consumer.migration.policy", \.groupConsumerMigrationPolicy),
        .integer(
            "group.consumer.regex.refresh.interval.ms", \.groupConsumerRegexRefreshIntervalMs,
            10_000...Int64(Int32.max)),
        .integer("group.max.size", \.groupMaxSize, positiveInt32),
        .integer("weir.group.member.max.bytes", \.groupMemberMaxBytes, positive),
        .integer("weir.group.max.bytes", \.groupMaxBytes, positive),
        .integer("weir.groups.max.bytes", \.groupsMaxBytes, positive),
        .integer("offsets.retention.minutes", \.offsetsRetentionMinutes, positiveInt32),
        .integer(
            "offsets.retention.check.interval.ms", \.offsetsRetentionCheckIntervalMs, positive),
        .integer("offsets.topic.num.partitions", \.offsetsTopicNumPartitions, positiveInt32),
        .integer(
            "offsets.topic.segment.bytes", \.offsetsTopicSegmentBytes, 14...Int64(Int32.max)),
        .integer("offset.metadata.max.bytes", \.offsetMetadataMaxBytes, 0...Int64(Int16.max)),
    ]

    private static let transactionKeys: [ConfigKey<BrokerConfig>] = [
        .integer("transaction.max.timeout.ms", \.transactionMaxTimeoutMs, positiveInt32),
        .integer("transactional.id.expiration.ms", \.transactionalIDExpirationMs, positiveInt32),
        .integer(
            "transaction.state.log.num.partitions", \.transactionStateLogNumPartitions,
            positiveInt32),
        .integer(
            "transaction.state.log.segment.bytes", \.transactionStateLogSegmentBytes,
            14...Int64(Int32.max)),
        .integer(
            "transaction.abort.timed.out.transaction.cleanup.interval.ms",
            \.transactionAbortTimedOutTransactionCleanupIntervalMs, positiveInt32),
        .integer(
            "transaction.remove.expired.transaction.cleanup.interval.ms",
            \.transactionRemoveExpiredTransactionCleanupIntervalMs, positiveInt32),
    ]
}

/// Whether a group with members changes between the classic and the consumer protocol. One without members
/// always does.
enum GroupMigrationPolicy: String, CaseIterable, Sendable {
    case disabled
    case upgrade
    case downgrade
    case bidirectional

    var allowsUpgrade: Bool { self == .upgrade || self == .bidirectional }
    var allowsDowngrade: Bool { self == .downgrade || self == .bidirectional }
}
