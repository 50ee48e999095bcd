/// Profiles as text again: the resolved profile that a run leaves beside its results, and the
/// explanation of every setting. Both are the tables of settings, printed.
extension Profile {
    /// Every setting with its value, defaults included, always in the same order. Read back, it
    /// is an equal profile.
    public func resolvedYAML() -> String {
        var text = "# \(name), with every default\n"
        var section: [String] = []
        for setting in Self.settings {
            let value = setting.write(self)
            if setting.isOmittedWhenNull, value == "null" { continue }
            let parents = Array(setting.path.dropLast())
            for depth in parents.indices
            where depth >= section.count || section[...depth] != parents[...depth] {
                text += indent(depth) + parents[depth] + ":\n"
            }
            section = parents
            text += indent(parents.count) + setting.path[parents.count] + ": \(value)\n"
        }
        guard !consumers.isEmpty else { return text + "consumers: []\n" }
        text += "consumers:\n"
        for group in consumers { text += Self.resolved(group) }
        return text
    }

    private static func resolved(_ group: ConsumerGroupSettings) -> String {
        var text = ""
        var isInConfig = false
        for setting in ConsumerGroupSettings.settings {
            if setting.path.count > 1, !isInConfig {
                text += "    config:\n"
                isInConfig = true
            }
            let start = text.isEmpty ? "  - " : isInConfig ? "      " : "    "
            text += start + (setting.path.last ?? "") + ": \(setting.write(group))\n"
        }
        return text
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

/// One row of what `weir profiles explain` prints.
public struct SettingExplanation: Hashable, Sendable {
    /// As it is written after `--set`.
    public let name: String
    /// What may be written.
    public let form: String
    public let defaultValue: String
    public let summary: String
}

extension SettingExplanation {
    /// All settings of a profile, in the order of their table.
    public static let all: [SettingExplanation] =
        Profile.settings.map { SettingExplanation($0, Profile(), prefix: "") }
        + ConsumerGroupSettings.settings.map {
            SettingExplanation($0, ConsumerGroupSettings(), prefix: "consumers.*.")
        }

    /// The settings that a name or a part of one stands for, and the nearest where there is none.
    public static func matching(_ text: String) -> (found: [SettingExplanation], nearest: String?) {
        let exact = SettingName.matching(text)
        var found = all.filter { exact.contains($0.name) }
        if found.isEmpty { found = all.filter { $0.name.contains(text) } }
        let names = SettingName.all + SettingName.all.map(SettingName.withoutSection)
        return (found, found.isEmpty ? NearestName.of(text, among: names) : nil)
    }

    private init<Root>(_ setting: Setting<Root>, _ defaults: Root, prefix: String) {
        name = prefix + setting.name
        form = setting.form
        defaultValue = setting.defaultNote ?? setting.write(defaults)
        summary = setting.summary
    }
}
