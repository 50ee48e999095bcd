/// Why bytes are not a record batch, or could not become one.
///
/// Bytes from a file or a socket are never trusted: each possible fault has a case, with the
/// numbers that explain it.
public enum RecordFormatError: Error, Hashable, Sendable {
    /// The bytes end before the structure does.
    case truncated(needed: Int, available: Int)
    /// The batch length is too small for a header; or, on sealing, compression has made the batch too large
    /// for the field.
    case invalidBatchLength(Int32)
    /// The batch is of another format than version 2.
    case invalidMagic(Int8)
    /// The checksum in the header is not that of the bytes.
    case crcMismatch(stored: UInt32, computed: UInt32)
    /// The base offset is negative, or the last offset would not fit.
    case invalidOffsets(baseOffset: Int64, lastOffsetDelta: Int32)
    /// The record count is negative, exceeds the offsets of the batch, or cannot fit in its bytes.
    case invalidRecordCount(Int32)
    /// The attributes name a codec that does not exist.
    case unknownCodec(UInt8)
    /// A variable-length integer has more bytes than its type allows.
    case invalidVarint(position: Int)
    /// A length inside a record is negative or reaches past its end.
    case invalidLength(Int64, position: Int)
    /// A record's fields end before or after the length that it states.
    case recordLengthMismatch(position: Int)
    /// Bytes remain after the last record.
    case trailingBytes(Int)
    /// A control record is not one of the transaction markers of version 0.
    case invalidControlRecord
    /// The records decompress to more than the reader admits.
    case decompressedTooLarge(limit: Int)
    /// The codec refuses the bytes or failed; `code` is the library's own.
    case codecFailed(CompressionCodec, code: Int)
    /// The codec has no such level.
    case invalidLevel(CompressionCodec, level: Int)
    /// The output buffer given to a compressor is smaller than its bound.
    case outputTooSmall(needed: Int, available: Int)
}

extension RecordFormatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let available):
            "the bytes end early: \(needed) needed, \(available) there"
        case .invalidBatchLength(let length):
            "the batch length \(length) is impossible"
        case .invalidMagic(let magic):
            "the batch has magic \(magic); only magic 2 is supported"
        case .crcMismatch(let stored, let computed):
            "the batch is corrupt: its CRC-32C is \(Self.hex(computed)), "
                + "its header says \(Self.hex(stored))"
        case .invalidOffsets(let baseOffset, let lastOffsetDelta):
            "the offsets are impossible: base offset \(baseOffset), "
                + "last offset delta \(lastOffsetDelta)"
        case .invalidRecordCount(let count):
            "the record count \(count) is impossible for this batch"
        case .unknownCodec(let code):
            "the attributes name compression codec \(code), which does not exist"
        case .invalidVarint(let position):
            "the variable-length integer at \(position) is too long"
        case .invalidLength(let length, let position):
            "the length \(length) at \(position) is impossible"
        case .recordLengthMismatch(let position):
            "the fields of the record at \(position) do not end where its length says"
        case .trailingBytes(let count):
            "\(count) bytes remain after the last record"
        case .invalidControlRecord:
            "the control record is not a transaction marker of version 0"
        case .decompressedTooLarge(let limit):
            "the records decompress to more than \(limit) bytes"
        case .codecFailed(let codec, let code):
            "\(codec.name) failed with code \(code)"
        case .invalidLevel(let codec, let level):
            "\(codec.name) has no level \(level)"
        case .outputTooSmall(let needed, let available):
            "compression needs \(needed) bytes of output, \(available) given"
        }
    }

    private static func hex(_ checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
