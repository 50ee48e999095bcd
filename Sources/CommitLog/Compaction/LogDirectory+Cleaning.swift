import RecordFormat

/// Compaction in the background, on a thread of its own and of low priority.
extension LogDirectory {
    func startCleaning() {
        guard config.cleanerEnabled else { return }
        cleaningThread.start { [weak self] in
            lowerThreadPriority()
            return self?.cleaningTick()
        }
    }

    /// Ends a cleaning under way, as a crash would: what it has not swapped in is removed.
    func stopCleaning() {
        cleaner.throttle.stop()
        cleaningThread.stop()
    }

    /// Cleans as long as a log is worth it; returns the nanoseconds until it is to be called again.
    func cleaningTick() -> Int64? {
        let nowMs = clock.nowMs()
        let isDue = checkpoints.withLock { checkpoints in
            guard checkpoints.cleaningDueMs <= nowMs else { return false }
            checkpoints.cleaningDueMs = nowMs.addingReportingOverflow(config.cleanerBackoffMs).0
            return true
        }
        while isDue, !cleaner.throttle.isStopped {
            let partitions = registry.withLock { $0.partitions }
            let report = cleaner.cleanFilthiest(of: partitions, nowMs: nowMs)
            // Without progress the same log would be the filthiest again.
            guard let report, report.endOffset > report.firstDirtyOffset else { break }
        }
        return Self.nanos(
            fromMs: clock.nowMs(), toMs: checkpoints.withLock { $0.cleaningDueMs })
    }
}
