/// Why bytes are not a message, or a message cannot be bytes: where, and what is wrong there.
///
/// Bytes from a socket are never trusted. Whoever answers a request with this error in hand closes
/// the connection: where one message ends wrongly, the next cannot be found.
public struct ProtocolError: Error, Hashable, Sendable {
    /// The type of the message, such as `FetchRequest`.
    public var message: String
    public var version: Int16
    /// The field by Kafka's name for it.
    public var field: String
    /// Where in the frame the field begins; for a writer, where in its bytes.
    public var position: Int
    public var reason: Reason

    public enum Reason: Hashable, Sendable {
        /// The frame, or the tagged field, ends before the field does.
        case truncated(needed: Int, available: Int)
        /// A length, count or size is negative, or larger than its type of field can be.
        case invalidLength(Int)
        /// Null, where this version has none.
        case unexpectedNull
        /// An unsigned variable-length integer of more than 32 bits.
        case invalidVarint
        /// What the frame says would take more memory than a message may.
        case tooLarge(limit: Int)
        /// Tags of a structure do not rise.
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
