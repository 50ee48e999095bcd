import KafkaProtocol
import SettingKeys

/// How records are fetched.
public struct ConsumerSettings: Sendable, Equatable {
    public enum Isolation: String, CaseIterable, Sendable {
        case readUncommitted = "read_uncommitted"
        case readCommitted = "read_committed"

        var level: IsolationLevel {
            self == .readCommitted ? .readCommitted : .readUncommitted
        }
    }

    public var fetchMinBytes: Int64 = 1
    public var fetchMaxBytes: Int64 = 52_428_800
    public var fetchMaxWaitMs: Int64 = 500
    public var maxPartitionFetchBytes: Int64 = 1_048_576
    public var autoOffsetReset = AutoOffsetReset.latest
    public var isolation = Isolation.readUncommitted
    public var checkCRCs = true
    public var clientRack = ""

    public init() {}

    static let table: [ClientSetting] = [
        .init(
            .integer("fetch.min.bytes", \.consumer.fetchMinBytes, nonNegativeInt32),
            "How much must be there before a broker answers a fetch, unless fetch.max.wait.ms is over."
        ),
        .init(
            .integer("fetch.max.bytes", \.consumer.fetchMaxBytes, nonNegativeInt32),
            "How much a broker returns at most, one batch at least; no more is fetched ahead of the application."
        ),
        .init(
            .integer("fetch.max.wait.ms", \.consumer.fetchMaxWaitMs, nonNegativeInt32),
            "How long a broker may wait for fetch.min.bytes."),
        .init(
            .integer(
                "max.partition.fetch.bytes", \.consumer.maxPartitionFetchBytes, nonNegativeInt32),
            "How much a broker returns of one partition, one batch at least."),
        .init(
            ConfigKey(
                name: "auto.offset.reset",
                expected: "earliest, latest, none, or by_duration: and a duration such as PT1H30M",
                read: { $0.consumer.autoOffsetReset.name },
                write: { settings, text in
                    guard let reset = AutoOffsetReset(text) else { return false }
                    settings.consumer.autoOffsetReset = reset
                    return true
                }),
            "Where a consumer begins that has no position, or one that the log does not have; none is an error."
        ),
        .init(
            .choice("isolation.level", \.consumer.isolation),
            "Whether records of transactions are read only once they are committed."),
        .init(
            .flag("check.crcs", \.consumer.checkCRCs),
            "Whether the checksum of each fetched batch is computed and compared."),
        .init(
            .text(
                "client.rack", \.consumer.clientRack, expected: "at most 249 bytes",
                isAllowed: { $0.utf8.count <= 249 }),
            "Where the client is, so that a replica near it may be fetched from."),
    ]
}
