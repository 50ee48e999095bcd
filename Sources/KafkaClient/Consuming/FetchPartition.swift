import RecordFormat

/// One partition of a `FetchState`.
struct FetchPartition: Sendable {
    enum Phase: Hashable, Sendable {
        /// The offset is to be asked for.
        case locating(StartingPosition)
        /// Another broker leads: its log may end before the position (KIP-320).
        case validating
        case fetching
        /// The error was handed out; a seek makes it go on.
        case failed
    }

    var phase: Phase
    /// The next offset to fetch.
    var position = Offset.zero
    /// Of the last batch before the position.
    var positionEpoch = LeaderEpoch.none
    var leader: PartitionLeader?
    /// `none` before it is known.
    var topicID = TopicID.none
    /// A nearer replica that the leader named, and until when it is used (KIP-392).
    var readReplica: (nodeID: Int32, untilMs: Int64)?
    var isPaused = false
    /// Whether a request for its place is in flight.
    var isAsked = false
    /// Those of the lowest are asked for first.
    var turn = 0
    var pausedUntilMs: Int64 = 0
    var failures = 0
    /// What was fetched and not taken.
    var bufferedByteCount = 0
    /// Another one after each seek: answers to what was asked before are void.
    var incarnation: Int

    func broker(nowMs: Int64) -> Int32? {
        if phase == .fetching, let readReplica, nowMs < readReplica.untilMs {
            return readReplica.nodeID
        }
        return leader?.nodeID
    }
}
