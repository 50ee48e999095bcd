import KafkaProtocol
import RecordFormat

/// What a share group has made of a partition's records (KIP-932): a state machine without a clock
/// or a log of its own.
///
/// From `start` on up to `end` every offset is available, acquired or done; below `start` all are
/// done, and from `end` on none was acquired yet. Offsets that are alike and lie side by side are
/// one run, so a batch that goes as it came costs one run, whatever it holds.
///
/// Functions that change what a restart must know return the changes, in order of offsets; the
/// caller writes them down before it lets the changed state count. What is acquired is not written
/// down, as in Kafka: it is available after a restart.
struct SharePartitionState: Sendable, Equatable {
    /// Kafka's share partition start offset (SPSO).
    private(set) var start: Int64
    /// One more than Kafka's share partition end offset (SPEO).
    private(set) var end: Int64
    private(set) var runs = DeliveryRuns()
    /// Counts how often somebody has set the start offset.
    private(set) var epoch: Int32

    init(start: Int64, epoch: Int32) {
        self.start = start
        end = start
        self.epoch = epoch
    }

    /// How many offsets are not done.
    var inFlightCount: Int { Int(end - start) - runs.doneCount }
    var availableCount: Int { runs.availableCount }
    /// Of the offsets from `start` on, Kafka's DeliveryCompleteCount.
    var doneCount: Int { runs.doneCount }

    /// The offset from which records may be acquired, and how many new ones; nil where none may.
    func nextFetch(_ limits: ShareLimits) -> (offset: Int64, newCount: Int)? {
        let room = max(0, limits.maxRecordLocks - inFlightCount)
        if availableCount > 0, let run = runs.all.first(where: \.isAvailable) {
            return (run.first, room)
        }
        return room > 0 ? (end, room) : nil
    }

    /// When the first lock ends.
    var nextDeadlineMs: Int64? {
        runs.all.lazy.compactMap(\.lockedUntilMs).min()
    }

    /// What is known of an offset, for tests; nil where it is not in flight.
    func run(at offset: Int64) -> DeliveryRun? {
        guard offset >= start, offset < end else { return nil }
        return runs.all[runs.index(of: offset)]
    }

    /// Takes over runs that reach from `start` to their end, and moves the start past what is done.
    mutating func set(_ new: DeliveryRuns) {
        runs = new
        end = max(new.all.last?.end ?? start, start)
        if let first = runs.all.first, first.isDone {
            start = first.end
            runs.removeAll(below: start)
        }
    }

    /// The log has lost what is before an offset. Whoever has acquired some of it need not
    /// acknowledge it. The next change tells a restart of it.
    mutating func moveStart(to offset: Int64) {
        guard offset > start else { return }
        start = offset
        end = max(end, offset)
        runs.removeAll(below: offset)
        set(runs)
    }

    /// The log has lost what is from an offset on, which a power failure may do.
    mutating func truncate(to offset: Int64) {
        guard offset < end else { return }
        start = min(start, offset)
        var walk = DeliveryRunWalk(runs, from: start)
        walk.keep(before: offset)
        set(walk.new)
    }
}

/// A change that a restart must know, of offsets side by side.
struct DeliveryChange: Sendable, Equatable {
    var first: Int64
    /// Inclusive, as in the record.
    var last: Int64
    var state: StoredDeliveryState
    var deliveryCount: Int16

    /// Adds a change after those before, to the last one if it can.
    static func add(_ change: DeliveryChange, to changes: inout [DeliveryChange]) {
        if let last = changes.last, last.last + 1 == change.first, last.state == change.state,
            last.deliveryCount == change.deliveryCount
        {
            changes[changes.count - 1].last = change.last
        } else {
            changes.append(change)
        }
    }
}

/// Kafka's numbers of what a record of `__share_group_state` says about offsets.
enum StoredDeliveryState: Int8, Sendable {
    case available = 0
    case acknowledged = 2
    case archived = 4
}
