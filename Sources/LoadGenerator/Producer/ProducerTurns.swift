import HeapModule

/// Which of a worker's producers can go on, and when: a step costs what is due, however many producers
/// there are.
///
/// Thread contract: belongs to one producer worker.
struct ProducerTurns {
    private struct Turn: Comparable {
        var due: Int64
        var producer: Int

        static func < (one: Turn, other: Turn) -> Bool {
            (one.due, one.producer) < (other.due, other.producer)
        }
    }

    /// Why a producer with due records takes none.
    enum Stall {
        /// Its full batches wait for acknowledgements of earlier ones.
        case behindItsBatches
        /// All batches of the worker are in use.
        case withoutMemory
    }

    private enum State: Equatable {
        case waiting
        case stalled(Stall)
        case ended
    }

    private var waiting: Heap<Turn>
    private var states: [State]
    /// Until when each waits. A turn for another time was recalled.
    private var dues: [Int64]
    private var withoutMemory: [Int] = []
    private var stalledCount = 0
    private var endedCount = 0

    /// All of them may have something to do now.
    init(count: Int) {
        waiting = Heap((0..<count).map { Turn(due: .min, producer: $0) })
        states = Array(repeating: .waiting, count: count)
        dues = Array(repeating: .min, count: count)
    }

    /// When the next one has something to do; nil if none waits for a time.
    var nextDue: Int64? { waiting.min?.due }
    var isStalled: Bool { stalledCount > 0 }
    var haveEnded: Bool { endedCount == states.count }

    /// A producer whose time has come. `wait`, `stall` or `end` must follow.
    mutating func take(at now: Int64) -> Int? {
        while let first = waiting.min {
            let isCurrent = states[first.producer] == .waiting && dues[first.producer] == first.due
            guard first.due <= now || !isCurrent else { return nil }
            waiting.removeMin()
            if isCurrent {
                // Another entry for the same time may be left of a turn that was recalled.
                dues[first.producer] = .max
                return first.producer
            }
        }
        return nil
    }

    /// Whether the producer waits for its time; then it need not, and `wait`, `stall` or `end` must follow.
    mutating func recall(_ producer: Int) -> Bool {
        guard states[producer] == .waiting else { return false }
        dues[producer] = .max
        return true
    }

    mutating func wait(_ producer: Int, until due: Int64) {
        dues[producer] = due
        waiting.insert(Turn(due: due, producer: producer))
    }

    mutating func stall(_ producer: Int, _ stall: Stall) {
        states[producer] = .stalled(stall)
        stalledCount += 1
        if stall == .withoutMemory { withoutMemory.append(producer) }
    }

    /// One of the producer's batches is done.
    mutating func resume(_ producer: Int, at now: Int64) {
        guard states[producer] == .stalled(.behindItsBatches) else { return }
        goOn(producer, at: now)
    }

    /// There are free batches again.
    mutating func resumeWithoutMemory(at now: Int64) {
        for producer in withoutMemory where states[producer] == .stalled(.withoutMemory) {
            goOn(producer, at: now)
        }
        withoutMemory.removeAll(keepingCapacity: true)
    }

    private mutating func goOn(_ producer: Int, at now: Int64) {
        states[producer] = .waiting
        stalledCount -= 1
        wait(producer, until: now)
    }

    mutating func end(_ producer: Int) {
        states[producer] = .ended
        endedCount += 1
    }

    /// Ends all that have not ended, and calls `body` with each.
    mutating func endAll(_ body: (Int) -> Void) {
        waiting = []
        stalledCount = 0
        for producer in states.indices where states[producer] != .ended {
            end(producer)
            body(producer)
        }
    }
}
