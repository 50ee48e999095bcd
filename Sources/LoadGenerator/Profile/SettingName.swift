/// The dotted names of all settings, as `--set` and error messages use them.
enum SettingName {
    static let idempotence = "producers.config.enable.idempotence"
    static let acks = "producers.config.acks"
    static let maxInFlight = "producers.config.max.in.flight.requests.per.connection"
    static let compressionType = "producers.config.compression.type"
    static let compressionLevel = "producers.config.compression.level"
    static let batchSize = "producers.config.batch.size"

    /// Every full name; those of consumer groups as `consumers.*.…`.
    static let all =
        Profile.settings.map(\.name)
        + ConsumerGroupSettings.settings.map { "consumers.*." + $0.name }

    /// The names that a section may hold directly, settings and sections both.
    static func children(of prefix: [String]) -> [String] {
        var names: [String] = []
        for setting in Profile.settings where setting.path.starts(with: prefix) {
            let name = setting.path[prefix.count]
            if !names.contains(name) { names.append(name) }
        }
        return prefix.isEmpty ? names + ["consumers"] : names
    }

    /// The name itself where it is that of a section, such as `producers` or `topics.config`.
    static func section(_ name: String) -> String? {
        let path = name.split(separator: ".").map(String.init)
        return Profile.settings.contains {
            $0.path.count > path.count && $0.path.starts(with: path)
        }
            ? name : nil
    }

    /// `batch.size` of `producers.config.batch.size`: what someone who mistypes it types.
    static func withoutSection(_ name: String) -> String {
        let setting = Profile.settings.first { $0.name == name }?.path.last
        let groupSetting = ConsumerGroupSettings.settings
            .first { "consumers.*." + $0.name == name }?.path.last
        return setting ?? groupSetting ?? name
    }

    /// What a short form names by its end: `batch.size`, `config.acks`. Kafka's dotted names are
    /// one key, so `size` is the payload's.
    /// - Returns: all that it could name; the full name alone where it is one.
    static func matching(_ text: String) -> [String] {
        if all.contains(text) { return [text] }
        return paths.filter { path in
            path.indices.contains { path[$0...].joined(separator: ".") == text }
        }.map { $0.joined(separator: ".") }
    }

    private static let paths =
        Profile.settings.map(\.path)
        + ConsumerGroupSettings.settings.map { ["consumers", "*"] + $0.path }
}
