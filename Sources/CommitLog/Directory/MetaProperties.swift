import RecordFormat

/// `partition.metadata`: the id of the topic that the partition belongs to.
enum PartitionMetadata {
    static let fileName = "partition.metadata"

    static func write(_ id: TopicID, in directory: String) throws(LogError) {
        // Made anew from the topic checkpoint wherever it is missing, so it need not be durable.
        try DurableFile.replace(
            "\(directory)/\(fileName)", with: Array("version: 0\ntopic_id: \(id)\n".utf8),
            isDurable: false)
    }

    /// Likewise, in a directory that was just made: nothing is there to be replaced, and a file
    /// that a crash tears says nothing.
    static func write(_ id: TopicID, inNew directory: String) throws(LogError) {
        let file = try File("\(directory)/\(fileName)", .create)
        try file.write(Array("version: 0\ntopic_id: \(id)\n".utf8), at: 0)
    }

    /// Nil where the file is missing or says nothing.
    static func read(in directory: String) throws(LogError) -> TopicID? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else { return nil }
        return PropertiesFile(bytes)["topic_id"].flatMap { TopicID($0) }
    }
}

/// `meta.properties`: whose directory this is.
enum MetaProperties {
    static let fileName = "meta.properties"

    /// The cluster that the directory belongs to; nil where the file does not say.
    static func clusterID(in directory: String) throws(LogError) -> String? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else { return nil }
        return PropertiesFile(bytes)["cluster.id"]
    }

    /// The node that the directory belongs to; nil where the file does not say.
    static func nodeID(in directory: String) throws(LogError) -> String? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else { return nil }
        let properties = PropertiesFile(bytes)
        return properties["node.id"] ?? properties["broker.id"]
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
