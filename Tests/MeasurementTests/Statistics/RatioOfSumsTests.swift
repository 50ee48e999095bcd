import SeededRandom
import Testing

@testable import Measurement

@Suite struct `The ratio of two sums` {
    /// Times that are proportional to bytes but for a noise of 10 %, to one side more than to the other.
    private func pair(_ generator: inout SeededGenerator) -> (upper: Double, lower: Double) {
        let bytes = Double.random(in: 500...1_500, using: &generator)
        let noise = (0..<4).reduce(0) { sum, _ in
            sum + Double.random(in: 0...1, using: &generator)
        }
        let factor = 0.9 + noise * noise / 43.333_333_333_333_336
        return (bytes * 7 * factor, bytes)
    }

    @Test(arguments: [5, 8, 20, 60])
    func `lies in its interval in 95 of 100 cases`(_ count: Int) {
        var generator = SeededGenerator(seed: 20_261_129)
        let trials = 4_000
        let covered = (0..<trials).count { _ in
            var ratio = RatioOfSums()
            for _ in 0..<count {
                let pair = pair(&generator)
                ratio.add(pair.upper, over: pair.lower)
            }
            return abs(ratio.value! - 7) <= ratio.reach()!
        }
        #expect((0.92...0.975).contains(Double(covered) / Double(trials)), "\(covered)")
    }

    @Test func `of a sample lies as often in the narrower interval of a finite population`() {
        var generator = SeededGenerator(seed: 7)
        let population = (0..<40).map { _ in pair(&generator) }
        let truth = population.reduce(0) { $0 + $1.upper } / population.reduce(0) { $0 + $1.lower }
        let trials = 4_000
        let covered = (0..<trials).count { _ in
            var ratio = RatioOfSums()
            for pair in population.shuffled(using: &generator).prefix(30) {
                ratio.add(pair.upper, over: pair.lower)
            }
            let reach = ratio.reach(ofPopulation: 40)!
            #expect(abs(reach / ratio.reach()! - 0.5) < 1e-9)
            return abs(ratio.value! - truth) <= reach
        }
        #expect((0.92...0.985).contains(Double(covered) / Double(trials)), "\(covered)")
    }

    @Test func `is exact, and known without a doubt once all pairs are in it`() throws {
        var ratio = RatioOfSums()
        #expect(ratio.value == nil && ratio.reach() == nil)
        ratio.add(3, over: 1)
        #expect(ratio.value == 3 && ratio.reach() == nil && ratio.reach(ofPopulation: 1) == 0)
        ratio.add(1, over: 1)
        #expect(ratio.value == 2 && ratio.reach(ofPopulation: 2) == 0)
        #expect(abs(try #require(ratio.reach()) - 12.706_204_736) < 1e-6)
        #expect(Estimate(ratio) == Estimate(2, interval: 0...2 + ratio.reach()!))
    }

    /// The 97.5 % quantiles of Student's t as tables have them.
    @Test(arguments: [
        (1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (9, 2.26216), (30, 2.04227),
        (1000, 1.96234),
    ])
    func `has the reach of Student's t`(_ count: Int, _ expected: Double) {
        #expect(abs(StudentT.reach95(degreesOfFreedom: count) / expected - 1) < 0.002)
    }
}
