import SettingKeys

/// The dotted names of all settings, as `--set` and error messages use them.
enum SettingName {
    static let idempotence = "producers.config.enable.idempotence"
    static let acks = "producers.config.acks"
    static let maxInFlight = "producers.config.max.in.flight.requests.per.connection"
    static let compressionType = "producers.config.compression.type"
    static let compressionLevel = "producers.config.compression.level"
    static let deliveryTimeout = "producers.config.delivery.timeout.ms"
    static let linger = "producers.config.linger.ms"
    static let batchSize = "producers.config.batch.size"

    /// The settings of comparisons and thresholds, which cannot be varied.
    static let ofComparisons = ["sweep", "baseline", "repetitions", "thresholds"]

    /// Every full name; those of consumer groups as `consumers.*.…`.
    static let all =
        Profile.settings.map(\.name)
        + ConsumerGroupSettings.settings.map { "consumers.*." + $0.name }

    /// The names that a section may contain directly, both settings and sections.
    static func children(of prefix: [String]) -> [String] {
        var names: [String] = []
        for setting in Profile.settings where setting.path.starts(with: prefix) {
            let name = setting.path[prefix.count]
            if !names.contains(name) { names.append(name) }
        }
        return prefix.isEmpty ? names + ["consumers"] : names
    }

    /// The name itself if it is that of a section, such as `producers` or `topics.config`; else
    /// nil.
    static func section(_ name: String) -> String? {
        let path = name.split(separator: ".").map(String.init)
        guard path.joined(separator: ".") == name else { return nil }
        return Profile.settings.contains {
            $0.path.count > path.count && $0.path.starts(with: path)
        }
            ? name : nil
    }

    /// The settings whose end a short form names: `batch.size`, `config.acks`. Kafka's dotted names
    /// are one key, so `size` is the payload's.
    /// - Returns: all candidates; only the full name if it is one.
    static func matching(_ text: String) -> [String] {
        if all.contains(text) { return [text] }
        return paths.filter { path in
            path.indices.contains { path[$0...].joined(separator: ".") == text }
        }.map { $0.joined(separator: ".") }
    }

    /// The path of the setting that has a name, or an end of it. The first if there are several.
    static func path(endingIn name: String) -> [String]? {
        paths.first { $0.joined(separator: ".") == name }
            ?? paths.first { $0.joined(separator: ".").hasSuffix("." + name) }
    }

    /// Kafka's keys by their own names, if no other setting has the same; else full names.
    /// - Parameter path: from the root; `["consumers", <address>, …]` for a group's.
    static func shortened(_ path: [String]) -> String {
        let name = path.joined(separator: ".")
        guard let key = path.last, path.contains("config"), matching(key) == [name] else {
            return name
        }
        return key
    }

    /// The full name that a mistyped name or short form probably means; nil if none is near.
    /// - Parameter excluded: sections that are not suggested.
    static func nearest(to text: String, except excluded: [String] = []) -> String? {
        let all = Self.all.filter { !excluded.contains($0) }
        if let name = foreign[text.lowercased()] { return name }
        if let name = NearestName.of(text, among: all) { return name }
        let parts = text.split(separator: ".")
        // A correct name is found even after a wrong section.
        for count in (1...longestEnding).reversed() where count <= parts.count {
            let ending = parts.suffix(count).joined(separator: ".")
            let meant = matching(ending).filter { !excluded.contains($0) }
            if meant.count == 1 { return meant[0] }
            if let name = NearestName.byComponents(of: ending, among: all) { return name }
        }
        return nil
    }

    /// What other tools, or everyday words, call a setting.
    static let foreign = [
        "codec": "compression.type", "compression": "compression.type",
        "compressor": "compression.type", "level": "compression.level",
        "throughput": "producers.rate", "target-rate": "producers.rate",
        "record-size": "payload.size", "record.size": "payload.size",
        "message.size": "payload.size", "num-records": "records",
        "num.records": "records", "brokers": "client.bootstrap.servers",
        "bootstrap-server": "client.bootstrap.servers",
    ]

    /// Components of the longest name.
    private static let longestEnding =
        all.map { $0.split(separator: ".").count }.max() ?? 1

    private static let paths =
        Profile.settings.map(\.path)
        + ConsumerGroupSettings.settings.map { ["consumers", "*"] + $0.path }
}
