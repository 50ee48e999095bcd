/// Why bytes are not a message, or a message cannot be encoded: the place and the fault.
///
/// Bytes from a socket are never trusted. On this error a connection is closed, because the start
/// of the next message is unknown.
public struct ProtocolError: Error, Hashable, Sendable {
    /// The type of the message, such as `FetchRequest`.
    public var message: String
    public var version: Int16
    /// The field, by Kafka's name.
    public var field: String
    /// The field's position in the frame; for a writer, in its bytes.
    public var position: Int
    public var reason: Reason

    public enum Reason: Hashable, Sendable {
        /// The frame, or the tagged field, ends before the field does.
        case truncated(needed: Int, available: Int)
        /// A length, count or size is negative, or larger than its type of field can be.
        case invalidLength(Int)
        /// Null, which this version does not allow.
        case unexpectedNull
        /// An unsigned variable-length integer of more than 32 bits.
        case invalidVarint
        /// Decoding the frame would take more memory than a message may.
        case tooLarge(limit: Int)
        /// The tags of a structure are not ascending.
        case tagOutOfOrder(UInt32)
        /// A tagged field ends before the size that it states.
        case tagSizeMismatch(stated: Int, read: Int)
        /// Bytes remain after the last field.
        case trailingBytes(Int)
        /// This version is not in the table of `ApiKey`.
        case unsupportedVersion
    }
}

extension ProtocolError: CustomStringConvertible {
    public var description: String {
        "\(message) v\(version), \(field) at \(position): \(reason)"
    }
}

extension ProtocolError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let available):
            "\(needed) bytes needed, \(available) there"
        case .invalidLength(let length): "the length \(length) is impossible"
        case .unexpectedNull: "it must not be null in this version"
        case .invalidVarint: "the variable-length integer has more than 32 bits"
        case .tooLarge(let limit): "the message would take more than \(limit) bytes of memory"
        case .tagOutOfOrder(let tag): "tag \(tag) does not follow a smaller one"
        case .tagSizeMismatch(let stated, let read):
            "the tagged field says that it has \(stated) bytes, and has \(read)"
        case .trailingBytes(let count): "\(count) bytes remain after the last field"
        case .unsupportedVersion: "this version is not supported"
        }
    }
}
