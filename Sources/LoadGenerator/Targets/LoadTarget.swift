import CommitLog
import RecordFormat

/// What a load is aimed at: the embedded engine, a target that discards, or, through a client, a
/// broker. Partitions are addressed by their index in `partitions`, across all topics.
///
/// Thread contract: safe from any thread; the sessions that it makes belong to one worker each.
public protocol LoadTarget: AnyObject, Sendable {
    var partitions: [TopicPartition] { get }

    /// Where the target keeps its log on this machine; nil where it keeps none here.
    var dataDirectory: String? { get }

    /// A session for the producers of one worker. `completions` receives the acknowledgements that
    /// `send` could not give at once.
    func makeProducerSession(acks: Acks, completions: CompletionQueue) -> any ProducerSession

    /// A session for the members of one consumer worker, woken by `wakeup` when there is more.
    func makeConsumerSession(wakeup: Wakeup) -> any ConsumerSession

    /// A producer id for an idempotent producer.
    func allocateProducerID() throws(TargetError) -> ProducerID

    /// Whether later records of a key may take earlier ones of the partition away.
    func isCompacted(_ partition: Int) -> Bool

    /// The oldest offset that can still be read.
    func logStartOffset(of partition: Int) -> Offset

    /// One past the last record that can be read.
    func logEndOffset(of partition: Int) -> Offset

    /// The timestamp, in milliseconds since the Unix epoch, of the batch that holds `offset`; nil
    /// where there is none. Consumer lag in time is measured by it.
    func timestamp(at offset: Offset, of partition: Int) -> Int64?

    /// Where a group left off, by partition index; partitions that it never committed are absent.
    func committedOffsets(of group: String) throws(TargetError) -> [Int: Offset]

    func commit(_ offsets: [Int: Offset], of group: String) throws(TargetError)

    /// Stored bytes now in the log, over all partitions.
    var storedByteCount: UInt64 { get }

    /// `fdatasync` calls so far; nil where the target cannot tell.
    var flushCount: UInt64? { get }

    /// What failed so far while nobody waited for it, a clause each: a deletion, a checkpoint.
    var backgroundFaults: [String] { get }

    /// Ends the target cleanly. Called once, after every session's last use.
    func close() throws(TargetError)
}

extension LoadTarget {
    /// A target without work of its own.
    public var backgroundFaults: [String] { [] }
}

/// What a producer worker sends through.
///
/// Thread contract: belongs to one worker's thread.
public protocol ProducerSession: AnyObject {
    /// Sends one sealed record batch. The target may patch its base offset and leader epoch.
    ///
    /// - Parameter ticket: comes back through the completion queue where the outcome is `.pending`.
    func send(
        _ batch: UnsafeMutableRawBufferPointer, to partition: Int, ticket: Int
    ) -> SendOutcome

    /// The worker has sent all that it has for now. A target that gathers work waits for this, so
    /// that batches sent together are made durable together.
    func endTurn()
}

public enum SendOutcome {
    /// Acknowledged, as its acks and flush policy promise.
    case acknowledged
    /// On its way; the acknowledgement comes through the completion queue. The target needs the
    /// batch's bytes no longer.
    case pending
    case failed(TargetError)
}

/// What a consumer worker reads from.
///
/// Thread contract: belongs to one worker's thread.
public protocol ConsumerSession: AnyObject {
    /// Gives whole batches from the one that holds `offset`, as many as fit in `maxBytes` and one at
    /// least; nothing where the log ends at `offset`.
    ///
    /// - Returns: the bytes given; 0 at the log's end.
    func fetch(
        from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
    ) throws(TargetError) -> Int

    /// Arranges for the session's wake-up to be signalled, once, when the partition has more than
    /// `offset`.
    ///
    /// - Returns: false where it has more already, so that waiting would be wrong.
    func arm(_ partition: Int, past offset: Offset) -> Bool
}

/// What went wrong in the target, in words for the person who reads the run's results.
public enum TargetError: Error, Sendable, CustomStringConvertible {
    /// The position was deleted by retention or delete-records before it was read.
    case offsetOutOfRange(TopicPartition, offset: Offset, logStartOffset: Offset)
    case failed(String)
    /// What was stored is damaged or gone.
    case damaged(String)
    /// The disk or the quota is full.
    case noSpace(String)

    init(_ cause: some Error) {
        switch cause as any Error {
        case LogError.noSpace, AppendError.log(.noSpace): self = .noSpace("\(cause)")
        case LogError.corrupt: self = .damaged("\(cause)")
        default: self = .failed("\(cause)")
        }
    }

    public var description: String {
        switch self {
        case .offsetOutOfRange(let partition, let offset, let start):
            "\(partition): offset \(offset.rawValue) was deleted before it was read: the log now "
                + "starts at \(start.rawValue). Raise retention.bytes or retention.ms, or lower the rate."
        case .failed(let reason), .damaged(let reason), .noSpace(let reason): reason
        }
    }
}
