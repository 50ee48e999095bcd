import Measurement

/// When one producer's records are due, on the run's clock, and when they end.
///
/// Thread contract: belongs to one producer worker.
struct Arrivals {
    enum Loop {
        /// A schedule sets when records are due, independent of the target.
        case open
        /// The next record is due as soon as there is room for it.
        case closed
    }

    /// A producer's records end at a time or with a number of measured records, whichever comes
    /// first.
    struct Limits: Sendable {
        var startNanos: Int64
        /// Records due before this belong to the warm-up, and `measuredRecords` does not count
        /// them.
        var measuredFromNanos: Int64
        var endNanos: Int64
        var measuredRecords: UInt64
    }

    private var schedule: ArrivalSchedule?
    private let limits: Limits
    private var remaining: UInt64
    private var pending: Int64

    /// - Parameter schedule: offsets from the start, in order; nil for a closed loop.
    init(schedule: ArrivalSchedule?, limits: Limits) {
        self.schedule = schedule
        self.limits = limits
        remaining = limits.measuredRecords
        pending = 0
        moveToNext()
    }

    var loop: Loop { schedule == nil ? .closed : .open }

    /// When the next record is due; nil when there are no more.
    @inline(__always)
    var nextDue: Int64? {
        remaining > 0 && pending < limits.endNanos ? pending : nil
    }

    /// Advances to the next record of an open loop.
    @inline(__always)
    mutating func advance() {
        if pending >= limits.measuredFromNanos { remaining -= 1 }
        moveToNext()
    }

    /// When the record is due that follows the next `count` of an open loop, or the last one if there are not so
    /// many; `end` if that is later.
    func due(after count: Int, before end: Int64) -> Int64 {
        var rest = self
        var due = rest.pending
        for _ in 0..<count where due < end {
            rest.advance()
            guard let next = rest.nextDue else { break }
            due = next
        }
        return min(due, end)
    }

    @inline(__always)
    private mutating func moveToNext() {
        if let offset = schedule?.next() { pending = limits.startNanos &+ offset }
    }

    /// The time from which a closed loop takes its next record; nil when it has ended.
    @inline(__always)
    func closedLoopStart(at now: Int64) -> Int64? {
        remaining > 0 && now < limits.endNanos ? limits.startNanos : nil
    }

    /// At most so many records of a closed loop may be taken at this time, of `limit`.
    @inline(__always)
    func closedLoopRoom(at now: Int64, of limit: Int) -> Int {
        now >= limits.measuredFromNanos ? Int(min(UInt64(limit), remaining)) : limit
    }

    /// Counts records taken in a closed loop; false when they were the last.
    @inline(__always)
    mutating func advanceInClosedLoop(at now: Int64, by count: Int) -> Bool {
        if now >= limits.measuredFromNanos { remaining -= UInt64(count) }
        return remaining > 0
    }

    /// How many records of an open loop were due by now and have not been taken.
    func overdueRecords(at now: Int64) -> UInt64 {
        guard let schedule, nextDue != nil else { return 0 }
        let end = min(limits.endNanos, now + 1) - limits.startNanos
        let warmup = min(limits.measuredFromNanos - limits.startNanos, end)
        if let all = schedule.recordsFromLast(before: end),
            let uncounted = schedule.recordsFromLast(before: warmup)
        {
            return UInt64(uncounted) + min(UInt64(all - uncounted), remaining)
        }
        var rest = self
        var count: UInt64 = 0
        while let due = rest.nextDue, due <= now {
            count += 1
            rest.advance()
        }
        return count
    }
}
