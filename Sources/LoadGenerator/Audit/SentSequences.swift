/// What one producer sent in all, by partition, for the audit to hold against what consumers received.
public struct SentSequences: Sendable {
    var producer: Int
    /// One past the last sequence number used, by partition.
    var ends: [UInt64]
    /// Sequence numbers that were sent and not acknowledged.
    var failed: [(partition: Int, sequences: Range<UInt64>)]
}
