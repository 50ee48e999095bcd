import RecordFormat

/// The settings of a profile, in the order in which they are explained and written. The defaults
/// are the properties' initial values.
extension Profile {
    static let settings: [Setting<Profile>] =
        runSettings + clientSettings + topicSettings + clusterTopicKeys + producerSettings
        + payloadSettings
        + keySettings
        + comparisonSettings

    private static let runSettings: [Setting<Profile>] = [
        Setting(
            ["name"], \.name, .profileName,
            "The name under which results are filed.",
            defaultNote: "the file's name without its extension"),
        Setting(
            ["description"], \.description, .text, "The question that this profile answers."),
        Setting(
            ["target"], \.target, .choice,
            "The target of the load: the log engine in this process (embedded), the same engine behind "
                + "Weir's broker, in a process of its own (broker), the brokers of "
                + "client.bootstrap.servers (kafka), or none, to measure the generator alone (discard).",
            defaultNote: "embedded, and kafka where client.bootstrap.servers is given"),
        Setting(
            ["personality"], orNull: \.personality, .choice,
            "The client whose defaults hold for batching, in-flight requests, partitioner, request and fetch "
                + "sizes, and commits, where the profile does not set them.",
            defaultNote: "null: Weir's own", isOmittedAtDefault: true),
        Setting(
            ["data.dir"], orNull: \.dataDirectory, .text,
            "The directory of the log. It is kept after the run, and a later run continues it; "
                + "null is a new temporary directory, removed after the run."),
        Setting(
            ["seed"], \.seed, .seed,
            "The seed that reproduces every byte of payload, every key and every Poisson arrival."),
        Setting(
            ["warmup"], \.warmup, .duration,
            "Load that is sent before the measured part and not counted.",
            defaultNote: "2s, and 0s where backlog is given or nothing is produced"),
        Setting(
            ["duration"], orNull: \.duration, .duration,
            "The length of the measured part. Give one of duration, records and backlog.",
            defaultNote: "10s, unless records or backlog is given"),
        Setting(
            ["records"], orNull: \.records, .count.limited(to: 1...1_000_000_000_000),
            "The number of records of the measured part, all producers together; without producers, that "
                + "each group reads."),
        Setting(
            ["backlog"], orNull: \.backlog, .backlog,
            "Consumers are paused until this much is stored; producers then stop, and the drain "
                + "is measured."),
        Setting(
            ["interval"], \.interval,
            .duration.limited(to: .milliseconds(10)...(.seconds(3600))),
            "The interval of the time series and of the progress line."),
        Setting(
            ["send.grace"], \.sendGrace, .duration,
            "How long after duration producers may still send records that were due within it; the "
                + "rest is never sent, and counted."),
        Setting(
            ["drain.timeout"], \.drainTimeout, .duration,
            "How long consumers may take to read the rest once producers have stopped."),
        Setting(
            ["roofline"], \.roofline, .boolean,
            "Whether to measure this machine's own limits in the same run, for comparison."),
    ]

    /// Of the client's own table.
    private static let clientSettings: [Setting<Profile>] = KafkaSettings.inProfile.map { known in
        let value = KafkaSettings.buffers[known.name] ?? known.defaultValue
        let note = value.isEmpty ? "none" : value
        return Setting(
            ["client", known.name], orNull: \.client[known.name],
            .clientSetting(known), known.meaning, defaultNote: note, isOmittedAtDefault: true)
    }

    private static let producerSettings: [Setting<Profile>] = [
        Setting(
            ["producers", "count"], \.producers.count, .count.limited(to: 0...10_000),
            "How many producers, each with its own batches and its own producer id; with 0 the groups read "
                + "what others have written."),
        Setting(
            ["producers", "threads"], \.producers.threads, .count.limited(to: 1...1024),
            "How many threads the producers share; at most one for each of them."),
        Setting(
            ["producers", "rate"], \.producers.rate, .rate,
            "The rate at which records become due, all producers together; max is a closed loop."),
        Setting(
            ["producers", "partitioner"], \.producers.partitioner, .choice,
            "How a record finds its partition.",
            defaultNote: "key where records have keys, else sticky"),
        Setting(
            ["producers", "config", "batch.size"], \.producers.batchSize,
            .byteSize.limited(to: 1...(1 << 30)),
            "Bytes of a record batch before compression."),
        Setting(
            ["producers", "config", "linger.ms"], \.producers.linger, .milliseconds,
            "How long a batch that is not full waits for more records."),
        Setting(
            ["producers", "config", "compression.type"], \.producers.compression.codec, .codec,
            "The codec of record batches, optionally with its level: zstd:3."),
        Setting(
            ["producers", "config", "compression.level"], orNull: \.producers.compression.level,
            .integer,
            "The codec's level (gzip 1 to 9, lz4 1 to 17, zstd -131072 to 22); null is the "
                + "codec's own default."),
        Setting(
            ["producers", "config", "acks"], \.producers.acks, .acks,
            "When a batch counts as acknowledged."),
        Setting(
            ["producers", "config", "enable.idempotence"], \.producers.enableIdempotence,
            .boolean,
            "Whether batches carry sequence numbers, so that none is stored twice.",
            defaultNote: "true, unless acks is not all or more than 5 batches may be in flight, "
                + "as in Kafka"),
        Setting(
            ["producers", "config", "max.in.flight.requests.per.connection"],
            \.producers.maxInFlight, .count.limited(to: 1...1000),
            "The most unacknowledged batches of one producer."),
        Setting(
            ["producers", "config", "delivery.timeout.ms"], \.producers.deliveryTimeout,
            .milliseconds,
            "How long after its beginning a batch may be acknowledged; later its records have failed, "
                + "and the run ends."),
    ]

    private static let payloadSettings: [Setting<Profile>] = [
        Setting(
            ["payload", "kind"], \.payload.kind, .choice,
            "The values: records of your file (corpus), realistic synthesized events (orders, "
                + "signups, logs, metrics), bytes of a chosen compressibility (ratio), or one of "
                + "the controls (random, zeros)."),
        Setting(
            ["payload", "file"], orNull: \.payload.file, .text,
            "The corpus, relative to the working directory."),
        Setting(
            ["payload", "format"], \.payload.format, .choice,
            "How the corpus is split into records. The file may be compressed by gzip or zstd; - is standard "
                + "input, of which the first 64 MiB are taken."),
        Setting(
            ["payload", "header"], \.payload.header, .boolean,
            "Whether the corpus begins with a line of column names, which is no record.",
            isOmittedAtDefault: true),
        Setting(
            ["payload", "size"], orNull: \.payload.size, .sizeDistribution,
            "Bytes of a value, for ratio, random, zeros and a corpus in slices; the others have "
                + "their natural sizes.",
            defaultNote: "null: natural sizes, and 1KiB for the kinds that have none"),
        Setting(
            ["payload", "ratio"], \.payload.ratio, .decimal.limited(to: 1...1000),
            "The ratio of uncompressed to compressed bytes that kind ratio is calibrated to, with the profile's "
                + "codec at its batch size."),
        Setting(
            ["payload", "pool"], \.payload.pool,
            .byteSize.limited(to: (64 * 1024)...(4 << 30)),
            "Bytes of values that are prepared before the run and then sent in order. It must be "
                + "far larger than a batch, or a batch would contain a record twice and compress "
                + "better than any real load."),
    ]

    private static let keySettings: [Setting<Profile>] = [
        Setting(
            ["keys", "kind"], \.keys.kind, .choice,
            "The keys; payload takes the event's own key (order, user, host, series; of segments the record's), and "
                + "field a part of each record of a corpus."),
        Setting(
            ["keys", "cardinality"], \.keys.cardinality, .count.limited(to: 1...10_000_000),
            "The number of different keys."),
        Setting(
            ["keys", "exponent"], \.keys.exponent, .decimal.limited(to: 0...10),
            "The skew of zipfian keys."),
        Setting(
            ["keys", "field"], orNull: \.keys.field, .text,
            "With kind field: the member of JSON records that is the key (user.id for one inside another), or "
                + "with payload.header the column.", isOmittedAtDefault: true),
        Setting(
            ["keys", "pattern"], orNull: \.keys.pattern, .text,
            "With kind field, in place of keys.field: a regular expression whose first group is the key.",
            isOmittedAtDefault: true),
    ]
}

extension ConsumerGroupSettings {
    /// The settings of each element of `consumers`.
    static let settings: [Setting<ConsumerGroupSettings>] = [
        Setting(
            ["group"], \.group, .resourceName,
            "The group's name. Required and unique.", defaultNote: "none, it is required"),
        Setting(
            ["members"], \.members, .count.limited(to: 1...1000),
            "How many consumers share the group's partitions."),
        Setting(
            ["group.protocol"], \.assignment, .choice,
            "Who assigns the partitions: the run, once; or, with members that join, commit and rebalance, the "
                + "group's leader (classic) or the coordinator (consumer, KIP-848); with share the members are a "
                + "share group (KIP-932), whose members may read the same partitions.",
            isOmittedAtDefault: true),
        Setting(
            ["subscribe"], orNull: \.topics, .topicNames,
            "Topics of a cluster that others write to, in place of the profile's; their records are counted "
                + "and not audited.", defaultNote: "null: the profile's topics",
            isOmittedAtDefault: true),
        Setting(
            ["from"], \.from, .startPosition,
            "Where the group begins to read; committed continues at its committed position, and a time "
                + "begins with the first record that is not older."),
        Setting(
            ["service.time"], orNull: \.serviceTime, .serviceTime,
            "How long a member works on each record, without CPU, before it takes the next one; the "
                + "end-to-end latency ends where the work begins.",
            isOmittedAtDefault: true),
        Setting(
            ["pause"], orNull: \.pause, .consumerPause,
            "When the group does not read while producers send: for a part of every round, or until so many "
                + "records wait.", isOmittedAtDefault: true),
        Setting(
            ["config", "max.partition.fetch.bytes"], \.maxPartitionFetchBytes,
            .byteSize.limited(to: 1...(1 << 30)),
            "The most bytes that one fetch returns of a partition; at least one whole batch."),
        Setting(
            ["config", "max.poll.records"], \.maxPollRecords,
            .count.limited(to: 1...1_000_000),
            "Of a share group: how many records a member is given of a broker at a time, and acknowledges together.",
            isOmittedAtDefault: true),
        Setting(
            ["config", "check.crcs"], \.checkCrcs, .boolean,
            "Whether the checksum of each fetched batch is verified."),
        Setting(
            ["config", "auto.commit.interval.ms"], \.autoCommitInterval, .milliseconds,
            "How often the group's positions are committed."),
    ]
}

extension ValueForm where Value == Acks {
    /// Kafka also writes `all` as -1.
    fileprivate static var acks: ValueForm {
        let choice = ValueForm<Acks>.choice
        return ValueForm(
            name: choice.name + " (or -1, which is all)",
            parse: { node throws(ProfileError) in
                if case .scalar("-1", _) = node.content { return .all }
                return try choice.parse(node)
            }, print: choice.print)
    }
}
