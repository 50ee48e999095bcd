import RecordFormat

/// When the records of an open loop are taken.
///
/// A wake-up costs more than a record: some 20 µs of CPU time on a virtual machine, so 10,000 a second take a
/// fifth of a core from whatever is measured there. What a record's batch holds back need not be taken when
/// it is due, but before the batch can leave: when its linger is over, or when it may be full. A record that
/// is taken then counts as sent when it was due, and is as late as its batch is.
extension ProducerWorker {
    /// So many records are looked ahead, at most.
    private static var recordsAhead: Int { 256 }
    /// With more open batches a producer's records are taken as they come: to look at all of them costs as much as
    /// to wake up.
    private static var openBatchLimit: Int { 64 }

    /// How long a worker sleeps at least, in an open loop: as a batch fills up, less and less is known to fit.
    var gatheringNanos: Int64 { min(80_000, settings.lingerNanos / 10) }

    /// When a producer takes its next records, of which the first is due at `due`: not later than the end of the
    /// linger of a batch that they may be in, than one may be full, than there may be none free, and than the
    /// last record is due. Precondition: there is a next record.
    func nextTurn(of index: Int, due: Int64) -> Int64 {
        let open = producers[index].openBatches
        guard settings.lingerNanos > 0, open.count <= Self.openBatchLimit else { return due }
        // The record may be the first of a batch.
        var lingerEnd = due + settings.lingerNanos
        var room = pool.emptyRoom
        for ticket in open {
            let end = pool[Int(ticket)].openedNanos + settings.lingerNanos
            let isQueued = pool[Int(ticket)].isQueued
            guard isQueued || end >= due else { continue }
            if !isQueued { lingerEnd = min(lingerEnd, end) }
            room = min(room, pool[Int(ticket)].builder.roomByteCount)
        }
        var fitting = room / producers[index].payload.largestRecordByteCount
        // Records of a sticky producer are in one batch.
        let free = pool.freeCount / producers.count
        if producers[index].spreads, producers[index].partitionCount - open.count > free {
            fitting = min(fitting, free)
        }
        return producers[index].arrivals.due(
            after: min(fitting, Self.recordsAhead), before: lingerEnd)
    }

    /// How much later than its records and its linger demand a batch is queued now. In a closed loop records are
    /// due when they are taken.
    func lateness(of ticket: Int) -> Int64 {
        guard producers[pool[ticket].producer].arrivals.loop == .open else { return 0 }
        let lingerEnd = pool[ticket].openedNanos + settings.lingerNanos
        return max(now - min(lingerEnd, pool[ticket].endNanos), 0)
    }

    /// When a record counts as sent that was due at `due` and goes into a batch that waits to be sent. Had the worker
    /// known in time of what woke it, the record would have been there earlier by so much.
    func behind(_ due: Int64) -> Int64 { now - due <= lateNanos ? now : due + lateNanos }
}
