/// Taking sealed segments out of the log.
extension PartitionLog {
    /// Runs `body` under the maintenance lock, and tells of what it did once the lock is free, also
    /// where `body` throws. Under the lock an observer that is slow would hold up whoever deletes
    /// the topic, and one that asks something of the partition might wait for itself.
    func withMaintenance<Result>(
        _ body: (inout [LogEvent]) throws(LogError) -> Result
    ) throws(LogError) -> Result {
        var events: [LogEvent] = []
        defer { for event in events { hooks.onEvent(event) } }
        return try maintenance.withLock { (_) throws(LogError) in try body(&events) }
    }
}
