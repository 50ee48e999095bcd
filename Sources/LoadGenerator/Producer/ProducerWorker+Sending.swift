import HeapModule
import Measurement
import RecordFormat

/// Opening, closing and sending batches.
extension ProducerWorker {
    mutating func openBatch(
        of index: Int, partition: Int, sequence: UInt64, at opened: Int64
    ) -> Int {
        let ticket = pool.take()
        pool[ticket].producer = index
        pool[ticket].partition = partition
        pool[ticket].firstSequence = sequence
        pool[ticket].openedNanos = opened
        pool[ticket].begunNanos = max(opened, now - settings.lingerNanos)
        producers[index].setOpenTicket(ticket, of: partition)
        lingering.insert(
            LingerEntry(ticket: ticket, generation: pool[ticket].generation, openedNanos: opened))
        if lingering.count > Self.staleEntriesPerBatch * pool.count { dropStaleEntries() }
        return ticket
    }

    /// Entries of sent batches stay in the queue behind the first open batch; this bounds them.
    private static var staleEntriesPerBatch: Int { 64 }

    private mutating func dropStaleEntries() {
        lingering = Heap(lingering.unordered.filter { isOpen($0) })
    }

    private func isOpen(_ entry: LingerEntry) -> Bool {
        pool[entry.ticket].generation == entry.generation && !pool[entry.ticket].isQueued
    }

    /// The oldest of the open batches.
    mutating func firstLingering() -> LingerEntry? {
        while let entry = lingering.min {
            if isOpen(entry) { return entry }
            lingering.removeMin()
        }
        return nil
    }

    /// Sends those whose linger was over at a time, but for those of which a producer has still to take records
    /// that were due before: it is behind, and its batches would get smaller the further it is.
    mutating func sendLingered(at time: Int64) {
        var unfinished: [LingerEntry] = []
        while let entry = firstLingering(), entry.openedNanos + settings.lingerNanos <= time {
            if isBehind(entry) {
                lingering.removeMin()
                unfinished.append(entry)
            } else {
                enqueue(entry.ticket)
            }
        }
        for entry in unfinished { lingering.insert(entry) }
    }

    private func isBehind(_ entry: LingerEntry) -> Bool {
        let index = pool[entry.ticket].producer
        guard producers[index].arrivals.loop == .open, !producers[index].waitsForRoom,
            let due = producers[index].arrivals.nextDue
        else { return false }
        return !turns.haveEnded && due <= entry.openedNanos + settings.lingerNanos
    }

    mutating func closeBatches(of index: Int) {
        for partition in 0..<producers[index].partitionCount {
            let ticket = producers[index].openTicket(of: partition)
            if ticket >= 0, !pool[ticket].isQueued { enqueue(ticket) }
        }
    }

    /// Puts a batch in its producer's queue; it can still be filled until it is sent.
    mutating func enqueue(_ ticket: Int) {
        let index = pool[ticket].producer
        if pool[ticket].isFull {
            producers[index].fullBatchesQueued += 1
            producers[index].setOpenTicket(-1, of: pool[ticket].partition)
        }
        if !pool[ticket].isQueued {
            pool[ticket].isQueued = true
            pool[ticket].queuedNanos = now
            pool[ticket].lateNanos = lateness(of: ticket)
            producers[index].partitioner.batchCompleted()
            producers[index].queue.append(ticket)
        }
        sendQueued(of: index)
    }

    mutating func sendQueued(of index: Int) {
        while producers[index].isCutOff || producers[index].inFlight < settings.maxInFlight,
            let ticket = producers[index].queue.popFirst()
        {
            send(ticket, of: index)
        }
    }

    mutating func send(_ ticket: Int, of index: Int) {
        let partition = pool[ticket].partition
        if pool[ticket].isFull {
            producers[index].fullBatchesQueued -= 1
        } else {
            producers[index].setOpenTicket(-1, of: partition)
        }
        if producers[index].isCutOff, let failure {
            fail(ticket, failure, at: now)
            return
        }
        let start = time.now()
        let outcome = seal(ticket, of: index, partition: partition)
        let end = time.now()
        usage.targetNanos += end - start
        now = end
        countSent(ticket)
        switch outcome {
        case .acknowledged:
            complete(ticket, Answer(nanos: end, attempts: 1, wasPending: false))
        case .pending:
            producers[index].inFlight += 1
            pool[ticket].isInFlight = true
            if let timeout = settings.deliveryTimeoutNanos {
                nextExpiry = min(nextExpiry, pool[ticket].begunNanos + timeout)
            }
        case .failed(let error):
            fail(ticket, error, at: now)
        }
    }

    mutating func seal(_ ticket: Int, of index: Int, partition: Int) -> SendOutcome {
        let producerID = producers[index].producerID
        let baseSequence =
            producerID == .none
            ? -1
            : Producer.baseSequence(of: pool[ticket].firstSequence)
        do {
            try pool[ticket].builder.seal(
                producerID: producerID, producerEpoch: producers[index].producerEpoch,
                baseSequence: baseSequence)
        } catch {
            return .failed(.failed("a batch for partition \(partition) was not sealed: \(error)"))
        }
        if ledger != nil { enter(ticket, of: producers[index].number) }
        pool[ticket].handedNanos = time.now()
        guard isNextAppendTimed() else { return hand(ticket, of: index, to: partition) }
        let start = ThreadClock.now()
        let outcome = hand(ticket, of: index, to: partition)
        pool[ticket].appendNanos = (ThreadClock.now() - start) * Self.batchesPerTimedAppend
        return outcome
    }

    /// A reading of the thread's clock costs as much as the append of a small batch, so one append of so
    /// many is timed, for all of them. A prime: batches that take turns over partitions are all timed.
    private static var batchesPerTimedAppend: Int64 { 17 }

    private mutating func isNextAppendTimed() -> Bool {
        guard session.appendsItself else { return false }
        untimedAppends += 1
        guard untimedAppends == Self.batchesPerTimedAppend else { return false }
        untimedAppends = 0
        return true
    }

    private mutating func hand(_ ticket: Int, of index: Int, to partition: Int) -> SendOutcome {
        unsafe session.send(
            pool[ticket].builder.sealedBytes, of: producers[index].number, to: partition,
            ticket: ticket)
    }

    /// Enters a batch in the ledger before it is sent, so that a reader of the batch finds the
    /// entry. The time counts as the generator's, not the target's.
    private mutating func enter(_ ticket: Int, of producer: Int) {
        let start = time.now()
        ledger?.enter(pool[ticket], of: producer)
        usage.targetNanos -= time.now() - start
    }
}

/// A batch in the order of opening. All linger equally long, so they expire in that order. Another
/// `generation` shows that the batch was sent in the meantime.
struct LingerEntry: Comparable {
    var ticket: Int
    var generation: Int
    var openedNanos: Int64

    static func < (one: LingerEntry, other: LingerEntry) -> Bool {
        (one.openedNanos, one.ticket) < (other.openedNanos, other.ticket)
    }
}
