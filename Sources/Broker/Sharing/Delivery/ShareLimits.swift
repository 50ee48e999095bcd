import KafkaProtocol

/// What a share group's settings say about the delivery of records.
struct ShareLimits: Sendable, Equatable {
    /// How long a member has what it acquired: `share.record.lock.duration.ms`.
    var lockMs: Int64 = 30_000
    /// How often a record is delivered at most: `share.delivery.count.limit`.
    var deliveryCountLimit: Int16 = 5
    /// The most records of a partition that may be in flight: `share.partition.max.record.locks`.
    var maxRecordLocks = 2000
    /// Where a group begins to read: `share.auto.offset.reset`.
    var offsetReset = ShareOffsetReset.latest
    /// `share.isolation.level`
    var isolationLevel = IsolationLevel.readUncommitted
    /// `share.renew.acknowledge.enable`
    var allowsRenewal = true

    /// Whole batches are acquired, so that their end may be past the limit of records in flight. No
    /// batch, however large, takes a partition past this: what is known of each record must fit
    /// into memory and into one record of `__share_group_state`.
    static let mostInFlight = 20_000

    /// From so many deliveries on, fewer and fewer records are delivered at a time, so that one
    /// that no member can consume does not take those around it along.
    var throttlingCount: Int16 { max(2, (deliveryCountLimit + 1) / 2) }
}
