/// A file of settings by the names of what has them, a line a setting: subscriptions to clients' metrics (KIP-714), and
/// groups (KIP-848, KIP-932). Kafka keeps these in its metadata log, as ConfigRecord.
///
///     name key value, the name and the value in hexadecimal behind `=`
package struct SettingsCheckpoint: Sendable {
    package static let clientMetrics = SettingsCheckpoint(fileName: "client-metrics-checkpoint")
    package static let groups = SettingsCheckpoint(fileName: "group-settings-checkpoint")

    package let fileName: String

    /// By the names of what has them, which differ by their bytes.
    package typealias Settings = [(name: String, values: [String: String])]

    package func write(_ settings: Settings, in directory: String) throws(LogError) {
        let lines = settings.flatMap { name, values in
            values.map { key, value in
                "=\(HexText.encode(name.utf8)) \(key) =\(HexText.encode(value.utf8))"
            }
        }
        try DurableFile.replace(
            "\(directory)/\(fileName)", with: Array(CheckpointText.encode(lines.sorted()).utf8))
    }

    /// Empty where the file is missing, nil where it is damaged.
    package func read(in directory: String) throws(LogError) -> Settings? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else { return [] }
        guard let lines = CheckpointText.decode(bytes, fieldCount: 3) else { return nil }
        var values: [Substring: [String: String]] = [:]
        for line in lines {
            guard let value = Self.text(line[2]) else { return nil }
            values[line[0], default: [:]][String(line[1])] = value
        }
        var settings: Settings = []
        for (name, values) in values {
            guard let name = Self.text(name) else { return nil }
            settings.append((name, values))
        }
        return settings
    }

    private static func text(_ field: Substring) -> String? {
        field.first == "=" ? HexText.decodeText(field.dropFirst()) : nil
    }
}
