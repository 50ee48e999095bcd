/// Where a worker's time went: it shows whether the target or the generator was the limit.
public struct WorkerUsage: Sendable {
    /// Spent sealing batches and inside the target's `send`.
    public var targetNanos: Int64 = 0
    /// Spent asleep while unacknowledged batches held back due records.
    public var blockedNanos: Int64 = 0
    /// Spent asleep with nothing due.
    public var idleNanos: Int64 = 0
    /// From the worker's first step to its last.
    public var wallNanos: Int64 = 0

    public init() {}

    public static func += (total: inout WorkerUsage, part: WorkerUsage) {
        total.targetNanos += part.targetNanos
        total.blockedNanos += part.blockedNanos
        total.idleNanos += part.idleNanos
        total.wallNanos += part.wallNanos
    }
}
