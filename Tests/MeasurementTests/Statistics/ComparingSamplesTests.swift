import Testing

@testable import Measurement

@Suite struct `A bootstrapped median` {
    @Test func `is one of the values, with probabilities that sum to 1`() throws {
        for count in 2...60 {
            let values = (0..<count).map { Double(($0 * 7) % count) }
            let outcomes = try #require(BootstrapMedian(values)).outcomes
            let sum = outcomes.reduce(0) { $0 + $1.probability }
            #expect(abs(sum - 1) < 1e-9, "\(count) values")
            #expect(outcomes.allSatisfy { $0.probability >= 0 }, "\(count) values")
        }
    }

    @Test func `has the range of fewer than six values for its interval, and less of more`() {
        #expect(BootstrapMedian([3, 1])?.interval() == 1...3)
        #expect(BootstrapMedian([5, 1, 3, 2, 4])?.interval() == 1...5)
        #expect(BootstrapMedian([7, 5, 1, 3, 2, 4, 6])?.interval() == 2...6)
        let many = (1...101).map(Double.init)
        // 51 ± 1.96 · √101 / 2 ranks.
        #expect(BootstrapMedian(many)?.interval() == 41...61)
    }

    @Test func `does not vary where nothing does`() {
        #expect(BootstrapMedian([2, 2, 2, 2])?.interval() == 2...2)
        let equal = BootstrapMedian([2, 2, 2])!
        #expect(BootstrapMedian.ratioInterval(of: equal, to: equal) == 1...1)
    }

    @Test func `is not known of a single value`() {
        #expect(BootstrapMedian([1]) == nil)
        #expect(BootstrapMedian([]) == nil)
    }

    @Test func `has no ratio to what may be zero`() {
        let some = BootstrapMedian([1, 2, 3])!
        #expect(BootstrapMedian.ratioInterval(of: some, to: BootstrapMedian([0, 2, 3])!) == nil)
        #expect(BootstrapMedian.ratioInterval(of: some, to: BootstrapMedian([0, 0, 0])!) == nil)
        let none = BootstrapMedian([0, 0, 0])!
        #expect(BootstrapMedian.ratioInterval(of: none, to: some) == 0...0)
    }

    @Test func `takes a thousand values`() throws {
        for count in [999, 1_000] {
            let interval = try #require(
                BootstrapMedian((1...count).map(Double.init))?.interval())
            // 1.96 · √1000 / 2 = 31 ranks on either side.
            #expect(abs(interval.lowerBound - 469) <= 1.5, "\(interval)")
            #expect(abs(interval.upperBound - 531) <= 1.5, "\(interval)")
        }
    }
}

@Suite struct `The Mann–Whitney test` {
    @Test func `tells how small p can get`() {
        #expect(MannWhitney.smallestP(3, 3) == 0.1)
        #expect(abs(MannWhitney.smallestP(3, 4) - 2.0 / 35) < 1e-12)
        #expect(abs(MannWhitney.smallestP(4, 4) - 2.0 / 70) < 1e-12)
        #expect(MannWhitney.smallestP(1, 1) == 1)
        #expect(MannWhitney.smallestP(0, 5) == 1)
        for count in 1...6 {
            let low = (0..<count).map(Double.init)
            let test = MannWhitney(low, low.map { $0 + 100 })
            #expect(test?.u == 0)
            #expect(abs(test!.p - MannWhitney.smallestP(count, count)) < 1e-12)
        }
    }

    @Test func `is the same from either side`() {
        let (a, b) = ([3.0, 1, 4, 1, 5], [9.0, 2, 6, 5, 3, 5])
        let (one, other) = (MannWhitney(a, b)!, MannWhitney(b, a)!)
        #expect(one.u + other.u == 30)
        #expect(abs(one.p - other.p) < 1e-12)
    }

    @Test func `finds nothing in equal values, however many`() {
        for count in [1, 5, 25, 26, 200] {
            let values = [Double](repeating: 7, count: count)
            #expect(MannWhitney(values, values)?.p == 1)
        }
        #expect(MannWhitney([], [1]) == nil)
        #expect(MannWhitney([1], []) == nil)
    }

    @Test func `is as exact as the normal approximation at the limit between them`() {
        let low = (0..<25).map { Double($0 * 2) }
        let high = low.map { $0 + 9 }
        let exact = MannWhitney(low, high)!
        let approximate = MannWhitney(low + [24.5], high)!
        #expect(exact.isExact && !approximate.isExact)
        #expect(abs(exact.p - approximate.p) < 0.02)
    }

    @Test func `claims a difference between equal samples in one case of twenty, or less`() {
        var random = SeededGenerator(seed: 11)
        let tries = 4_000
        let claims = (0..<tries).count { _ in
            let a = (0..<5).map { _ in random.normal(mean: 100, deviation: 5) }
            let b = (0..<5).map { _ in random.normal(mean: 100, deviation: 5) }
            return MannWhitney(a, b)!.p < 0.05
        }
        // 0.0317 of five against five; three standard deviations of 4,000 tries are 0.0083.
        #expect((0.0234...0.04).contains(Double(claims) / Double(tries)), "\(claims)")
    }
}

@Suite struct `An outlier` {
    @Test func `is flagged by its place`() {
        #expect(Statistics.outliers([10, 10.1, 9.9, 10.05, 14]) == [4])
        #expect(Statistics.outliers([10, 30, 10.1, 9.9, 10.05, -40]) == [1, 5])
        #expect(Statistics.outliers([10, 10.1, 9.9, 10.05, 10.2]) == [])
    }

    @Test func `is found among equal values, and not in two or in none`() {
        #expect(Statistics.outliers([5, 5, 5, 5, 5, 9]) == [5])
        #expect(Statistics.outliers([5, 5, 5]) == [])
        #expect(Statistics.outliers([1, 100]) == [])
        #expect(Statistics.outliers([]) == [])
    }
}

@Suite struct `A Pareto front` {
    @Test func `holds what nothing else beats in both`() {
        let points = [(x: 1.0, y: 1.0), (2, 2), (3, 4), (2.5, 5), (1, 0.5)]
        #expect(ParetoFront.indices(of: points, x: .higher, y: .lower) == [1, 2, 4])
        #expect(ParetoFront.indices(of: points, x: .higher, y: .higher) == [2, 3])
        #expect(ParetoFront.indices(of: [(x: 1, y: 1), (1, 1)], x: .lower, y: .lower) == [0, 1])
        #expect(ParetoFront.indices(of: [(x: Double, y: Double)](), x: .lower, y: .lower) == [])
    }

    @Test func `keeps what is not shown to be beaten`() {
        let point = (x: 2.0...2.1, y: 5.0...6.0)
        func isKept(beside other: (x: ClosedRange<Double>, y: ClosedRange<Double>)) -> Bool {
            ParetoFront.indices(of: [point, other], x: .higher, y: .lower).contains(0)
        }
        #expect(!isKept(beside: (x: 2.2...2.3, y: 3...4.9)))
        #expect(!isKept(beside: (x: 2.2...2.3, y: 5...6)))
        #expect(!isKept(beside: (x: 2...2.1, y: 3...4)))
        #expect(isKept(beside: (x: 2.1...2.3, y: 3...4.9)))
        #expect(isKept(beside: (x: 2.2...2.3, y: 3...5)))
        #expect(isKept(beside: point))
    }
}

extension Range<Int> {
    fileprivate func count(where holds: (Int) -> Bool) -> Int { filter(holds).count }
}
