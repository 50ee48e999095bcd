import Glibc
import Testing

@testable import LoadGenerator

@Suite struct PoissonArrivalsTests {
    static func gaps(
        _ count: Int, rate: Int, producer: Int = 0, of producers: Int = 1, seed: UInt64 = 7
    ) -> [Double] {
        var schedule = ArrivalSchedule(
            rate: .poisson(.perSecond(rate)), producer: producer, of: producers, seed: seed)!
        var last: Int64 = 0
        return (0..<count).map { _ in
            let time = schedule.next()
            defer { last = time }
            return Double(time - last)
        }
    }

    @Test func `gaps have the mean and the distribution of independent arrivals`() {
        let count = 200_000
        let mean = 1e9 / 1000
        let gaps = Self.gaps(count, rate: 1000)
        let average = gaps.reduce(0, +) / Double(count)
        // The mean of n exponential gaps has a standard error of mean ÷ √n.
        #expect(abs(average - mean) < 4 * mean / Double(count).squareRoot())
        // Kolmogorov–Smirnov against 1 − exp(−x): at n = 200,000 and p = 0.001 the bound is
        // 1.95 ÷ √n.
        var largest = 0.0
        for (rank, gap) in gaps.sorted().enumerated() {
            let expected = 1 - exp(-gap / mean)
            largest = max(
                largest, abs(expected - Double(rank) / Double(count)),
                abs(expected - Double(rank + 1) / Double(count)))
        }
        #expect(largest < 1.95 / Double(count).squareRoot(), "D = \(largest)")
        // Independence: the correlation of neighbours is 0 within its standard error.
        let pairs = zip(gaps, gaps.dropFirst()).map { ($0 - mean) * ($1 - mean) }
        let correlation = pairs.reduce(0, +) / Double(count) / (mean * mean)
        #expect(abs(correlation) < 4 / Double(count).squareRoot())
    }

    @Test func `the counts of all producers together are Poisson`() {
        // Seven producers share 7,000/s; arrivals in each of 2,000 ms: mean and variance are 7.
        var counts = [Double](repeating: 0, count: 2000)
        for producer in 0..<7 {
            var schedule = ArrivalSchedule(
                rate: .poisson(.perSecond(7000)), producer: producer, of: 7, seed: 3)!
            while true {
                let millisecond = schedule.next() / 1_000_000
                if millisecond >= 2000 { break }
                counts[Int(millisecond)] += 1
            }
        }
        let mean = counts.reduce(0, +) / 2000
        let variance = counts.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 1999
        #expect(abs(mean - 7) < 4 * (7.0 / 2000).squareRoot())
        #expect((0.85...1.15).contains(variance / mean))
    }

    @Test func `one seed gives one schedule, another another, and producers differ`() {
        #expect(Self.gaps(100, rate: 10) == Self.gaps(100, rate: 10))
        #expect(Self.gaps(100, rate: 10) != Self.gaps(100, rate: 10, seed: 8))
        #expect(Self.gaps(100, rate: 10, of: 2) != Self.gaps(100, rate: 10, producer: 1, of: 2))
    }

    @Test func `time does not drift where gaps are far shorter than a nanosecond's rounding`() {
        // 10⁹ a second: each gap is about one nanosecond, so lost fractions would halve the rate.
        var schedule = ArrivalSchedule(rate: .poisson(.perSecond(1_000_000_000)), seed: 5)!
        var time: Int64 = 0
        for _ in 0..<1_000_000 { time = schedule.next() }
        #expect(abs(time - 1_000_000) < 5000)
    }
}
