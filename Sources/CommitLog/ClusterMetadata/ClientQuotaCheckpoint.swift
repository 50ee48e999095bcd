/// `client-quotas-checkpoint`: a line a quota. Kafka keeps these in its metadata log, as ClientQuotaRecord.
///
///     key value user client-id ip
///
/// A name is in hexadecimal behind `=`; `*` is the default, and `-` stands where the quota is not for such.
package enum ClientQuotaCheckpoint {
    static let fileName = "client-quotas-checkpoint"

    /// Whom a quota is for, by type.
    package enum Name: Equatable, Sendable {
        case absent
        case byDefault
        case named(String)
    }

    package struct Entry: Equatable, Sendable {
        package var key: String
        package var value: Double
        package var user: Name
        package var clientID: Name
        package var address: Name

        package init(key: String, value: Double, user: Name, clientID: Name, address: Name) {
            self.key = key
            self.value = value
            self.user = user
            self.clientID = clientID
            self.address = address
        }

        /// Whether both are for the same and of one key.
        func isSame(as other: Entry) -> Bool {
            key == other.key && user == other.user && clientID == other.clientID
                && address == other.address
        }

        /// Whether it can be written down, and is for somebody.
        var isValid: Bool {
            value > 0 && value.isFinite && !key.isEmpty
                && key.utf8.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 0x7f }
                && [user, clientID, address].contains { $0 != .absent }
        }
    }

    package static func write(_ entries: [Entry], in directory: String) throws(LogError) {
        let lines = entries.map { entry in
            [
                entry.key, String(entry.value), text(entry.user), text(entry.clientID),
                text(entry.address),
            ].joined(separator: " ")
        }
        try DurableFile.replace(
            "\(directory)/\(fileName)", with: Array(CheckpointText.encode(lines.sorted()).utf8))
    }

    /// Empty where the file is missing. A damaged one is an error: without it everybody might take all there is.
    package static func read(in directory: String) throws(LogError) -> [Entry] {
        let path = "\(directory)/\(fileName)"
        guard let bytes = try DurableFile.read(path) else { return [] }
        guard let lines = CheckpointText.decode(bytes, fieldCount: 5) else {
            throw .corrupt(path: path, position: 0, reason: "it is no list of quotas")
        }
        var entries: [Entry] = []
        for line in lines {
            guard let value = Double(line[1]), value > 0, value.isFinite, !line[0].isEmpty,
                let user = name(line[2]), let clientID = name(line[3]), let address = name(line[4])
            else { throw .corrupt(path: path, position: 0, reason: "a quota cannot be read") }
            entries.append(
                Entry(
                    key: String(line[0]), value: value, user: user, clientID: clientID,
                    address: address))
        }
        return entries
    }

    /// Takes over the quotas in a KRaft node's metadata log, where the directory has none of its own.
    static func adopt(
        in directory: String, from source: inout ClusterMetadataSource
    ) throws(LogError) {
        // `TopicAdoption` complains of a log that cannot be read.
        guard source.isNew, try fileStatus("\(directory)/\(fileName)") == nil,
            let metadata = try? source.metadata(), !metadata.clientQuotas.isEmpty
        else { return }
        try write(metadata.clientQuotas.filter(\.isValid), in: directory)
    }

    private static func text(_ name: Name) -> String {
        switch name {
        case .absent: "-"
        case .byDefault: "*"
        case .named(let text): "=" + HexText.encode(text.utf8)
        }
    }

    private static func name(_ text: Substring) -> Name? {
        if text == "-" { return .absent }
        if text == "*" { return .byDefault }
        guard text.first == "=" else { return nil }
        return HexText.decodeText(text.dropFirst()).map(Name.named)
    }
}
