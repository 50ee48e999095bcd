import KafkaProtocol

/// One of Kafka's settings of groups, which AlterConfigs sets for the resource type GROUP. Those of streams groups are
/// refused like names that nobody knows, since there are no such groups here. `share.delivery.count.limit`,
/// `share.partition.max.record.locks` and `share.renew.acknowledge.enable` came to Kafka after its version 4.2.
struct GroupSettingKey: Sendable {
    let name: String
    let type: ConfigType
    let text: String
    /// The broker's setting that holds for groups without their own; nil where there is none.
    let brokerName: String?
    /// What holds for groups without their own.
    let standard: @Sendable (BrokerConfig) -> String
    /// - Throws: INVALID_CONFIG where the text is not allowed.
    let write: @Sendable (inout GroupValues, String, BrokerConfig) throws(Refusal) -> Void

    static func named(_ name: String) -> GroupSettingKey? { all.first { $0.name == name } }

    /// In the order of their names.
    static let all: [GroupSettingKey] = [
        .milliseconds(
            "consumer.heartbeat.interval.ms", \.consumerHeartbeatIntervalMs,
            broker: \.groupConsumerHeartbeatIntervalMs, least: \.groupConsumerBounds.minHeartbeatMs,
            most: \.groupConsumerBounds.maxHeartbeatMs,
            "How often members of the consumer protocol are told to send heartbeats."),
        .milliseconds(
            "consumer.session.timeout.ms", \.consumerSessionTimeoutMs,
            broker: \.groupConsumerSessionTimeoutMs, least: \.groupConsumerBounds.minSessionMs,
            most: \.groupConsumerBounds.maxSessionMs,
            "How long a member of the consumer protocol may be silent before it counts as gone."),
        .choice(
            "share.auto.offset.reset", standard: "latest",
            expected: "latest, earliest or by_duration:PnDTnHnMn.nS", \.shareAutoOffsetReset,
            "Where a share group begins to read a partition."
        ) { ShareOffsetReset(setting: $0) },
        .count(
            "share.delivery.count.limit", \.shareDeliveryCountLimit,
            broker: \.share.deliveryCountLimit, BrokerConfig.shareDeliveryCountLimits,
            "How often a share group is delivered a record before it counts as done."),
        .milliseconds(
            "share.heartbeat.interval.ms", \.shareHeartbeatIntervalMs,
            broker: \.share.heartbeatIntervalMs, least: \.share.minHeartbeatIntervalMs,
            most: \.share.maxHeartbeatIntervalMs,
            "How often members of a share group are told to send heartbeats."),
        .choice(
            "share.isolation.level", standard: "read_uncommitted",
            expected: "read_uncommitted or read_committed", \.shareIsolationLevel,
            "Whether a share group gets records of transactions that are not committed."
        ) { IsolationLevel(setting: $0) },
        .count(
            "share.partition.max.record.locks", \.sharePartitionMaxRecordLocks,
            broker: \.share.partitionMaxRecordLocks, BrokerConfig.sharePartitionRecordLocks,
            "The most records of a partition that a share group's members have at a time."),
        .milliseconds(
            "share.record.lock.duration.ms", \.shareRecordLockDurationMs,
            broker: \.share.recordLockDurationMs, least: \.share.minRecordLockDurationMs,
            most: \.share.maxRecordLockDurationMs,
            "How long a member of a share group has a record before others may get it."),
        .choice(
            "share.renew.acknowledge.enable", type: .boolean, standard: "true",
            expected: "true or false", \.shareRenewAcknowledgeEnable,
            "Whether a member of a share group may renew the time that it has for a record."
        ) { Bool($0.javaTrimmed.lowercased()) },
        .milliseconds(
            "share.session.timeout.ms", \.shareSessionTimeoutMs,
            broker: \.share.sessionTimeoutMs, least: \.share.minSessionTimeoutMs,
            most: \.share.maxSessionTimeoutMs,
            "How long a member of a share group may be silent before it counts as gone."),
    ]

    /// A time within the broker's bounds. What the broker itself has is within them, as its start checks.
    private static func milliseconds(
        _ name: String, _ path: WritableKeyPath<GroupValues, Int64> & Sendable,
        broker: KeyPath<BrokerConfig, Int64> & Sendable,
        least: KeyPath<BrokerConfig, Int64> & Sendable,
        most: KeyPath<BrokerConfig, Int64> & Sendable, _ text: String
    ) -> GroupSettingKey {
        GroupSettingKey(
            name: name, type: .int, text: text, brokerName: "group.\(name)",
            standard: { String($0[keyPath: broker]) },
            write: { (values, text, config) throws(Refusal) in
                let (lower, upper) = bounds(of: name)
                let (least, most) = (config[keyPath: least], config[keyPath: most])
                guard let value = Int64(text.javaTrimmed), value >= least, value <= most else {
                    throw Refusal(
                        .invalidConfig,
                        "\(name) must be a whole number from \(least) to \(most): the broker's "
                            + "\(lower) and \(upper) say so.")
                }
                values[keyPath: path] = value
            })
    }

    /// The names of both bounds of a setting such as `share.session.timeout.ms`.
    static func bounds(of name: String) -> (least: String, most: String) {
        let kind = name.prefix { $0 != "." }
        let rest = name.dropFirst(kind.count + 1)
        return ("group.\(kind).min.\(rest)", "group.\(kind).max.\(rest)")
    }

    private static func count(
        _ name: String, _ path: WritableKeyPath<GroupValues, Int64> & Sendable,
        broker: KeyPath<BrokerConfig, Int64> & Sendable, _ range: ClosedRange<Int64>,
        _ text: String
    ) -> GroupSettingKey {
        GroupSettingKey(
            name: name, type: .int, text: text, brokerName: "group.\(name)",
            standard: { String($0[keyPath: broker]) },
            write: { (values, text, _) throws(Refusal) in
                guard let value = Int64(text.javaTrimmed), range.contains(value) else {
                    throw Refusal(
                        .invalidConfig,
                        "\(name) must be a whole number from \(range.lowerBound) to "
                            + "\(range.upperBound).")
                }
                values[keyPath: path] = value
            })
    }

    private static func choice<Value>(
        _ name: String, type: ConfigType = .string, standard: String, expected: String,
        _ path: WritableKeyPath<GroupValues, Value> & Sendable, _ text: String,
        read: @escaping @Sendable (String) -> Value?
    ) -> GroupSettingKey {
        GroupSettingKey(
            name: name, type: type, text: text, brokerName: nil, standard: { _ in standard },
            write: { (values, text, _) throws(Refusal) in
                guard let value = read(text) else {
                    throw Refusal(.invalidConfig, "\(name) must be \(expected).")
                }
                values[keyPath: path] = value
            })
    }
}

extension GroupValues {
    private static let longestValue = 128

    /// Of a group with these settings of its own.
    ///
    /// - Throws: INVALID_CONFIG for what Kafka refuses.
    init(_ own: [String: String], _ broker: BrokerConfig) throws(Refusal) {
        self.init(broker)
        for (name, value) in own.sorted(by: { $0.key < $1.key }) {
            try write(name, value, broker)
        }
        if let name = shortSession {
            throw Refusal(.invalidConfig, Self.isShort(name))
        }
    }

    /// Of a group whose settings were read; what does not hold is left out, and comes back as why.
    static func leavingOut(
        _ own: [String: String], _ broker: BrokerConfig
    ) -> (GroupValues, problems: [String]) {
        var values = GroupValues(broker)
        var problems: [String] = []
        for (name, value) in own.sorted(by: { $0.key < $1.key }) {
            do throws(Refusal) {
                try values.write(name, value, broker)
            } catch {
                problems.append(error.message)
            }
        }
        // The broker's own are in order.
        let standard = GroupValues(broker)
        while let kind = values.shortSession {
            problems.append(isShort(kind))
            if kind == consumer {
                values.consumerSessionTimeoutMs = standard.consumerSessionTimeoutMs
                values.consumerHeartbeatIntervalMs = standard.consumerHeartbeatIntervalMs
            } else {
                values.shareSessionTimeoutMs = standard.shareSessionTimeoutMs
                values.shareHeartbeatIntervalMs = standard.shareHeartbeatIntervalMs
            }
        }
        return (values, problems)
    }

    private mutating func write(
        _ name: String, _ value: String, _ broker: BrokerConfig
    ) throws(Refusal) {
        guard let key = GroupSettingKey.named(name) else {
            throw Refusal(.invalidConfig, "Unknown group config name: \(name)")
        }
        guard value.utf8.count <= Self.longestValue else {
            throw Refusal(.invalidConfig, "\(name) has \(Self.longestValue) bytes at most.")
        }
        try key.write(&self, value, broker)
    }

    private static var consumer: String { "consumer" }

    /// The kind of members that would be gone before their next heartbeat, if there is one.
    private var shortSession: String? {
        if consumerHeartbeatIntervalMs >= consumerSessionTimeoutMs { return Self.consumer }
        return shareHeartbeatIntervalMs >= shareSessionTimeoutMs ? "share" : nil
    }

    private static func isShort(_ kind: String) -> String {
        "\(kind).session.timeout.ms must be greater than \(kind).heartbeat.interval.ms"
    }
}

extension String {
    /// Without what Java's `trim` takes off both ends: all characters up to the space.
    fileprivate var javaTrimmed: String {
        let rest = unicodeScalars.drop { $0.value <= 32 }
        guard let last = rest.lastIndex(where: { $0.value > 32 }) else { return "" }
        return String(rest[...last])
    }
}
