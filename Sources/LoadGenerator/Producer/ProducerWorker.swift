import Measurement
import RecordFormat

/// Some of a run's producers on one thread: takes records when they are due, batches, compresses and
/// sends them, and records what became of each.
///
/// It is a state machine that is stepped: each `step` does what is due now and says when the next
/// thing will be. Its time is handed in, so a test can run an hour in an instant.
///
/// Thread contract: belongs to one thread, but for `recorder`, which the reporter reads too.
struct ProducerWorker: ~Copyable {
    /// In a closed loop, records taken between two looks at the clock; they share one send time.
    private static let closedLoopBurst = 64
    /// Records that one producer may take before the others have their turn.
    private static let recordsPerTurn = 4_096

    /// A worker that slept gathers what is due for so long, at most, and for so small a part of the
    /// linger, before it wakes again: a wake-up for each record would cost more than the record.
    private static let longestGatheringNanos: Int64 = 100_000
    private static let gatheringsPerLinger: Int64 = 50

    struct Settings: Sendable {
        var lingerNanos: Int64
        var maxInFlight: Int
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

    private enum Turn {
        case due(Int64)
        case again
        case stalled
        case done
    }

    let recorder: Recorder<ProducerTally>
    private let settings: Settings
    private let time: TimeSource
    private let session: any ProducerSession
    private let completions: CompletionQueue
    private let stop: StopFlag
    private var producers: StableArray<Producer>
    private var pool: BatchPool
    private var lingering = Queue<LingerEntry>()
    private var taken: [CompletionQueue.Completion] = []
    private var waitingStalledSince: Int64?
    /// The time by which records are taken: read anew at each step and whenever a batch has gone, for
    /// a target that keeps the worker delays the records behind that batch, not those before.
    private var now: Int64 = 0
    private(set) var usage = WorkerUsage()
    /// The first failure; the worker takes no further records after it.
    private(set) var failure: TargetError?

    init(
        producers: consuming StableArray<Producer>, pool: consuming BatchPool, settings: Settings,
        time: TimeSource, session: any ProducerSession, completions: CompletionQueue,
        stop: StopFlag, recorder: Recorder<ProducerTally>
    ) {
        self.producers = producers
        self.pool = pool
        self.settings = settings
        self.time = time
        self.session = session
        self.completions = completions
        self.stop = stop
        self.recorder = recorder
    }

    /// Does all that is due now.
    mutating func step() -> Step {
        now = time.now()
        let stepStart = now
        if let since = waitingStalledSince {
            usage.blockedNanos += now - since
            waitingStalledSince = nil
        }
        takeCompletions()
        var nextDue = Int64.max
        var (isBusy, isStalled, isDone) = (false, false, true)
        for index in 0..<producers.count {
            switch stop.isSet || failure != nil ? .done : takeTurn(of: index) {
            case .due(let time):
                nextDue = min(nextDue, time)
                isDone = false
            case .again:
                isBusy = true
                isDone = false
            case .stalled:
                isStalled = true
                isDone = false
            case .done:
                closeBatches(of: index)
            }
        }
        sendLingered()
        session.endTurn()
        if isBusy { return .again }
        if isDone, pool.inUse == 0 { return .finished }
        if isStalled { waitingStalledSince = time.now() }
        let lingerEnd = firstLingering().map { $0.openedNanos + settings.lingerNanos }
        let gathering = min(
            Self.longestGatheringNanos, settings.lingerNanos / Self.gatheringsPerLinger)
        return .wait(until: min(max(nextDue, stepStart + gathering), lingerEnd ?? .max))
    }

    // MARK: Taking records

    private mutating func takeTurn(of index: Int) -> Turn {
        switch producers[index].arrivals.loop {
        case .open: takeDueRecords(of: index)
        case .closed: takeRecordsInClosedLoop(of: index)
        }
    }

    /// Takes the records that the schedule says are due.
    private mutating func takeDueRecords(of index: Int) -> Turn {
        for _ in 0..<Self.recordsPerTurn {
            guard let due = producers[index].arrivals.nextDue else { return .done }
            if due > now { return .due(due) }
            if !hasRoom(for: index) { return .stalled }
            take(from: index, intended: due)
            producers[index].arrivals.advance()
        }
        return .again
    }

    /// Takes records as fast as the target lets go of them; each is due when it is taken.
    private mutating func takeRecordsInClosedLoop(of index: Int) -> Turn {
        for _ in 0..<(Self.recordsPerTurn / Self.closedLoopBurst) {
            let taken = now
            guard let start = producers[index].arrivals.closedLoopStart(at: taken) else {
                return .done
            }
            if start > taken { return .due(start) }
            for _ in 0..<Self.closedLoopBurst {
                if !hasRoom(for: index) { return .stalled }
                take(from: index, intended: taken)
                if !producers[index].arrivals.advanceInClosedLoop(at: taken) { return .done }
                // A batch went, which takes time: the next record is due now, not then.
                if now != taken { break }
            }
            now = time.now()
        }
        return .again
    }

    /// Whether the producer may take another record: none of its full batches waits, and there is a
    /// batch to open if one should be needed.
    @inline(__always)
    private mutating func hasRoom(for index: Int) -> Bool {
        if producers[index].fullBatchesQueued > 0 { return false }
        return !pool.isExhausted || makeRoom()
    }

    /// Sends the batch that was opened first, to free it: Kafka's way out of a full `buffer.memory`.
    private mutating func makeRoom() -> Bool {
        guard let oldest = firstLingering() else { return false }
        enqueue(oldest.ticket)
        return !pool.isExhausted
    }

    @inline(__always)
    private mutating func take(from index: Int, intended: Int64) {
        let place = producers[index].payload.next()
        let value = unsafe producers[index].payload.pool.value(place)
        let key = unsafe producers[index].payload.key(of: place)
        let check = AuditStamp.check(crc: producers[index].payload.pool.checksum(place))
        var partition = unsafe producers[index].partitioner.partition(key: key)
        let intendedUnixNanos = intended + settings.unixOffsetNanos
        while true {
            let sequence = producers[index].sequences[partition]
            let headers = unsafe producers[index].headers.stamped(
                sequence: sequence, check: check, intendedUnixNanos: intendedUnixNanos)
            var ticket = producers[index].openTickets[partition]
            if ticket < 0 {
                ticket = openBatch(of: index, partition: partition, sequence: sequence)
            }
            let fitted = unsafe pool[ticket].append(
                timestampMillis: intendedUnixNanos / 1_000_000, key: key,
                value: value, headers: headers, intendedNanos: intended, sendNanos: now)
            if fitted {
                producers[index].sequences[partition] = sequence + 1
                return
            }
            pool[ticket].isFull = true
            enqueue(ticket)
            // A sticky partition moves with the batch, and the record with it.
            partition = unsafe producers[index].partitioner.partition(
                afterFull: partition, key: key)
        }
    }

    private mutating func openBatch(
        of index: Int, partition: Int, sequence: UInt64
    ) -> Int {
        let ticket = pool.take()
        pool[ticket].producer = index
        pool[ticket].partition = partition
        pool[ticket].firstSequence = sequence
        pool[ticket].openedNanos = now
        producers[index].openTickets[partition] = ticket
        lingering.append(
            LingerEntry(ticket: ticket, generation: pool[ticket].generation, openedNanos: now))
        return ticket
    }

    // MARK: Sending

    /// The batch that was opened first of those that are still open.
    private mutating func firstLingering() -> LingerEntry? {
        while let entry = lingering.first {
            let batchGeneration = pool[entry.ticket].generation
            if batchGeneration == entry.generation, !pool[entry.ticket].isQueued { return entry }
            _ = lingering.removeFirst()
        }
        return nil
    }

    private mutating func sendLingered() {
        let now = self.now
        while let entry = firstLingering(), entry.openedNanos + settings.lingerNanos <= now {
            enqueue(entry.ticket)
        }
    }

    private mutating func closeBatches(of index: Int) {
        for partition in producers[index].openTickets.indices {
            let ticket = producers[index].openTickets[partition]
            if ticket >= 0, !pool[ticket].isQueued { enqueue(ticket) }
        }
    }

    /// Puts a batch in its producer's queue, where it can still be filled until it goes.
    private mutating func enqueue(_ ticket: Int) {
        let index = pool[ticket].producer
        if pool[ticket].isFull {
            producers[index].fullBatchesQueued += 1
            producers[index].openTickets[pool[ticket].partition] = -1
        }
        if !pool[ticket].isQueued {
            pool[ticket].isQueued = true
            producers[index].partitioner.batchCompleted()
            producers[index].queue.append(ticket)
        }
        sendQueued(of: index)
    }

    private mutating func sendQueued(of index: Int) {
        while producers[index].inFlight < settings.maxInFlight,
            let ticket = producers[index].queue.removeFirst()
        {
            send(ticket, of: index)
        }
    }

    private mutating func send(_ ticket: Int, of index: Int) {
        let partition = pool[ticket].partition
        if pool[ticket].isFull {
            producers[index].fullBatchesQueued -= 1
        } else {
            producers[index].openTickets[partition] = -1
        }
        let start = time.now()
        let outcome = seal(ticket, of: index, partition: partition)
        let end = time.now()
        usage.targetNanos += end - start
        now = end
        countSent(ticket)
        switch outcome {
        case .acknowledged:
            complete(ticket, at: end)
        case .pending:
            producers[index].inFlight += 1
        case .failed(let error):
            fail(ticket, error)
        }
    }

    private mutating func seal(_ ticket: Int, of index: Int, partition: Int) -> SendOutcome {
        let producerID = producers[index].producerID
        let baseSequence =
            producerID == .none
            ? -1
            : producers[index].takeBaseSequence(
                of: partition, recordCount: pool[ticket].builder.recordCount)
        do {
            try pool[ticket].builder.seal(
                producerID: producerID, producerEpoch: producers[index].producerEpoch,
                baseSequence: baseSequence)
        } catch {
            return .failed(.failed("a batch for partition \(partition) was not sealed: \(error)"))
        }
        return unsafe session.send(pool[ticket].builder.sealedBytes, to: partition, ticket: ticket)
    }

    // MARK: Recording

    private mutating func takeCompletions() {
        completions.drain(into: &taken)
        for completion in taken {
            let index = pool[completion.ticket].producer
            producers[index].inFlight -= 1
            if let failure = completion.failure {
                fail(completion.ticket, failure)
            } else {
                complete(completion.ticket, at: completion.nanos)
            }
            sendQueued(of: index)
        }
    }

    private mutating func countSent(_ ticket: Int) {
        let window = settings.window
        var measured = 0
        for run in pool[ticket].runs where window.contains(run.intendedNanos) {
            measured += run.recordCount
        }
        let warmup = pool[ticket].builder.recordCount - measured
        recorder.record { tally in
            tally.measured.sentRecords += UInt64(measured)
            tally.measured.lastSendNanos = max(tally.measured.lastSendNanos, now)
            tally.warmup.sentRecords += UInt64(warmup)
        }
    }

    private mutating func complete(_ ticket: Int, at ackNanos: Int64) {
        let window = settings.window
        recorder.record { tally in
            for run in pool[ticket].runs {
                if window.contains(run.intendedNanos) {
                    tally.measured.record(run, ackNanos: ackNanos)
                } else {
                    tally.warmup.record(run, ackNanos: ackNanos)
                }
            }
            tally.measured.lastAckNanos = max(tally.measured.lastAckNanos, ackNanos)
            // A batch that spans the window's edge counts where its last record does: bytes belong
            // to batches, and cannot be cut.
            if window.contains(pool[ticket].runs.last?.intendedNanos ?? ackNanos) {
                tally.measured.recordBatch(pool[ticket])
            } else {
                tally.warmup.recordBatch(pool[ticket])
            }
        }
        pool.giveBack(ticket)
    }

    private mutating func fail(_ ticket: Int, _ error: TargetError) {
        let index = pool[ticket].producer
        let count = UInt64(pool[ticket].builder.recordCount)
        let first = pool[ticket].firstSequence
        producers[index].failed.append((pool[ticket].partition, first..<(first + count)))
        recorder.record { $0.measured.failedRecords += count }
        if failure == nil { failure = error }
        pool.giveBack(ticket)
    }

    // MARK: After the last step

    /// What each producer sent, for the audit.
    func ledgers() -> [ProducerLedger] {
        var ledgers: [ProducerLedger] = []
        for index in 0..<producers.count {
            ledgers.append(
                ProducerLedger(
                    producer: producers[index].number, ends: producers[index].sequences,
                    failed: producers[index].failed))
        }
        return ledgers
    }

    /// Records that were due before the end and were not taken.
    func unsentRecords() -> UInt64 {
        let now = time.now()
        var unsent: UInt64 = 0
        for index in 0..<producers.count {
            unsent += producers[index].arrivals.overdueRecords(at: now)
        }
        return unsent
    }
}

extension ProducerTally {
    @inline(__always)
    fileprivate mutating func record(_ run: PendingBatch.Run, ackNanos: Int64) {
        let count = UInt64(run.recordCount)
        ackedRecords += count
        sendDelay.record(run.sendNanos - run.intendedNanos, count: count)
        serviceLatency.record(ackNanos - run.sendNanos, count: count)
        responseLatency.record(ackNanos - run.intendedNanos, count: count)
    }

    fileprivate mutating func recordBatch(_ batch: borrowing PendingBatch) {
        ackedBatches += 1
        logicalBytes += UInt64(batch.logicalByteCount)
        uncompressedBatchBytes += UInt64(batch.builder.uncompressedByteCount)
        storedBytes += UInt64(batch.sealedByteCount)
    }
}
