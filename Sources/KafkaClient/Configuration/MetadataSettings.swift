/// How the client learns of brokers, topics and leaders, and how often it asks again.
public struct MetadataSettings: Sendable, Equatable {
    /// What a client does once no broker that it knows can be reached (KIP-899).
    public enum RecoveryStrategy: String, CaseIterable, Sendable {
        case none
        case rebootstrap
    }

    public var maxAgeMs: Int64 = 300_000
    public var recoveryStrategy = RecoveryStrategy.rebootstrap
    public var rebootstrapTriggerMs: Int64 = 300_000
    public var retryBackoffMs: Int64 = 100
    public var retryBackoffMaxMs: Int64 = 1_000
    public var defaultApiTimeoutMs: Int64 = 60_000
    public var allowsAutoTopicCreation = false

    public init() {}

    var backoff: Backoff { Backoff(initialMs: retryBackoffMs, maximumMs: retryBackoffMaxMs) }

    static let table: [ClientSetting] = [
        .init(
            .integer("metadata.max.age.ms", \.metadata.maxAgeMs, nonNegativeInt32),
            "After so long the client asks again, though nothing failed."),
        .init(
            .choice("metadata.recovery.strategy", \.metadata.recoveryStrategy),
            "Whether the client goes back to bootstrap.servers once no broker that it knows can be reached."
        ),
        .init(
            .integer(
                "metadata.recovery.rebootstrap.trigger.ms", \.metadata.rebootstrapTriggerMs,
                nonNegativeInt32),
            "How long metadata may fail before the client goes back to bootstrap.servers."),
        .init(
            .integer("retry.backoff.ms", \.metadata.retryBackoffMs, nonNegativeInt32),
            "The wait before a request is sent again; it doubles with each failure."),
        .init(
            .integer("retry.backoff.max.ms", \.metadata.retryBackoffMaxMs, nonNegativeInt32),
            "The longest wait before a request is sent again."),
        .init(
            .integer("default.api.timeout.ms", \.metadata.defaultApiTimeoutMs, positiveInt32),
            "How long a whole operation may take, with its retries, where nothing else limits it."),
        .init(
            .flag("allow.auto.create.topics", \.metadata.allowsAutoTopicCreation),
            "Whether asking for a topic that is not there may create it; Kafka's consumer has true."
        ),
    ]
}
