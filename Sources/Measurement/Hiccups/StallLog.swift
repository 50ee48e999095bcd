/// A stall of the machine: from the time when a sleeping thread was due until it ran.
public struct Stall: Sendable, Equatable {
    /// On the time line of `MonotonicClock`.
    public let dueNanos: Int64
    public let lateNanos: Int64
}

/// The longest stalls of a run, and all of them as a histogram. A value; one thread owns it.
struct StallLog: Sendable {
    /// How many of the longest stalls are kept with their times.
    static let largestLimit = 32

    private(set) var histogram = LatencyHistogram()
    /// The longest first.
    private(set) var largest: [Stall] = []
    private(set) var intervalMaximumNanos: Int64 = 0

    init() {
        largest.reserveCapacity(Self.largestLimit + 1)
    }

    /// Notes one wake-up.
    ///
    /// A stall covers several wake-ups. Each of them is recorded with the lateness that it would
    /// have had, so that percentiles are shares of time and not of wake-ups.
    /// - Returns: the first due time after `wokeNanos`.
    mutating func wake(dueNanos: Int64, wokeNanos: Int64, periodNanos: Int64) -> Int64 {
        let late = wokeNanos - dueNanos
        intervalMaximumNanos = max(intervalMaximumNanos, late)
        keep(Stall(dueNanos: dueNanos, lateNanos: late))
        var due = dueNanos
        repeat {
            // A lateness of 0 is recorded as 1: values of zero count as clocks that disagree.
            histogram.record(max(wokeNanos - due, 1))
            due += periodNanos
        } while due <= wokeNanos
        return due
    }

    mutating func takeIntervalMaximum() -> Int64 {
        defer { intervalMaximumNanos = 0 }
        return intervalMaximumNanos
    }

    private mutating func keep(_ stall: Stall) {
        if largest.count == Self.largestLimit, stall.lateNanos <= largest.last!.lateNanos { return }
        let place = largest.firstIndex { $0.lateNanos < stall.lateNanos } ?? largest.endIndex
        largest.insert(stall, at: place)
        if largest.count > Self.largestLimit { largest.removeLast() }
    }
}
