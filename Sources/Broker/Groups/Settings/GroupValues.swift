import KafkaProtocol

/// The settings that hold for one group: its own, or else the broker's.
struct GroupValues: Sendable, Equatable {
    /// `consumer.session.timeout.ms`
    var consumerSessionTimeoutMs: Int64
    /// `consumer.heartbeat.interval.ms`
    var consumerHeartbeatIntervalMs: Int64
    /// `share.session.timeout.ms`
    var shareSessionTimeoutMs: Int64
    /// `share.heartbeat.interval.ms`
    var shareHeartbeatIntervalMs: Int64
    /// `share.record.lock.duration.ms`
    var shareRecordLockDurationMs: Int64
    /// `share.auto.offset.reset`
    var shareAutoOffsetReset = ShareOffsetReset.latest
    /// `share.delivery.count.limit`
    var shareDeliveryCountLimit: Int64
    /// `share.partition.max.record.locks`
    var sharePartitionMaxRecordLocks: Int64
    /// `share.renew.acknowledge.enable`
    var shareRenewAcknowledgeEnable = true
    /// `share.isolation.level`
    var shareIsolationLevel = IsolationLevel.readUncommitted

    /// Of a group that sets nothing.
    init(_ broker: BrokerConfig = BrokerConfig()) {
        consumerSessionTimeoutMs = broker.groupConsumerSessionTimeoutMs
        consumerHeartbeatIntervalMs = broker.groupConsumerHeartbeatIntervalMs
        shareSessionTimeoutMs = broker.share.sessionTimeoutMs
        shareHeartbeatIntervalMs = broker.share.heartbeatIntervalMs
        shareRecordLockDurationMs = broker.share.recordLockDurationMs
        shareDeliveryCountLimit = broker.share.deliveryCountLimit
        sharePartitionMaxRecordLocks = broker.share.partitionMaxRecordLocks
    }
}

/// Where a share group begins to read a partition.
enum ShareOffsetReset: Sendable, Equatable {
    case latest
    case earliest
    /// At the first record that is not older than this.
    case byDuration(ms: Int64)

    /// `latest`, `earliest`, or `by_duration:` with a duration of ISO 8601.
    init?(setting text: String) {
        switch text.lowercased() {
        case "latest": self = .latest
        case "earliest": self = .earliest
        case let other:
            let prefix = "by_duration:"
            guard other.hasPrefix(prefix),
                let ms = Self.milliseconds(ofDuration: other.dropFirst(prefix.count))
            else { return nil }
            self = .byDuration(ms: ms)
        }
    }

    /// Of `pnDTnHnMn.nS` in small letters, in which each part may be missing, but not all.
    private static func milliseconds(ofDuration text: Substring) -> Int64? {
        guard text.first == "p" else { return nil }
        var rest = text.dropFirst()
        var total: Int64 = 0
        var units: ArraySlice<(letter: Character, ms: Int64, isTime: Bool)> = [
            ("d", 86_400_000, false), ("h", 3_600_000, true), ("m", 60_000, true),
            ("s", 1000, true),
        ]
        var isTime = false
        var hasPart = false
        while !rest.isEmpty {
            if !isTime, rest.first == "t" {
                isTime = true
                hasPart = false
                rest = rest.dropFirst()
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, let count = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            var fraction: Substring = ""
            if rest.first == "." {
                fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(1 + fraction.count)
            }
            guard let letter = rest.popFirst(),
                let place = units.firstIndex(where: { $0.letter == letter && $0.isTime == isTime }),
                fraction.isEmpty || letter == "s", fraction.count <= 9
            else { return nil }
            let (product, isTooLarge) = count.multipliedReportingOverflow(by: units[place].ms)
            let thousandths = Int64((fraction + "000").prefix(3)) ?? 0
            let (sum, overflows) = total.addingReportingOverflow(product)
            guard !isTooLarge, !overflows, sum <= .max - thousandths else { return nil }
            total = sum + thousandths
            units = units[(place + 1)...]
            hasPart = true
        }
        return hasPart ? total : nil
    }
}

extension IsolationLevel {
    /// By Kafka's name, in small letters.
    init?(setting text: String) {
        switch text {
        case "read_uncommitted": self = .readUncommitted
        case "read_committed": self = .readCommitted
        default: return nil
        }
    }
}
