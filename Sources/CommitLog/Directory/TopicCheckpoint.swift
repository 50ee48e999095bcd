import RecordFormat

/// The topics of a directory: how many partitions each has, which settings it overrides, and
/// whether it is being deleted. Kafka keeps this in its metadata log; here it is one small file at
/// the root.
struct TopicCheckpoint: Equatable {
    static let fileName = "topic-checkpoint"

    struct Entry: Equatable {
        var id: TopicID
        var partitionCount: Int
        var overrides: [String: String]
        var isDeleted = false
    }

    var topics: [String: Entry] = [:]

    func write(in directory: String) throws(LogError) {
        var lines: [String] = []
        for (name, entry) in topics.sorted(by: { $0.key < $1.key }) {
            lines.append("\(name) topic.id \(entry.id)")
            lines.append("\(name) num.partitions \(entry.partitionCount)")
            if entry.isDeleted { lines.append("\(name) deleted true") }
            for (key, value) in entry.overrides.sorted(by: { $0.key < $1.key }) {
                lines.append("\(name) \(key) \(value)")
            }
        }
        try DurableFile.replace(
            "\(directory)/\(Self.fileName)", with: CheckpointText.encode(lines))
    }

    /// Nil where the file is damaged.
    static func read(in directory: String) throws(LogError) -> TopicCheckpoint? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else {
            return TopicCheckpoint()
        }
        guard let lines = CheckpointText.decode(bytes, fieldCount: 3) else { return nil }
        var checkpoint = TopicCheckpoint()
        var values: [String: [String: String]] = [:]
        for line in lines {
            values[String(line[0]), default: [:]][String(line[1])] = String(line[2])
        }
        for (name, var overrides) in values {
            guard let id = overrides.removeValue(forKey: "topic.id").flatMap({ TopicID($0) }),
                let count = overrides.removeValue(forKey: "num.partitions").flatMap({ Int($0) }),
                count > 0, (try? TopicName.validate(name)) != nil
            else { return nil }
            let isDeleted = overrides.removeValue(forKey: "deleted") != nil
            checkpoint.topics[name] = Entry(
                id: id, partitionCount: count, overrides: overrides, isDeleted: isDeleted)
        }
        return checkpoint
    }
}
