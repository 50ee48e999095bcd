public import RecordFormat

/// What opening one partition found and did.
public struct PartitionRecovery: Sendable, Equatable {
    public var topicPartition: TopicPartition
    public var logEndOffset = Offset.zero
    /// The bytes from the recovery point, or the last index entry before it, to the end.
    public var scannedByteCount = 0
    /// The bytes at the end that were no whole, sound, consecutive batches, and are gone.
    public var truncatedByteCount = 0
    public var deletedSegmentCount = 0
    /// What was wrong with the first byte that is gone, nil where nothing was.
    public var truncationReason: String?
    /// Whether what is gone had been durable: the disk lost or damaged it.
    public var lostBelowRecoveryPoint = false
}

/// What opening a log directory found and did.
public struct RecoveryReport: Sendable, Equatable {
    /// Whether the last process left the marker of a clean shutdown. Nothing depends on it.
    public internal(set) var hadCleanShutdownMarker = false
    /// Checkpoint files that were damaged and treated as missing.
    public internal(set) var damagedCheckpoints: [String] = []
    /// What was found of topics and settings that another broker left: what somebody should look at, and what
    /// else is worth a line.
    public internal(set) var adoptionComplaints: [String] = []
    public internal(set) var adoptionNotes: [String] = []
    /// In the order of topic and partition.
    public internal(set) var partitions: [PartitionRecovery] = []

    public var scannedByteCount: Int { partitions.reduce(0) { $0 + $1.scannedByteCount } }
    public var truncatedByteCount: Int { partitions.reduce(0) { $0 + $1.truncatedByteCount } }

    /// What whoever runs the log should be told, a line each.
    public var complaints: [String] {
        damagedCheckpoints.map { "\($0) is damaged: what the logs do not tell is at its default" }
            + adoptionComplaints + partitions.filter(\.hasLost).map(\.description)
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

    /// Whether anything is gone.
    var hasLost: Bool { lostBelowRecoveryPoint || truncationReason != nil }
}
