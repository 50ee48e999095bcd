import Glibc

/// Poisson arrivals of one producer: independent, exponentially distributed gaps.
///
/// The producers' streams are independent Poisson processes that share the rate evenly; their sum
/// is the Poisson process of the whole rate, like arrivals of unrelated users. The time is a sum of
/// gaps in fixed point, in units of 2⁻³² ns, so it does not lose precision as it grows: after a
/// billion records the rounding error is below one nanosecond.
///
/// The generator gives 53 random bits a gap, so the longest is 36.7 times the mean one.
@usableFromInline
struct PoissonArrivals: Sendable {
    @usableFromInline var generator: RandomGenerator
    @usableFromInline var time: Int64 = 0
    /// Of a nanosecond, in units of 2⁻³².
    @usableFromInline var fraction: UInt64 = 0
    @usableFromInline let meanGap: Double

    static let none = PoissonArrivals(meanGap: 0, generator: RandomGenerator(seed: 0))

    /// - Parameters:
    ///   - share: how many producers share the rate.
    ///   - stream: which of them this is.
    init(mean: RecordRate, share: Int, seed: UInt64, stream: UInt64) {
        self.init(
            meanGap: Double(mean.nanoseconds) / Double(mean.records) * Double(share),
            generator: RandomGenerator(seed: seed, stream: .arrivals, index: stream))
    }

    private init(meanGap: Double, generator: RandomGenerator) {
        self.meanGap = meanGap
        self.generator = generator
    }

    @inlinable
    mutating func next() -> Int64 {
        let gap = -log(generator.nextUnitInterval()) * meanGap
        let whole = gap.rounded(.down)
        time &+= Int64(whole)
        fraction &+= UInt64((gap - whole) * 0x1p32)
        time &+= Int64(truncatingIfNeeded: fraction >> 32)
        fraction &= 0xFFFF_FFFF
        return time
    }
}
