import CommitLog
import KafkaProtocol
import Logging

/// The settings that groups have of their own, as they are in the log directory. A group need not be there to have some,
/// and keeps them when it is deleted, as in Kafka.
/// Thread contract: any thread; `set`, `commit` and `replace` the control thread.
final class GroupSettings: Sendable {
    fileprivate struct Own {
        var all: [ExactName: [String: String]] = [:]
        var values: [ExactName: GroupValues] = [:]
        /// Of all names and values, about half of the file.
        var byteCount = 0
    }

    private struct State {
        var own = Own()
        /// With what was set and is not on disk yet; nil where that is nothing.
        var next: Own?
    }

    /// So many groups may have settings: all are written down with each request that changes any.
    static let maximumCount = 10_000
    /// And so many bytes may their names and settings have together.
    static let maximumByteCount = 4 << 20
    /// Of a group that has settings.
    private static let longestName = 1024

    /// What holds for groups without their own.
    let standard: GroupValues
    private let config: BrokerConfig
    private let directory: String
    private let state: Locked<State>

    /// Reads what the groups of a log directory have set. What does not hold any more, since the broker's bounds are
    /// others, is kept, and the broker's own setting is used in its place.
    init(directory: String, config: BrokerConfig, logger: Logger) throws(LogError) {
        self.directory = directory
        self.config = config
        standard = GroupValues(config)
        let path = "\(directory)/\(SettingsCheckpoint.groups.fileName)"
        let stored = try SettingsCheckpoint.groups.read(in: directory)
        if stored == nil { logger.warning("\(path) cannot be read: no group has settings") }
        var own = Own()
        for (name, settings) in stored ?? [] {
            let (values, problems) = GroupValues.leavingOut(settings, config)
            own.set(name, settings, values)
            for problem in problems {
                logger.warning(
                    "\(path): group \(name.forLogLine) goes without a setting: \(problem)")
            }
        }
        state = Locked(State(own: own))
    }

    /// Those of the broker alone.
    init(_ config: BrokerConfig = BrokerConfig()) {
        directory = ""
        self.config = config
        standard = GroupValues(config)
        state = Locked(State())
    }

    /// The groups with settings of their own, sorted.
    var names: [String] { state.withLock { $0.own.all.keys.map(\.text).sorted() } }

    /// What a group has of its own.
    func own(_ group: String) -> [String: String] { state.withLock { $0.own.all[group] ?? [:] } }

    /// What holds for a group.
    func values(of group: String) -> GroupValues {
        state.withLock { $0.own.values.isEmpty ? nil : $0.own.values[group] } ?? standard
    }

    static func validate(name: String) throws(Refusal) {
        guard !name.isEmpty, name.utf8.count <= longestName else {
            throw Refusal(
                .invalidRequest, "The name of a group with settings has 1 to \(longestName) bytes.")
        }
    }

    /// Gives a group these settings in place of those it has, and writes that down; none remove it.
    func replace(_ name: String, with own: [String: String]) throws(Refusal) {
        try set(name, own, validateOnly: false)
        try commit()
    }

    /// Gives a group these settings from the next `commit` on.
    func set(
        _ name: String, _ settings: [String: String], validateOnly: Bool
    ) throws(Refusal) {
        try Self.validate(name: name)
        let values = try GroupValues(settings, config)
        let refusal = state.withLock { state -> Refusal? in
            let refusal = (state.next ?? state.own).refusal(of: name, settings)
            guard refusal == nil, !validateOnly else { return refusal }
            // Taken out while it changes, so that it is copied once a request.
            var next = state.next.take() ?? state.own
            next.set(name, settings, values)
            state.next = next
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Writes down what was set. Where that fails nothing has changed.
    func commit() throws(Refusal) {
        guard let next = state.withLock({ $0.next.take() }) else { return }
        do throws(LogError) {
            try SettingsCheckpoint.groups.write(
                next.all.map { ($0.key.text, $0.value) }, in: directory)
        } catch {
            throw Refusal(error)
        }
        state.withLock { $0.own = next }
    }

    /// A group's settings as DescribeConfigs shows them.
    func described(_ group: String) -> [DescribedSetting] {
        let own = own(group)
        return GroupSettingKey.all.map { key in
            var synonyms: [DescribedSetting.Synonym] = []
            if let value = own[key.name] {
                synonyms.append(.init(name: key.name, value: value, source: .group))
            }
            if let name = key.brokerName, let value = config.written[name] {
                synonyms.append(.init(name: name, value: value, source: .staticBroker))
            }
            synonyms.append(
                .init(
                    name: key.name, value: key.standard(BrokerConfig()), source: .defaultConfig))
            return DescribedSetting(
                name: key.name, value: own[key.name] ?? key.standard(config), synonyms: synonyms,
                isReadOnly: false, type: key.type, documentation: key.text)
        }
    }
}

extension GroupSettings.Own {
    fileprivate mutating func set(
        _ name: String, _ settings: [String: String], _ new: GroupValues
    ) {
        byteCount += Self.byteCount(name, settings) - Self.byteCount(name, all[name] ?? [:])
        all[name] = settings.isEmpty ? nil : settings
        values[name] = settings.isEmpty ? nil : new
    }

    /// Why there is no room for these settings; nil where there is.
    fileprivate func refusal(of name: String, _ settings: [String: String]) -> Refusal? {
        guard !settings.isEmpty else { return nil }
        if all[name] == nil, all.count >= GroupSettings.maximumCount {
            return Refusal(
                .policyViolation,
                "\(GroupSettings.maximumCount) groups have settings of their own: remove some.")
        }
        let before = Self.byteCount(name, all[name] ?? [:])
        let more = Self.byteCount(name, settings) - before
        guard more > 0, byteCount + more > GroupSettings.maximumByteCount else { return nil }
        return Refusal(
            .policyViolation,
            "The settings of all groups take at most \(GroupSettings.maximumByteCount) bytes: remove "
                + "some first.")
    }

    private static func byteCount(_ name: String, _ settings: [String: String]) -> Int {
        settings.reduce(0) {
            $0 + name.utf8.count + $1.key.utf8.count + $1.value.utf8.count
        }
    }
}
