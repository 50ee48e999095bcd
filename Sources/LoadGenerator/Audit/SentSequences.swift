/// The sequence numbers that one producer sent, by partition, for the audit.
public struct SentSequences: Sendable {
    var producer: Int
    /// One past the last sequence number used, by partition.
    var ends: [UInt64]
    /// Sequence numbers that were sent and not acknowledged: refused, or in doubt.
    var failed: [(partition: Int, sequences: Range<UInt64>)]
}
