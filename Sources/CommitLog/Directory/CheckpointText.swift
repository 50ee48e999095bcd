import RecordFormat

/// Kafka's checkpoint file format: a version, a count, then as many lines of fields.
enum CheckpointText {
    static let version = "0"

    static func encode(_ lines: [String]) -> String {
        ([version, String(lines.count)] + lines).joined(separator: "\n") + "\n"
    }

    /// The fields of each line; nil where the version, the count or the number of fields is not as
    /// it must be.
    static func decode(_ bytes: [UInt8], fieldCount: Int) -> [[Substring]]? {
        let text = String(decoding: bytes, as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // The text ends with a newline: a torn one does not.
        guard lines.count >= 3, lines.removeLast().isEmpty, lines[0] == version,
            let count = Int(lines[1]), count == lines.count - 2
        else { return nil }
        var entries: [[Substring]] = []
        for line in lines.dropFirst(2) {
            let fields = line.split(
                separator: " ", maxSplits: fieldCount - 1, omittingEmptySubsequences: false)
            guard fields.count == fieldCount else { return nil }
            entries.append(fields)
        }
        return entries
    }
}

/// A file of offsets by partition, such as `recovery-point-offset-checkpoint`.
struct OffsetCheckpoint {
    static let recoveryPoint = "recovery-point-offset-checkpoint"
    static let logStart = "log-start-offset-checkpoint"
    static let cleaner = "cleaner-offset-checkpoint"

    let path: String

    func write(_ offsets: [TopicPartition: Offset]) throws(LogError) {
        let lines = offsets.map { "\($0.key.topic) \($0.key.partition) \($0.value)" }
        try DurableFile.replace(path, with: CheckpointText.encode(lines.sorted()))
    }

    /// Empty where the file is missing, nil where it is damaged. Kafka leaves an empty file where
    /// nothing was ever written down: `takesEmptyFile` says that this is no damage.
    func read(takesEmptyFile: Bool = false) throws(LogError) -> [TopicPartition: Offset]? {
        guard let bytes = try DurableFile.read(path) else { return [:] }
        if bytes.isEmpty, takesEmptyFile { return [:] }
        guard let entries = CheckpointText.decode(bytes, fieldCount: 3) else { return nil }
        var offsets: [TopicPartition: Offset] = [:]
        for fields in entries {
            guard let partition = Int32(fields[1]), let offset = Int64(fields[2]), offset >= 0
            else { return nil }
            let topicPartition = TopicPartition(topic: String(fields[0]), partition: partition)
            offsets[topicPartition] = Offset(offset)
        }
        return offsets
    }
}
