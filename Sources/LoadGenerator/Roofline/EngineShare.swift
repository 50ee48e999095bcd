import Measurement

/// The engine's share of a limit of this machine: both are measured interleaved, slice by slice, so
/// that a drift of the machine's speed affects both alike.
public struct EngineShare: Sendable {
    /// The engine's operation: `append`, `seal`, `fetch`.
    public let operation: String
    /// The bare operation that it is compared with: `write`, `libzstd compress`, …
    public let limit: String
    /// The records, codec and batch size.
    public let detail: String
    public let blockByteCount: Int
    /// Bytes a second of each slice.
    public let engineRates: [Double]
    public let limitRates: [Double]

    /// The median of the slices' own quotients.
    public var share: Double { Statistics.median(shares) ?? 0 }
    public var shares: [Double] { zip(engineRates, limitRates).map { $0 / $1 } }
    public var engineRate: Double { Statistics.median(engineRates) ?? 0 }
    public var limitRate: Double { Statistics.median(limitRates) ?? 0 }

    /// Measures an operation of the engine and its limit interleaved: limit, engine, limit, engine,
    /// …
    ///
    /// - Parameters:
    ///   - limitOperation, engineOperation: do their work once and return the number of bytes.
    static func measure<Failure: Error>(
        _ operation: String, against limit: String, detail: String, blockByteCount: Int,
        schedule: ProbeSchedule,
        limitOperation: () throws(Failure) -> Int, engineOperation: () throws(Failure) -> Int
    ) throws(Failure) -> EngineShare {
        var one = schedule
        one.slices = 1
        var (engineRates, limitRates): ([Double], [Double]) = ([], [])
        for _ in 0..<schedule.slices {
            limitRates += try ProbeLoop.measure(
                limit, blockByteCount: blockByteCount, schedule: one, operation: limitOperation
            ).bytesPerSecond
            engineRates += try ProbeLoop.measure(
                operation, blockByteCount: blockByteCount, schedule: one,
                operation: engineOperation
            ).bytesPerSecond
            // A short warm-up is enough, because the first one has warmed caches and files.
            one.warmupNanos = min(schedule.warmupNanos, 50_000_000)
        }
        return EngineShare(
            operation: operation, limit: limit, detail: detail, blockByteCount: blockByteCount,
            engineRates: engineRates, limitRates: limitRates)
    }
}
