/// Java's properties files, as far as Kafka's own use them: `key=value` or `key: value` lines and
/// comments.
enum PropertiesText {
    static func decode(_ bytes: [UInt8]) -> [String: String] {
        var values: [String: String] = [:]
        let text = String(decoding: bytes, as: UTF8.self)
        // An editor of Windows may have put a byte order mark in front.
        let written = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        for line in written.split(separator: "\n") {
            guard !line.hasPrefix("#"), let mark = line.firstIndex(where: { "=:".contains($0) })
            else { continue }
            values[String(trimmed(line[..<mark]))] = String(
                trimmed(line[line.index(after: mark)...]))
        }
        return values
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " || text.last == "\r" { text.removeLast() }
        return text
    }
}

/// `partition.metadata`: the id of the topic that the partition belongs to.
enum PartitionMetadata {
    static let fileName = "partition.metadata"

    static func write(_ id: TopicID, in directory: String) throws(LogError) {
        // Made anew from the topic checkpoint wherever it is missing, so it need not be durable.
        try DurableFile.replace(
            "\(directory)/\(fileName)", with: Array("version: 0\ntopic_id: \(id)\n".utf8),
            isDurable: false)
    }

    /// Likewise, in a directory that was just made: nothing is there to be replaced, and a file that a crash
    /// tears says nothing.
    static func write(_ id: TopicID, inNew directory: String) throws(LogError) {
        let file = try File("\(directory)/\(fileName)", .create)
        try file.write(Array("version: 0\ntopic_id: \(id)\n".utf8), at: 0)
    }

    /// Nil where the file is missing or says nothing.
    static func read(in directory: String) throws(LogError) -> TopicID? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else { return nil }
        return PropertiesText.decode(bytes)["topic_id"].flatMap { TopicID($0) }
    }
}

/// `meta.properties`: whose directory this is.
enum MetaProperties {
    static let fileName = "meta.properties"

    /// The cluster that the directory belongs to; nil where the file does not say.
    static func clusterID(in directory: String) throws(LogError) -> String? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else { return nil }
        return PropertiesText.decode(bytes)["cluster.id"]
    }

    /// Writes the file where there is none.
    static func createIfMissing(in directory: String) throws(LogError) {
        let path = "\(directory)/\(fileName)"
        guard try fileStatus(path) == nil else { return }
        try DurableFile.replace(
            path,
            with: """
                #
                cluster.id=\(TopicID.random())
                directory.id=\(TopicID.random())
                node.id=1
                version=1

                """)
    }
}
