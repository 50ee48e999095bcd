import RecordFormat

@testable import CommitLog

/// Writes the metadata log of a KRaft node: records as Kafka encodes them, segments and snapshots.
final class MetadataLogWriter {
    let path: String
    private(set) var nextOffset: Int64 = 0
    private var segment: Int64 = 0
    private var bytes: [UInt8] = []

    /// - Parameter directory: the log directory, which is made.
    init(in directory: String, from offset: Int64 = 0) throws {
        path = "\(directory)/\(ClusterMetadataTopic.directoryName)"
        try createDirectory(path)
        nextOffset = offset
        segment = offset
        writeFile("\(path)/partition.metadata", Array("version: 0\ntopic_id: \(Self.id)\n".utf8))
        writeFile("\(path)/leader-epoch-checkpoint", Array("0\n1\n1 0\n".utf8))
        try roll()
    }

    /// The id that Kafka gives the log.
    static let id = TopicID(mostSignificantBits: 0, leastSignificantBits: 1)

    /// Begins a segment.
    func roll() throws {
        segment = nextOffset
        bytes = []
        write()
    }

    private func write() {
        writeFile("\(path)/\(SegmentFileName.stem(Offset(segment))).log", bytes)
    }

    func append(_ records: [[UInt8]], compression: Compression = .none) throws {
        bytes += try Self.batch(records.map { (nil, $0) }, at: nextOffset, compression)
        nextOffset += Int64(records.count)
        write()
    }

    /// As a new leader begins.
    func appendControl() throws {
        bytes += try Self.batch([([0, 0, 0, 2], [0, 0])], at: nextOffset, isControl: true)
        nextOffset += 1
        write()
    }

    /// A snapshot of what is below `endOffset`.
    func snapshot(
        _ records: [[UInt8]], upTo endOffset: Int64, epoch: Int64 = 1, isComplete: Bool = true
    ) throws {
        var bytes = try Self.batch([([0, 0, 0, 3], [0, 0])], at: 0, isControl: true)
        bytes += try Self.batch(records.map { (nil, $0) }, at: 1)
        if isComplete {
            bytes += try Self.batch(
                [([0, 0, 0, 4], [0, 0])], at: Int64(records.count) + 1, isControl: true)
        }
        let digits = String(epoch)
        let name =
            "\(SegmentFileName.stem(Offset(endOffset)))-"
            + String(repeating: "0", count: 10 - digits.count) + digits
        writeFile("\(path)/\(name).checkpoint", bytes)
    }

    private static func batch(
        _ records: [(key: [UInt8]?, value: [UInt8])], at offset: Int64,
        _ compression: Compression = .none, isControl: Bool = false
    ) throws -> [UInt8] {
        var builder = try RecordBatchBuilder(batchSize: 1 << 20, compression: compression)
        for record in records {
            precondition(
                builder.append(timestamp: testTimeMs, key: record.key, value: record.value))
        }
        try builder.seal(isControl: isControl)
        unsafe RecordBatchHeader.patch(
            baseOffset: Offset(offset), leaderEpoch: LeaderEpoch(1), in: builder.sealedBytes)
        return unsafe Array(builder.sealedBytes)
    }
}

/// Records of Kafka's metadata log as bytes.
enum EncodedMetadata {
    static func topic(_ name: String, _ id: TopicID) -> [UInt8] {
        [1, 2, 0] + string(name) + uuid(id) + [0]
    }

    static func partition(_ index: Int32, _ id: TopicID) -> [UInt8] {
        [1, 3, 0] + bigEndian(index) + uuid(id) + [2, 0, 0, 0, 1, 2, 0, 0, 0, 1, 1, 1]
            + [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    }

    static func config(_ type: UInt8, _ resource: String, _ key: String, _ value: String?)
        -> [UInt8]
    {
        [1, 4, 0, type] + string(resource) + string(key) + (value.map(string) ?? [0]) + [0]
    }

    static func remove(_ id: TopicID) -> [UInt8] { [1, 9, 0] + uuid(id) + [0] }

    static func producerIDs(_ next: Int64) -> [UInt8] {
        [1, 15, 0, 0, 0, 0, 1] + bigEndian(Int64(7)) + bigEndian(next) + [0]
    }

    static func scram(_ user: String, _ mechanism: UInt8, _ key: UInt8) -> [UInt8] {
        [1, 11, 0] + string(user) + [mechanism, 3, 1, 2, 3, key, key, 2, key]
            + bigEndian(Int32(4096)) + [0]
    }

    static func removeScram(_ user: String, _ mechanism: UInt8) -> [UInt8] {
        [1, 22, 0] + string(user) + [mechanism, 0]
    }

    /// READ of a topic, allowed from everywhere.
    static func acl(_ id: TopicID, _ topic: String, _ principal: String) -> [UInt8] {
        [1, 18, 0] + uuid(id) + [2] + string(topic) + [3] + string(principal) + string("*")
            + [3, 3, 0]
    }

    static func removeAcl(_ id: TopicID) -> [UInt8] { [1, 19, 0] + uuid(id) + [0] }

    /// `entity`: types with names, nil for the default.
    static func quota(
        _ entity: [(String, String?)], _ key: String, _ value: Double, isRemoved: Bool = false
    ) -> [UInt8] {
        var bytes: [UInt8] = [1, 14, 0, UInt8(entity.count + 1)]
        for (type, name) in entity {
            bytes += string(type)
            bytes += name.map(string) ?? [0]
            bytes.append(0)
        }
        bytes += string(key)
        bytes += bigEndian(value.bitPattern)
        return bytes + [isRemoved ? 1 : 0, 0]
    }

    static let noOp: [UInt8] = [1, 20, 0, 0]
    static let begin: [UInt8] = [1, 23, 0, 0]
    static let end: [UInt8] = [1, 24, 0, 0]
    static let abort: [UInt8] = [1, 25, 0, 0]

    /// A topic with its partitions and settings.
    static func whole(
        _ name: String, _ id: TopicID, partitions: Int32 = 1, _ settings: [String: String] = [:]
    ) -> [[UInt8]] {
        [topic(name, id)]
            + settings.sorted { $0.key < $1.key }.map { config(2, name, $0.key, $0.value) }
            + (0..<partitions).map { partition($0, id) }
    }

    private static func string(_ text: String) -> [UInt8] {
        precondition(text.utf8.count < 127)
        return [UInt8(text.utf8.count + 1)] + Array(text.utf8)
    }

    private static func uuid(_ id: TopicID) -> [UInt8] {
        bigEndian(id.mostSignificantBits) + bigEndian(id.leastSignificantBits)
    }

    private static func bigEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        var writer = BigEndianWriter(capacity: 8)
        writer.append(value)
        return writer.bytes
    }
}
