/// The settings of topics. Those of `topics.config` are Kafka's own.
extension Profile {
    private static let largestInt32 = Int(Int32.max)
    /// More milliseconds would overflow 64 bits of nanoseconds.
    private static let largestMilliseconds = Int.max / 1_000_000

    static let topicSettings: [Setting<Profile>] = [
        Setting(
            ["topics", "name"], \.topics.name, .resourceName,
            "The topic's name; with more than one, they are name-0, name-1, …"),
        Setting(
            ["topics", "count"], \.topics.count, .count.limited(to: 1...10_000),
            "How many topics, all with these settings."),
        Setting(
            ["topics", "partitions"], \.topics.partitions, .count.limited(to: 1...10_000),
            "Partitions of each topic."),
        Setting(
            ["topics", "replication.factor"], orNull: \.topics.replicationFactor,
            .count.limited(to: 1...Int(Int16.max)),
            "On how many brokers of a cluster each partition is; null is the cluster's default.",
            isOmittedAtDefault: true),
        Setting(
            ["topics", "existing"], \.topics.existing, .boolean,
            "Whether the topics are in the cluster already and are loaded as they are. If not, the run "
                + "creates them and deletes them at its end.", isOmittedAtDefault: true),
        topicKey(
            "segment.bytes", .byteSize.limited(to: 4096...largestInt32),
            "The size at which a segment file is closed and a new one begun."),
        topicKey(
            "segment.ms", .wholeMilliseconds.limited(to: 1...largestMilliseconds),
            "The age at which a segment is closed, even if it is small."),
        topicKey(
            "segment.index.bytes", .byteSize.limited(to: 12...largestInt32),
            "The largest size of a segment's offset index."),
        topicKey(
            "index.interval.bytes", .byteSize.limited(to: 0...largestInt32),
            "Bytes of log for each index entry."),
        topicKey(
            "retention.bytes", .byteSize.limited(to: 0...Int.max).orUnlimited,
            "The size that a partition keeps; whole old segments above it are deleted. Bounds the disk space."
        ),
        topicKey(
            "retention.ms", .wholeMilliseconds.limited(to: 0...largestMilliseconds).orUnlimited,
            "How long a partition keeps a segment."),
        topicKey(
            "flush.messages", .count.limited(to: 1...Int.max),
            "Flush to disk before acknowledging when this many records are unflushed; 1 makes every "
                + "acknowledged record durable."),
        topicKey(
            "flush.ms", .wholeMilliseconds.limited(to: 0...largestMilliseconds),
            "The longest time between flushes to disk."),
        topicKey(
            "max.message.bytes", .byteSize.limited(to: 4096...largestInt32),
            "The largest record batch that the log accepts."),
        topicKey(
            "message.timestamp.type", .oneOf(["CreateTime", "LogAppendTime"]),
            "Whether records keep the producer's timestamp or get the log's."),
        topicKey("cleanup.policy", .oneOf(["delete"]), "What happens to old segments."),
        topicKey(
            "file.delete.delay.ms", .wholeMilliseconds.limited(to: 0...largestMilliseconds),
            "How long a deleted segment's files stay; 0 unless set."),
    ]

    /// Keys that the embedded log does not have. A broker checks their values once more, and may not know some.
    static let clusterTopicKeys: [Setting<Profile>] = [
        topicKey(
            "min.insync.replicas", .count.limited(to: 1...largestInt32),
            "With acks=all: how many replicas must have a batch before it is acknowledged.",
            ofCluster: true),
        topicKey(
            "unclean.leader.election.enable", .truth,
            "Whether a replica that lags behind may lead, and lose what it lacks.", ofCluster: true),
        topicKey(
            "preallocate", .truth, "Whether a segment's file takes its whole size at once.",
            ofCluster: true),
        topicKey(
            "segment.jitter.ms", .wholeMilliseconds.limited(to: 0...largestMilliseconds),
            "How much earlier than segment.ms a segment may be closed, by chance, so that not all are "
                + "at one time.", ofCluster: true),
        topicKey(
            "message.timestamp.before.max.ms",
            .wholeMilliseconds.limited(to: 0...largestMilliseconds),
            "How far behind the broker's clock a record's timestamp may be.", ofCluster: true),
        topicKey(
            "message.timestamp.after.max.ms",
            .wholeMilliseconds.limited(to: 0...largestMilliseconds),
            "How far ahead of the broker's clock a record's timestamp may be.", ofCluster: true),
        topicKey(
            "remote.storage.enable", .truth,
            "Whether closed segments go to the cluster's remote storage (KIP-405).",
            ofCluster: true),
        topicKey(
            "local.retention.bytes", .byteSize.limited(to: 0...Int.max).orUnlimited,
            "With remote storage: the size of a partition that stays on the broker.",
            ofCluster: true),
        topicKey(
            "local.retention.ms",
            .wholeMilliseconds.limited(to: 0...largestMilliseconds).orUnlimited,
            "With remote storage: how long a segment stays on the broker.", ofCluster: true),
    ]

    private static func topicKey(
        _ name: String, _ form: ValueForm<Int>, _ summary: String, ofCluster: Bool = false
    ) -> Setting<Profile> {
        topicKey(name, form.asTopicKey, summary, ofCluster: ofCluster)
    }

    private static func topicKey(
        _ name: String, _ form: ValueForm<String>, _ summary: String, ofCluster: Bool = false
    ) -> Setting<Profile> {
        Setting(
            ["topics", "config", name], orNull: \.topics.config[name], form, summary,
            defaultNote: ofCluster ? "the cluster's own" : "the log's own", isOmittedAtDefault: true
        )
    }
}

extension ValueForm where Value == Int {
    /// The value in the form in which Kafka keeps topic keys: text of a plain integer.
    fileprivate var asTopicKey: ValueForm<String> {
        ValueForm<String>(
            name: name,
            parse: { [self] node throws(ProfileError) in String(try parse(node)) },
            print: { [self] text in Int(text).map(print) ?? text })
    }
}

extension ValueForm where Value == String {
    fileprivate static var truth: ValueForm { .oneOf(["true", "false"]) }
}
