import RecordFormat
import Synchronization

/// When the periodic work is due, in the clock's milliseconds, and what was written last.
struct CheckpointState {
    var recoveryPoints: [TopicPartition: Offset]
    var dueMs: Int64
    var retentionDueMs: Int64
    var cleaningDueMs: Int64
    /// A roll was completed, so the recovery points are worth writing before they are due.
    var isRequested = false
}

/// What happens while nobody waits: flushing, checkpoints, retention, the removal of files.
extension LogDirectory {
    func startBackgroundWork() {
        flusher.start { [weak self] in self?.flushTick() }
        retainer.start { [weak self] in self?.retentionTick() }
        startCleaning()
        // What recovery found in sealed segments may be in the page cache only.
        for partition in registry.withLock({ $0.partitions }) where partition.segmentCount > 1 {
            flusher.submit { [faults] in
                faults.attempt(.flush, at: partition.path) { () throws(LogError) in
                    try partition.flushSealedSegments()
                }
            }
        }
    }

    /// Does everything that is due now, after what is queued: for tests on a clock of their own.
    func performMaintenance() {
        let workers = [flusher, retainer, cleaningThread]
        for worker in workers { worker.waitUntilIdle() }
        _ = flushTick()
        if config.cleanerEnabled { _ = cleaningTick() }
        _ = retentionTick()
        // A thread may have found the same work due, and have it in hand.
        for worker in workers { worker.waitUntilIdle() }
    }

    func didRoll(_ partition: PartitionLog, _ producers: ProducerStateTable, at offset: Offset) {
        if partition.config.retentionBytes >= 0 {
            retainer.submit { [faults] in
                faults.attempt(.retention, at: partition.path) { () throws(LogError) in
                    try partition.enforceSizeRetention()
                }
            }
        }
        flusher.submit { [weak self] in
            guard let self else { return }
            faults.attempt(.roll, at: partition.path) { () throws(LogError) in
                try partition.completeRoll(
                    producers, at: offset, leavingUnflushed: self.config.unflushedSegmentBytes)
            }
            checkpoints.withLock { $0.isRequested = true }
        }
    }

    func didDelete(_ segments: [LogSegment], delayMs: Int64) {
        let due = clock.nowMs().addingReportingOverflow(delayMs)
        pendingRemovals.withLock {
            $0.append(
                PendingRemoval(
                    segments: segments, dueMs: due.overflow ? .max : due.partialValue))
        }
        retainer.wake()
    }

    /// Flushes the partitions whose `flush.ms` is over and writes the checkpoints when they are
    /// due. Returns the nanoseconds until it is to be called again.
    private func flushTick() -> Int64? {
        let nowMs = clock.nowMs()
        var nextMs = Int64.max
        for partition in registry.withLock({ $0.partitions })
        where partition.config.flushMs != .max {
            guard let dueMs = partition.flushDueMs() else {
                // An append just after this look is due this much later at the earliest.
                nextMs = min(nextMs, nowMs.addingReportingOverflow(partition.config.flushMs).0)
                continue
            }
            if dueMs <= nowMs {
                faults.attempt(.flush, at: partition.path, partition.flush)
                nextMs = min(nextMs, nowMs.addingReportingOverflow(partition.config.flushMs).0)
            } else {
                nextMs = min(nextMs, dueMs)
            }
        }
        let isPeriodOver = checkpoints.withLock { $0.dueMs <= nowMs }
        if isPeriodOver {
            for partition in registry.withLock({ $0.partitions }) {
                faults.attempt(.flush, at: partition.path) { () throws(LogError) in
                    try partition.flushSealedSegments()
                }
            }
        }
        let isCheckpointDue = isPeriodOver || checkpoints.withLock { $0.isRequested }
        if isCheckpointDue {
            checkpoints.withLock { checkpoints in
                checkpoints.isRequested = false
                checkpoints.dueMs = nowMs + config.flushOffsetCheckpointIntervalMs
            }
            faults.attempt(.checkpoints, at: path) { () throws(LogError) in
                try writeCheckpoints(advancing: true)
            }
        }
        nextMs = min(nextMs, checkpoints.withLock { $0.dueMs })
        return Self.nanos(fromMs: nowMs, toMs: nextMs)
    }

    private func retentionTick() -> Int64? {
        let nowMs = clock.nowMs()
        let isDue = checkpoints.withLock { checkpoints in
            guard checkpoints.retentionDueMs <= nowMs else { return false }
            checkpoints.retentionDueMs = nowMs + config.retentionCheckIntervalMs
            return true
        }
        if isDue {
            for partition in registry.withLock({ $0.partitions }) {
                faults.attempt(.retention, at: partition.path) { () throws(LogError) in
                    try partition.enforceRetention(nowMs: nowMs)
                }
                partition.expireProducers(
                    nowMs: nowMs, expirationMs: config.producerIDExpirationMs)
            }
        }
        removeDueFiles(nowMs: nowMs)
        let removalMs = pendingRemovals.withLock { $0.map(\.dueMs).min() } ?? .max
        let retentionMs = checkpoints.withLock { $0.retentionDueMs }
        return Self.nanos(fromMs: nowMs, toMs: min(removalMs, retentionMs))
    }

    /// Removes the files of deleted segments whose time has come.
    ///
    /// One caller at a time: on return they are gone, whoever removed them.
    func removeDueFiles(nowMs: Int64) {
        removals.withLock { _ in removeFiles(dueAtMs: nowMs) }
    }

    private func removeFiles(dueAtMs nowMs: Int64) {
        let due = pendingRemovals.withLock { pending in
            defer { pending.removeAll { $0.dueMs <= nowMs } }
            return pending.filter { $0.dueMs <= nowMs }
        }
        let byPartition = Dictionary(grouping: due.flatMap(\.segments)) {
            parentDirectory(of: $0.stem)
        }
        for (path, segments) in byPartition {
            var left: [LogSegment] = []
            faults.attempt(.removal, at: path) { () throws(LogError) in
                try Self.removeFiles(of: segments, left: &left)
            }
            // What cannot be removed now may be later; the next start removes what is left.
            guard !left.isEmpty, nowMs < .max else { continue }
            let removal = PendingRemoval(
                segments: left,
                dueMs: nowMs.addingReportingOverflow(config.retentionCheckIntervalMs).0)
            pendingRemovals.withLock { $0.append(removal) }
        }
    }

    /// Throws the first failure, after it has tried all.
    private static func removeFiles(
        of segments: [LogSegment], left: inout [LogSegment]
    ) throws(LogError) {
        var failure: LogError?
        for segment in segments {
            do throws(LogError) {
                try segment.removeDeletedFiles()
            } catch {
                failure = failure ?? error
                left.append(segment)
            }
        }
        if let failure { throw failure }
    }

    /// Writes recovery points and log start offsets. `advancing` takes up what was flushed since.
    func writeCheckpoints(advancing: Bool) throws(LogError) {
        try recoveryPointFile.withLock { (_) throws(LogError) in
            if advancing {
                var points = checkpoints.withLock { $0.recoveryPoints }
                for partition in registry.withLock({ $0.partitions }) {
                    let old = points[partition.topicPartition] ?? .zero
                    guard partition.flushedOffset > old else { continue }
                    points[partition.topicPartition] = try partition.persistRecoveryState(from: old)
                }
                checkpoints.withLock { $0.recoveryPoints = points }
            }
            try writeRecoveryPoints()
        }
        try writeLogStartOffsets()
    }

    /// Forgets the offsets of a deleted topic, before its name is free: another topic of that name
    /// must not get them.
    func forgetOffsets(of partitions: [PartitionLog]) throws(LogError) {
        try recoveryPointFile.withLock { (_) throws(LogError) in
            checkpoints.withLock { checkpoints in
                for partition in partitions {
                    checkpoints.recoveryPoints[partition.topicPartition] = nil
                }
            }
            try writeRecoveryPoints()
        }
        try writeLogStartOffsets()
    }

    private func writeRecoveryPoints() throws(LogError) {
        try OffsetCheckpoint(path: "\(path)/\(OffsetCheckpoint.recoveryPoint)")
            .write(checkpoints.withLock { $0.recoveryPoints })
    }

    func writeLogStartOffsets() throws(LogError) {
        try logStartFile.withLock { (_) throws(LogError) in
            var offsets: [TopicPartition: Offset] = [:]
            // Logs that begin at 0 are among them, so that the next start can tell when a first
            // segment is missing.
            for partition in registry.withLock({ $0.partitions })
            where partition.logEndOffset > .zero {
                offsets[partition.topicPartition] = partition.logStartOffset
            }
            try OffsetCheckpoint(path: "\(path)/\(OffsetCheckpoint.logStart)").write(offsets)
        }
    }

    /// At most an hour, so that a clock that jumps is noticed.
    static func nanos(fromMs now: Int64, toMs due: Int64) -> Int64 {
        min(max(due - now, 0), 3_600_000) * 1_000_000
    }
}
