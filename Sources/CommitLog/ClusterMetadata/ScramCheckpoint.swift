/// `scram-credentials-checkpoint`: a line a credential of a user. Kafka keeps these in its metadata log, as
/// UserScramCredentialRecord. Only the owner of the directory may read the file.
///
///     mechanism iterations salt storedKey serverKey user, the bytes and the user's name in hexadecimal
package enum ScramCheckpoint {
    static let fileName = "scram-credentials-checkpoint"

    package struct Entry: Equatable, Sendable {
        package var user: String
        package var mechanism: String
        package var iterations: Int32
        package var salt: [UInt8]
        package var storedKey: [UInt8]
        package var serverKey: [UInt8]

        package init(
            user: String, mechanism: String, salt: [UInt8], storedKey: [UInt8],
            serverKey: [UInt8], iterations: Int32
        ) {
            self.user = user
            self.mechanism = mechanism
            self.iterations = iterations
            self.salt = salt
            self.storedKey = storedKey
            self.serverKey = serverKey
        }
    }

    package static func write(_ entries: [Entry], in directory: String) throws(LogError) {
        let lines = entries.map { entry in
            [
                entry.mechanism, "\(entry.iterations)", HexText.encode(entry.salt),
                HexText.encode(entry.storedKey), HexText.encode(entry.serverKey),
                HexText.encode(entry.user.utf8),
            ].joined(separator: " ")
        }
        try DurableFile.replace(
            "\(directory)/\(fileName)",
            with: Array(CheckpointText.encode(lines.sorted()).utf8), isPrivate: true)
    }

    /// Empty where the file is missing. A damaged one is an error: without it nobody could log in, or
    /// somebody who should not.
    package static func read(in directory: String) throws(LogError) -> [Entry] {
        let path = "\(directory)/\(fileName)"
        guard let bytes = try DurableFile.read(path) else { return [] }
        guard let lines = CheckpointText.decode(bytes, fieldCount: 6) else {
            throw .corrupt(path: path, position: 0, reason: "it is no list of credentials")
        }
        var entries: [Entry] = []
        for line in lines {
            guard let iterations = Int32(line[1]), let salt = HexText.decode(line[2]),
                let storedKey = HexText.decode(line[3]), let serverKey = HexText.decode(line[4]),
                let user = HexText.decodeText(line[5])
            else { throw .corrupt(path: path, position: 0, reason: "a credential cannot be read") }
            entries.append(
                Entry(
                    user: user, mechanism: String(line[0]), salt: salt, storedKey: storedKey,
                    serverKey: serverKey, iterations: iterations))
        }
        return entries
    }

    /// Takes over the users in a KRaft node's metadata log, where the directory has none of its own.
    static func adopt(
        in directory: String, from source: inout ClusterMetadataSource
    ) throws(LogError) {
        // `TopicAdoption` complains of a log that cannot be read.
        guard source.isNew, try fileStatus("\(directory)/\(fileName)") == nil,
            let metadata = try? source.metadata(), !metadata.scramCredentials.isEmpty
        else { return }
        try write(metadata.scramCredentials, in: directory)
    }

    /// Changes what a directory has that no process has open. Throws `directoryInUse` where one has.
    package static func alter(
        in directory: String, createsDirectory: Bool = false, _ change: (inout [Entry]) -> Void
    ) throws(LogError) {
        if createsDirectory { try createDirectory(directory) }
        let lock = try DirectoryLock(directory: directory)
        var entries = try read(in: directory)
        change(&entries)
        try write(entries, in: directory)
        withExtendedLifetime(lock) {}
    }
}
