/// Profiles as text: the resolved profile in a run's results, and the explanation of every setting,
/// both from the tables of settings.
extension Profile {
    /// Every setting with its value, defaults included, always in the same order. Read back, it
    /// gives an equal profile.
    public func resolvedYAML() -> String {
        // A line break in a file's name must not end the comment.
        let title = name.split(whereSeparator: \.isNewline).joined(separator: " ")
        var text = "# \(title), with every default\n"
        var section: [String] = []
        for setting in Self.settings {
            guard producerGroups.isEmpty || !setting.isOfProducerGroup else { continue }
            let value = setting.write(self)
            if setting.isOmittedAtDefault, value == setting.write(Profile()) { continue }
            let parents = Array(setting.path.dropLast())
            for depth in parents.indices
            where depth >= section.count || section[...depth] != parents[...depth] {
                text += indent(depth) + parents[depth] + ":\n"
            }
            section = parents
            text += indent(parents.count) + setting.path[parents.count] + ": \(value)\n"
        }
        if !producerGroups.isEmpty { text += "producers:\n" }
        for group in producerGroups { text += group.resolvedYAML() }
        guard !consumers.isEmpty else { return text + "consumers: []\n" }
        text += "consumers:\n"
        for group in consumers { text += Self.resolved(group) }
        return text
    }

    private static func resolved(_ group: ConsumerGroupSettings) -> String {
        var text = ""
        var isInConfig = false
        for setting in ConsumerGroupSettings.settings {
            let value = setting.write(group)
            if setting.isOmittedAtDefault, value == setting.write(ConsumerGroupSettings()) {
                continue
            }
            if setting.path.count > 1, !isInConfig {
                text += "    config:\n"
                isInConfig = true
            }
            let start = text.isEmpty ? "  - " : isInConfig ? "      " : "    "
            text += start + (setting.path.last ?? "") + ": \(value)\n"
        }
        return text
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

extension Setting<Profile> {
    /// Whether each of several groups of producers has a value of its own.
    fileprivate var isOfProducerGroup: Bool {
        path[0] == "producers" || ProfileDocument.sectionsOfGroups.contains(path[0])
    }
}

extension ProducerGroup {
    /// An element of the list `producers`, with every setting.
    fileprivate func resolvedYAML() -> String {
        var text = "  - name: \(YAMLText.quoted(name))\n"
        var section: [String] = []
        for setting in Profile.settings where setting.isOfProducerGroup {
            let value = setting.write(profile)
            if setting.isOmittedAtDefault, value == setting.write(Profile()) { continue }
            let path = setting.path[0] == "producers" ? setting.path.dropFirst() : setting.path[...]
            let parents = Array(path.dropLast())
            for depth in parents.indices
            where depth >= section.count || section[...depth] != parents[...depth] {
                text += String(repeating: "  ", count: depth + 2) + parents[depth] + ":\n"
            }
            section = parents
            text +=
                String(repeating: "  ", count: parents.count + 2) + (path.last ?? "")
                + ": \(value)\n"
        }
        return text
    }
}

/// One row of what `weir profiles explain` prints.
public struct SettingExplanation: Hashable, Sendable {
    /// Its name after `--set`.
    public let name: String
    /// The allowed values.
    public let form: String
    public let defaultValue: String
    public let summary: String
    /// Further explanations, a sentence or a list each.
    public var details: [String] { Self.details[name] ?? [] }
}

extension SettingExplanation {
    /// All settings of a profile, in the order of their table.
    public static let all: [SettingExplanation] =
        Profile.settings.map { SettingExplanation($0, Profile(), prefix: "") }
        + ConsumerGroupSettings.settings.map {
            SettingExplanation($0, ConsumerGroupSettings(), prefix: "consumers.*.")
        }

    private static let details = [
        "producers.count": [
            "producers may be a list of groups beside each other, each with a name, the settings of producers, "
                + "and what it has of its own in payload, keys and topics: "
                + "[{name: orders, rate: 5k/s}, {name: clicks, rate: 50k/s, topics: {name: clicks}}].",
            "--set producers.clicks.rate=20k/s addresses one of them, producers.*.rate all.",
        ],
        "sweep": [
            "A product runs every combination; the last setting changes fastest. A variant is named by "
                + "its values, or by a name of its own: {name: small, batch.size: 16KiB}.",
            "In a name, sizes and words stand alone, other values after their setting: "
                + "zstd:3,64KiB,linger.ms=5ms.",
            "--vary compression.type=none,zstd:3 on the command line replaces the sweep.",
        ],
        "thresholds": [
            "A threshold is a metric, a comparison (< <= >= >, and == != for counts and the verdict) "
                + "and a limit with its unit: lost == 0, acked_rate >= 0.98 offered, "
                + "stored_rate < 50MB/s, verdict == VALID.",
            "A threshold that ends a run early is evaluated over the whole measured part so far.",
            "Metrics are columns of summary.csv, without their units: "
                + ThresholdMetric.names.joined(separator: ", ") + ".",
        ],
    ]

    /// The settings that match a name or a part of one, and the nearest if none does.
    public static func matching(_ text: String) -> (found: [SettingExplanation], nearest: String?) {
        let exact = SettingName.matching(text)
        var found = all.filter { exact.contains($0.name) }
        if found.isEmpty { found = all.filter { text.isEmpty || $0.name.contains(text) } }
        return (found, found.isEmpty ? SettingName.nearest(to: text) : nil)
    }

    private init<Root>(_ setting: Setting<Root>, _ defaults: Root, prefix: String) {
        name = prefix + setting.name
        form = setting.form
        defaultValue = setting.defaultNote ?? setting.write(defaults)
        summary = setting.summary
    }
}
