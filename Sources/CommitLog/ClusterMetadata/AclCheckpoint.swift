/// `acl-checkpoint`: a line an ACL. Kafka keeps these in its metadata log, as AccessControlEntryRecord. Only the
/// owner of the directory may read the file.
///
///     resource type, pattern type, operation, permission type; name, principal and host in hexadecimal
///
/// The numbers are those of Kafka's protocol.
package enum AclCheckpoint {
    package static let fileName = "acl-checkpoint"

    package struct Entry: Hashable, Sendable {
        package var resourceType: Int8
        package var patternType: Int8
        package var resourceName: String
        package var principal: String
        package var host: String
        package var operation: Int8
        package var permissionType: Int8

        package init(
            resourceType: Int8, patternType: Int8, resourceName: String, principal: String,
            host: String, operation: Int8, permissionType: Int8
        ) {
            self.resourceType = resourceType
            self.patternType = patternType
            self.resourceName = resourceName
            self.principal = principal
            self.host = host
            self.operation = operation
            self.permissionType = permissionType
        }
    }

    /// Durable when it returns.
    package static func write(_ entries: [Entry], in directory: String) throws(LogError) {
        let lines = entries.map { entry in
            [
                "\(entry.resourceType)", "\(entry.patternType)", "\(entry.operation)",
                "\(entry.permissionType)", HexText.encode(entry.resourceName.utf8),
                HexText.encode(entry.principal.utf8), HexText.encode(entry.host.utf8),
            ].joined(separator: " ")
        }
        try DurableFile.replace(
            "\(directory)/\(fileName)",
            with: Array(CheckpointText.encode(lines.sorted()).utf8), isPrivate: true)
    }

    /// Empty where the file is missing. A damaged one is an error: without it somebody might be let in who is
    /// denied.
    package static func read(in directory: String) throws(LogError) -> [Entry] {
        let path = "\(directory)/\(fileName)"
        guard let bytes = try DurableFile.read(path) else { return [] }
        guard let lines = CheckpointText.decode(bytes, fieldCount: 7) else {
            throw .corrupt(path: path, position: 0, reason: "it is no list of ACLs")
        }
        var entries: [Entry] = []
        entries.reserveCapacity(lines.count)
        for line in lines {
            guard let resourceType = Int8(line[0]), let patternType = Int8(line[1]),
                let operation = Int8(line[2]), let permissionType = Int8(line[3]),
                let resourceName = HexText.decodeText(line[4]),
                let principal = HexText.decodeText(line[5]), let host = HexText.decodeText(line[6])
            else { throw .corrupt(path: path, position: 0, reason: "an ACL cannot be read") }
            entries.append(
                Entry(
                    resourceType: resourceType, patternType: patternType,
                    resourceName: resourceName, principal: principal, host: host,
                    operation: operation, permissionType: permissionType))
        }
        return entries
    }

    /// Takes over the ACLs in a KRaft node's metadata log, where the directory has none of its own. Versions
    /// before this one took over topics alone, so without a file the log need not be new.
    static func adopt(
        in directory: String, from source: inout ClusterMetadataSource
    ) throws(LogError) {
        let hasFile = try fileStatus("\(directory)/\(fileName)") != nil
        guard source.hasLog, source.isNew || !hasFile,
            try read(in: directory).isEmpty
        else { return }
        // `TopicAdoption` complains of a log that cannot be read.
        guard let metadata = try? source.metadata() else {
            // None is not what the log says.
            if hasFile { try removeFile("\(directory)/\(fileName)") }
            return
        }
        // Also where there are none, so that the log is not read again at each start.
        try write(metadata.acls, in: directory)
    }

    /// The path of a KRaft node's metadata log whose ACLs were not taken over, since it cannot be read; nil where there
    /// is none. For a directory that is open.
    package static func unreadLog(in directory: String) throws(LogError) -> String? {
        guard try fileStatus("\(directory)/\(fileName)") == nil,
            try ClusterMetadataSource(directory: directory).hasLog
        else { return nil }
        return "\(directory)/\(ClusterMetadataTopic.directoryName)"
    }
}
