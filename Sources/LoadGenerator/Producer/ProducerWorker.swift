import HeapModule
import Measurement
import RecordFormat

/// Some of a run's producers on one thread: takes records when they are due, batches, compresses
/// and sends them, and records latencies.
///
/// It is a state machine: each `step` does what is due now and returns the time of the next step.
/// The time is a parameter, so a test can run an hour in an instant.
///
/// Thread contract: belongs to one thread, except for `recorder`, which the reporter reads, too.
struct ProducerWorker: ~Copyable {
    struct Settings: Sendable {
        var lingerNanos: Int64
        var maxInFlight: Int
        /// Nil if the session gives up late batches itself.
        var deliveryTimeoutNanos: Int64?
        var window: MeasuredWindow
        /// Add to monotonic nanoseconds to get Unix nanoseconds.
        var unixOffsetNanos: Int64
    }

    enum Step: Equatable {
        /// Nothing is due before this time, unless an acknowledgement comes.
        case wait(until: Int64)
        case again
        case finished
    }

    enum Turn {
        case due(Int64)
        case again
        case stalled
        case done
    }

    let recorder: Recorder<ProducerTally>
    let settings: Settings
    let time: TimeSource
    let session: any ProducerSession
    let completions: CompletionQueue
    let stop: StopFlag
    /// Shared by all workers; nil if nobody asks.
    let gaps: PartitionGaps?
    /// Whether there are consumers: then batches are entered in the ledger.
    let isAudited: Bool
    var ledger: LedgerWriter?
    var producers: StableArray<Producer>
    var pool: BatchPool
    var turns: ProducerTurns
    /// Producers whose turn in this step did not take all that is due.
    private var unfinished: [Int] = []
    var lingering = Heap<LingerEntry>()
    var taken: [CompletionQueue.Completion] = []
    var waitingStalledSince: Int64?
    /// The time by which records are taken. It is read at each step and after each send, because a
    /// target that blocks the worker delays only the records after that batch.
    var now: Int64 = 0
    /// How late the worker knows of what woke it for this step.
    var lateNanos: Int64 = 0
    /// The time that the last step asked for; nil if it left something undone.
    private var plannedWake: Int64?
    var usage = WorkerUsage()
    /// The earliest time at which a batch in flight may have to be given up.
    var nextExpiry = Int64.max
    var abandonedBatches = 0
    var untimedAppends: Int64 = 0
    var slowest = SlowRecords()
    /// By the brokers' ids.
    var brokers: [Int32: BrokerTally] = [:]
    /// The first failure; the worker takes no records that are due after it.
    var failure: TargetError?

    init(
        producers: consuming StableArray<Producer>, pool: consuming BatchPool, settings: Settings,
        time: TimeSource, session: any ProducerSession, completions: CompletionQueue,
        stop: StopFlag, ledger: DeliveryLedger?, gaps: PartitionGaps?,
        recorder: Recorder<ProducerTally>
    ) {
        turns = ProducerTurns(count: producers.count)
        self.producers = producers
        self.pool = pool
        self.settings = settings
        self.time = time
        self.session = session
        self.completions = completions
        self.stop = stop
        self.gaps = gaps
        isAudited = ledger != nil
        self.ledger = ledger.map { LedgerWriter($0) }
        self.recorder = recorder
    }

    /// Does all that is due now.
    mutating func step() -> Step {
        let next = takeStep()
        if case .wait(let time) = next { plannedWake = time } else { plannedWake = nil }
        return next
    }

    private mutating func takeStep() -> Step {
        now = time.now()
        let stepStart = now
        lateNanos = plannedWake.map { max(now - $0, 0) } ?? .max
        if let since = waitingStalledSince {
            usage.blockedNanos += now - since
            waitingStalledSince = nil
        }
        takeCompletions()
        if now >= nextExpiry { giveUpExpired() }
        // Completions may have taken time, and what they let go on is due now.
        let turnStart = now
        let isBusy = isEnding ? false : takeTurns(at: turnStart)
        if isEnding { endAll() }
        sendLingered(at: turnStart)
        session.endTurn()
        if isBusy { return .again }
        if turns.haveEnded, pool.inUse == abandonedBatches { return .finished }
        if turns.isStalled { waitingStalledSince = time.now() }
        let nextDue = turns.nextDue ?? .max
        let lingerEnd = firstLingering().map { $0.openedNanos + settings.lingerNanos }
        let gathered = stepStart + gatheringNanos
        return .wait(until: min(max(nextDue, gathered), lingerEnd ?? .max, nextExpiry))
    }

    private var isEnding: Bool { stop.isSet || failure != nil }

    // MARK: Taking records

    /// Lets the producers take what is due.
    ///
    /// - Returns: whether more is due already.
    private mutating func takeTurns(at start: Int64) -> Bool {
        if !pool.isExhausted { turns.resumeWithoutMemory(at: start) }
        unfinished.removeAll(keepingCapacity: true)
        while failure == nil, let index = turns.take(at: start) {
            if !runTurn(of: index) { unfinished.append(index) }
        }
        for index in unfinished { turns.wait(index, until: now) }
        return !unfinished.isEmpty
    }

    /// Whether the producer has taken what is due, and its next turn is set.
    private mutating func runTurn(of index: Int) -> Bool {
        switch takeTurn(of: index) {
        case .due(let time): turns.wait(index, until: time)
        case .again: return false
        case .stalled:
            let isBehind = producers[index].fullBatchesQueued > 0
            turns.stall(index, isBehind ? .behindItsBatches : .withoutMemory)
        case .done:
            for ticket in producers[index].openBatches {
                let end = pool[Int(ticket)].endNanos
                pool[Int(ticket)].endNanos = min(end, producers[index].lastDue)
            }
            closeBatches(of: index)
            turns.end(index)
        }
        return true
    }

    /// A batch that waited for an earlier one's answer, and leaves now, takes what was due meanwhile.
    mutating func takeBeforeSending(of index: Int) {
        guard !isEnding, producers[index].arrivals.loop == .open, !producers[index].queue.isEmpty,
            turns.recall(index)
        else { return }
        if !runTurn(of: index) { turns.wait(index, until: now) }
    }

    /// Takes what was due, and nothing more; what was taken is sent.
    private mutating func endAll() {
        guard !turns.haveEnded else { return }
        var last: [Int] = []
        turns.endAll { last.append($0) }
        for index in last {
            if producers[index].arrivals.loop == .open { _ = takeTurn(of: index) }
            closeBatches(of: index)
        }
    }
}
