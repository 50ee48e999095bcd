import KafkaProtocol

/// The broker's names for the settings of topics that have none of their own: Kafka gives most of
/// them another name than the topic's setting.
struct TopicDefaultName: Sendable {
    var broker: String
    var topic: String
    /// What a value in the broker's unit is multiplied by for the topic's; 1 but for the keys in
    /// hours and minutes.
    var factor: Int64 = 1

    /// Where several set the same topic key, the last in this list that is set holds: as in Kafka,
    /// milliseconds before minutes before hours.
    static let all: [TopicDefaultName] = [
        TopicDefaultName(broker: "log.retention.hours", topic: "retention.ms", factor: 3_600_000),
        TopicDefaultName(broker: "log.retention.minutes", topic: "retention.ms", factor: 60_000),
        TopicDefaultName(broker: "log.retention.ms", topic: "retention.ms"),
        TopicDefaultName(broker: "log.retention.bytes", topic: "retention.bytes"),
        TopicDefaultName(broker: "log.segment.bytes", topic: "segment.bytes"),
        TopicDefaultName(broker: "log.roll.hours", topic: "segment.ms", factor: 3_600_000),
        TopicDefaultName(broker: "log.roll.ms", topic: "segment.ms"),
        TopicDefaultName(
            broker: "log.roll.jitter.hours", topic: "segment.jitter.ms", factor: 3_600_000),
        TopicDefaultName(broker: "log.roll.jitter.ms", topic: "segment.jitter.ms"),
        TopicDefaultName(broker: "log.index.size.max.bytes", topic: "segment.index.bytes"),
        TopicDefaultName(broker: "log.index.interval.bytes", topic: "index.interval.bytes"),
        TopicDefaultName(broker: "log.flush.interval.messages", topic: "flush.messages"),
        TopicDefaultName(broker: "log.flush.scheduler.interval.ms", topic: "flush.ms"),
        TopicDefaultName(broker: "log.flush.interval.ms", topic: "flush.ms"),
        TopicDefaultName(broker: "message.max.bytes", topic: "max.message.bytes"),
        TopicDefaultName(
            broker: "weir.max.decompressed.batch.bytes",
            topic: "weir.max.decompressed.batch.bytes"),
        TopicDefaultName(broker: "log.message.timestamp.type", topic: "message.timestamp.type"),
        TopicDefaultName(
            broker: "log.message.timestamp.before.max.ms",
            topic: "message.timestamp.before.max.ms"),
        TopicDefaultName(
            broker: "log.message.timestamp.after.max.ms",
            topic: "message.timestamp.after.max.ms"),
        TopicDefaultName(
            broker: "log.message.timestamp.difference.max.ms",
            topic: "message.timestamp.difference.max.ms"),
        TopicDefaultName(broker: "log.cleanup.policy", topic: "cleanup.policy"),
        TopicDefaultName(
            broker: "log.cleaner.min.cleanable.ratio", topic: "min.cleanable.dirty.ratio"),
        TopicDefaultName(
            broker: "log.cleaner.delete.retention.ms", topic: "delete.retention.ms"),
        TopicDefaultName(
            broker: "log.cleaner.min.compaction.lag.ms", topic: "min.compaction.lag.ms"),
        TopicDefaultName(
            broker: "log.cleaner.max.compaction.lag.ms", topic: "max.compaction.lag.ms"),
        TopicDefaultName(broker: "log.segment.delete.delay.ms", topic: "file.delete.delay.ms"),
        TopicDefaultName(broker: "compression.type", topic: "compression.type"),
        TopicDefaultName(broker: "compression.gzip.level", topic: "compression.gzip.level"),
        TopicDefaultName(broker: "compression.lz4.level", topic: "compression.lz4.level"),
        TopicDefaultName(broker: "compression.zstd.level", topic: "compression.zstd.level"),
        TopicDefaultName(
            broker: "unclean.leader.election.enable", topic: "unclean.leader.election.enable"),
        TopicDefaultName(broker: "weir.batch.validation", topic: "weir.batch.validation"),
        TopicDefaultName(broker: "min.insync.replicas", topic: "min.insync.replicas"),
        TopicDefaultName(broker: "log.preallocate", topic: "preallocate"),
    ]

    /// The broker's names for a topic's setting, the one that takes precedence first. Kafka calls
    /// them synonyms.
    static func names(of topicKey: String) -> [TopicDefaultName] {
        all.filter { $0.topic == topicKey }.reversed()
    }

    /// Kafka's type of it: that of the topic's setting, and INT for hours and minutes.
    var type: ConfigType {
        factor == 1 ? SettingText.ofTopics[topic]?.type ?? .unknown : .int
    }

    /// What is allowed, from what the topic's setting allows.
    func brokerForm(_ form: String) -> String {
        factor == 1 ? form : form.replacing(String(Int64.max), with: String(Int32.max))
    }

    /// A value of the topic's in the broker's unit.
    func brokerValue(_ text: String) -> String {
        guard factor != 1, let number = Int64(text), number >= 0 else { return text }
        return String(number / factor)
    }

    /// The value in the topic's unit; nil where it is no number that fits.
    func topicValue(_ text: String) -> String? {
        guard factor != 1 else { return text }
        guard let number = Int32(text) else { return nil }
        return number < 0 ? text : String(Int64(number) * factor)
    }
}
