public import RecordFormat

/// What a log directory has done by itself and cannot undo, or could not do. `description` is a
/// line for the operator.
public enum LogEvent: Sendable, Equatable {
    /// A segment is no longer in the log. Its files go once `file.delete.delay.ms` is over.
    case deleted(SegmentExtent, of: TopicPartition, DeletionReason)
    /// Segments were compacted into one that has taken their place.
    case compacted([SegmentExtent], of: TopicPartition, into: SegmentExtent)
    /// One cleaning of a log is over.
    case cleaned(CleaningReport)
    /// DeleteRecords has moved the log start offset.
    case movedLogStart(of: TopicPartition, from: Offset, to: Offset)
    /// All of a segment was written longer than `retention.ms` ago, but its largest timestamp was
    /// ahead of its time. So it stays for so many milliseconds from now, and what is behind it,
    /// too. Told once a segment.
    case outlivesRetention(SegmentExtent, of: TopicPartition, largestTimestamp: Int64, forMs: Int64)
    /// Background work fails. Told once for each cause, though such work is tried again.
    case failed(BackgroundFault)
    /// Background work that failed has succeeded.
    case recovered(BackgroundFault)

    /// Whether somebody should do something about it, or need not any more.
    public var isWarning: Bool {
        switch self {
        case .outlivesRetention, .failed, .recovered: true
        case .deleted, .compacted, .cleaned, .movedLogStart: false
        }
    }
}

/// Which part of a log a segment is.
public struct SegmentExtent: Sendable, Equatable {
    public var baseOffset: Offset
    /// The first offset of the next segment.
    public var nextOffset: Offset
    public var byteCount: Int
}

/// Why a segment went. Times are milliseconds.
public enum DeletionReason: Sendable, Equatable {
    /// Its largest timestamp is so long ago, and `retention.ms` is less.
    case retentionMs(limit: Int64, age: Int64)
    /// The log had so many bytes, and `retention.bytes` is as many or fewer without the segment.
    case retentionBytes(limit: Int64, total: Int64)
    /// The log begins behind it, as after DeleteRecords.
    case belowLogStart(Offset)
}

extension LogEvent: CustomStringConvertible {
    public var description: String {
        switch self {
        case .deleted(let segment, let partition, let reason):
            "\(partition): deleted segment \(segment): \(reason)"
        case .compacted(let segments, let partition, let cleaned):
            "\(partition): compacted \(Self.list(segments)) into \(cleaned.byteCount) bytes"
        case .cleaned(let report): "\(report.topicPartition): \(report)"
        case .outlivesRetention(let segment, let partition, let timestamp, let milliseconds):
            "\(partition): segment \(segment) was written longer than retention.ms ago and stays for another "
                + "\(milliseconds) ms, as do those behind it: a record's timestamp, \(timestamp), was ahead of "
                + "its time. DeleteRecords deletes it; message.timestamp.after.max.ms refuses such records"
        case .failed(let fault): "in the background failed \(fault)"
        case .recovered(let fault): "works again: \(fault.place)"
        case .movedLogStart(let partition, let from, let to):
            "\(partition): DeleteRecords has moved the log start offset from \(from) to \(to)"
        }
    }
}

extension LogEvent {
    /// A round may join ten thousand small segments; a line names the first and the last.
    private static func list(_ segments: [SegmentExtent]) -> String {
        guard segments.count > 3, let first = segments.first, let last = segments.last else {
            return "segment\(segments.count == 1 ? "" : "s") "
                + segments.map(\.description).joined(separator: ", ")
        }
        return "\(segments.count) segments, \(first) to \(last),"
    }
}

extension SegmentExtent: CustomStringConvertible {
    public var description: String {
        "\(baseOffset) (offsets up to \(nextOffset), exclusive; \(byteCount) bytes)"
    }
}

extension DeletionReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .retentionMs(let limit, let age):
            "its last record is \(age) ms old, and retention.ms is \(limit)"
        case .retentionBytes(let limit, let total):
            "the log had \(total) bytes, and retention.bytes is \(limit)"
        case .belowLogStart(let offset): "the log starts at offset \(offset)"
        }
    }
}
