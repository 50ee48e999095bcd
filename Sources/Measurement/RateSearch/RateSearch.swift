import Foundation

/// The search for the highest rate that a target sustains: it chooses the next rate, and decides
/// when to stop. It runs nothing itself: it returns a rate and gets the outcome.
///
/// It searches for the *safe* rate, at which nine in ten runs hold, and for the *best case*, at
/// which half of them do. `RateBelief` estimates both, from a closed loop that gives the starting
/// point and from the outcome of every probe. Each probe is made at the rate that narrows the safe
/// rate's interval most: a rate not tried before, one in the middle, or one at which runs disagree.
/// The search ends when the interval is within the tolerance, and enough runs just below the safe
/// rate confirm it.
public struct RateSearch: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        /// Run a closed loop, and report its rate by `closedLoop`.
        case probeClosedLoop
        /// Offer this rate, in records per second, and report by `probed`.
        case probe(rate: Double)
        case done
    }

    /// The outcome of a probe.
    public enum Outcome: Sendable, Equatable {
        case sustained
        case notSustained
        /// The rate was never offered, so the target's limit is above it.
        case generatorBound
        /// It failed while the machine was disturbed, which says little about the rate.
        case disturbed
    }

    /// Counts of outcomes. Failures caused by the machine are counted separately.
    public struct Tally: Sendable, Equatable {
        public var held = 0
        public var failed = 0
        public var failedByMachine = 0

        public init(held: Int = 0, failed: Int = 0, failedByMachine: Int = 0) {
            self.held = held
            self.failed = failed
            self.failedByMachine = failedByMachine
        }

        public var runs: Int { held + failed + failedByMachine }
        /// As a share of all: users at that rate meet the machine, too.
        public var mostHold: Bool { held * 2 > runs }
    }

    /// A rate that is inferred and not measured, in records per second.
    public struct Estimate: Sendable, Equatable {
        public var rate: Double
        /// Holds the true rate in 95 of 100 searches, and the rate of a second search in about nine of
        /// ten.
        public var interval: ClosedRange<Double>
        /// Of the probes from half the tolerance below the rate up to it.
        public var tally: Tally

        public init(rate: Double, interval: ClosedRange<Double>, tally: Tally) {
            self.rate = rate
            self.interval = interval
            self.tally = tally
        }

        /// As a share of its lower end.
        public var width: Double {
            (interval.upperBound - interval.lowerBound) / interval.lowerBound
        }
    }

    /// A rate at which runs were made.
    public struct Tried: Sendable, Equatable {
        public var rate: Double
        public var tally: Tally

        public init(rate: Double, tally: Tally) {
            self.rate = rate
            self.tally = tally
        }
    }

    public struct Answer: Sendable, Equatable {
        /// The rate at which nine in ten of the runs that the machine lets hold are expected to do
        /// so; nil if no run held.
        public var safe: Estimate?
        /// The rate at which half of them are. Never below the safe rate, nor is its interval.
        public var bestCase: Estimate?
        /// The lowest rate tried above the safe one at which most runs failed by themselves.
        public var notSustained: Tried?
        /// The estimated share of runs that fail at any rate, 0…1.
        public var machineShare: Double
        /// Whether the generator was the limit above the safe rate: the target's limit is at least
        /// that.
        public var isLimitedByGenerator: Bool
        /// Whether the safe rate's interval is within the tolerance, enough runs just below it held,
        /// most of all there did, and the target set the limit.
        public var isConfirmed: Bool

        public init(
            safe: Estimate? = nil, bestCase: Estimate? = nil, notSustained: Tried? = nil,
            machineShare: Double = 0, isLimitedByGenerator: Bool = false, isConfirmed: Bool = false
        ) {
            self.safe = safe
            self.bestCase = bestCase
            self.notSustained = notSustained
            self.machineShare = machineShare
            self.isLimitedByGenerator = isLimitedByGenerator
            self.isConfirmed = isConfirmed
        }
    }

    /// The widest that a confirmed interval may be, as a share of its lower end.
    public let tolerance: Double
    /// Bounds the search on a noisy machine.
    public let mostProbes: Int

    /// So many runs just below the safe rate must hold to confirm it.
    private static let enoughHeld = 5
    /// So many refute it if most of them do not hold.
    private static let enoughRefuting = 11
    /// The search gives up after this many falling probes, none of which held.
    private static let hopelessProbes = 20
    /// The search stays between these multiples of the closed loop's rate.
    private static let tried = 0.001...500.0
    /// The ends of the interval that decides whether the search ends, as quantiles. The target's limit
    /// is seldom below what its model says, since every run that held speaks against that; a few runs
    /// that failed by chance put it too low more easily.
    private static let ends = [0.02, 0.99]
    /// The ends of the interval that is told where that one is wider than the tolerance. It has to hold
    /// the rate of a second search, which errs as much as this one: of two independent estimates the
    /// difference has √2 times the standard deviation of one (Cumming and Maillardet 2006).
    private static let endsOfPair = [0.005, 0.998]
    /// An interval reaches at least so far from its rate, as a share of the tolerance. Between two
    /// searches the machine changes by more than within one, which no search can see.
    private static let leastReach = 0.25
    /// The share of runs that are expected to hold at the safe rate: nine in ten, and a few more,
    /// since a search ends sooner where its runs happened to hold.
    private static let safeShare = 0.93

    private var belief: RateBelief?
    private var probes: [RateBelief.Probe] = []

    public init(tolerance: Double = 0.05, mostProbes: Int = 60) {
        precondition(tolerance > 0 && mostProbes >= 1)
        self.tolerance = tolerance
        self.mostProbes = mostProbes
    }

    // MARK: What to do

    public var next: Action {
        guard let belief else { return .probeClosedLoop }
        guard probes.count < mostProbes else { return .done }
        guard let safe = safe(by: belief) else {
            // If nothing has held yet, a lower rate may.
            let median = exp(belief.quantiles([0.5], of: .safe)[0])
            let lowest = max(exp(belief.prior.center) * Self.tried.lowerBound, 1)
            let isHopeless = median < lowest || probes.count >= Self.hopelessProbes
            return isHopeless ? .done : .probe(rate: mostTelling(belief))
        }
        guard safe.rate < exp(belief.prior.center) * Self.tried.upperBound else { return .done }
        guard isNarrow(safe.interval) else { return .probe(rate: mostTelling(belief)) }
        let isDecided = isAgreed(safe.tally) || isRefuted(safe.tally)
        return isDecided ? .done : .probe(rate: known(near: safe.rate))
    }

    private func isAgreed(_ tally: Tally) -> Bool {
        tally.mostHold && tally.held >= Self.enoughHeld
    }

    private func isRefuted(_ tally: Tally) -> Bool {
        !tally.mostHold && tally.runs >= Self.enoughRefuting
    }

    private func mostTelling(_ belief: RateBelief) -> Double {
        let ends = belief.quantiles([0.01, 0.99], of: .safe)
        let width = max(ends[1] - ends[0], tolerance / 2)
        // Half of the runs hold somewhat above the safe rate, where each tells the most.
        let (low, high) = (ends[0] - width / 4, ends[1] + width)
        let rates = (0..<Self.candidateCount).map { place in
            let share = Double(place) / Double(Self.candidateCount - 1)
            return known(near: exp(low + (high - low) * share))
        }
        return belief.mostTelling(of: rates)
    }

    private static let candidateCount = 12

    /// Prefers a rate that was tried already if it is as good: runs at one rate can be counted.
    private func known(near rate: Double) -> Double {
        let nearest = probes.map(\.rate).min { abs($0 - rate) < abs($1 - rate) }
        if let nearest, abs(nearest - rate) <= rate * tolerance / 8 { return nearest }
        return Self.rounded(rate)
    }

    private func isNarrow(_ interval: ClosedRange<Double>) -> Bool {
        // Whole records below twenty a second are coarser than any tolerance of use.
        interval.upperBound - interval.lowerBound
            <= max(interval.lowerBound * tolerance, 1) * (1 + 1e-9)
    }

    // MARK: What is known

    /// The answer so far.
    public var answer: Answer {
        guard let belief, let safe = safe(by: belief) else {
            return Answer(
                notSustained: lowestFailing(above: 0), machineShare: belief?.lapse ?? 0)
        }
        let failures = probes.filter { $0.rate > safe.rate && $0.outcome != .sustained }
        let isLimitedByGenerator =
            failures.count { $0.outcome == .generatorBound } * 2 > failures.count
        return Answer(
            safe: safe, bestCase: estimate(.bestCase, by: belief),
            notSustained: lowestFailing(above: safe.rate), machineShare: belief.lapse,
            isLimitedByGenerator: isLimitedByGenerator,
            isConfirmed: isNarrow(safe.interval) && isAgreed(safe.tally) && !isLimitedByGenerator)
    }

    /// Nil if nothing has held yet.
    private func safe(by belief: RateBelief) -> Estimate? {
        guard probes.contains(where: { $0.outcome == .sustained }) else { return nil }
        return estimate(.safe, by: belief)
    }

    private func estimate(_ place: RateBelief.Place, by belief: RateBelief) -> Estimate {
        let rate = exp(belief.rate(whereShareHolds: share(holdingAt: place)))
        let isWide = !isNarrow(interval(Self.ends, of: .safe, by: belief))
        let rounded = Self.rounded(rate)
        let near = (rounded * (1 - tolerance / 2))...(rounded * (1 + tolerance / 8))
        return Estimate(
            rate: rounded,
            interval: interval(isWide ? Self.endsOfPair : Self.ends, of: place, by: belief),
            tally: tally(of: near))
    }

    private func interval(
        _ ends: [Double], of place: RateBelief.Place, by belief: RateBelief
    ) -> ClosedRange<Double> {
        let rate = exp(belief.rate(whereShareHolds: share(holdingAt: place)))
        let ends = belief.quantiles(ends, of: place).map { exp($0) }
        let reach = tolerance * Self.leastReach
        let low = min(Self.rounded(ends[0], .down), Self.rounded(rate * (1 - reach)))
        return low...max(Self.rounded(ends[1], .up), Self.rounded(rate * (1 + reach)))
    }

    private func share(holdingAt place: RateBelief.Place) -> Double {
        switch place {
        case .safe: Self.safeShare
        case .bestCase: 0.5
        }
    }

    private func lowestFailing(above rate: Double) -> Tried? {
        Set(probes.map(\.rate)).filter { $0 > rate }.sorted().lazy
            .map { Tried(rate: $0, tally: tally(of: $0...$0)) }
            .first { $0.tally.failed > $0.tally.held + $0.tally.failedByMachine }
    }

    /// How the probes of some rates ended.
    public func tally(of rates: ClosedRange<Double>) -> Tally {
        probes.reduce(into: Tally()) { tally, probe in
            guard rates.contains(probe.rate) else { return }
            switch probe.outcome {
            case .sustained: tally.held += 1
            case .notSustained, .generatorBound: tally.failed += 1
            case .disturbed: tally.failedByMachine += 1
            }
        }
    }

    /// How all of them ended.
    public var tally: Tally { tally(of: 0...Double.infinity) }

    // MARK: What came of it

    /// - Parameter rate: the acknowledged rate, in records per second; positive.
    public mutating func closedLoop(reached rate: Double) {
        precondition(rate > 0 && rate.isFinite, "the closed loop acknowledged something")
        belief = RateBelief(.init(center: log(max(rate, 1)), tolerance: tolerance))
    }

    public mutating func probed(_ rate: Double, _ outcome: Outcome) {
        guard var belief else { preconditionFailure("the closed loop comes first") }
        let probe = RateBelief.Probe(rate: rate, outcome: outcome)
        probes.append(probe)
        belief.add(probe)
        if let range = belief.betterRange {
            belief = RateBelief(belief.prior, over: range, probes: probes)
        }
        self.belief = belief
    }

    /// Four digits: finer than any useful tolerance, and still legible.
    static func rounded(
        _ rate: Double, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
    ) -> Double {
        var unit = 1.0
        while rate / unit >= 10_000 { unit *= 10 }
        return max((rate / unit).rounded(rule) * unit, 1)
    }
}

// MARK: What is left

extension RateSearch {
    /// How many probes are still to come: simulates the rest of the search several times, each time
    /// against a target drawn from the current estimate.
    /// - Returns: the median and the largest number of probes; nil before the closed loop.
    public func probesLeft(
        plays: Int = 5, using generator: inout some RandomNumberGenerator
    ) -> (middle: Int, most: Int)? {
        guard let belief else { return nil }
        let lengths = (0..<plays).map { _ in
            let holds = belief.draw(using: &generator)
            var play = self
            while case .probe(let rate) = play.next {
                let chance = Double.random(in: 0..<1, using: &generator)
                play.probed(rate, chance < holds(rate) ? .sustained : .notSustained)
            }
            return play.probes.count - probes.count
        }.sorted()
        return (lengths[plays / 2], lengths[plays - 1])
    }
}
