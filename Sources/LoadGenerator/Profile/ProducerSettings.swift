import RecordFormat

/// How the load is produced. Kafka's producer keys keep Kafka's meaning and, if they are in
/// `config`, Kafka's spelling.
public struct ProducerSettings: Hashable, Sendable {
    public var count = 1
    public var threads = 1
    /// Of all producers together.
    public var rate = Rate.constant(.perSecond(10_000))
    public var partitioner = PartitionerKind.sticky

    /// Uncompressed bytes of one batch, as Kafka counts `batch.size`.
    public var batchSize = 64 * 1024
    public var linger = Duration.milliseconds(5)
    /// Kafka's `compression.type` and `compression.level`; a nil level is the codec's own default.
    public var compression = Compression.none
    public var acks = Acks.all
    public var enableIdempotence = true
    /// Batches of one producer that may be unacknowledged at once.
    public var maxInFlight = 5
    /// How long after its beginning a batch may be acknowledged.
    public var deliveryTimeout = Duration.seconds(120)

    public init() {}
}

/// How a record finds its partition.
public enum PartitionerKind: String, CaseIterable, Hashable, Sendable {
    /// murmur2 of the key as Kafka's producer does it; records without a key are spread as
    /// `sticky` spreads them.
    case key
    /// One record to each partition in turn.
    case roundRobin = "round-robin"
    /// A whole batch to one partition, then another one (KIP-480).
    case sticky
}

/// When a produced batch counts as acknowledged.
public enum Acks: String, CaseIterable, Hashable, Sendable {
    /// At once: sent is acknowledged.
    case none = "0"
    /// When the leader has it. On the embedded log, which has no followers, the same as `all`.
    case leader = "1"
    case all
}
