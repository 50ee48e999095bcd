/// The intended times of one producer's records, in nanoseconds from the start of the run. They do
/// not depend on the target, so a stall of the target delays records but does not change when they
/// were due.
///
/// Deterministic rates are exact. The stream of all producers together is one sequence of records
/// 0, 1, 2, …; record i is due when the integral of the rate is i and grows further, rounded down
/// to the nanosecond. Intervals are not rounded and no floating point is used, so at a change of
/// rate the fraction of a record that is due carries over. Producer p of P has the records p, p +
/// P, p + 2P, ….
///
/// Poisson arrivals are drawn (see `PoissonArrivals`).
///
/// Thread contract: one owner. `next()` allocates nothing and takes a few nanoseconds.
public struct ArrivalSchedule: Sendable {
    @usableFromInline var constant: ConstantSegment
    @usableFromInline var poisson: PoissonArrivals
    @usableFromInline let isPoisson: Bool
    /// The next record's number in the stream of all producers.
    @usableFromInline var record: Int64
    /// The first record that `constant` does not hold for.
    @usableFromInline var segmentEnd: Int64
    @usableFromInline let stride: Int64
    @usableFromInline let curve: RateCurve?

    /// - Parameters:
    ///   - rate: of all producers together.
    ///   - producer: this one's number, from 0.
    ///   - seed: of Poisson arrivals; each producer gets arrivals of its own from it.
    /// - Returns: nil for `Rate.max`, which has no schedule.
    public init?(rate: Rate, producer: Int = 0, of producers: Int = 1, seed: UInt64 = 0) {
        precondition(producer >= 0 && producer < producers, "producers are numbered from 0")
        record = Int64(producer)
        stride = Int64(producers)
        switch rate {
        case .max: return nil
        case .poisson(let mean):
            isPoisson = true
            curve = nil
            poisson = PoissonArrivals(
                mean: mean, share: producers, seed: seed, stream: UInt64(producer))
            constant = ConstantSegment(time: 0)
            segmentEnd = .max
        case .constant, .steps, .ramp:
            isPoisson = false
            guard let curve = RateCurve(rate) else {
                preconditionFailure("a profile with inexact rates does not validate")
            }
            self.curve = curve
            poisson = .none
            (constant, segmentEnd) = curve.segment(ofRecord: record, stride: stride)
        }
    }

    /// The time at which the next record of this producer is due, in nanoseconds from the start.
    /// Never decreases.
    @inlinable
    public mutating func next() -> Int64 {
        if isPoisson { return poisson.next() }
        if record >= segmentEnd { return nextOutsideOfSegment() }
        record &+= stride
        return constant.next()
    }

    /// The case of a ramp, which computes the time of every record, and of the first record of
    /// another step.
    @inline(never)
    @usableFromInline
    mutating func nextOutsideOfSegment() -> Int64 {
        guard let curve else { preconditionFailure("only curves have segments") }
        (constant, segmentEnd) = curve.segment(ofRecord: record, stride: stride)
        record &+= stride
        return constant.next()
    }

    /// How many of this producer's records, from the one that `next()` gave last, are due before a
    /// time; computed without visiting them. Nil for Poisson arrivals.
    func recordsFromLast(before nanoseconds: Int64) -> Int64? {
        guard let due = recordsDue(before: nanoseconds) else { return nil }
        let last = record - stride
        return due > last ? (due - last + stride - 1) / stride : 0
    }

    /// When a record of the whole stream is due: the direct formula that `next()` follows.
    /// - Returns: nil for Poisson arrivals, which have no formula.
    public func time(ofRecord record: Int64) -> Int64? {
        curve?.time(ofRecord: record)
    }

    /// How many records of the whole stream are due before a time, so how many the load should have
    /// sent by then. Nil for Poisson arrivals.
    public func recordsDue(before nanoseconds: Int64) -> Int64? {
        curve?.recordsDue(before: nanoseconds)
    }
}

/// Evenly spaced times, stepped without division: a whole number of nanoseconds and a remainder,
/// as in Bresenham's line.
@usableFromInline
struct ConstantSegment: Sendable {
    @usableFromInline var time: Int64
    @usableFromInline var remainder: Int64
    @usableFromInline let wholeStep: Int64
    @usableFromInline let remainderStep: Int64
    @usableFromInline let denominator: Int64

    init(
        time: Int64, remainder: Int64 = 0, wholeStep: Int64 = 0, remainderStep: Int64 = 0,
        denominator: Int64 = 1
    ) {
        self.time = time
        self.remainder = remainder
        self.wholeStep = wholeStep
        self.remainderStep = remainderStep
        self.denominator = denominator
    }

    @inlinable
    mutating func next() -> Int64 {
        let due = time
        time &+= wholeStep
        remainder &+= remainderStep
        // Both are below the denominator, so one subtraction is enough.
        if remainder >= denominator {
            remainder &-= denominator
            time &+= 1
        }
        return due
    }
}
