import RecordFormat

/// What a share group has made of records that lie one behind the other, and that are all alike.
struct DeliveryRun: Sendable, Equatable {
    enum State: Sendable, Equatable {
        /// Anybody may get them.
        case available
        /// A member has them, until the lock's time is over.
        case acquired(ShareHolder, untilMs: Int64)
        /// Accepted, rejected, delivered too often, or no records at all: never delivered again.
        /// Which of them is not kept, so that all of them become one run.
        case done
    }

    var first: Int64
    /// The offset after the last one.
    var end: Int64
    var state: State
    /// How often they were delivered; 0 where they are done.
    var deliveryCount: Int16

    var count: Int { Int(end - first) }

    var isAvailable: Bool { state == .available }
    var isDone: Bool { state == .done }

    func isHeld(by holder: ShareHolder) -> Bool {
        if case .acquired(holder, _) = state { true } else { false }
    }

    var lockedUntilMs: Int64? {
        if case .acquired(_, let untilMs) = state { untilMs } else { nil }
    }

    /// The part of the run within these offsets, of which there must be some.
    func part(_ first: Int64, _ end: Int64) -> DeliveryRun {
        DeliveryRun(first: first, end: end, state: state, deliveryCount: deliveryCount)
    }

    mutating func finish() {
        state = .done
        deliveryCount = 0
    }

    /// Makes records that were acquired available again, unless they were delivered often enough.
    mutating func release(deliveryCountLimit: Int16) {
        if deliveryCount >= deliveryCountLimit { finish() } else { state = .available }
    }
}

/// Who has acquired records: a share session. Numbers are not used again.
struct ShareHolder: Hashable, Sendable {
    let rawValue: UInt64
}

/// Runs in order of offsets, without gaps between them; alike ones become one.
struct DeliveryRuns: Sendable, Equatable {
    private(set) var all: [DeliveryRun] = []
    /// How many offsets may be delivered now.
    private(set) var availableCount = 0
    /// How many are done.
    private(set) var doneCount = 0

    init() {}

    init(reserving capacity: Int) { all.reserveCapacity(capacity) }

    var isEmpty: Bool { all.isEmpty }

    mutating func append(_ run: DeliveryRun) {
        guard run.first < run.end else { return }
        if run.isAvailable { availableCount += run.count }
        if run.isDone { doneCount += run.count }
        if let last = all.last, last.state == run.state, last.deliveryCount == run.deliveryCount {
            all[all.count - 1].end = run.end
        } else {
            all.append(run)
        }
    }

    /// The index of the run with this offset, or where it would come.
    func index(of offset: Int64) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Removes all below an offset.
    mutating func removeAll(below offset: Int64) {
        let index = index(of: offset)
        for run in all[..<index] { uncount(run) }
        all.removeFirst(index)
        if let first = all.first, first.first < offset {
            uncount(first.part(first.first, offset))
            all[0].first = offset
        }
    }

    private mutating func uncount(_ run: DeliveryRun) {
        if run.isAvailable { availableCount -= run.count }
        if run.isDone { doneCount -= run.count }
    }
}

/// Walks over runs, and makes others of them: pieces are taken in order of offsets, and what lies
/// between the pieces stays as it is. One pass, whatever the number of pieces.
struct DeliveryRunWalk {
    private let old: [DeliveryRun]
    private var index = 0
    /// What comes before it is in the new runs.
    private var position: Int64
    private(set) var new: DeliveryRuns

    init(_ runs: DeliveryRuns, from position: Int64) {
        old = runs.all
        self.position = position
        new = DeliveryRuns(reserving: old.count + 2)
    }

    /// Keeps what is before an offset as it is.
    mutating func keep(before offset: Int64) {
        while index < old.count, position < offset {
            let run = old[index]
            let end = min(run.end, offset)
            new.append(run.part(position, end))
            position = end
            if end == run.end { index += 1 }
        }
    }

    /// The next part that is alike, up to an offset; nil where there is none before it.
    func next(before offset: Int64) -> DeliveryRun? {
        guard index < old.count, position < offset else { return nil }
        return old[index].part(position, min(old[index].end, offset))
    }

    /// Puts something in the place of what `next` returned, or of a first part of it.
    mutating func replace(by run: DeliveryRun) {
        new.append(run)
        position = run.end
        if index < old.count, run.end >= old[index].end { index += 1 }
    }

    /// Puts a run in the place of whatever is there, or comes after all runs; what may then lie
    /// between is available and was never delivered.
    mutating func overwrite(by run: DeliveryRun) {
        if position < run.first {
            new.append(
                DeliveryRun(first: position, end: run.first, state: .available, deliveryCount: 0))
        }
        new.append(run)
        position = run.end
        while index < old.count, old[index].end <= position { index += 1 }
    }

    /// Adds what comes after all runs.
    mutating func append(_ run: DeliveryRun) {
        new.append(run)
        position = run.end
    }

    /// The new runs, with the rest as it was.
    consuming func finished() -> DeliveryRuns {
        keep(before: .max)
        return new
    }
}
