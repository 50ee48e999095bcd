import SettingKeys

/// Kafka's settings of share groups (KIP-932), and the bounds of what groups set for themselves.
public struct ShareGroupSettings: Sendable, Equatable {
    public var sessionTimeoutMs: Int64 = 45_000
    public var minSessionTimeoutMs: Int64 = 45_000
    public var maxSessionTimeoutMs: Int64 = 60_000
    public var heartbeatIntervalMs: Int64 = 5000
    public var minHeartbeatIntervalMs: Int64 = 5000
    public var maxHeartbeatIntervalMs: Int64 = 15_000
    /// The most members of a group.
    public var maxSize: Int64 = 200
    /// The most share sessions of all clients together.
    public var maxShareSessions: Int64 = 2000
    /// How often a record is delivered at most.
    public var deliveryCountLimit: Int64 = 5
    public var recordLockDurationMs: Int64 = 30_000
    public var minRecordLockDurationMs: Int64 = 15_000
    public var maxRecordLockDurationMs: Int64 = 60_000
    /// The most records of a partition that a group may have in flight.
    public var partitionMaxRecordLocks: Int64 = 2000

    public init() {}
}

extension BrokerConfig {
    private static let milliseconds = 1...Int64(Int32.max)
    static let shareDeliveryCountLimits: ClosedRange<Int64> = 2...10
    static let sharePartitionRecordLocks: ClosedRange<Int64> = 100...10_000

    static let sharingKeys: [ConfigKey<BrokerConfig>] = [
        .integer("group.share.session.timeout.ms", \.share.sessionTimeoutMs, milliseconds),
        .integer("group.share.min.session.timeout.ms", \.share.minSessionTimeoutMs, milliseconds),
        .integer("group.share.max.session.timeout.ms", \.share.maxSessionTimeoutMs, milliseconds),
        .integer("group.share.heartbeat.interval.ms", \.share.heartbeatIntervalMs, milliseconds),
        .integer(
            "group.share.min.heartbeat.interval.ms", \.share.minHeartbeatIntervalMs, milliseconds),
        .integer(
            "group.share.max.heartbeat.interval.ms", \.share.maxHeartbeatIntervalMs, milliseconds),
        .integer("group.share.max.size", \.share.maxSize, 1...1000),
        .integer("group.share.max.share.sessions", \.share.maxShareSessions, 1...Int64(Int32.max)),
        .integer(
            "group.share.delivery.count.limit", \.share.deliveryCountLimit,
            shareDeliveryCountLimits),
        .integer(
            "group.share.record.lock.duration.ms", \.share.recordLockDurationMs, 1000...3_600_000),
        .integer(
            "group.share.min.record.lock.duration.ms", \.share.minRecordLockDurationMs,
            1000...30_000),
        .integer(
            "group.share.max.record.lock.duration.ms", \.share.maxRecordLockDurationMs,
            30_000...3_600_000),
        .integer(
            "group.share.partition.max.record.locks", \.share.partitionMaxRecordLocks,
            sharePartitionRecordLocks),
        .integer(
            "share.coordinator.state.topic.num.partitions", \.shareState.topicPartitionCount,
            1...1000),
        .integer(
            "share.coordinator.state.topic.segment.bytes", \.shareState.topicSegmentBytes,
            1 << 20...Int64(Int32.max)),
        .integer(
            "share.coordinator.snapshot.update.records.per.snapshot",
            \.shareState.updatesPerSnapshot, 0...500),
        .integer(
            "share.coordinator.state.topic.prune.interval.ms", \.shareState.pruneIntervalMs,
            milliseconds),
        .integer(
            "share.coordinator.cold.partition.snapshot.interval.ms",
            \.shareState.coldSnapshotIntervalMs, milliseconds),
    ]

    /// Checks those settings of groups against each other that members are told.
    func validateGroups() throws(BrokerConfigError) {
        try requireOrder(
            groupMinSessionTimeoutMs <= groupMaxSessionTimeoutMs,
            "group.min.session.timeout.ms", "it is above group.max.session.timeout.ms")
        try requireOrder(
            groupConsumerHeartbeatIntervalMs < groupConsumerSessionTimeoutMs,
            "group.consumer.heartbeat.interval.ms",
            "it is not below group.consumer.session.timeout.ms")
        try requireOrder(
            share.heartbeatIntervalMs < share.sessionTimeoutMs,
            "group.share.heartbeat.interval.ms", "it is not below group.share.session.timeout.ms")
        let consumer = groupConsumerBounds
        try requireBounds(
            "consumer.session.timeout.ms", consumer.minSessionMs, groupConsumerSessionTimeoutMs,
            consumer.maxSessionMs)
        try requireBounds(
            "consumer.heartbeat.interval.ms", consumer.minHeartbeatMs,
            groupConsumerHeartbeatIntervalMs, consumer.maxHeartbeatMs)
        try requireBounds(
            "share.session.timeout.ms", share.minSessionTimeoutMs, share.sessionTimeoutMs,
            share.maxSessionTimeoutMs)
        try requireBounds(
            "share.heartbeat.interval.ms", share.minHeartbeatIntervalMs, share.heartbeatIntervalMs,
            share.maxHeartbeatIntervalMs)
        try requireBounds(
            "share.record.lock.duration.ms", share.minRecordLockDurationMs,
            share.recordLockDurationMs, share.maxRecordLockDurationMs)
    }

    /// Requires of a setting such as `share.session.timeout.ms` that it is within the bounds of what groups set for
    /// themselves, and that these are in order.
    private func requireBounds(
        _ name: String, _ least: Int64, _ value: Int64, _ most: Int64
    ) throws(BrokerConfigError) {
        let (lower, upper) = GroupSettingKey.bounds(of: name)
        try requireOrder(least <= most, lower, "it is above \(upper)")
        try requireOrder(
            least <= value, "group.\(name)",
            "\(value) is below \(lower), \(least): set that to \(value) or less, too")
        try requireOrder(
            value <= most, "group.\(name)",
            "\(value) is above \(upper), \(most): set that to \(value) or more, too")
    }

    private func requireOrder(
        _ isInOrder: Bool, _ key: String, _ reason: String
    ) throws(BrokerConfigError) {
        if !isInOrder { throw BrokerConfigError(origin: key, reason: reason) }
    }
}

/// What groups of the consumer protocol may set for themselves.
struct ConsumerGroupBounds: Sendable, Equatable {
    var minSessionMs: Int64 = 45_000
    var maxSessionMs: Int64 = 60_000
    var minHeartbeatMs: Int64 = 5000
    var maxHeartbeatMs: Int64 = 15_000
}
