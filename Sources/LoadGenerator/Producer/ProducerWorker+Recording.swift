import Measurement
import RecordFormat

/// Recording the outcomes of batches.
extension ProducerWorker {
    mutating func takeCompletions() {
        completions.drain(into: &taken)
        for completion in taken where !pool[completion.ticket].isAbandoned {
            lateNanos = max(lateNanos, now - completion.nanos)
            let index = pool[completion.ticket].producer
            pool[completion.ticket].isInFlight = false
            producers[index].inFlight -= 1
            switch completion.outcome {
            case .acknowledged:
                complete(
                    completion.ticket,
                    Answer(
                        nanos: completion.nanos, sentNanos: completion.sentNanos,
                        attempts: completion.attempts, wasPending: true,
                        broker: completion.broker))
            case .failed(let failure):
                fail(completion.ticket, failure, at: completion.nanos)
            case .inDoubt:
                noteGap(completion.ticket, at: completion.nanos, isDelivered: false)
                leaveInDoubt(completion.ticket)
            }
            takeBeforeSending(of: index)
            sendQueued(of: index)
            turns.resume(index, at: now)
        }
    }

    mutating func countSent(_ ticket: Int) {
        let measured = measuredRecords(of: ticket)
        let warmup = pool[ticket].builder.recordCount - measured
        recorder.record { tally in
            tally.measured.sentRecords += UInt64(measured)
            tally.measured.lastSendNanos = max(tally.measured.lastSendNanos, now)
            tally.warmup.sentRecords += UInt64(warmup)
        }
    }

    private func measuredRecords(of ticket: Int) -> Int {
        var measured = 0
        for run in pool[ticket].runs where settings.window.contains(run.intendedNanos) {
            measured += run.recordCount
        }
        return measured
    }

    /// How a batch was acknowledged.
    struct Answer {
        var nanos: Int64
        /// When the batch was first written to a socket; nil if it was not.
        var sentNanos: Int64?
        var attempts: Int
        /// Whether it came after the hand-over's end.
        var wasPending: Bool
        /// The id of the broker; nil without a network.
        var broker: Int32?
    }

    mutating func complete(_ ticket: Int, _ answer: Answer) {
        let window = settings.window
        let ackNanos = answer.nanos
        noteGap(ticket, at: ackNanos, isDelivered: true)
        keepIfSlow(ticket, answer)
        if let broker = answer.broker { count(ticket, answer, of: broker) }
        recorder.record { tally in
            for run in pool[ticket].runs {
                let sent = pool[ticket].sendNanos(of: run)
                if window.contains(run.intendedNanos) {
                    tally.measured.record(run, sentNanos: sent, ackNanos: ackNanos)
                } else {
                    tally.warmup.record(run, sentNanos: sent, ackNanos: ackNanos)
                }
            }
            tally.measured.lastAckNanos = max(tally.measured.lastAckNanos, ackNanos)
            // Bytes are known only of whole batches, so a batch that spans the window's edge counts
            // by its last record.
            if window.contains(pool[ticket].runs.last?.intendedNanos ?? ackNanos) {
                tally.measured.recordBatch(pool[ticket])
            } else {
                tally.warmup.recordBatch(pool[ticket])
            }
        }
        pool.giveBack(ticket)
    }

    private func noteGap(_ ticket: Int, at nanos: Int64, isDelivered: Bool) {
        guard let gaps, let due = pool[ticket].runs.first?.intendedNanos,
            settings.window.contains(due)
        else { return }
        gaps.note(
            at: nanos, due: due, of: pool[ticket].partition, isDelivered: isDelivered)
    }

    private mutating func count(_ ticket: Int, _ answer: Answer, of broker: Int32) {
        let records = measuredRecords(of: ticket)
        guard records > 0 else { return }
        // The time of a batch that was sent twice may be another broker's.
        let sent = answer.attempts > 1 ? nil : answer.sentNanos
        brokers[broker, default: BrokerTally()].record(
            records: records, serviceNanos: sent.map { answer.nanos - $0 })
    }

    /// The first record of a batch is its slowest.
    private mutating func keepIfSlow(_ ticket: Int, _ answer: Answer) {
        guard let run = pool[ticket].runs.first, settings.window.contains(run.intendedNanos),
            slowest.hasRoom(for: answer.nanos - run.intendedNanos)
        else { return }
        let ready = pool[ticket].sendNanos(of: run)
        let queued = max(pool[ticket].queuedNanos, ready)
        let handed = max(pool[ticket].handedNanos, queued)
        let sent = min(max(answer.sentNanos ?? handed, handed), answer.nanos)
        slowest.add(
            SlowRecord(
                intendedNanos: run.intendedNanos, ackNanos: answer.nanos,
                producer: producers[pool[ticket].producer].number,
                partition: pool[ticket].partition, sequence: pool[ticket].firstSequence,
                roomNanos: ready - run.intendedNanos, lingerNanos: queued - ready,
                queueNanos: handed - queued, clientNanos: sent - handed,
                targetNanos: answer.nanos - sent,
                backNanos: max(now - answer.nanos, 0), attempts: answer.attempts,
                wasPending: answer.wasPending))
    }

    mutating func fail(_ ticket: Int, _ error: TargetError, at nanos: Int64) {
        countFailed(ticket, error, at: nanos)
        pool.giveBack(ticket)
    }

    /// Nobody knows whether the records are stored, so the audit misses none of them, and the run
    /// goes on.
    private mutating func leaveInDoubt(_ ticket: Int) {
        producers[pool[ticket].producer].inDoubt.append(sequences(of: ticket))
        let measured = measuredRecords(of: ticket)
        let warmup = pool[ticket].builder.recordCount - measured
        recorder.record { tally in
            tally.measured.inDoubtRecords += UInt64(measured)
            tally.warmup.inDoubtRecords += UInt64(warmup)
        }
        pool.giveBack(ticket)
    }

    private func sequences(of ticket: Int) -> (partition: Int, sequences: Range<UInt64>) {
        let count = UInt64(pool[ticket].builder.recordCount)
        let first = pool[ticket].firstSequence
        return (pool[ticket].partition, first..<(first + count))
    }

    private mutating func countFailed(_ ticket: Int, _ error: TargetError, at nanos: Int64) {
        noteGap(ticket, at: nanos, isDelivered: false)
        producers[pool[ticket].producer].failed.append(sequences(of: ticket))
        let count = UInt64(pool[ticket].builder.recordCount)
        recorder.record { $0.measured.failedRecords += count }
        if failure == nil { failure = error }
    }

    /// Gives up the batches that were not acknowledged within `delivery.timeout.ms`. The batches
    /// that wait behind them fail, too.
    mutating func giveUpExpired() {
        nextExpiry = .max
        guard let timeout = settings.deliveryTimeoutNanos else { return }
        for ticket in 0..<pool.count where pool[ticket].isInFlight {
            let expiry = pool[ticket].begunNanos + timeout
            guard expiry <= now else {
                nextExpiry = min(nextExpiry, expiry)
                continue
            }
            let milliseconds = timeout / 1_000_000
            countFailed(
                ticket,
                .failed(
                    "a batch was not acknowledged within delivery.timeout.ms, \(milliseconds) ms"),
                at: now)
            pool[ticket].isInFlight = false
            pool[ticket].isAbandoned = true
            abandonedBatches += 1
            producers[pool[ticket].producer].isCutOff = true
        }
        for index in 0..<producers.count { sendQueued(of: index) }
    }

    // MARK: After the last step

    /// The sequence numbers that each producer sent, for the audit.
    func sentSequences() -> [SentSequences] {
        var sent: [SentSequences] = []
        for index in 0..<producers.count {
            sent.append(
                SentSequences(
                    producer: producers[index].number, ends: producers[index].sequences,
                    failed: producers[index].failed, inDoubt: producers[index].inDoubt))
        }
        return sent
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
    fileprivate mutating func record(
        _ run: PendingBatch.Run, sentNanos: Int64, ackNanos: Int64
    ) {
        let count = UInt64(run.recordCount)
        ackedRecords += count
        sendDelay.record(sentNanos - run.intendedNanos, count: count)
        serviceLatency.record(ackNanos - sentNanos, count: count)
        responseLatency.record(ackNanos - run.intendedNanos, count: count)
    }

    fileprivate mutating func recordBatch(_ batch: borrowing PendingBatch) {
        ackedBatches += 1
        logicalBytes += UInt64(batch.logicalByteCount)
        uncompressedBatchBytes += UInt64(batch.builder.uncompressedByteCount)
        storedBytes += UInt64(batch.sealedByteCount)
        compressionNanos += batch.builder.compressionNanos
        appendNanos += batch.appendNanos
    }
}
