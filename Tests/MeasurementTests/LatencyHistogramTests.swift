import Testing

@testable import Measurement

@Suite struct `A latency histogram` {
    /// Three significant digits: a bucket is at most 1/1024 of its value wide.
    static let precision = 1.0 / 1024

    @Test(arguments: [UInt64(1), 2, 3])
    func `gives every percentile of random values within its precision`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var histogram = LatencyHistogram()
        var exact: [Int64] = []
        for _ in 0..<20_000 {
            // Spread over nine decades, so that every bucket size takes part.
            let value = Int64.random(
                in: 1...(1 << Int64.random(in: 1...42, using: &random)),
                using: &random)
            exact.append(value)
            histogram.record(value)
        }
        exact.sort()
        // In thousandths of a percent, so that the expected rank is exact.
        for thousandths in [0, 10, 1_000, 10_000, 25_000, 50_000, 90_000, 99_900, 99_990, 100_000] {
            let rank = max((thousandths * 20_000 + 99_999) / 100_000, 1)
            let percentile = Double(thousandths) / 1_000
            let truth = Double(exact[rank - 1])
            let answer = Double(histogram.percentile(percentile)!)
            #expect(
                answer >= truth && answer <= truth * (1 + Self.precision) + 1,
                "p\(percentile) is \(answer), truly \(truth) (seed \(seed))")
        }
        #expect(histogram.minimum == exact.first)
        #expect(histogram.maximum == exact.last)
    }

    @Test func `names the very record at a percentile of few records`() {
        var histogram = LatencyHistogram()
        for value in Int64(1)...10 { histogram.record(value) }
        #expect(histogram.percentiles([0, 10, 50, 90, 90.1, 100]) == [1, 1, 5, 9, 10, 10])
    }

    @Test func `answers percentiles in the order asked`() {
        var histogram = LatencyHistogram()
        for value in Int64(1)...1000 { histogram.record(value) }
        #expect(histogram.percentiles([99, 1, 50]) == [990, 10, 500])
    }

    @Test func `has mean and deviation of what was recorded`() throws {
        var histogram = LatencyHistogram()
        for value in Int64(1)...1001 { histogram.record(value) }
        let mean = try #require(histogram.mean)
        #expect(abs(mean - 501) < 1e-9)
        let deviation = try #require(histogram.standardDeviation)
        #expect(abs(deviation - 288.9637) < 1e-3)
    }

    @Test func `has no figures when nothing was recorded`() {
        let histogram = LatencyHistogram()
        #expect(histogram.isEmpty)
        #expect(histogram.percentile(50) == nil)
        #expect(histogram.mean == nil)
        #expect(histogram.standardDeviation == nil)
        #expect(LatencySummary(histogram) == nil)
    }

    @Test func `counts a value of zero or less as clock skew and keeps it`() {
        var histogram = LatencyHistogram()
        histogram.record(0)
        histogram.record(-5_000_000_000, count: 2)
        histogram.record(Int64.min)
        histogram.record(7)
        #expect(histogram.count == 5)
        #expect(histogram.nonPositiveCount == 4)
        #expect(histogram.percentiles([50, 80, 100]) == [0, 0, 7])
        #expect(histogram.minimum == 0)
    }

    @Test func `keeps values far beyond the reserved hour`() {
        var histogram = LatencyHistogram()
        let day: Int64 = 86_400_000_000_000
        histogram.record(1)
        histogram.record(day, count: 3)
        histogram.record(Int64.max)
        #expect(histogram.count == 5)
        #expect(histogram.maximum == Int64.max)
        let median = histogram.percentile(50)!
        #expect(median >= day && Double(median) <= Double(day) * (1 + Self.precision))
        #expect(histogram.recordedBuckets.map(\.count) == [1, 3, 1])
    }

    @Test func `sums more time than 64 bits of nanoseconds hold`() throws {
        var histogram = LatencyHistogram()
        histogram.record(60_000_000_000, count: 1_000_000_000)
        let mean = try #require(histogram.mean)
        #expect(abs(mean / 60e9 - 1) < Self.precision)
        #expect(histogram.recordedBuckets.reduce(0) { $0 + $1.count } == 1_000_000_000)
    }

    @Test(arguments: [UInt64(11), 12])
    func `merges two into what one would have recorded`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var one = LatencyHistogram()
        var small = LatencyHistogram(rangeNanos: 2)
        var large = LatencyHistogram()
        for round in 0..<10_000 {
            let value = Int64.random(
                in: -10...(1 << Int64.random(in: 5...50, using: &random)),
                using: &random)
            one.record(value)
            if round.isMultiple(of: 3) { small.record(value) } else { large.record(value) }
        }
        var merged = small
        merged.add(large)
        #expect(merged == one, "seed \(seed)")
        var other = large
        other.add(small)
        #expect(other == one, "seed \(seed)")
    }

    @Test func `is empty after a reset and keeps its range`() {
        var histogram = LatencyHistogram(rangeNanos: 2)
        histogram.record(5_000_000_000, count: 4)
        histogram.record(-1)
        let range = histogram.rangeNanos
        histogram.reset()
        #expect(histogram.isEmpty)
        #expect(histogram.nonPositiveCount == 0)
        #expect(histogram.maximum == 0)
        #expect(histogram.rangeNanos == range)
        #expect(range >= 5_000_000_000)
    }
}

@Suite struct `The bucket layout` {
    @Test func `is the one of the histogram that we record into`() {
        var random = SeededGenerator(seed: 21)
        var values: [Int64] = Array(1...5000) + [Int64.max, Int64.max - 1, 1 << 62]
        for _ in 0..<5000 {
            let limit: Int64 = 1 << Int64.random(in: 10...62, using: &random)
            values.append(Int64.random(in: 1...limit, using: &random))
        }
        var histogram = LatencyHistogram()
        var expected: [Int: UInt64] = [:]
        for value in values {
            histogram.record(value)
            expected[BucketLayout.index(of: value), default: 0] += 1
        }
        var found: [Int: UInt64] = [:]
        for bucket in histogram.recordedBuckets {
            let index = BucketLayout.index(of: bucket.lowestNanos)
            found[index] = bucket.count
            #expect(BucketLayout.lowestValue(at: index) == bucket.lowestNanos)
            #expect(
                BucketLayout.width(at: bucket.lowestNanos) - 1
                    == bucket.highestNanos - bucket.lowestNanos)
        }
        #expect(found == expected)
    }

    @Test func `numbers buckets without gap or overlap`() {
        var index = 0
        while let lowest = BucketLayout.lowestValue(at: index) {
            #expect(BucketLayout.index(of: lowest) == index)
            let next = lowest.addingReportingOverflow(BucketLayout.width(at: lowest))
            #expect(next.overflow || BucketLayout.lowestValue(at: index + 1) == next.partialValue)
            index += 1
        }
        #expect(BucketLayout.index(of: Int64.max) == index - 1)
    }
}
