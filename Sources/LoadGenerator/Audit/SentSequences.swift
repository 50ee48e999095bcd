/// The sequence numbers that one producer sent, by partition, for the audit.
public struct SentSequences: Sendable {
    var producer: Int
    /// One past the last sequence number used, by partition.
    var ends: [UInt64]
    /// Sequence numbers that were refused, or given up before they were sent.
    var failed: [(partition: Int, sequences: Range<UInt64>)]
    /// Sequence numbers that were sent, and of which no answer says whether they are stored.
    var inDoubt: [(partition: Int, sequences: Range<UInt64>)]
}
