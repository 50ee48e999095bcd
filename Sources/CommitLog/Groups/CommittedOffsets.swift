public import RecordFormat
import Synchronization

/// The positions that consumer groups of this process commit: one small file a group, in Kafka's
/// checkpoint format, replaced as a whole.
///
/// A commit is durable on return. Thread contract: every call from any thread; commits exclude each
/// other.
public final class CommittedOffsets: Sendable {
    static let directoryName = "group-offsets"

    private let directory: String
    private let groups = Locked<[String: [TopicPartition: Offset]]>([:])

    /// The positions kept in `directory`, which is created with the first commit.
    public init(directory: String) {
        self.directory = directory
    }

    /// What the group committed last, by partition; empty for a group that never did. Throws
    /// `corrupt` where the group's file is damaged: positions are not guessed.
    public func offsets(of group: String) throws(LogError) -> [TopicPartition: Offset] {
        let path = try path(of: group)
        return try groups.withLock { (groups) throws(LogError) in
            try load(group, path, &groups)
        }
    }

    /// Sets the group's positions in these partitions and leaves its others.
    public func commit(
        _ offsets: [TopicPartition: Offset], group: String
    ) throws(LogError) {
        let path = try path(of: group)
        for topicPartition in offsets.keys { try TopicName.validate(topicPartition.topic) }
        try groups.withLock { (groups) throws(LogError) in
            let merged = try load(group, path, &groups).merging(offsets) { $1 }
            try createDirectory(directory)
            try OffsetCheckpoint(path: path).write(merged)
            groups[group] = merged
        }
    }

    /// Forgets a group; one that is not known is no error.
    public func delete(group: String) throws(LogError) {
        let path = try path(of: group)
        try groups.withLock { (groups) throws(LogError) in
            groups[group] = nil
            try removeFile(path)
        }
    }

    private func load(
        _ group: String, _ path: String, _ groups: inout [String: [TopicPartition: Offset]]
    ) throws(LogError) -> [TopicPartition: Offset] {
        if let offsets = groups[group] { return offsets }
        guard let offsets = try OffsetCheckpoint(path: path).read() else {
            throw .corrupt(path: path, position: 0, reason: "this is no offset checkpoint")
        }
        groups[group] = offsets
        return offsets
    }

    private func path(of group: String) throws(LogError) -> String {
        "\(directory)/\(try Self.fileName(of: group))"
    }

    /// The group's name with every byte that could mean something to a filesystem as `%` and two
    /// digits, so that no name leaves the directory and no two share a file.
    static func fileName(of group: String) throws(LogError) -> String {
        var name = ""
        for byte in group.utf8 {
            if TopicName.isAllowed(byte), byte != UInt8(ascii: "."), byte < 0x80 {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                name += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        guard !name.isEmpty else { throw .invalidGroupName(name: group, reason: "it is empty") }
        // A file name has 255 bytes, and a temporary one needs its ending.
        guard name.utf8.count <= 250 else {
            throw .invalidGroupName(
                name: group, reason: "as a file name it is longer than 250 bytes")
        }
        return name
    }
}
