import KafkaProtocol
import SettingKeys

/// How a consumer takes part in a share group (KIP-932).
public struct ShareSettings: Sendable, Equatable {
    /// Who says what became of a record.
    public enum AcknowledgementMode: String, CaseIterable, Sendable {
        /// Who asks for more has consumed what came before.
        case implicit
        /// The application, of each record.
        case explicit
    }

    /// Whether a broker may return more than `max.poll.records` (KIP-1206).
    public enum AcquireMode: String, CaseIterable, Sendable {
        case batchOptimized = "batch_optimized"
        case recordLimit = "record_limit"

        var wire: ShareAcquireMode { self == .recordLimit ? .recordLimit : .batchOptimized }
    }

    public var maxPollRecords: Int64 = 500
    public var acknowledgementMode = AcknowledgementMode.implicit
    public var acquireMode = AcquireMode.batchOptimized

    public init() {}

    static let table: [ClientSetting] = [
        .init(
            .integer("max.poll.records", \.share.maxPollRecords, positiveInt32),
            "How many records a member of a share group is given of a broker at a time; more where the last batch "
                + "has more, unless share.acquire.mode=record_limit. For share groups alone."
        ),
        .init(
            .choice("share.acknowledgement.mode", \.share.acknowledgementMode),
            "Whether asking for more says that what came before is consumed, or the application says it of each "
                + "record. For share groups alone."),
        .init(
            .choice("share.acquire.mode", \.share.acquireMode),
            "Whether a broker gives whole batches, or cuts them at max.poll.records. For share groups alone."
        ),
    ]

    /// What a share consumer cannot have, and where that is decided in its place.
    private static let foreign = [
        "auto.offset.reset": "set share.auto.offset.reset of the group, at the brokers",
        "enable.auto.commit": "leave it out, and see share.acknowledgement.mode",
        "group.instance.id": "leave it out: members of share groups are not static",
        "group.protocol": "leave it out",
        "group.remote.assignor": "leave it out: the brokers decide it",
        "heartbeat.interval.ms": "set share.heartbeat.interval.ms of the group, at the brokers",
        "isolation.level": "set share.isolation.level of the group, at the brokers",
        "partition.assignment.strategy": "leave it out: the brokers decide it",
        "session.timeout.ms": "set share.session.timeout.ms of the group, at the brokers",
    ]

    /// Refuses settings that a share consumer does not have, as Kafka's does.
    ///
    /// - Parameter names: those that somebody has set.
    static func refuseForeign(_ names: some Collection<String>) throws(ClientSettingsError) {
        for name in names.sorted() {
            if let remedy = foreign[name] {
                throw .conflict("\(name) cannot be set for a share consumer", remedy: remedy)
            }
        }
    }
}

extension ClientSettings {
    /// The settings of a `KafkaShareConsumer`: those that have no meaning in a share group are refused by name.
    public init(ofShareConsumer values: [String: String]) throws(ClientSettingsError) {
        try ShareSettings.refuseForeign(values.filter { $0.value.contains { $0 != " " } }.keys)
        try self.init(values)
    }
}
