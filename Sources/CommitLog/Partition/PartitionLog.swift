public import RecordFormat
import Synchronization

/// The log of one partition: segments of record batches in offset order, the last of which grows.
///
/// Thread contract: every call from any thread. Appends exclude each other (`appender`); readers
/// never wait for an append's write: what they see is published under `view`, which is held only to
/// copy a few words. A thread that holds both took `appender` first; a segment's own lock is
/// innermost.
public final class PartitionLog: Sendable {
    /// What only appends use.
    struct Appender {
        var active: LogSegment
        /// The active segment's; nil before the first append to an empty log, and once the log is
        /// closed.
        var file: SegmentFile?
        /// The end of the active segment, where the next batch goes.
        var position: Int
        var nextOffset: Offset
        var producers: ProducerStateTable
        var leaderEpoch: LeaderEpoch
        /// What is taken off `segment.ms` for the active segment.
        var jitterMs: Int64
        /// A failed write may have left bytes past `position` that could not be cut off.
        var hasDebris = false
        var reservation = SpaceReservation()
        var isClosed = false
    }

    /// What readers see.
    struct View {
        /// In offset order, never empty; the last is the active one.
        var segments: [LogSegment]
        var activeByteCount: Int
        var logStartOffset: Offset
        var logEndOffset: Offset
        /// The first offset of the oldest open transaction.
        var firstOpenOffset: Offset?
        var waiters: [AppendWaiter] = []
        var nextWaiterID = 0
        var isClosed = false

        /// The index of the segment that holds `offset` or would.
        func segmentIndex(for offset: Offset) -> Int {
            var low = 0
            var high = segments.count
            while low < high {
                let middle = (low + high) / 2
                if segments[middle].baseOffset <= offset { low = middle + 1 } else { high = middle }
            }
            return max(low - 1, 0)
        }
    }

    public let topicPartition: TopicPartition
    /// Kafka's topic id: the same for all partitions of the topic, another one once it is
    /// recreated.
    public let topicID: TopicID
    /// The settings in force, which may be altered while the log is open.
    public let config: LiveLogConfig
    /// What batches are stamped with: the partition's leadership, which does not change while it is
    /// open.
    public let leaderEpoch: LeaderEpoch
    /// The directory with the partition's files.
    let path: String
    let clock: LogClock
    let hooks: PartitionHooks
    let appender: Locked<Appender>
    let view: Locked<View>
    let commits: GroupCommit
    /// Held by whoever takes sealed segments out of the log: retention, compaction, the deletion of
    /// the topic. Taken before `appender`.
    let maintenance = Locked(())
    /// How often segments were replaced by cleaned ones.
    let replacementCount = Atomic<UInt64>(0)
    /// Copies of what `view` publishes, and the end of what is durable, for those who only look.
    let publishedEnd: Atomic<Int64>
    let publishedStart: Atomic<Int64>
    /// The last stable offset.
    let publishedStable: Atomic<Int64>
    /// How many aborted transactions were ever indexed here: mostly none, and nothing to look up.
    let abortCount: Atomic<Int>
    let flushedEnd: Atomic<Int64>
    let flushCalls = Atomic<UInt64>(0)
    /// When the oldest unflushed append was made, in the clock's milliseconds; `.min` where nothing
    /// waits. Kept only where `flush.ms` asks for it.
    let unflushedSinceMs = Atomic<Int64>(.min)

    init(
        _ loaded: consuming LoadedPartition, topicPartition: TopicPartition, topicID: TopicID,
        config: LiveLogConfig, path: String, clock: LogClock, hooks: PartitionHooks
    ) {
        self.topicPartition = topicPartition
        self.topicID = topicID
        self.config = config
        leaderEpoch = loaded.leaderEpoch
        self.path = path
        self.clock = clock
        self.hooks = hooks
        publishedEnd = Atomic(loaded.logEndOffset.rawValue)
        publishedStart = Atomic(loaded.logStartOffset.rawValue)
        flushedEnd = Atomic(loaded.flushedEnd.rawValue)
        commits = GroupCommit(flushedEnd: loaded.flushedEnd.rawValue)
        let view = View(
            segments: loaded.segments, activeByteCount: loaded.active.byteCount,
            logStartOffset: loaded.logStartOffset, logEndOffset: loaded.logEndOffset,
            firstOpenOffset: loaded.producers.openTransactions.firstOffset)
        publishedStable = Atomic(view.lastStableOffset.rawValue)
        abortCount = Atomic(loaded.segments.reduce(0) { $0 + $1.abortCount })
        self.view = Locked(view)
        appender = Locked(
            Appender(
                active: loaded.active, file: loaded.activeFile,
                position: loaded.active.byteCount, nextOffset: loaded.logEndOffset,
                producers: loaded.producers, leaderEpoch: loaded.leaderEpoch,
                jitterMs: Self.randomJitter(config.value)))
    }

    /// The first offset that can be read.
    public var logStartOffset: Offset { Offset(publishedStart.load(ordering: .acquiring)) }
    /// The offset that the next record will get.
    public var logEndOffset: Offset { Offset(publishedEnd.load(ordering: .acquiring)) }
    /// Up to here consumers may read. There are no replicas to wait for: it is the log end offset.
    public var highWatermark: Offset { logEndOffset }
    /// Everything below is durable.
    public var flushedOffset: Offset { Offset(flushedEnd.load(ordering: .acquiring)) }
    /// How many times `fdatasync` was called for this partition's segments.
    public var flushCount: UInt64 { flushCalls.load(ordering: .relaxed) }

    /// The bytes of all segments.
    public var byteCount: Int {
        let (sealed, activeByteCount) = view.withLock {
            ($0.segments.dropLast(), $0.activeByteCount)
        }
        return sealed.reduce(activeByteCount) { $0 + $1.byteCount }
    }

    public var segmentCount: Int { view.withLock { $0.segments.count } }

    static func randomJitter(_ config: LogConfig) -> Int64 {
        config.segmentJitterMs == 0
            ? 0 : Int64.random(in: 0...min(config.segmentJitterMs, config.maxSegmentMs))
    }
}

/// What a partition asks of the directory that it belongs to. The calls come from appending threads
/// and must not block.
struct PartitionHooks: Sendable {
    /// A segment was sealed; the producers are as of the new segment's base offset.
    var didRoll: @Sendable (PartitionLog, ProducerStateTable, Offset) -> Void
    /// These segments were renamed to be removed.
    var didDelete: @Sendable ([LogSegment], _ delayMs: Int64) -> Void
    /// The log start offset moved on request and must be written down before anybody is told.
    var persistLogStart: @Sendable () throws(LogError) -> Void
    /// How many producer ids the partition may remember.
    var maxProducers: @Sendable () -> Int = { .max }
    /// Something happened that whoever runs the log may want to know.
    var onEvent: @Sendable (LogEvent) -> Void = { _ in }
}
