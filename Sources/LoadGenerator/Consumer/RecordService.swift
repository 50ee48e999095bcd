import Measurement

/// A consumer's work on its records, one after the other: it takes time, and no CPU.
///
/// Thread contract: belongs to one consumer worker.
struct RecordService {
    /// A shorter rest of work is done with the next batch, since a sleep is not that precise.
    private static let shortestSleepNanos: Int64 = 100_000

    private var sampler: ServiceTimeSampler
    private let sleep: (_ until: Int64) -> Void
    /// When the records so far are done.
    private var freeAt: Int64 = 0

    /// - Parameter sleep: returns at that time, or earlier if the run has ended.
    init(_ sampler: ServiceTimeSampler, sleep: @escaping (_ until: Int64) -> Void) {
        self.sampler = sampler
        self.sleep = sleep
    }

    /// Works on the records of a batch that came `now`.
    ///
    /// - Returns: when the work on each began.
    mutating func work(on recordCount: Int, now: Int64) -> [Int64] {
        freeAt = max(freeAt, now)
        var begins: [Int64] = []
        begins.reserveCapacity(recordCount)
        for _ in 0..<recordCount {
            begins.append(freeAt)
            freeAt += sampler.next()
        }
        if freeAt - now >= Self.shortestSleepNanos { sleep(freeAt) }
        return begins
    }
}
