/// The four bytes before every frame: the count of the bytes that follow them.
public enum FrameLength {
    public static let byteCount = 4

    /// The length in the first bytes of `stream`; `nil` while there are fewer than four.
    ///
    /// Throws, before any memory is allocated, if the length is negative, as the first bytes of
    /// another protocol may be, or more than `maximum`.
    public static func read(
        from stream: RawSpan, maximum: Int
    ) throws(FrameLengthError) -> Int? {
        guard stream.byteCount >= byteCount else { return nil }
        let stated = unsafe Int32(
            bigEndian: stream.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: Int32.self))
        guard stated >= 0 else { throw .negative(stated) }
        guard stated <= maximum else { throw .tooLarge(Int(stated), maximum: maximum) }
        return Int(stated)
    }
}

/// Why the bytes of a peer are not a frame. The connection must be closed.
public enum FrameLengthError: Error, Hashable, Sendable, CustomStringConvertible {
    case negative(Int32)
    case tooLarge(Int, maximum: Int)

    /// What the peer speaks, if its first bytes are known.
    public var foreign: ForeignProtocol? {
        guard case .tooLarge(let length, _) = self else { return nil }
        return ForeignProtocol(asLength: UInt32(truncatingIfNeeded: length))
    }

    public var description: String {
        if let foreign {
            return
                "the client speaks \(foreign.rawValue), not Kafka's protocol; \(foreign.clientRemedy)"
        }
        return switch self {
        case .negative(let length): "the frame's length is \(length): this is not Kafka's protocol"
        case .tooLarge(let length, let maximum):
            "the frame has \(length) bytes; at most \(maximum) are accepted"
        }
    }
}
