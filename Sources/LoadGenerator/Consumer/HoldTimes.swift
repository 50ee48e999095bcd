import Measurement

/// When the consumer held the records of a batch: all once they were decoded or, if it works on them,
/// each when its work began.
struct HoldTimes {
    let now: Int64
    /// By record; empty if the consumer does not work.
    let begins: [Int64]

    var last: Int64 { begins.last ?? now }

    /// Records the latencies of a run of records, from the batch's record `first` on.
    @inline(__always)
    func record(
        _ run: IntendedTimes.Run, from first: Int, in latency: inout LatencyHistogram
    ) {
        guard !begins.isEmpty else {
            return latency.record(now - run.nanos, count: UInt64(run.recordCount))
        }
        for begin in begins.dropFirst(first).prefix(run.recordCount) {
            latency.record(begin - run.nanos)
        }
    }
}
