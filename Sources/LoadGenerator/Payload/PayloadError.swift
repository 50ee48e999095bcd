import RecordFormat

/// Why the payload could not be prepared.
public enum PayloadError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    /// There is nothing at the path.
    case missing(path: String)
    case notARegularFile(path: String)
    case noRecords(path: String, byteCount: Int)
    /// `byteCount` is a lower bound if the record's end was not read.
    case recordTooLarge(path: String, position: Int, byteCount: Int, limit: Int)
    /// `position` is a byte of the file, `line` counts from 1.
    case notJSON(path: String, position: Int, line: Int, fault: String)
    /// A compressed file that cannot be unpacked within the limit.
    case notUnpacked(path: String, reason: String, limit: Int)
    case tooLargeUnpacked(path: String, limit: Int)
    /// Not text, though the format has lines.
    case binary(path: String, format: CorpusFormat)
    /// A length that the rest of the file does not have.
    case badLength(path: String, position: Int, length: Int, left: Int)
    /// No record of the corpus has the key.
    case noKey(path: String, field: String)
    case log(path: String, reason: String)
    case codec(RecordFormatError)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "the corpus \(path) cannot be read: \(reason)"
        case .missing(let path):
            "\(path): \(MissingFile.message); name a file of records in payload.file"
        case .notARegularFile(let path):
            "the corpus \(path) is not a regular file; write a pipe to a file first, or to standard "
                + "input with -, and read a directory with format files or segments"
        case .notUnpacked(let path, let reason, let limit):
            "the corpus \(path) is compressed and cannot be unpacked: \(reason); unpack it first, if it "
                + "becomes larger than \(limit >> 20) MiB"
        case .tooLargeUnpacked(let path, let limit):
            "the corpus \(path) is compressed and larger than \(limit >> 20) MiB; unpack it first"
        case .binary(let path, let format):
            "the corpus \(path) is not text, which format \(format.rawValue) needs; use length-u32-be, "
                + "length-u32-le or length-varint for records with their lengths, segments for a log, or "
                + "slices for pieces of payload.size"
        case .badLength(let path, let position, let length, let left):
            "the corpus \(path) has a length of \(length) at byte \(position), with \(left) bytes left; "
                + "check that the format is that of the file's lengths"
        case .noKey(let path, let field):
            "no record of the corpus \(path) has the key '\(field)'; correct keys.field or keys.pattern"
        case .log(let path, let reason):
            "the corpus \(path) is no log that can be read: \(reason)"
        case .noRecords(let path, let byteCount):
            "the corpus \(path) has \(byteCount) bytes but no record; give it at least one"
        case .recordTooLarge(let path, let position, let byteCount, let limit):
            "the corpus \(path) has a record of \(byteCount) bytes or more at byte \(position), "
                + "and at most \(limit) fit in a batch; use payload.format: slices, or raise "
                + "topics.config.max.message.bytes"
        case .notJSON(let path, let position, let line, let fault):
            "\(path):\(line): not a JSON object or array: \(fault), at byte \(position) of the "
                + "corpus; correct the line, or use payload.format: lines"
        case .codec(let error):
            "payload.ratio could not be calibrated: \(error)"
        }
    }
}
