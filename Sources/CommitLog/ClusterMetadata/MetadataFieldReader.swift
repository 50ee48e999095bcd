import RecordFormat

/// Reads the fields of a record of Kafka's metadata log, all of whose versions are flexible:
/// lengths are unsigned varints of one more than the length, 0 for null, and tagged fields come
/// last.
///
/// The bytes may be hostile: every length is held against what is there.
struct MetadataFieldReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var available: Int { bytes.count - position }

    /// Seven bits a byte, the least significant first, 32 in all.
    mutating func unsignedVarint() throws(MetadataRecordError) -> UInt32 {
        var value: UInt64 = 0
        for shift in stride(from: 0, through: 28, by: 7) {
            let byte = try integer(UInt8.self)
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard let narrow = UInt32(exactly: value) else { break }
                return narrow
            }
        }
        throw .invalidVarint
    }

    mutating func integer<Integer: FixedWidthInteger>(
        _: Integer.Type
    ) throws(MetadataRecordError) -> Integer {
        let byteCount = Integer.bitWidth / 8
        try require(byteCount)
        var value: Integer = 0
        for byte in bytes[position..<position + byteCount] {
            value = value << 8 | Integer(truncatingIfNeeded: byte)
        }
        position += byteCount
        return value
    }

    mutating func uuid() throws(MetadataRecordError) -> TopicID {
        TopicID(
            mostSignificantBits: try integer(UInt64.self),
            leastSignificantBits: try integer(UInt64.self))
    }

    mutating func string() throws(MetadataRecordError) -> String {
        guard let text = try nullableString() else { throw .unexpectedNull }
        return text
    }

    mutating func nullableString() throws(MetadataRecordError) -> String? {
        let byteCount = Int(try unsignedVarint()) - 1
        guard byteCount >= 0 else { return nil }
        try require(byteCount)
        defer { position += byteCount }
        guard let text = String(validating: bytes[position..<position + byteCount], as: UTF8.self)
        else { throw .invalidUTF8 }
        return text
    }

    mutating func byteString() throws(MetadataRecordError) -> [UInt8] {
        let byteCount = Int(try unsignedVarint()) - 1
        guard byteCount >= 0 else { throw .unexpectedNull }
        try require(byteCount)
        defer { position += byteCount }
        return Array(bytes[position..<position + byteCount])
    }

    /// The number of elements of an array, each of which has so many bytes at least.
    mutating func count(ofAtLeast byteCount: Int) throws(MetadataRecordError) -> Int {
        let count = Int(try unsignedVarint()) - 1
        guard count >= 0 else { throw .unexpectedNull }
        try require(count * byteCount)
        return count
    }

    /// Passes over the tagged fields, after which nothing may come.
    mutating func finish() throws(MetadataRecordError) {
        try skipTaggedFields()
        guard available == 0 else { throw .trailingBytes(available) }
    }

    /// Passes over the tagged fields at the end of a structure.
    mutating func skipTaggedFields() throws(MetadataRecordError) {
        let count = try unsignedVarint()
        // Each takes two bytes at least.
        try require(2 * Int(count))
        for _ in 0..<count {
            _ = try unsignedVarint()
            let byteCount = Int(try unsignedVarint())
            try require(byteCount)
            position += byteCount
        }
    }

    private func require(_ byteCount: Int) throws(MetadataRecordError) {
        guard byteCount <= available else {
            throw .truncated(needed: byteCount, available: available)
        }
    }
}

/// Why bytes are no record of Kafka's metadata log, or none that can be relied on.
enum MetadataRecordError: Error, Equatable {
    case truncated(needed: Int, available: Int)
    case invalidVarint
    case unexpectedNull
    case invalidUTF8
    case trailingBytes(Int)
    /// Written by another Kafka than those since 3.0.
    case unknownFrameVersion(UInt32)
    /// A record that says something of topics or settings, in a version that nobody here knows.
    case unknownVersion(UInt32, ofType: UInt32)
    case invalidTopicName(String)
    case invalidProducerID(Int64)
    /// A record without a value.
    case noValue
}

extension MetadataRecordError: CustomStringConvertible {
    var description: String {
        switch self {
        case .truncated(let needed, let available):
            "a metadata record ends early: \(needed) bytes needed, \(available) there"
        case .invalidVarint: "a variable-length integer in a metadata record is too long"
        case .unexpectedNull: "a metadata record has a null where none may be"
        case .invalidUTF8: "a metadata record has a text that is no UTF-8"
        case .trailingBytes(let count): "\(count) bytes remain after a metadata record"
        case .unknownFrameVersion(let version):
            "a metadata record has frame version \(version); only 1 is known"
        case .unknownVersion(let version, let type):
            "a metadata record of type \(type) has version \(version), which is not known"
        case .invalidTopicName(let name): "\"\(name)\" is no topic name"
        case .invalidProducerID(let id): "\(id) is no producer id"
        case .noValue: "a metadata record has no value"
        }
    }
}
