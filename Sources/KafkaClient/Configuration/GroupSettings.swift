import SettingKeys

/// How a consumer takes part in a group.
public struct GroupSettings: Sendable, Equatable {
    /// Who assigns the partitions.
    public enum GroupProtocol: String, CaseIterable, Sendable {
        /// A member that leads the group.
        case classic
        /// The coordinator (KIP-848).
        case consumer
    }

    public var groupProtocol = GroupProtocol.classic
    public var groupID = ""
    /// Empty for a member that is not static.
    public var groupInstanceID = ""
    public var assignors: [PartitionAssignor] = [.range, .cooperativeSticky]
    /// Empty for the coordinator's choice.
    public var remoteAssignor = ""
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
            .groupProtocol("group.protocol", \.group.groupProtocol),
            "Who assigns the partitions: with classic a member, with consumer the coordinator (KIP-848)."
        ),
        .init(
            .text(
                "group.remote.assignor", \.group.remoteAssignor,
                expected: "the name of an assignor that the brokers have, such as uniform or range",
                isAllowed: { $0.utf8.count <= 249 }),
            "How the coordinator divides the partitions; without it, as it is configured. For group.protocol=consumer."
        ),
        .init(
            .text(
                "group.instance.id", \.group.groupInstanceID, expected: "at most 249 bytes",
                isAllowed: { $0.utf8.count <= 249 }),
            "Makes the member a static one, which keeps its partitions when it comes back within its session."
        ),
        .init(
            .assignors("partition.assignment.strategy", \.group.assignors),
            "How a leader divides the partitions, in order of preference. For group.protocol=classic."
        ),
        .init(
            .integer("session.timeout.ms", \.group.sessionTimeoutMs, positiveInt32),
            "After so long without a heartbeat the group goes on without the member. For group.protocol=classic."
        ),
        .init(
            .integer("heartbeat.interval.ms", \.group.heartbeatIntervalMs, positiveInt32),
            "How often a member shows that it is alive. For group.protocol=classic."),
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

    /// What only a leader or a session of the classic protocol needs, and what only the other one does.
    private static let classicNames = [
        "heartbeat.interval.ms", "partition.assignment.strategy", "session.timeout.ms",
    ]
    private static let consumerNames = ["group.remote.assignor"]

    /// Refuses settings of the other protocol, as Kafka's consumer does.
    ///
    /// - Parameter names: those that somebody has set.
    func refuseForeign(_ names: some Collection<String>) throws(ClientSettingsError) {
        let foreign = groupProtocol == .consumer ? Self.classicNames : Self.consumerNames
        guard let name = foreign.first(where: { names.contains($0) }) else { return }
        switch groupProtocol {
        case .consumer:
            throw .conflict(
                "\(name) cannot be set when group.protocol=consumer",
                remedy: name == "partition.assignment.strategy"
                    ? "leave it out, and set group.remote.assignor if need be"
                    : "leave it out: the brokers say it (group.consumer.\(name))")
        case .classic:
            throw .conflict(
                "\(name) cannot be set when group.protocol=classic",
                remedy: "set group.protocol=consumer, or leave it out")
        }
    }

    func validate() throws(ClientSettingsError) {
        guard groupProtocol == .classic else { return }
        guard heartbeatIntervalMs < sessionTimeoutMs else {
            throw .conflict(
                "heartbeat.interval.ms=\(heartbeatIntervalMs) with session.timeout.ms=\(sessionTimeoutMs)",
                remedy: "set heartbeat.interval.ms to a third of the session or less")
        }
    }
}

extension ConfigKey<ClientSettings> {
    /// In small or capital letters, as in Kafka.
    fileprivate static func groupProtocol(
        _ name: String,
        _ path: WritableKeyPath<ClientSettings, GroupSettings.GroupProtocol> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "classic or consumer",
            read: { $0[keyPath: path].rawValue },
            write: { settings, text in
                guard let value = GroupSettings.GroupProtocol(rawValue: text.lowercased()) else {
                    return false
                }
                settings[keyPath: path] = value
                return true
            })
    }

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
