import SettingKeys

/// Settings of profiles from the environment: `WEIR_SET_LINGER_MS=5ms` is `--set linger.ms=5ms`.
public enum EnvironmentOptions {
    public static let prefix = "WEIR_SET_"

    /// The settings, sorted by variable. A variable that names no setting is among them under the name
    /// that it seems to have, so that reading it is the error that `--set` gives.
    /// - Parameter environment: variables by name; others than `WEIR_SET_…` are not ours.
    public static func settings(in environment: [String: String]) -> [OptionText] {
        environment.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map {
            let name = $0.key.dropFirst(prefix.count).lowercased()
            let key = key(for: name)
            return OptionText(
                "\(key)=\($0.value)",
                origin: mayBeSecret(key) ? $0.key : "\($0.key)=\($0.value)",
                mayHaveSecrets: true)
        }
    }

    /// The variable of a client's setting.
    static func variable(ofClient name: String) -> String {
        prefix + "CLIENT_" + name.replacing(".", with: "_").uppercased()
    }

    /// Whether an error must not show the value: of a secret, and of a name that is mistyped and looks like one.
    private static func mayBeSecret(_ key: String) -> Bool {
        KafkaSettings.isSecret(key)
            || SettingName.matching(key).isEmpty
                && ["sasl", "ssl", "pass", "jaas", "secret"].contains { key.contains($0) }
    }

    /// The setting's name, or the ends of names that are short for it, with `.` for `_`.
    private static func key(for name: String) -> String {
        let dotted = name.replacing("_", with: ".")
        let matches = SettingName.matching(dotted)
        if !matches.isEmpty { return dotted }
        // A group's settings are those of all groups, and some names have a `_` or a dash of their own.
        return SettingName.all.first {
            $0.lowercased().replacing("*.", with: "").replacing(".", with: "_") == name
        } ?? dotted
    }
}
