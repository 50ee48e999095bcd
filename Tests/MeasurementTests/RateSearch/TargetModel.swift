import Testing

@testable import Measurement

/// Something that sustains rates up to a limit, on a machine that disturbs its probes.
struct TargetModel {
    /// By the probe's number, from 1: it may drift.
    var limit: (Int) -> Double = { _ in 70_000 }
    /// How likely a probe of a good rate fails, unseen by any meter.
    var falseFail = 0.0
    /// How likely a failing probe is known to be the machine's fault, if it was.
    var seenShare = 0.0
    /// The highest rate that the generator can offer.
    var generatorLimit = Double.infinity

    func probe(
        _ rate: Double, number: Int, using generator: inout SeededGenerator
    ) -> RateSearch.Outcome {
        if rate > generatorLimit { return .generatorBound }
        if rate > limit(number) { return .notSustained }
        guard Double.random(in: 0..<1, using: &generator) < falseFail else { return .sustained }
        let isSeen = Double.random(in: 0..<1, using: &generator) < seenShare
        return isSeen ? .disturbed : .notSustained
    }

    struct Found {
        var answer: RateSearch.Answer
        var probes: Int
        /// When the search ended.
        var limit: Double

        func isWithin(_ share: Double) -> Bool {
            answer.rate.map { abs($0 - limit) <= share * limit } ?? false
        }
    }

    /// Searches, from a closed loop that says something else each time.
    func search(using generator: inout SeededGenerator) -> Found {
        var search = RateSearch()
        var probes = 0
        while true {
            switch search.next {
            case .probeClosedLoop:
                search.closedLoop(reached: .random(in: 80_000...130_000, using: &generator))
            case .probe(let rate):
                probes += 1
                search.probed(rate, probe(rate, number: probes, using: &generator))
            case .done(let answer):
                return Found(answer: answer, probes: probes, limit: limit(probes))
            }
        }
    }

    /// What many searches found, each from the next seed.
    func searches(_ count: Int, seed: UInt64) -> [Found] {
        (0..<UInt64(count)).map {
            var generator = SeededGenerator(seed: seed &+ $0)
            return search(using: &generator)
        }
    }
}
