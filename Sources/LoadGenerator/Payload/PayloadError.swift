import RecordFormat

/// Why the payload could not be prepared.
public enum PayloadError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case notARegularFile(path: String)
    case noRecords(path: String, byteCount: Int)
    /// `byteCount` is a lower bound if the record's end was not read.
    case recordTooLarge(path: String, position: Int, byteCount: Int, limit: Int)
    /// `position` is a byte of the file, `line` counts from 1.
    case notJSON(path: String, position: Int, line: Int, fault: String)
    case codec(RecordFormatError)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "the corpus \(path) cannot be read: \(reason)"
        case .notARegularFile(let path):
            "the corpus \(path) is not a regular file; a pipe or a device cannot be sampled, so "
                + "write it to a file first"
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
