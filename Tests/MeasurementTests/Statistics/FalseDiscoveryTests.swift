import SeededRandom
import Testing

@testable import Measurement

@Suite struct `Many tests at once` {
    @Test func `raise each p to what all together allow`() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.5, 0.02), "BH").
        let adjusted = FalseDiscovery.adjusted([0.01, 0.04, 0.03, 0.5, 0.02])
        for (value, expected) in zip(adjusted, [0.05, 0.05, 0.05, 0.5, 0.05]) {
            #expect(abs(value - expected) < 1e-12)
        }
        #expect(FalseDiscovery.adjusted([]) == [] && FalseDiscovery.adjusted([0.2]) == [0.2])
        #expect(FalseDiscovery.nextLevel(claimed: 2, of: 15, level: 0.05) == 0.05 * 3 / 15)
    }

    @Test func `claim a difference in at most one of twenty sets that have none`() {
        var generator = SeededGenerator(seed: 5)
        let claims = (0..<2_000).count { _ in
            let all = (0..<12).map { _ in Double.random(in: 0..<1, using: &generator) }
            return FalseDiscovery.adjusted(all).contains { $0 < 0.05 }
        }
        #expect((70...130).contains(claims), "\(claims)")
    }
}

@Suite struct `The smallest change that could be shown` {
    private static func normal(_ generator: inout SeededGenerator) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
    }

    /// Of comparisons whose values vary by 3 %, and whose true change is the one named.
    @Test(arguments: [(5, 0.05), (8, 0.05), (8, 0.01)])
    func `is shown in about four of five comparisons`(_ count: Int, _ level: Double) throws {
        var generator = SeededGenerator(seed: 11)
        func values(_ middle: Double) -> [Double] {
            (0..<count).map { _ in middle * (1 + 0.03 * Self.normal(&generator)) }
        }
        let shown = try (0..<300).count { _ in
            let base = values(100)
            let change = try #require(
                DetectableChange(values(100), baseline: base, level: level))
            let share = try #require(change.share)
            return MannWhitney(values(100 * (1 + share)), base)!.p < level
        }
        #expect((195...270).contains(shown), "\(shown) of 300")
    }

    @Test func `names the repetitions that would show what was measured`() throws {
        let base = [99.0, 100, 101, 102, 98]
        let few = try #require(
            DetectableChange(base.map { $0 * 1.01 }, baseline: base, level: 0.05))
        let needed = try #require(few.repetitions)
        // The spread is 1.6 %, about 2.8 of which over the root of half the number are 1 %.
        #expect((35...50).contains(needed))
        #expect((0.03...0.04).contains(try #require(few.share)))
        #expect(DetectableChange(base, baseline: base, level: 0.05)?.repetitions == nil)
    }

    @Test func `is none of so few repetitions, which more would show all the same`() throws {
        let base = [100.0, 101, 102, 103]
        let few = try #require(
            DetectableChange(base.map { $0 * 1.1 }, baseline: base, level: 0.01))
        #expect(few.share == nil)
        // Five against five reach p = 0.008.
        #expect(few.repetitions == 5)
        #expect(MannWhitney.fewestThatShow(below: 0.01) == 5)
        #expect(MannWhitney.fewestThatShow(below: 0.05) == 4)
    }

    @Test func `is not less than what is ever shown`() throws {
        let base = [100.0, 100.0001, 100.0002, 100.0003, 100.0004]
        func change(_ factor: Double, _ least: Double) -> DetectableChange? {
            DetectableChange(
                base.map { $0 * factor }, baseline: base, level: 0.05, least: least)
        }
        #expect(try #require(change(1, 0)?.share) < 0.0001)
        #expect(change(1, 0.001)?.share == 0.001)
        #expect(change(1.0001, 0)?.repetitions == 5 && change(1.002, 0.001)?.repetitions == 5)
        #expect(try #require(change(1.0001, 0.001)).repetitions == nil)
    }

    @Test func `is not named where there are too few values, or none that vary`() {
        #expect(DetectableChange([1, 2], baseline: [1, 2], level: 0.05) == nil)
        #expect(DetectableChange([5, 5, 5, 5], baseline: [5, 5, 5, 5], level: 0.05) == nil)
        #expect(DetectableChange([1, 2, 3, 4], baseline: [0, 0, 0, 0], level: 0.05) == nil)
    }
}
