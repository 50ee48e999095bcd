import CommitLog
import RecordFormat

/// The target of a load: the embedded engine, a target that discards, or, through a client, a
/// broker. Partitions are addressed by their index in `partitions`, across all topics.
///
/// Thread contract: safe from any thread; the sessions that it makes belong to one worker each.
public protocol LoadTarget: AnyObject, Sendable {
    var partitions: [TopicPartition] { get }

    /// Where the target keeps its log on this machine; nil if it keeps none here.
    var dataDirectory: String? { get }

    /// A session for the producers of one worker. `completions` receives the acknowledgements that
    /// `send` does not return itself.
    func makeProducerSession(acks: Acks, completions: CompletionQueue) -> any ProducerSession

    /// A session for the members of one consumer worker, woken by `wakeup` when there is more.
    func makeConsumerSession(wakeup: Wakeup) -> any ConsumerSession

    /// A producer id for an idempotent producer.
    func allocateProducerID() throws(TargetError) -> ProducerID

    /// Whether compaction may remove records of the partition.
    func isCompacted(_ partition: Int) -> Bool

    /// The oldest offset that can still be read.
    func logStartOffset(of partition: Int) -> Offset

    /// One past the last record that can be read.
    func logEndOffset(of partition: Int) -> Offset

    /// The timestamp, in milliseconds since the Unix epoch, of the batch that holds `offset`; nil
    /// if there is none. It gives consumer lag in time.
    func timestamp(at offset: Offset, of partition: Int) -> Int64?

    /// The committed positions of a group, by partition index; partitions without one are absent.
    func committedOffsets(of group: String) throws(TargetError) -> [Int: Offset]

    func commit(_ offsets: [Int: Offset], of group: String) throws(TargetError)

    /// Bytes stored in the log now, over all partitions.
    var storedByteCount: UInt64 { get }

    /// `fdatasync` calls so far; nil if the target does not count them.
    var flushCount: UInt64? { get }

    /// Failures of background work so far, such as a deletion or a checkpoint, a clause each.
    var backgroundFaults: [String] { get }

    /// Ends the target cleanly. Called once, after every session's last use.
    func close() throws(TargetError)
}

extension LoadTarget {
    /// A target without work of its own.
    public var backgroundFaults: [String] { [] }
}

/// The session through which a producer worker sends.
///
/// Thread contract: belongs to one worker's thread.
public protocol ProducerSession: AnyObject {
    /// Sends one sealed record batch. The target may patch its base offset and leader epoch.
    ///
    /// - Parameter ticket: comes back through the completion queue if the outcome is `.pending`.
    func send(
        _ batch: UnsafeMutableRawBufferPointer, to partition: Int, ticket: Int
    ) -> SendOutcome

    /// Ends a turn: the worker has sent everything for now. A target that makes batches durable
    /// together waits for this.
    func endTurn()
}

public enum SendOutcome {
    /// Acknowledged, according to its acks and flush policy.
    case acknowledged
    /// In progress; the acknowledgement comes through the completion queue. The batch's bytes may
    /// be reused.
    case pending
    case failed(TargetError)
}

/// The session from which a consumer worker reads.
///
/// Thread contract: belongs to one worker's thread.
public protocol ConsumerSession: AnyObject {
    /// Returns whole batches from the one that holds `offset`, as many as fit in `maxBytes` but at
    /// least one; nothing if the log ends at `offset`.
    ///
    /// - Returns: the number of bytes; 0 at the log's end.
    func fetch(
        from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
    ) throws(TargetError) -> Int

    /// Arranges for one signal of the session's wake-up when the partition has more than `offset`.
    ///
    /// - Returns: false if it has more already, so the caller must not wait.
    func arm(_ partition: Int, past offset: Offset) -> Bool
}

/// A failure of the target, described for the reader of the results.
public enum TargetError: Error, Sendable, CustomStringConvertible {
    /// The position was deleted by retention or delete-records before it was read.
    case offsetOutOfRange(TopicPartition, offset: Offset, logStartOffset: Offset)
    case failed(String)
    /// Stored data is damaged or missing.
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
