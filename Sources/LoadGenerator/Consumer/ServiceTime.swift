import Glibc

/// How long a consumer works on each record.
public enum ServiceTime: Hashable, Sendable {
    case fixed(Duration)
    case exponential(mean: Duration)
    /// `sigma` is the standard deviation of the logarithm.
    case lognormal(median: Duration, sigma: Double)
}

/// Draws the times that one worker's records take.
struct ServiceTimeSampler {
    private let distribution: ServiceTime
    private var generator: RandomGenerator

    /// - Parameter worker: its number in the run; each has times of its own.
    init(_ distribution: ServiceTime, seed: UInt64, worker: Int) {
        self.distribution = distribution
        generator = RandomGenerator(seed: seed, stream: .service, index: UInt64(worker))
    }

    /// In nanoseconds; never more than an hour.
    mutating func next() -> Int64 {
        let nanos: Double
        switch distribution {
        case .fixed(let time): return time.nanoseconds
        case .exponential(let mean):
            nanos = -log(generator.nextUnitInterval()) * Double(mean.nanoseconds)
        case .lognormal(let median, let sigma):
            nanos = Double(median.nanoseconds) * exp(sigma * generator.nextNormal())
        }
        return Int64(min(nanos, 3_600e9))
    }
}
