/// `client-metrics-checkpoint`: a line a setting of a subscription to clients' metrics (KIP-714). Kafka keeps these
/// in its metadata log, as ConfigRecord.
///
///     name key value, the name and the value in hexadecimal behind `=`
package enum ClientMetricsCheckpoint {
    static let fileName = "client-metrics-checkpoint"

    /// By the subscription's name.
    package typealias Settings = [String: [String: String]]

    package static func write(_ settings: Settings, in directory: String) throws(LogError) {
        let lines = settings.flatMap { name, values in
            values.map { key, value in
                "=\(HexText.encode(name.utf8)) \(key) =\(HexText.encode(value.utf8))"
            }
        }
        try DurableFile.replace(
            "\(directory)/\(fileName)", with: Array(CheckpointText.encode(lines.sorted()).utf8))
    }

    /// Empty where the file is missing, nil where it is damaged.
    package static func read(in directory: String) throws(LogError) -> Settings? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else { return [:] }
        guard let lines = CheckpointText.decode(bytes, fieldCount: 3) else { return nil }
        var settings: Settings = [:]
        for line in lines {
            guard let name = text(line[0]), let value = text(line[2]) else { return nil }
            settings[name, default: [:]][String(line[1])] = value
        }
        return settings
    }

    private static func text(_ field: Substring) -> String? {
        field.first == "=" ? HexText.decodeText(field.dropFirst()) : nil
    }
}
