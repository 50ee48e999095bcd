import KafkaProtocol
import RecordFormat

/// A record batch of the log, as far as acquiring its records needs to know it.
struct ShareBatch: Sendable, Equatable {
    var first: Int64
    var last: Int64
    var byteCount = 0
    /// False for markers and for what was aborted, where the group reads committed records: nobody
    /// gets these.
    var isDeliverable = true
}

/// What a member asks for.
struct AcquireRequest: Sendable {
    var holder: ShareHolder
    /// How many records, or about so many where whole batches are acquired.
    var maxRecords: Int
    /// About how many records acquired ranges are to have.
    var batchSize: Int = .max
    var mode = ShareAcquireMode.batchOptimized
    /// So many bytes that nobody gets may lie between batches that are sent.
    var maxHoleByteCount: Int = .max
}

/// What a member got.
struct Acquisition: Sendable, Equatable {
    struct Range: Sendable, Equatable {
        var first: Int64
        /// Inclusive, as in the answer.
        var last: Int64
        var deliveryCount: Int16
    }

    /// In order of offsets.
    var ranges: [Range] = []
    var count = 0
    /// The batches from the first to the last one with acquired records, by their places.
    var batches = 0..<0
}

extension SharePartitionState {
    /// Acquires what is available in batches that were read from `offset` on.
    ///
    /// The batches are in order of offsets. Where none covers an offset from `offset` on, compaction has
    /// removed its record, and it is done.
    mutating func acquire(
        _ request: AcquireRequest, in batches: [ShareBatch], from offset: Int64,
        _ limits: ShareLimits, nowMs: Int64
    ) -> Acquisition {
        guard let lastBatch = batches.last, lastBatch.last >= start, offset <= end,
            request.maxRecords > 0
        else { return Acquisition() }
        var pass = AcquirePass(self, request, from: max(offset, start), limits, nowMs)
        pass.take(batches)
        set(pass.walk.finished())
        return pass.got
    }

    /// Takes back what was acquired and could not be sent: as if it had not been.
    mutating func giveBack(_ ranges: [Acquisition.Range], of holder: ShareHolder) {
        var walk = DeliveryRunWalk(runs, from: start)
        for range in ranges where range.last >= start {
            walk.keep(before: range.first)
            while var run = walk.next(before: range.last + 1) {
                if run.isHeld(by: holder) {
                    run.state = .available
                    run.deliveryCount -= 1
                }
                walk.replace(by: run)
            }
        }
        set(walk.finished())
    }
}

/// One pass over the batches of an acquisition.
private struct AcquirePass {
    let request: AcquireRequest
    let limits: ShareLimits
    let lockedUntilMs: Int64
    /// How many offsets that were never acquired may be, until the limit is reached and passed.
    private var newCount: Int
    private var newCountAtMost: Int
    /// Beyond it no offset was acquired yet.
    private let oldEnd: Int64
    private var position: Int64
    private var largestCount: Int
    /// How many records could be delivered again.
    private let availableCount: Int
    private var isThrottled = false
    private var isOver = false
    private var holeByteCount = 0
    var walk: DeliveryRunWalk
    var got = Acquisition()

    init(
        _ state: SharePartitionState, _ request: AcquireRequest, from position: Int64,
        _ limits: ShareLimits, _ nowMs: Int64
    ) {
        self.request = request
        self.limits = limits
        lockedUntilMs = nowMs + limits.lockMs
        newCount = limits.maxRecordLocks - state.inFlightCount
        newCountAtMost = ShareLimits.mostInFlight - state.inFlightCount
        oldEnd = state.end
        availableCount = state.availableCount
        self.position = position
        largestCount = request.mode == .recordLimit ? request.maxRecords : .max
        walk = DeliveryRunWalk(state.runs, from: state.start)
        walk.keep(before: position)
    }

    mutating func take(_ batches: [ShareBatch]) {
        for (index, batch) in batches.enumerated() where batch.last >= position {
            let before = got.count
            if !mayBegin(batch) { return }
            if batch.first > position { pass(to: batch.first) }
            if batch.isDeliverable {
                acquire(through: batch.last)
            } else {
                pass(to: batch.last + 1)
            }
            if got.count > before {
                got.batches = (before == 0 ? index : got.batches.lowerBound)..<index + 1
                holeByteCount = 0
            } else {
                holeByteCount += batch.byteCount
            }
            if isOver { return }
        }
    }

    /// Whether anything of a further batch may be acquired, or passed over.
    private mutating func mayBegin(_ batch: ShareBatch) -> Bool {
        if got.count >= request.maxRecords { return false }
        if batch.last >= oldEnd, batch.isDeliverable, newCount <= 0 {
            // What was acquired before may still be acquired again.
            guard position < oldEnd else { return false }
            newCountAtMost = 0
        }
        return got.count == 0 || holeByteCount <= request.maxHoleByteCount
    }

    /// Nobody gets anything before `end`: what is available there is done.
    private mutating func pass(to end: Int64) {
        while var run = walk.next(before: end) {
            if run.isAvailable { run.finish() }
            walk.replace(by: run)
        }
        let first = max(position, oldEnd)
        if first < end {
            walk.append(DeliveryRun(first: first, end: end, state: .done, deliveryCount: 0))
        }
        position = max(position, end)
    }

    private mutating func acquire(through last: Int64) {
        var isFirst = true
        while !isOver, let run = walk.next(before: last + 1) {
            if run.isAvailable {
                acquire(run, isFirstOfBatch: isFirst)
                isFirst = false
            } else {
                walk.replace(by: run)
                position = run.end
            }
        }
        let first = max(position, oldEnd)
        guard !isOver, first <= last else { return }
        let count = min(Int(last + 1 - first), newCountAtMost)
        guard count > 0 else {
            isOver = true
            return
        }
        let new = DeliveryRun(
            first: first, end: first + Int64(count), state: .available, deliveryCount: 0)
        let before = got.count
        acquire(new, isFirstOfBatch: isFirst)
        newCount -= got.count - before
        newCountAtMost -= got.count - before
        if got.count - before < count || first + Int64(count) <= last { isOver = true }
    }

    /// Acquires a run that is available, or as much of it as may be.
    private mutating func acquire(_ run: DeliveryRun, isFirstOfBatch: Bool) {
        // On its last delivery a record is alone.
        let isLast =
            limits.deliveryCountLimit > 2 && run.deliveryCount == limits.deliveryCountLimit - 1
        if isLast, got.count > 0 {
            isOver = true
            return
        }
        if run.deliveryCount >= limits.throttlingCount, !isThrottled {
            isThrottled = true
            let part = min(request.maxRecords, availableCount)
            let halvings = run.deliveryCount - limits.throttlingCount + 1
            largestCount = min(largestCount, got.count + max(1, part >> Int(halvings)))
        }
        if isLast { largestCount = 1 }
        let count = min(run.count, largestCount - got.count)
        guard count > 0 else {
            isOver = true
            return
        }
        var taken = run.part(run.first, run.first + Int64(count))
        taken.state = .acquired(request.holder, untilMs: lockedUntilMs)
        // A file may say that something was delivered as often as can be counted.
        taken.deliveryCount = max(run.deliveryCount, run.deliveryCount &+ 1)
        walk.replace(by: taken)
        position = taken.end
        note(taken, mayJoin: !isFirstOfBatch || !isLastRangeFull)
        if got.count >= largestCount { isOver = true }
    }

    private var isLastRangeFull: Bool {
        got.ranges.last.map { $0.last - $0.first + 1 >= Int64(request.batchSize) } ?? true
    }

    private mutating func note(_ run: DeliveryRun, mayJoin: Bool) {
        got.count += run.count
        if mayJoin, let last = got.ranges.last, last.last + 1 == run.first,
            last.deliveryCount == run.deliveryCount
        {
            got.ranges[got.ranges.count - 1].last = run.end - 1
        } else {
            got.ranges.append(
                Acquisition.Range(
                    first: run.first, last: run.end - 1, deliveryCount: run.deliveryCount))
        }
    }
}
