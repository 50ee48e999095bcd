import CommitLog
import RecordFormat

/// The target of a load: the embedded engine, a target that discards, or, through a client, the
/// brokers of a cluster. Partitions are addressed by their index in `partitions`, across all topics.
///
/// Thread contract: safe from any thread; the sessions that it makes belong to one worker each.
public protocol LoadTarget: AnyObject, Sendable {
    var partitions: [TopicPartition] { get }

    /// The processes of this machine that the target consists of, other than this one and its children.
    var processIDs: Set<Int32> { get }

    /// How many of `partitions`, from the first on, producers write to. Others write to the rest.
    var producedPartitionCount: Int { get }

    /// Where the target keeps its log on this machine; nil if it keeps none here.
    var dataDirectory: String? { get }

    /// Makes everything ready for the producers of a group to send. Called once for each group, in the
    /// order of their numbers, before the sessions are made.
    ///
    /// - Parameters:
    ///   - topics: those that the group writes to.
    ///   - numbering: is told of each batch that leaves under another number than its header had
    ///     when it was handed over.
    /// - Returns: by the producers' numbers in their group, the id of each; `.none` without idempotence.
    func prepareProducers(
        _ settings: ProducerSettings, topics: TopicSettings, numbering: BatchNumbering
    ) throws(TargetError) -> [ProducerID]

    /// A session for the producers of these numbers, all of one worker. `completions` receives the
    /// outcomes that `send` does not return itself.
    func makeProducerSession(
        of producers: [Int], acks: Acks, completions: CompletionQueue
    ) -> any ProducerSession

    /// A session for the members of a group on one consumer worker, woken by `wakeup` when there is
    /// more.
    func makeConsumerSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any ConsumerSession

    /// A session for a member of a share group, woken by `wakeup` when there is more.
    func makeSharingSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any SharingSession

    /// Makes the offsets those at which the members of a group begin, and lets them join, where the run does not
    /// assign the partitions. Called before its sessions are made; blocks until each partition has a member.
    func beginGroup(
        _ group: ConsumerGroupSettings, at positions: [Int: Offset]
    ) throws(TargetError)

    /// Brings `logStartOffset` and `logEndOffset` up to date; blocks.
    func refreshOffsets() throws(TargetError)

    /// Whether compaction may remove records of the partition.
    func isCompacted(_ partition: Int) -> Bool

    /// The oldest offset that can still be read, as far as the target knows.
    func logStartOffset(of partition: Int) -> Offset

    /// One past the last record that can be read, as far as the target knows. Does not block.
    func logEndOffset(of partition: Int) -> Offset

    /// By partition, the offset of the first record whose timestamp is not older, in milliseconds since
    /// 1970; nil where there is none. Blocks.
    func offsets(atUnixMillis millis: Int64) throws(TargetError) -> [Offset?]

    /// The timestamp, in milliseconds since the Unix epoch, of the batch that holds `offset`; nil
    /// if there is none, or it is not known without a fetch. It gives consumer lag in time.
    func timestamp(at offset: Offset, of partition: Int) -> Int64?

    /// The committed positions of a group, by partition index; partitions without one are absent.
    func committedOffsets(of group: String) throws(TargetError) -> [Int: Offset]

    /// How far a share group is, by partition index: everything before is acknowledged, or is given to nobody any
    /// more; partitions that it has not begun are absent. Blocks.
    func startOffsets(ofShareGroup group: String) throws(TargetError) -> [Int: Offset]

    /// What the brokers have told of a share group since the last call, by partition index; nil if nothing. Does not
    /// block.
    ///
    /// - Parameter isDraining: whether the end of the run waits for it, so that they are asked more often.
    func takeProgress(ofShareGroup group: String, isDraining: Bool) -> [Int: ShareProgress]?

    /// Who was in a share group beside the run's members since they have begun, or `unseen` where somebody may have been;
    /// nil if nobody was.
    func otherMembers(ofShareGroup group: String) -> OtherMembers?

    /// Commits positions, by partition index.
    ///
    /// - Returns: whether it is done; if not, a later commit waits for it.
    func commit(_ offsets: [Int: Offset], of group: String) throws(TargetError) -> Bool

    /// Bytes stored in the log now, over all partitions.
    var storedByteCount: UInt64 { get }

    /// `fdatasync` calls so far; nil if the target does not count them.
    var flushCount: UInt64? { get }

    /// What the generator has done on the network so far; nil where there is none. Blocks shortly.
    func readNetwork() -> NetworkReading?

    /// By partition, the broker that leads it; empty without a network. Blocks shortly.
    func readLeaders() -> [PartitionLead?]

    /// A command for the shell that fetches a record; nil where there is none.
    func fetchCommand(for place: RecordPlace) -> String?

    /// Failures of background work so far, such as a deletion or a checkpoint, a clause each.
    var backgroundFaults: [String] { get }

    /// Why nothing can be sent or read any more; nil while it can.
    var breakdown: TargetError? { get }

    /// Gives up the batches that were not sent. Their outcomes come through the completion queues.
    func abandon()

    /// Ends the target cleanly. Called once, after every session's last use.
    func close() throws(TargetError)
}

extension LoadTarget {
    /// A target without work of its own.
    public var backgroundFaults: [String] { [] }
    public func beginGroup(
        _ group: ConsumerGroupSettings, at positions: [Int: Offset]
    ) throws(TargetError) {}
    public var producedPartitionCount: Int { partitions.count }

    // Share groups need a coordinator, and a profile that has them without one is refused.

    public func makeSharingSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any SharingSession {
        preconditionFailure("a target with share groups")
    }
    public func startOffsets(
        ofShareGroup group: String
    ) throws(TargetError) -> [Int: Offset] { [:] }
    public func takeProgress(
        ofShareGroup group: String, isDraining: Bool
    ) -> [Int: ShareProgress]? { nil }
    public func otherMembers(ofShareGroup group: String) -> OtherMembers? { nil }

    public var processIDs: Set<Int32> { [] }
    public func readNetwork() -> NetworkReading? { nil }
    public func readLeaders() -> [PartitionLead?] { [] }
    public func fetchCommand(for place: RecordPlace) -> String? { nil }

    // A target in this process always knows its offsets, and breaks down only with it.

    public func refreshOffsets() throws(TargetError) {}
    public var breakdown: TargetError? { nil }
    public func abandon() {}
}

extension LoadTarget {
    /// The indices of the partitions of some topics, which follow each other.
    func partitions(of topics: TopicSettings) -> Range<Int> {
        let names = Set(topics.names)
        let own = partitions.indices.filter { names.contains(partitions[$0].topic) }
        guard let first = own.first, let last = own.last else {
            preconditionFailure("the target has the profile's topics")
        }
        return first..<(last + 1)
    }
}

/// What a worker has of its target.
///
/// Thread contract: belongs to the thread on which its worker steps.
public protocol WorkerSession: AnyObject {
    /// Where the worker steps; nil for a thread of its own.
    var loop: (any StepLoop)? { get }
}

extension WorkerSession {
    public var loop: (any StepLoop)? { nil }
}

/// The session through which a producer worker sends.
public protocol ProducerSession: WorkerSession {
    /// Sends one sealed record batch. The target may patch its header.
    ///
    /// - Parameters:
    ///   - batch: lent to the target, if the outcome is `.pending`, until the batch's completion.
    ///     Until then nobody else may touch or free it.
    ///   - producer: the producer's number in the run.
    ///   - ticket: comes back through the completion queue if the outcome is `.pending`.
    func send(
        _ batch: UnsafeMutableRawBufferPointer, of producer: Int, to partition: Int, ticket: Int
    ) -> SendOutcome

    /// Ends a turn: the worker has sent everything for now. A target that makes batches durable
    /// together waits for this.
    func endTurn()

    /// The most batches of one producer in flight, where the profile has `maxInFlight` as its
    /// `max.in.flight.requests.per.connection`.
    func batchesInFlight(_ maxInFlight: Int) -> Int

    /// Whether the session itself gives up batches after `delivery.timeout.ms`. If not, the worker
    /// does, and keeps the memory of such a batch until it ends.
    var endsLateBatches: Bool { get }

    /// Whether `send` appends to a log on the calling thread.
    var appendsItself: Bool { get }
}

extension ProducerSession {
    public func batchesInFlight(_ maxInFlight: Int) -> Int { maxInFlight }
    public var endsLateBatches: Bool { false }
    public var appendsItself: Bool { false }
}

public enum SendOutcome {
    /// Acknowledged, according to its acks and flush policy.
    case acknowledged
    /// In progress; the outcome comes through the completion queue. The batch's bytes stay lent
    /// until then.
    case pending
    case failed(TargetError)
}

/// What became of a batch that was in progress.
public enum BatchOutcome: Sendable {
    case acknowledged
    /// It is not in the log.
    case failed(TargetError)
    /// It was sent, and nobody knows whether it is in the log: its answer never came, or there is
    /// none (acks 0).
    case inDoubt
}

/// The session from which a consumer worker reads.
public protocol ConsumerSession: WorkerSession {
    /// The worker begins to read these partitions there. Called once, before the first `fetch`.
    func begin(at positions: [(partition: Int, offset: Offset)])

    /// The partitions in which something has come since the last call, or was left by `fetch`, each
    /// once; nil if the session does not know: then all are to be fetched from. What comes later
    /// signals the wake-up.
    func takeReady() -> [Int]?

    /// Gives whole batches from the one that holds `offset`, as many as fit in `maxBytes` but at
    /// least one; nothing if the log ends at `offset`.
    ///
    /// - Parameter body: called with whole batches in place, once or several times.
    func fetch(
        from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
    ) throws(TargetError) -> Fetched

    /// Arranges for one signal of the session's wake-up when the partition has more than `offset`.
    ///
    /// - Returns: false if it has more already, so the caller must not wait.
    func arm(_ partition: Int, past offset: Offset) -> Bool

    /// Which partitions have come and gone since the last call, in order; nothing where the run assigns them.
    func takeMoves() -> [PartitionMove]

    /// The worker is done with the partitions of a `revoked`, and has read them up to these offsets.
    func release(_ positions: [(partition: Int, offset: Offset)])

    /// The worker takes no more moves: what is revoked from now on goes without it.
    func end()
}

/// How the partitions of a member change.
public enum PartitionMove: Sendable {
    /// They are the member's from now on, from the group's committed offsets on.
    case taken([Int])
    /// Others are to have them, once the worker has answered with `release`.
    case revoked([Int])
    /// Others have them already.
    case lost([Int])
    /// The membership has ended, and nothing comes any more.
    case failed(TargetError)
}

extension ConsumerSession {
    public func takeMoves() -> [PartitionMove] { [] }
    public func release(_ positions: [(partition: Int, offset: Offset)]) {}
    public func end() {}
    public func begin(at positions: [(partition: Int, offset: Offset)]) {}
    public func takeReady() -> [Int]? { nil }
}

/// What one fetch has given.
public struct Fetched {
    /// 0 at the log's end.
    public var byteCount: Int
    /// Where to go on, if that is not the end of the last batch: the log has batches there that
    /// hold no records for an application.
    public var nextOffset: Offset?

    public init(byteCount: Int = 0, nextOffset: Offset? = nil) {
        self.byteCount = byteCount
        self.nextOffset = nextOffset
    }
}

/// A failure of the target, described for the reader of the results.
public enum TargetError: Error, Sendable, CustomStringConvertible {
    /// The position was deleted by retention or delete-records before it was read.
    case offsetOutOfRange(TopicPartition, offset: Offset, logStartOffset: Offset)
    case failed(String)
    /// The target cannot do what the profile asks of it.
    case unfit(String)
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
        case .failed(let reason), .unfit(let reason), .damaged(let reason), .noSpace(let reason):
            reason
        }
    }
}
