import KafkaProtocol

/// What DescribeConfigs and `weir serve --explain` say about a setting besides its value: its type, which is
/// that of Kafka 4.2's documentation, and a sentence.
struct SettingText {
    var type: ConfigType
    var documentation: String

    /// By the topic's key. A test compares it with the keys that exist.
    static let ofTopics: [String: SettingText] = [
        "segment.bytes": SettingText(.int, "The largest size of a segment of the log."),
        "segment.ms": SettingText(
            .long, "The age at which a segment is sealed and the next begins."),
        "segment.jitter.ms": SettingText(
            .long,
            "segment.ms is shortened by a random time up to this, so that not all logs roll at once."
        ),
        "segment.index.bytes": SettingText(.int, "The largest size of the index of a segment."),
        "index.interval.bytes": SettingText(.int, "The bytes of log for each index entry."),
        "retention.bytes": SettingText(
            .long,
            "A partition's oldest segments are deleted while it is larger than this; -1 keeps them."
        ),
        "retention.ms": SettingText(.long, "Segments older than this are deleted; -1 keeps them."),
        "flush.messages": SettingText(
            .long, "An acknowledgement waits for the disk when this many records are not durable."),
        "flush.ms": SettingText(.long, "The longest time until records are made durable."),
        "max.message.bytes": SettingText(.int, "The largest record batch that is accepted."),
        "weir.max.decompressed.batch.bytes": SettingText(
            .int,
            "The largest size of a batch once it is decompressed; -1: 32 times max.message.bytes."),
        "message.timestamp.type": SettingText(
            .string, "Whether records carry the producer's timestamp, or the time of the append."),
        "message.timestamp.before.max.ms": SettingText(
            .long, "How far before now a producer's timestamp may be."),
        "message.timestamp.after.max.ms": SettingText(
            .long, "How far after now a producer's timestamp may be."),
        "message.timestamp.difference.max.ms": SettingText(
            .long,
            "Obsolete: applies in place of message.timestamp.before.max.ms and ….after.max.ms where they have "
                + "their defaults."),
        "weir.batch.validation": SettingText(
            .string,
            "What of a produced batch is looked at before it is acknowledged: none, its header with the "
                + "checksum, or all of its records."),
        "cleanup.policy": SettingText(
            .list, "What happens to old records: delete, compact, both or neither."),
        "delete.retention.ms": SettingText(.long, "How long a compacted topic keeps tombstones."),
        "min.cleanable.dirty.ratio": SettingText(
            .double, "A log is compacted when more than this share of it is dirty."),
        "min.compaction.lag.ms": SettingText(
            .long, "The shortest time that a record stays uncompacted."),
        "max.compaction.lag.ms": SettingText(
            .long, "The longest time until a record is compacted."),
        "compression.type": SettingText(
            .string, "The codec that batches are stored with; producer keeps each batch's own."),
        "compression.gzip.level": SettingText(.int, "The level, where compression.type is gzip."),
        "compression.lz4.level": SettingText(.int, "The level, where compression.type is lz4."),
        "compression.zstd.level": SettingText(.int, "The level, where compression.type is zstd."),
        "file.delete.delay.ms": SettingText(.long, "How long the files of a deleted segment stay."),
        "min.insync.replicas": SettingText(.int, "Without effect: there is one replica."),
        "unclean.leader.election.enable": SettingText(
            .boolean, "Without effect: no leader is elected."),
        "preallocate": SettingText(
            .boolean, "Without effect: space is always reserved ahead."),
        "message.format.version": SettingText(.string, "Obsolete; batches have magic 2."),
        "message.downconversion.enable": SettingText(
            .boolean, "Without effect: fetches of old formats are not served."),
        "leader.replication.throttled.replicas": SettingText(
            .list, "Without effect: nothing is replicated."),
        "follower.replication.throttled.replicas": SettingText(
            .list, "Without effect: nothing is replicated."),
        "remote.storage.enable": SettingText(.boolean, "There is no remote storage."),
        "local.retention.ms": SettingText(.long, "Without effect: there is no remote storage."),
        "local.retention.bytes": SettingText(.long, "Without effect: there is no remote storage."),
        "remote.log.copy.disable": SettingText(
            .boolean, "Without effect: there is no remote storage."),
        "remote.log.delete.on.disable": SettingText(
            .boolean, "Without effect: there is no remote storage."),
    ]

    init(_ type: ConfigType, _ documentation: String) {
        self.type = type
        self.documentation = documentation
    }
}
