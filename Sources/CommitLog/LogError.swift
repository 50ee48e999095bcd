/// What can go wrong with a log's files, its directory or a request to it.
///
/// Each case carries the place and the numbers; `description` is a sentence that names the place
/// and, where there is one, the remedy.
public enum LogError: Error, Equatable, Sendable {
    /// A system call failed; `code` is its errno.
    case system(operation: String, path: String, code: Int32)
    /// The filesystem or the quota is full. What was in the log stays readable, and appends work
    /// again once there is room.
    case noSpace(operation: String, path: String)
    /// Another open log directory, in this process or another, holds the lock.
    case directoryInUse(path: String, processID: Int32?)
    case invalidTopicName(name: String, reason: String)
    case invalidGroupName(name: String, reason: String)
    case invalidPartitionCount(Int)
    case topicExists(String)
    case unknownTopic(String)
    case offsetOutOfRange(requested: Int64, logStart: Int64, logEnd: Int64)
    /// A file holds what its format does not allow.
    case corrupt(path: String, position: Int, reason: String)
    case closed(path: String)
    /// `fdatasync` failed once, so nobody knows which bytes are on disk: no flush of this partition
    /// can succeed any more until the directory is opened again.
    case flushFailed(path: String, code: Int32)
    /// `nearest` is nil where no key is near.
    case unknownConfigKey(key: String, nearest: String?)
    case invalidConfigValue(key: String, value: String, expected: String)
}

extension LogError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let operation, let path, let code):
            "\(operation) failed on \(path): \(errorText(code)) (errno \(code))."
        case .noSpace(let operation, let path):
            "No space left for \(operation) on \(path): free some, or lower retention.bytes; "
                + "the log stays readable and appends resume once there is room."
        case .directoryInUse(let path, let processID?):
            "The log directory \(path) is in use by process \(processID): "
                + "stop it, or choose another directory."
        case .directoryInUse(let path, nil):
            "The log directory \(path) is in use: close it first, or choose another directory."
        case .invalidTopicName(let name, let reason):
            "\"\(name)\" is no topic name: \(reason)."
        case .invalidGroupName(let name, let reason):
            "\"\(name)\" is no group name: \(reason)."
        case .invalidPartitionCount(let count):
            "A topic cannot have \(count) partitions: choose 1 or more."
        case .topicExists(let topic):
            "Topic \"\(topic)\" exists already."
        case .unknownTopic(let topic):
            "There is no topic \"\(topic)\"."
        case .offsetOutOfRange(let requested, let logStart, let logEnd):
            "Offset \(requested) is outside the log, which holds \(logStart) up to \(logEnd)."
        case .corrupt(let path, let position, let reason):
            "\(path) is corrupt at position \(position): \(reason)."
        case .closed(let path):
            "The log \(path) is closed."
        case .flushFailed(let path, let code):
            "fdatasync failed on \(path): \(errorText(code)) (errno \(code)). Records that were not flushed "
                + "before may be lost; open the directory again to recover what the disk holds."
        case .unknownConfigKey(let key, let nearest):
            "There is no configuration key \"\(key)\""
                + (nearest.map { "; did you mean \"\($0)\"?" } ?? ".")
        case .invalidConfigValue(let key, let value, let expected):
            "\(key)=\(value) is not allowed: expected \(expected)."
        }
    }
}
