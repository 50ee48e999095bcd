/// A rate of records as an exact ratio: a number of records in a number of nanoseconds, in lowest
/// terms.
///
/// 300,000/s is 3 records in 10,000 ns, and 7/s is 7 in 10⁹. It is not rounded to whole intervals:
/// with whole microseconds the first would become 333,333/s.
public struct RecordRate: Hashable, Sendable {
    public let records: Int
    public let nanoseconds: Int

    /// One record a nanosecond: no generator on one machine exceeds it.
    public static let maximumPerSecond = 1_000_000_000

    /// - Precondition: both are positive, or `records` is 0 (a pause).
    public init(records: Int, inNanoseconds nanoseconds: Int) {
        precondition(records >= 0 && nanoseconds > 0, "a rate is not negative")
        let divisor = Self.greatestCommonDivisor(records, nanoseconds)
        self.records = records / divisor
        self.nanoseconds = nanoseconds / divisor
    }

    public static func perSecond(_ records: Int) -> RecordRate {
        RecordRate(records: records, inNanoseconds: 1_000_000_000)
    }

    /// For reports only; schedules use the ratio.
    public var recordsPerSecond: Double {
        Double(records) * 1e9 / Double(nanoseconds)
    }

    static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}

/// When records are due, for all producers together.
public enum Rate: Hashable, Sendable {
    /// A closed loop: the next record is due when the target has room for it, so latencies do not
    /// contain waiting before that.
    case max
    /// Evenly spaced.
    case constant(RecordRate)
    /// Independent arrivals at this mean rate: exponential gaps, as from many unrelated users.
    case poisson(RecordRate)
    /// Constant rates one after the other. The last holds to the end of the run.
    case steps([RateStep])
    /// A straight line from one rate to another; then the second holds.
    case ramp(from: RecordRate, to: RecordRate, over: Duration)
}

/// One step of `Rate.steps`.
public struct RateStep: Hashable, Sendable {
    /// 0 records is a pause.
    public var rate: RecordRate
    /// Nil for a last step without a duration. The last step's rate also holds after its duration.
    public var duration: Duration?

    public init(rate: RecordRate, duration: Duration?) {
        self.rate = rate
        self.duration = duration
    }
}
