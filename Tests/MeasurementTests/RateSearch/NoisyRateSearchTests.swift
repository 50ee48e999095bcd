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
        /// Of all pairs, both ways: those in which the interval of one holds the other's safe rate.
        var holdOther: Double
        /// Of runs at the safe rate, in the mean.
        var shareHolding: Double
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
        var held = 0
        for (index, a) in all.enumerated() {
            for b in all[..<index] {
                pairs += 1
                if a.interval.overlaps(b.interval) { meeting += 1 }
                for (one, other) in [(a, b), (b, a)] {
                    if one.interval.contains(other.answer.safe?.rate ?? 0) { held += 1 }
                }
            }
        }
        let coverage = Coverage(
            holdLimit: share(\.holdsLimit), confirmed: share(\.answer.isConfirmed),
            confirmedFarOff: share { $0.answer.isConfirmed && !$0.isWithin(0.05) },
            meet: Double(meeting) / Double(pairs), holdOther: Double(held) / Double(2 * pairs),
            shareHolding: all.map(\.shareHolding).reduce(0, +) / Double(count), all: all)
        let confirmed = all.filter(\.answer.isConfirmed).map(\.shareHolding)
        let sound = Double(confirmed.count { $0 >= 0.8 }) / Double(count)
        let probes = all.map(\.probes).sorted()
        let widths = all.compactMap { $0.answer.safe?.width }.sorted()
        func text(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
        print(
            "\(name), \(count) searches from WEIR_TEST_SEED=\(seed): the interval holds the limit in "
                + "\(text(coverage.holdLimit)), two meet in \(text(coverage.meet)), one holds the other's "
                + "safe rate in \(text(coverage.holdOther)); there \(text(coverage.shareHolding)) of runs "
                + "hold; confirmed \(text(coverage.confirmed)), and so that 80 % hold \(text(sound)); "
                + "\(text(widths[widths.count / 2])) wide and "
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
        #expect(found.holdOther >= 0.86)
        #expect(found.shareHolding >= 0.82)
        #expect(found.confirmedFarOff <= 0.05)
        if falseFail == 0, spread < 0.01 { #expect(found.confirmed >= 0.9) }
    }

    /// What comes and goes while a search goes on, or misleads it from its start.
    private static let trials: [(name: String, model: TargetModel)] = [
        ("falls by 0.05 % a run", drifting(-0.0005)), ("falls by 0.1 % a run", drifting(-0.001)),
        ("rises by 0.05 % a run", drifting(0.0005)), ("rises by 0.1 % a run", drifting(0.001)),
        (
            "a neighbour disturbs 60 % of runs 9 to 16",
            TargetModel(neighbour: { (9...16).contains($0) ? 0.6 : 0 })
        ),
        ("a closed loop of three times the limit", TargetModel(closedLoop: 210_000...220_000)),
        ("a closed loop of a third of the limit", TargetModel(closedLoop: 23_000...24_000)),
    ]

    private static func drifting(_ share: Double) -> TargetModel {
        TargetModel(limit: { 70_000 * (1 + share * Double($0)) }, spread: 0.01, falseFail: 0.1)
    }

    @Test(arguments: trials.indices)
    func `holds the limit though the target or its machine changes`(_ trial: Int) {
        let found = Self.coverage(Self.trials[trial].model, Self.trials[trial].name)
        #expect(found.holdLimit >= Self.leastHolding)
        #expect(found.meet >= 0.95)
        #expect(found.shareHolding >= 0.82)
    }

    @Test func `never says a safe rate above the best case, wherever it is cut`() {
        for seed in 0..<UInt64(4) {
            var generator = SeededGenerator(seed: seed)
            let model = TargetModel(spread: 0.02, falseFail: 0.2)
            var search = RateSearch()
            search.closedLoop(reached: 100_000)
            while case .probe(let rate) = search.next, search.tally.runs < 25 {
                search.probed(rate, model.probe(rate, number: 1, using: &generator))
                guard let safe = search.answer.safe, let best = search.answer.bestCase else {
                    continue
                }
                #expect(safe.rate <= best.rate)
                #expect(safe.interval.lowerBound <= best.interval.lowerBound)
                #expect(safe.interval.upperBound <= best.interval.upperBound)
                #expect(safe.interval.contains(safe.rate) && best.interval.contains(best.rate))
            }
        }
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
