public import RecordFormat

/// Who appends, which decides what is allowed.
public enum AppendOrigin: Sendable {
    /// A producer. It writes no control batches, and its sequences are checked.
    case client
    /// The transaction coordinator, which writes the control batches.
    case coordinator
    /// A coordinator that raises the epoch at the end of every transaction (KIP-890): what is open
    /// with the marker's own epoch is a later transaction, which the marker must not end.
    case raisingCoordinator
}

/// Where a batch comes from, which decides how much of it the log verifies.
public enum BatchValidation: Sendable {
    /// From a network: the base offset must be untouched, and `weir.batch.validation` says what
    /// else is looked at.
    case full
    /// From a producer in this process, which has just encoded the records and computed the
    /// checksum, and may append the same buffer again after an error: what a header can tell.
    case trusted
}

/// Where a batch is in the log.
public struct AppendResult: Sendable, Equatable {
    public var baseOffset: Offset
    public var lastOffset: Offset
    /// Milliseconds; nil unless `message.timestamp.type` is LogAppendTime.
    public var logAppendTimeMs: Int64?
    /// The batch was in the log already; the offsets are those of the first time.
    public var isDuplicate: Bool
    /// Not nil: the flush policy promises durability, so `flush(through:)` this offset before the
    /// acknowledgement.
    public var flushThrough: Offset?
}
