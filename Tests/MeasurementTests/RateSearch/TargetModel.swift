import Foundation
import Testing

@testable import Measurement

/// Something that sustains rates up to a limit, on a machine that disturbs its probes.
struct TargetModel {
    /// The rate at which nine in ten runs hold that the machine lets hold. By the probe's number, from
    /// 1: it may drift.
    var limit: @Sendable (Int) -> Double = { _ in 70_000 }
    /// How fast runs stop holding above it, as a share of it; half of them hold 2.2 times this above.
    var spread = 0.005
    /// How likely a run fails at any rate.
    var falseFail = 0.0
    /// How likely such a failure is known to be the machine's fault.
    var seenShare = 0.0
    /// How likely a neighbour breaks a run, and is seen, by the probe's number.
    var neighbour: @Sendable (Int) -> Double = { _ in 0 }
    /// The highest rate that the generator can offer.
    var generatorLimit = Double.infinity
    /// What a closed loop may say.
    var closedLoop = 80_000.0...130_000.0

    func probe(
        _ rate: Double, number: Int, using generator: inout SeededGenerator
    ) -> RateSearch.Outcome {
        if rate > generatorLimit { return .generatorBound }
        func happens(_ chance: Double) -> Bool { .random(in: 0..<1, using: &generator) < chance }
        if happens(neighbour(number)) { return .disturbed }
        if happens(falseFail) { return happens(seenShare) ? .disturbed : .notSustained }
        return happens(share(holdingAt: rate, number)) ? .sustained : .notSustained
    }

    /// Of the runs that the machine lets hold.
    func share(holdingAt rate: Double, _ number: Int) -> Double {
        1 / (1 + exp((log(rate) - log(limit(number))) / spread) / 9)
    }

    struct Found {
        var answer: RateSearch.Answer
        var probes: Int
        /// When the search ended.
        var limit: Double
        /// The true share of runs that hold at the safe rate, of those that the machine lets hold.
        var shareHolding: Double

        var interval: ClosedRange<Double> { answer.safe?.interval ?? 0...0 }
        var holdsLimit: Bool { interval.contains(limit) }
        func isWithin(_ share: Double) -> Bool {
            answer.safe.map { abs($0.rate - limit) <= share * limit } ?? false
        }
    }

    /// Searches, from a closed loop that says something else each time.
    func search(
        _ search: RateSearch = RateSearch(), using generator: inout SeededGenerator
    ) -> Found {
        var search = search
        while true {
            switch search.next {
            case .probeClosedLoop:
                search.closedLoop(reached: .random(in: closedLoop, using: &generator))
            case .probe(let rate):
                let number = search.tally.runs + 1
                search.probed(rate, probe(rate, number: number, using: &generator))
            case .done:
                let probes = search.tally.runs
                let answer = search.answer
                return Found(
                    answer: answer, probes: probes, limit: limit(probes),
                    shareHolding: share(holdingAt: answer.safe?.rate ?? 0, probes))
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
