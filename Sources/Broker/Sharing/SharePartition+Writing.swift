import CommitLog
import KafkaProtocol
import RecordFormat

// Changes that are written down.

extension SharePartition {
    /// What became of a change: what must be flushed before it is as durable as promised.
    typealias Written = (partition: PartitionLog, through: Offset)?

    /// Takes a member's acknowledgements, all or none. Returns what must be flushed before the member
    /// is told so.
    func acknowledge(
        _ acknowledgements: [Acknowledgement], by holder: ShareHolder, _ limits: ShareLimits
    ) throws(Refusal) -> Written {
        let now = surroundings.nowMs()
        return try change(limits) { (state) throws(Refusal) in
            do throws(AcknowledgementFault) {
                return try state.acknowledge(acknowledgements, by: holder, limits, nowMs: now)
            } catch {
                throw Refusal(error)
            }
        }
    }

    /// Makes available what a session had.
    func release(_ holder: ShareHolder, _ limits: ShareLimits) {
        attempt(limits) { $0.release(holder, limits) }
    }

    func timerFired(_ number: Int64) {
        let isDue = inner.withLock { inner -> Bool in
            guard inner.timerMs == number, !inner.isOver else { return false }
            inner.timerMs = nil
            return true
        }
        guard isDue else { return }
        let limits = surroundings.limits(key.group)
        let now = surroundings.nowMs()
        attempt(limits) { $0.expire(limits, nowMs: now) }
        inner.withLock { inner in
            if let next = inner.state.nextDeadlineMs { arm(next, &inner) }
        }
    }

    /// Changes the state even where that cannot be written down: a restart then knows less than it
    /// should, as in Kafka.
    private func attempt(
        _ limits: ShareLimits, _ body: (inout SharePartitionState) -> [DeliveryChange]
    ) {
        let waiters = inner.withLock { inner -> [@Sendable () -> Void] in
            guard !inner.isOver else { return [] }
            let old = inner.state
            let changes = body(&inner.state)
            if !changes.isEmpty || inner.state.start != old.start {
                do throws(Refusal) {
                    _ = try write(inner.state, changes, &inner)
                } catch {
                    surroundings.complain("\(key): \(error.message)")
                }
            }
            return inner.note(from: old, limits) ? inner.takeWaiters() : []
        }
        for wake in waiters { wake() }
    }

    private func change(
        _ limits: ShareLimits,
        _ body: (inout SharePartitionState) throws(Refusal) -> [DeliveryChange]
    ) throws(Refusal) -> Written {
        let (written, waiters) = try inner.withLock {
            (inner) throws(Refusal) -> (Written, [@Sendable () -> Void]) in
            guard !inner.isOver else { throw .unknownSharePartition }
            let old = inner.state
            var new = old
            let changes = try body(&new)
            var written: Written = nil
            if !changes.isEmpty || new.start != old.start {
                written = try write(new, changes, &inner)
            }
            inner.state = new
            return (written, inner.note(from: old, limits) ? inner.takeWaiters() : [])
        }
        for wake in waiters { wake() }
        return written
    }

    /// Begins anew at an offset: what members have is theirs no more.
    func reset(to offset: Int64, epoch: Int32) throws(Refusal) -> Written {
        let (written, waiters) = try inner.withLock {
            (inner) throws(Refusal) -> (Written, [@Sendable () -> Void]) in
            guard !inner.isOver else { throw .unknownSharePartition }
            let new = SharePartitionState(start: offset, epoch: epoch)
            let written = try writeSnapshot(of: new, &inner)
            inner.state = new
            inner.version += 1
            return (written, inner.takeWaiters())
        }
        for wake in waiters { wake() }
        return written
    }

    /// Writes down that nothing is known of it any more.
    func delete() throws(Refusal) -> Written {
        let (written, waiters) = try inner.withLock {
            (inner) throws(Refusal) -> (Written, [@Sendable () -> Void]) in
            guard !inner.isOver else { return (nil, []) }
            let written = try append(ShareStateRecord(key, .deleted))
            inner.isOver = true
            inner.version += 1
            return (written.flush, inner.takeWaiters())
        }
        for wake in waiters { wake() }
        return written
    }

    /// Writes down where the group begins to read, unless somebody has written already.
    func writeFirstSnapshot() throws(Refusal) -> Written {
        try inner.withLock { (inner) throws(Refusal) in
            guard inner.snapshotEpoch < 0, !inner.isOver else { return nil }
            return try writeSnapshot(of: inner.state, &inner)
        }
    }

    /// Writes all that is known, so that what was written before is not needed any more.
    func writeSnapshot() throws(Refusal) {
        _ = try inner.withLock { (inner) throws(Refusal) in
            inner.isOver ? nil : try writeSnapshot(of: inner.state, &inner)
        }
    }

    private func write(
        _ state: SharePartitionState, _ changes: [DeliveryChange], _ inner: inout Inner
    ) throws(Refusal) -> Written {
        guard inner.snapshotEpoch >= 0, inner.updateCount < surroundings.updatesPerSnapshot else {
            return try writeSnapshot(of: state, &inner)
        }
        var value = ShareUpdateValue()
        value.snapshotEpoch = inner.snapshotEpoch
        value.leaderEpoch = log.leaderEpoch
        value.startOffset = state.start
        value.stateBatches = changes.map { ShareStateBatch($0) }
        value.deliveryCompleteCount = Int32(clamping: state.doneCount)
        let written = try append(ShareStateRecord(key, .update(value)))
        inner.updateCount += 1
        return written.flush
    }

    private func writeSnapshot(
        of state: SharePartitionState, _ inner: inout Inner
    ) throws(Refusal) -> Written {
        let now = surroundings.wallMs()
        var value = ShareSnapshotValue()
        value.snapshotEpoch = inner.snapshotEpoch == .max ? 0 : inner.snapshotEpoch + 1
        value.stateEpoch = state.epoch
        value.leaderEpoch = log.leaderEpoch
        value.startOffset = state.start
        value.createTimestamp = inner.createdMs
        value.writeTimestamp = now
        value.stateBatches = state.snapshot.map { ShareStateBatch($0) }
        value.deliveryCompleteCount = Int32(clamping: state.doneCount)
        let written = try append(ShareStateRecord(key, .snapshot(value)))
        inner.snapshotEpoch = value.snapshotEpoch
        inner.snapshotOffset = written.offset
        inner.updateCount = 0
        inner.snapshotMs = now
        return written.flush
    }

    private func append(
        _ record: ShareStateRecord
    ) throws(Refusal) -> (offset: Offset, flush: Written) {
        do {
            let (partition, result) = try surroundings.topic.append(
                record, nowMs: surroundings.wallMs())
            return (result.baseOffset, result.flushThrough.map { (partition, $0) })
        } catch {
            surroundings.complain(
                "cannot write to \(ShareStateTopic.name) about \(key): \(error)")
            throw Refusal(
                .kafkaStorageError, "The state of the share group could not be written.")
        }
    }
}
