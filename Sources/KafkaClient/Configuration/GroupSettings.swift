import SettingKeys

/// How a consumer takes part in a group.
public struct GroupSettings: Sendable, Equatable {
    public var groupID = ""
    /// Empty for a member that is not static.
    public var groupInstanceID = ""
    public var assignors: [PartitionAssignor] = [.range, .cooperativeSticky]
    public var sessionTimeoutMs: Int64 = 45_000
    public var heartbeatIntervalMs: Int64 = 3_000
    public var maxPollIntervalMs: Int64 = 300_000
    public var enableAutoCommit = true
    public var autoCommitIntervalMs: Int64 = 5_000

    public init() {}

    /// As in Kafka, a member follows the cooperative protocol only if all its assignors do.
    var isCooperative: Bool { assignors.allSatisfy(\.isCooperative) }

    static let table: [ClientSetting] = [
        .init(
            .text(
                "group.id", \.group.groupID, expected: "at most 32767 bytes",
                isAllowed: { $0.utf8.count <= Int(Int16.max) }),
            "The group whose members share the partitions of their topics."),
        .init(
            .text(
                "group.instance.id", \.group.groupInstanceID, expected: "at most 249 bytes",
                isAllowed: { $0.utf8.count <= 249 }),
            "Makes the member a static one, which keeps its partitions when it comes back within its session."
        ),
        .init(
            .assignors("partition.assignment.strategy", \.group.assignors),
            "How a leader divides the partitions, in order of preference."),
        .init(
            .integer("session.timeout.ms", \.group.sessionTimeoutMs, positiveInt32),
            "After so long without a heartbeat the group goes on without the member."),
        .init(
            .integer("heartbeat.interval.ms", \.group.heartbeatIntervalMs, positiveInt32),
            "How often a member shows that it is alive."),
        .init(
            .integer("max.poll.interval.ms", \.group.maxPollIntervalMs, positiveInt32),
            "How long an application may take for what it got, and how long a rebalance waits for it."
        ),
        .init(
            .flag("enable.auto.commit", \.group.enableAutoCommit),
            "Whether offsets are committed by themselves."),
        .init(
            .integer("auto.commit.interval.ms", \.group.autoCommitIntervalMs, positiveInt32),
            "How often offsets are committed by themselves."),
    ]

    func validate() throws(ClientSettingsError) {
        guard heartbeatIntervalMs < sessionTimeoutMs else {
            throw .conflict(
                "heartbeat.interval.ms=\(heartbeatIntervalMs) with session.timeout.ms=\(sessionTimeoutMs)",
                remedy: "set heartbeat.interval.ms to a third of the session or less")
        }
    }
}

extension ConfigKey<ClientSettings> {
    fileprivate static func assignors(
        _ name: String, _ path: WritableKeyPath<ClientSettings, [PartitionAssignor]> & Sendable
    ) -> ConfigKey {
        let names = PartitionAssignor.allCases.map(\.name).joined(separator: ", ")
        return ConfigKey(
            name: name, expected: "\(names), or several with commas between",
            read: { $0[keyPath: path].map(\.name).joined(separator: ",") },
            write: { settings, text in
                let parts = text.split(separator: ",", omittingEmptySubsequences: false)
                let assignors = parts.map { PartitionAssignor(rawValue: $0.filter { $0 != " " }) }
                guard !assignors.contains(nil), Set(assignors).count == parts.count else {
                    return false
                }
                settings[keyPath: path] = assignors.compactMap(\.self)
                return true
            })
    }
}
