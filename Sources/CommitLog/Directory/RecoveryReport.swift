public import RecordFormat

/// Offsets of a log that are missing though records had them. What comes behind is served.
public struct OffsetGap: Sendable, Equatable {
    public var startOffset: Offset
    /// The first offset that is there again.
    public var endOffset: Offset
    public var cause: String
}

/// A `.log` that was taken out of a log and is kept under another name.
public struct AsideSegment: Sendable, Equatable {
    public var path: String
    public var cause: String
}

/// What opening one partition found and did.
public struct PartitionRecovery: Sendable, Equatable {
    public var topicPartition: TopicPartition
    public var logEndOffset = Offset.zero
    /// The bytes from the recovery point, or the last index entry before it, to the end.
    public var scannedByteCount = 0
    /// The bytes at the end that held no sound batch, and are gone.
    public var truncatedByteCount = 0
    /// What was wrong with the first byte that is gone, nil where nothing was.
    public var truncationReason: String?
    /// Whether records are gone that had been durable: the disk lost or damaged them.
    public var lostBelowRecoveryPoint = false
    /// What is missing before the log's end.
    public var gaps: [OffsetGap] = []
    public var aside: [AsideSegment] = []
    /// What else is wrong with the files, and was left as it is; a clause each.
    public var findings: [String] = []

    /// Whether there are gaps above the recovery point, which had to be found out about.
    var hasUnseenGaps = false

    /// Adds what an earlier look has not found yet.
    mutating func find(_ found: [String]) {
        findings += found.filter { !findings.contains($0) }
    }
}

/// What opening a log directory found and did.
public struct RecoveryReport: Sendable, Equatable {
    /// Whether the last process left the marker of a clean shutdown.
    public internal(set) var hadCleanShutdownMarker = false
    /// Checkpoint files that were damaged and treated as missing.
    public internal(set) var damagedCheckpoints: [String] = []
    /// What was found of topics and settings that another broker left: what somebody should look
    /// at, and what else is worth a line.
    public internal(set) var adoptionComplaints: [String] = []
    public internal(set) var adoptionNotes: [String] = []
    /// In the order of topic and partition.
    public internal(set) var partitions: [PartitionRecovery] = []

    public var scannedByteCount: Int { partitions.reduce(0) { $0 + $1.scannedByteCount } }
    public var truncatedByteCount: Int { partitions.reduce(0) { $0 + $1.truncatedByteCount } }

    /// What whoever runs the log should be told, a line each.
    public var complaints: [String] {
        damagedCheckpoints.map {
            "\($0) is damaged: what neither the logs nor Kafka's metadata tell is at its default"
        }
            + adoptionComplaints + partitions.flatMap(\.complaints)
    }
}

extension PartitionRecovery: CustomStringConvertible {
    /// What is gone and why, for whoever runs the log; where nothing is, where the log ends.
    public var description: String {
        var text = "\(topicPartition) ends at offset \(logEndOffset)"
        if lostBelowRecoveryPoint {
            text += ", before records that were durable: the disk lost or damaged them"
        }
        if truncatedByteCount > 0 {
            text += "; \(truncatedByteCount) bytes behind that were no whole batches, and are gone"
        }
        if let truncationReason { text += ": \(truncationReason)" }
        return text
    }

    /// So many gaps, or files, of a partition are named; of the rest the number is given.
    private static let namedCount = 8

    /// What whoever runs the log should be told, a line each; none where all is well.
    public var complaints: [String] {
        var lines: [String] = []
        if lostBelowRecoveryPoint || truncationReason != nil { lines.append(description) }
        lines += gaps.prefix(Self.namedCount).map { gap in
            "\(topicPartition): offsets \(gap.startOffset) up to \(gap.endOffset), exclusive, are "
                + "missing: \(gap.cause)"
        }
        if gaps.count > Self.namedCount {
            lines.append("\(topicPartition): \(gaps.count - Self.namedCount) more such gaps")
        }
        lines += aside.map { "\(topicPartition): kept as \($0.path): \($0.cause)" }
        lines += findings.prefix(Self.namedCount).map { "\(topicPartition): \($0)" }
        if findings.count > Self.namedCount {
            lines.append(
                "\(topicPartition): \(findings.count - Self.namedCount) more such findings")
        }
        return lines
    }
}
