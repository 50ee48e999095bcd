/// The settings of the transaction coordinator, with Kafka's defaults. Times are milliseconds,
/// sizes bytes.
struct TransactionConfig: Sendable, Equatable {
    /// `transaction.max.timeout.ms`
    var maxTimeoutMs: Int32 = 900_000
    /// `transactional.id.expiration.ms`
    var transactionalIDExpirationMs: Int64 = 604_800_000
    /// `weir.max.transactional.ids`
    var maxTransactionalIDs = 100_000
    /// `transaction.state.log.num.partitions`, for a topic that does not exist yet.
    var topicPartitionCount: Int32 = 50
    /// `transaction.state.log.segment.bytes`
    var topicSegmentBytes: Int64 = 100 << 20
    /// `transaction.abort.timed.out.transaction.cleanup.interval.ms`
    var abortCheckIntervalMs: Int64 = 10_000
    /// `transaction.remove.expired.transaction.cleanup.interval.ms`
    var expiryCheckIntervalMs: Int64 = 3_600_000
    /// How long after a failed write a marker is written again.
    var retryIntervalMs: Int64 = 1000
    /// `add.partitions.to.txn.retry.backoff.max.ms`: how long a batch waits for the transaction
    /// before to be over.
    var implicitAddWaitMs: Int64 = 100
}

extension TransactionConfig {
    /// What the broker's configuration says.
    init(_ config: BrokerConfig) {
        maxTimeoutMs = Int32(clamping: config.transactionMaxTimeoutMs)
        transactionalIDExpirationMs = config.transactionalIDExpirationMs
        maxTransactionalIDs = Int(config.maxTransactionalIDs)
        topicPartitionCount = Int32(clamping: config.transactionStateLogNumPartitions)
        topicSegmentBytes = config.transactionStateLogSegmentBytes
        abortCheckIntervalMs = config.transactionAbortTimedOutTransactionCleanupIntervalMs
        expiryCheckIntervalMs = config.transactionRemoveExpiredTransactionCleanupIntervalMs
    }
}
