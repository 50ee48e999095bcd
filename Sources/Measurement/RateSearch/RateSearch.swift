/// The search for the highest rate that something sustains: which rate to try next, and when to
/// stop. It runs nothing: a rate goes out, what came of it comes in.
///
/// A closed loop says where to look. Around it a rate that holds and one that does not are found,
/// and the gap between them is halved until it is small. No single probe decides: a rate that failed
/// is probed again before the search turns away from it, and both ends are probed until the
/// evidence agrees (`RateEvidence`). An end that falls gives its place to the other side, and the
/// search goes back to where it was still right.
///
/// The answer is an interval, from the highest rate that held by agreement to the lowest that failed
/// by agreement. It is confirmed where it is as narrow as was asked.
public struct RateSearch: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        /// Run as fast as it goes, and report the rate by `closedLoop`.
        case probeClosedLoop
        /// Offer this rate, in records per second, and report by `probed`.
        case probe(rate: Double)
        case done(Answer)
    }

    /// What came of a probe.
    public enum Outcome: Sendable, Equatable {
        case sustained
        case notSustained
        /// The rate was never offered, so the target's limit is above it.
        case generatorBound
        /// It failed while the machine was disturbed: it says little, and is made again.
        case disturbed
    }

    public struct Answer: Sendable, Equatable {
        /// The highest rate that held, by agreement if there is one; nil where none did.
        public var rate: Double?
        /// The lowest rate above it that failed by agreement; nil where there is none.
        public var notSustained: Double?
        /// Whether `notSustained` is where the generator gave up: the target's limit is at least `rate`.
        public var isLimitedByGenerator: Bool
        /// Whether both ends are agreed, the target set the upper one, and the interval is within
        /// the tolerance.
        public var isConfirmed: Bool
    }

    /// The widest that a confirmed interval may be, as a share of its lower end.
    public let tolerance: Double
    /// A noisy machine must not keep the search going for ever. Disturbed probes count.
    public let mostProbes: Int

    /// Below this share of what the closed loop reached nothing is tried.
    private static let lowestShare = 0.001
    /// From one rate to the next while all hold: near the closed loop's, and where that was far too
    /// slow, because the machine was busy with something else.
    private static let growth = (near: 1.25, far: 2.0)
    /// Disturbed probes of one rate that are made again. A disturbance that comes back each time
    /// comes with the rate, and the ones after these count as failed.
    static let mostDisturbed = 3
    /// Halving stops below the tolerance, which leaves room for one rate that never agrees.
    private var resolution: Double { tolerance / 2 }
    /// Gaps, in resolutions, at which both ends are settled on the way: halving goes through this
    /// window once, and an end that was wrong is found out early.
    private static let checkedGap = 4.0...8.0

    private var closedLoopRate: Double?
    private var evidence: [Double: RateEvidence] = [:]
    private var disturbed: [Double: Int] = [:]
    private var probes = 0

    public init(tolerance: Double = 0.05, mostProbes: Int = 60) {
        precondition(tolerance > 0 && mostProbes >= 1)
        self.tolerance = tolerance
        self.mostProbes = mostProbes
    }

    // MARK: What to do

    public var next: Action {
        guard let closedLoopRate else { return .probeClosedLoop }
        guard probes < mostProbes else { return .done(answer) }
        let low = low
        let high = high(above: low)
        if let open = rateUnderTest(above: low, below: high) { return .probe(rate: open) }
        guard let high else {
            // At first the closed loop's own rate, then ever more.
            guard let low else { return .probe(rate: Self.rounded(closedLoopRate)) }
            let isNear = low < closedLoopRate * 1.5
            return .probe(
                rate: Self.rounded(low * (isNear ? Self.growth.near : Self.growth.far)))
        }
        guard let low else { return descend(from: high, closedLoopRate) }
        let middle = Self.rounded((low * high).squareRoot())
        let gap = (high - low) / low
        if gap > resolution, middle > low, middle < high {
            let isInWindow =
                gap > Self.checkedGap.lowerBound * resolution
                && gap <= Self.checkedGap.upperBound * resolution
            guard isInWindow, !(isSettled(low) && isSettled(high)) else {
                return .probe(rate: middle)
            }
        }
        return settle(low, high)
    }

    /// Lower, where nothing has held yet.
    private func descend(from high: Double, _ closedLoopRate: Double) -> Action {
        // Near the closed loop first; what is not there may be anywhere below.
        let isNear = high > closedLoopRate * 0.9
        let lower = Self.rounded(high / (isNear ? 2 : 4))
        guard lower < max(closedLoopRate * Self.lowestShare, 1) else { return .probe(rate: lower) }
        return isSettled(high) ? .done(answer) : .probe(rate: high)
    }

    /// Probes the two ends until they are agreed, the one of which less is known first.
    private func settle(_ low: Double, _ high: Double) -> Action {
        let unsettled = [low, high].filter { !isSettled($0) }
        let weakest = unsettled.min { abs(evidence[$0]!.balance) < abs(evidence[$1]!.balance) }
        if let weakest { return .probe(rate: weakest) }
        // Probes of a rate at the limit itself never agree. One at the tolerance's end may.
        if evidence[high]?.standing == .undecided, answer.notSustained.map(isWithin(low)) != true {
            let end = Self.rounded(low * (1 + tolerance), .down)
            if end > low, !isSettled(end) { return .probe(rate: end) }
        }
        return .done(answer)
    }

    private var answer: Answer {
        let agreedLow = evidence.filter { $1.standing == .agreed(holds: true) }.keys.max()
        let rate = agreedLow ?? low
        let higher = evidence.filter { key, value in
            key > rate ?? 0 && value.standing == .agreed(holds: false)
        }.keys.min()
        let isLimitedByGenerator = higher.map { evidence[$0]!.isOfGenerator } ?? false
        let isNarrow = rate.flatMap { rate in higher.map(isWithin(rate)) } ?? false
        return Answer(
            rate: rate, notSustained: higher, isLimitedByGenerator: isLimitedByGenerator,
            isConfirmed: agreedLow != nil && isNarrow && !isLimitedByGenerator)
    }

    private func isWithin(_ low: Double) -> (Double) -> Bool {
        // Whole records below twenty a second are coarser than any tolerance of use.
        { high in high - low <= max(low * tolerance, 1) * (1 + 1e-9) }
    }

    // MARK: The two ends

    /// The highest rate that is taken to hold.
    private var low: Double? {
        evidence.filter { Self.holds($1.standing) == true }.keys.max()
    }

    /// The lowest rate above it that is taken not to.
    private func high(above low: Double?) -> Double? {
        evidence.filter { $0 > low ?? 0 && Self.holds($1.standing) == false }.keys.min()
    }

    /// A rate between the ends whose probes say nothing yet.
    private func rateUnderTest(above low: Double?, below high: Double?) -> Double? {
        evidence.filter { rate, evidence in
            rate > low ?? 0 && rate < high ?? .infinity && evidence.standing == .open
        }.keys.max()
    }

    /// What a rate is taken for; nil where it is to be probed first. One that never agrees is not
    /// one to rely on.
    private static func holds(_ standing: RateEvidence.Standing) -> Bool? {
        switch standing {
        case .agreed(let holds), .leaning(let holds): holds
        case .undecided: false
        case .open: nil
        }
    }

    private func isSettled(_ rate: Double) -> Bool {
        switch evidence[rate]?.standing {
        case .agreed, .undecided: true
        case .leaning, .open, nil: false
        }
    }

    // MARK: What came of it

    /// - Parameter rate: what was acknowledged, in records per second; positive.
    public mutating func closedLoop(reached rate: Double) {
        precondition(rate > 0 && rate.isFinite, "a closed loop that moved nothing says nothing")
        closedLoopRate = max(rate, 1)
    }

    /// - Returns: whether the probe counts; false for a disturbed one that is made again.
    @discardableResult
    public mutating func probed(_ rate: Double, _ outcome: Outcome) -> Bool {
        probes += 1
        var known = evidence[rate] ?? RateEvidence()
        switch outcome {
        case .sustained: known.addHeld()
        case .notSustained: known.addFailed(isOfGenerator: false)
        case .generatorBound: known.addFailed(isOfGenerator: true)
        case .disturbed:
            let isAgain = disturbed[rate, default: 0] < Self.mostDisturbed
            disturbed[rate, default: 0] += 1
            if !isAgain { known.addFailed(isOfGenerator: false) }
            evidence[rate] = known
            return !isAgain
        }
        evidence[rate] = known
        return true
    }

    /// How often a rate held and how often it failed, of the probes that count.
    public func tally(of rate: Double) -> (held: Int, failed: Int) {
        evidence[rate].map { ($0.held, $0.failed) } ?? (0, 0)
    }

    /// Four digits: finer than any tolerance of use, and still legible.
    static func rounded(
        _ rate: Double, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
    ) -> Double {
        var unit = 1.0
        while rate / unit >= 10_000 { unit *= 10 }
        return max((rate / unit).rounded(rule) * unit, 1)
    }
}
