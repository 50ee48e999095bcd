import NIOCore
import RecordFormat

/// What a producer tells the owner of a batch at its end. The batch's memory is the owner's again.
public struct DeliveryReport: Sendable {
    public var partition: TopicPartition
    public var outcome: DeliveryOutcome
    /// What the header says now; nil where the producer is not idempotent or never sent the batch.
    public var sequence: BatchSequence?
    /// How often the batch was sent.
    public var attempts: Int
    /// The broker to which it was sent last; nil if it never was.
    public var nodeID: Int32?
    /// When the batch was sent first; nil if it never was.
    public var sentAt: NIODeadline?
    /// When the last answer was read, or the batch was given up.
    public var endedAt: NIODeadline
}
