import KafkaClient

/// The settings of a run's clients: those that the profile has elsewhere, under Kafka's names, and its
/// section `client`.
struct KafkaSettings {
    /// A cluster that does not answer is reported within this time.
    static let connectTimeoutMs: Int64 = 3_000
    /// Creating, describing and deleting topics may take this long, unless the profile says otherwise.
    private static let administrationTimeoutMs = 15_000

    /// Kafka's defaults, 128 and 64 KiB, cut a batch and a fetch into many pieces, each with a wake-up. The
    /// system's buffers grow.
    static let buffers = ["send.buffer.bytes": "-1", "receive.buffer.bytes": "-1"]

    private let client: [String: String]
    /// - Parameter servers: in place of the profile's.
    init(_ profile: Profile, servers: String? = nil) {
        var client = profile.client
        if let servers {
            // The run's own broker, which has a listener of this machine alone.
            client["bootstrap.servers"] = servers
            client["security.protocol"] = nil
        }
        self.client = client
    }

    var servers: String { client["bootstrap.servers"] ?? "" }

    func administration() throws(ClientSettingsError) -> ClientSettings {
        try settings([
            "default.api.timeout.ms": "\(Self.administrationTimeoutMs)",
            "socket.connection.setup.timeout.ms": "\(Self.connectTimeoutMs)",
        ])
    }

    func producer(
        _ producers: ProducerSettings
    ) throws(ClientSettingsError) -> ClientSettings {
        let timeoutMs = producers.deliveryTimeout.nanoseconds / 1_000_000
        let defaults = ConnectionSettings()
        return try settings(
            [
                "request.timeout.ms": "\(min(defaults.requestTimeoutMs, max(timeoutMs, 1)))",
                // A full batch that does not compress is a little larger than batch.size.
                "max.request.size":
                    "\(max(1 << 20, producers.batchSize + producers.batchSize / 8))",
            ],
            always: [
                "acks": producers.acks.rawValue,
                "enable.idempotence": "\(producers.enableIdempotence)",
                "max.in.flight.requests.per.connection": "\(producers.maxInFlight)",
                "delivery.timeout.ms": "\(timeoutMs)",
            ])
    }

    /// Of a share group the brokers decide what else is in `client` for other groups.
    private func shareConsumer(
        _ group: ConsumerGroupSettings
    ) throws(ClientSettingsError) -> ClientSettings {
        var values = Self.buffers.merging(client) { $1 }
        values["isolation.level"] = nil
        values["group.id"] = group.group
        // A member that pauses, or waits for its backlog, stays in the group.
        values["max.poll.interval.ms"] = "\(Int32.max)"
        values["max.poll.records"] = "\(group.maxPollRecords)"
        // The load's consumers compute it.
        values["check.crcs"] = "false"
        return try ClientSettings(ofShareConsumer: values)
    }

    func consumer(_ group: ConsumerGroupSettings) throws(ClientSettingsError) -> ClientSettings {
        if group.isShared { return try shareConsumer(group) }
        var always = [
            "max.partition.fetch.bytes": "\(group.maxPartitionFetchBytes)",
            // A position that the log does not have is an error of the run.
            "auto.offset.reset": "none",
            // The load's consumers compute it.
            "check.crcs": "false",
        ]
        if group.hasMembership {
            always["group.id"] = group.group
            always["group.protocol"] = group.assignment.rawValue
            // What a worker has done with its records is committed, and not what the client handed out.
            always["enable.auto.commit"] = "false"
            if group.from == .committed { always["auto.offset.reset"] = "earliest" }
        }
        return try settings([:], always: always)
    }

    private func settings(
        _ defaults: [String: String], always: [String: String] = [:]
    ) throws(ClientSettingsError) -> ClientSettings {
        try ClientSettings(
            Self.buffers.merging(defaults) { $1 }.merging(client) { $1 }.merging(always) { $1 })
    }
}

extension KafkaSettings {
    /// The client's settings that a profile may have in its section `client`; the others follow from
    /// its own settings.
    static let inProfile = ClientSettings.table.filter { !elsewhere.contains($0.name) }

    /// Whether a setting, by the client's name or by a profile's, is a password or a key.
    static func isSecret(_ name: String) -> Bool {
        secretNames.contains(
            name.hasPrefix("client.") ? String(name.dropFirst("client.".count)) : name)
    }

    private static let secretNames = Set(ClientSettings.table.filter(\.isSecret).map(\.name))

    private static let elsewhere: Set = [
        "acks", "enable.idempotence", "max.in.flight.requests.per.connection",
        "delivery.timeout.ms", "max.partition.fetch.bytes", "check.crcs", "auto.offset.reset",
        "group.id", "group.instance.id", "group.protocol", "group.remote.assignor",
        "partition.assignment.strategy", "session.timeout.ms",
        "heartbeat.interval.ms", "max.poll.interval.ms", "enable.auto.commit",
        "auto.commit.interval.ms", "allow.auto.create.topics", "max.poll.records",
        "share.acknowledgement.mode",
    ]
}
