/// All that one producer sent, by partition. The audit compares it with what consumers received.
public struct SentSequences: Sendable {
    var producer: Int
    /// One past the last sequence number used, by partition.
    var ends: [UInt64]
    /// Sequence numbers that were sent and not acknowledged.
    var failed: [(partition: Int, sequences: Range<UInt64>)]
}
