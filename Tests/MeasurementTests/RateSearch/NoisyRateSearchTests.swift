import Foundation
import Testing

@testable import Measurement

/// What an interval promises is what a second search finds: so many searches are made of each kind of
/// noise. `WEIR_TEST_SEARCHES` makes more, `WEIR_TEST_SEED` others.
@Suite struct `The search for the highest rate, on a noisy machine` {
    private static func number<Number: FixedWidthInteger>(
        _ name: String, or other: Number
    ) -> Number {
        ProcessInfo.processInfo.environment[name].flatMap { Number($0) } ?? other
    }
    private static let count = number("WEIR_TEST_SEARCHES", or: 40)
    private static let seed = number("WEIR_TEST_SEED", or: UInt64(20_261_129))

    /// Three standard deviations of so many searches below the 95 % that an interval promises.
    private static let leastHolding = 0.95 - 3 * (0.95 * 0.05 / Double(count)).squareRoot()

    struct Coverage {
        /// Shares of the searches.
        var holdLimit: Double
        var confirmed: Double
        var confirmedFarOff: Double
        /// Of all pairs of searches, those whose intervals have something in common.
        var meet: Double
        var all: [TargetModel.Found]
    }

    /// Searches and says what came of it.
    private static func coverage(_ model: TargetModel, _ name: String) -> Coverage {
        let all = model.searches(count, seed: seed)
        func share(_ condition: (TargetModel.Found) -> Bool) -> Double {
            Double(all.count(where: condition)) / Double(count)
        }
        var pairs = 0
        var meeting = 0
        for (index, a) in all.enumerated() {
            for b in all[..<index] {
                pairs += 1
                if a.interval.overlaps(b.interval) { meeting += 1 }
            }
        }
        let coverage = Coverage(
            holdLimit: share(\.holdsLimit), confirmed: share(\.answer.isConfirmed),
            confirmedFarOff: share { $0.answer.isConfirmed && !$0.isWithin(0.05) },
            meet: Double(meeting) / Double(pairs), all: all)
        let probes = all.map(\.probes).sorted()
        let widths = all.compactMap { $0.answer.safe?.width }.sorted()
        func text(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
        print(
            "\(name), \(count) searches from WEIR_TEST_SEED=\(seed): the interval holds the limit in "
                + "\(text(coverage.holdLimit)), two meet in \(text(coverage.meet)), confirmed "
                + "\(text(coverage.confirmed)); \(text(widths[widths.count / 2])) wide and "
                + "\(probes[probes.count / 2]) probes in the middle")
        return coverage
    }

    @Test(arguments: [0.0005, 0.005, 0.02], [0, 0.1, 0.3, 0.5])
    func `has intervals that hold the limit, and what a second search finds`(
        _ spread: Double, _ falseFail: Double
    ) {
        let found = Self.coverage(
            TargetModel(spread: spread, falseFail: falseFail),
            "\(falseFail * 100) % fail anywhere, spread \(spread * 100) %")
        #expect(found.holdLimit >= Self.leastHolding)
        #expect(found.meet >= 0.95)
        #expect(found.confirmedFarOff <= 0.05)
        if falseFail == 0, spread < 0.01 { #expect(found.confirmed >= 0.9) }
    }

    @Test(arguments: [-0.001, -0.0005, 0.0005, 0.001])
    func `follows a limit that drifts while it searches`(_ drift: Double) {
        let model = TargetModel(
            limit: { 70_000 * (1 + drift * Double($0)) }, spread: 0.01, falseFail: 0.1)
        let found = Self.coverage(model, "drift of \(drift * 100) % a probe")
        #expect(found.holdLimit >= Self.leastHolding)
        #expect(found.meet >= 0.95)
    }

    @Test func `learns more where the meters see what the machine did`() {
        let seen = Self.coverage(
            TargetModel(falseFail: 0.3, seenShare: 1), "30 % fail beside a disturbance")
        #expect(seen.holdLimit >= 0.9)
        #expect(seen.all.allSatisfy { ($0.answer.safe?.tally.failedByMachine ?? 0) <= 60 })
        let shares = seen.all.map(\.answer.machineShare)
        #expect(shares.reduce(0, +) / Double(shares.count) < 0.25)
    }

    @Test func `never confirms a rate at which most runs fail`() {
        let found = Self.coverage(TargetModel(falseFail: 0.6), "60 % fail anywhere")
        for one in found.all where one.answer.isConfirmed {
            let tally = one.answer.safe!.tally
            #expect(tally.held > tally.failed + tally.failedByMachine)
        }
        #expect(found.confirmed <= 0.25)
    }

    @Test func `says at least, and does not confirm, where the generator is the limit`() {
        let model = TargetModel(limit: { _ in 300_000 }, falseFail: 0.1, generatorLimit: 70_000)
        let found = Self.coverage(model, "bound by the generator")
        #expect(found.confirmed <= 0.05)
        let told = found.all.filter(\.answer.isLimitedByGenerator)
        #expect(Double(told.count) >= 0.95 * Double(Self.count))
        let near = told.count { abs(($0.answer.safe?.rate ?? 0) - 70_000) <= 0.05 * 70_000 }
        #expect(Double(near) >= 0.9 * Double(told.count))
    }

    @Test func `ends where chance alone decides`() {
        for seed in 0..<UInt64(10) {
            var generator = SeededGenerator(seed: seed)
            var search = RateSearch()
            search.closedLoop(reached: 100_000)
            while case .probe(let rate) = search.next {
                let holds = Bool.random(using: &generator)
                search.probed(rate, holds ? .sustained : .notSustained)
            }
            #expect(search.tally.runs <= search.mostProbes)
        }
    }
}
