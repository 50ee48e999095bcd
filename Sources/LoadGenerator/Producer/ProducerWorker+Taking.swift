import RecordFormat

/// Taking one producer's records into batches.
extension ProducerWorker {
    /// In a closed loop, records taken between two readings of the clock; they share one send time.
    private static var closedLoopBurst: Int { 64 }
    /// Records that one producer may take before the next producer's turn.
    private static var recordsPerTurn: Int { 4_096 }

    /// Takes what is due, or much of it.
    mutating func takeTurn(of index: Int) -> Turn {
        switch producers[index].arrivals.loop {
        case .open: takeDueRecords(of: index)
        case .closed: takeRecordsInClosedLoop(of: index)
        }
    }

    /// Takes the records that the schedule says are due.
    private mutating func takeDueRecords(of index: Int) -> Turn {
        if producers[index].waitsForRoom {
            producers[index].waitsForRoom = false
            producers[index].roomSince = now
        }
        for _ in 0..<Self.recordsPerTurn {
            guard let due = producers[index].arrivals.nextDue else { return .done }
            if due > now { return .due(nextTurn(of: index, due: due)) }
            let sent = max(due, producers[index].roomSince)
            if !hasRoom(for: index, at: sent) {
                producers[index].waitsForRoom = true
                return .stalled
            }
            take(from: index, intended: due, sent: sent)
            producers[index].lastDue = due
            producers[index].arrivals.advance()
        }
        return .again
    }

    /// Takes records as fast as the target accepts them; each is due when it is taken.
    private mutating func takeRecordsInClosedLoop(of index: Int) -> Turn {
        for _ in 0..<(Self.recordsPerTurn / Self.closedLoopBurst) {
            let taken = now
            guard let start = producers[index].arrivals.closedLoopStart(at: taken) else {
                return .done
            }
            if start > taken { return .due(start) }
            var left = Self.closedLoopBurst
            while left > 0 {
                if !hasRoom(for: index, at: .max) { return .stalled }
                let count = takeInClosedLoop(from: index, atMost: left, at: taken)
                if !producers[index].arrivals.advanceInClosedLoop(at: taken, by: count) {
                    return .done
                }
                // A batch was sent, which takes time, so the next record is due now.
                if now != taken { break }
                left -= count
            }
            now = time.now()
        }
        return .again
    }

    /// Takes records that are due now, at most `limit`; returns how many.
    @inline(__always)
    private mutating func takeInClosedLoop(
        from index: Int, atMost limit: Int, at taken: Int64
    ) -> Int {
        guard producers[index].takesRuns else {
            take(from: index, intended: taken, sent: nil)
            return 1
        }
        let room = producers[index].arrivals.closedLoopRoom(at: taken, of: limit)
        return takeRun(from: index, atMost: room, intended: taken)
    }

    /// Whether the producer may take another record, which is sent at `sent`: none of its full batches waits, and a
    /// batch can be opened if it is needed.
    @inline(__always)
    private mutating func hasRoom(for index: Int, at sent: Int64) -> Bool {
        if producers[index].fullBatchesQueued > 0 { return false }
        return !pool.isExhausted || makeRoom(at: sent)
    }

    /// Sends the oldest open batch to free it, as Kafka does when `buffer.memory` is full.
    private mutating func makeRoom(at sent: Int64) -> Bool {
        guard let oldest = firstLingering() else { return false }
        pool[oldest.ticket].endNanos = sent
        enqueue(oldest.ticket)
        return !pool.isExhausted
    }

    /// `take` of records that go into one batch; returns how many were taken.
    private mutating func takeRun(from index: Int, atMost limit: Int, intended: Int64) -> Int {
        var places = producers[index].payload.places(atMost: limit)
        var partition = unsafe producers[index].partitioner.partition(key: nil)
        let timestampMillis = (intended + settings.unixOffsetNanos) / 1_000_000
        while true {
            let sequence = producers[index].sequences[partition]
            var ticket = producers[index].openTicket(of: partition)
            if ticket < 0 {
                ticket = openBatch(of: index, partition: partition, sequence: sequence, at: now)
            }
            let count = pool[ticket].append(
                places, of: producers[index].payload.pool, timestampMillis: timestampMillis,
                intendedNanos: intended, sendNanos: now, isAudited: isAudited)
            if count > 0 {
                producers[index].payload.advance(by: count)
                producers[index].sequences[partition] = sequence + UInt64(count)
                return count
            }
            pool[ticket].isFull = true
            enqueue(ticket)
            partition = unsafe producers[index].partitioner.partition(
                afterFull: partition, key: nil)
            // Sending took time, so that later records are due later.
            places = places.lowerBound..<(places.lowerBound + 1)
        }
    }

    /// Takes one record. In an open loop it counts as sent at `sent`, when it was due and there was room; in a
    /// closed loop, where that is nil, it is sent now.
    @inline(__always)
    private mutating func take(from index: Int, intended: Int64, sent: Int64?) {
        let place = producers[index].payload.next()
        let value = unsafe producers[index].payload.pool.value(place)
        producers[index].payload.pool.prefetch(after: place)
        let key = unsafe producers[index].payload.key(of: place)
        let headers = unsafe producers[index].payload.pool.headers(place)
        let headersByteCount = producers[index].payload.pool.headersLogicalByteCount(place)
        var partition = unsafe producers[index].partitioner.partition(key: key)
        let intendedUnixNanos = intended + settings.unixOffsetNanos
        while true {
            let sequence = producers[index].sequences[partition]
            var ticket = producers[index].openTicket(of: partition)
            if ticket < 0 {
                ticket = openBatch(
                    of: index, partition: partition, sequence: sequence, at: sent ?? now)
            }
            let handed = sent.map { pool[ticket].isQueued ? behind($0) : $0 } ?? now
            let fitted = unsafe pool[ticket].append(
                timestampMillis: intendedUnixNanos / 1_000_000, key: key,
                value: value, headers: headers, headersLogicalByteCount: headersByteCount,
                intendedNanos: intended, sendNanos: handed)
            if fitted {
                if isAudited {
                    pool[ticket].addCheck(crc: producers[index].payload.pool.checksum(place))
                }
                producers[index].sequences[partition] = sequence + 1
                return
            }
            pool[ticket].isFull = true
            if let sent { pool[ticket].endNanos = sent }
            enqueue(ticket)
            // The sticky partition has changed, and the record goes to the new one.
            partition = unsafe producers[index].partitioner.partition(
                afterFull: partition, key: key)
        }
    }
}
