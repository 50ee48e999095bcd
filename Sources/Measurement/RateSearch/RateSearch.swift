/// The search for the highest rate that something sustains: which rate to try next, and when to
/// stop. It runs nothing: a rate goes out, what came of it comes in.
///
/// A closed loop says where to look. Around it a rate that holds and one that does not are found,
/// and the gap between them is halved until it is small. One lucky or unlucky probe must not decide,
/// so both ends are then probed again: an end stands that most of its probes agree on, two at
/// least. An end that falls gives its place to the other side, and the search goes back to where
/// it was still right.
public struct RateSearch: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        /// Run as fast as it goes, and report the rate by `closedLoop`.
        case probeClosedLoop
        /// Offer this rate, in records per second, and report by `probed`.
        case probe(rate: Double)
        case done(Answer)
    }

    public struct Answer: Sendable, Equatable {
        /// Nil where not even the lowest rate tried was sustained.
        public var rate: Double?
        /// The lowest rate above it that was not; nil where none was found.
        public var notSustained: Double?
        /// Whether both were probed as often as they had to be.
        public var isConfirmed: Bool
    }

    /// How often most of one rate's probes have agreed.
    private struct Votes: Sendable, Equatable {
        var held = 0
        var failed = 0
    }

    /// How far apart the two ends may be in the end, as a share of the lower one.
    public let tolerance: Double
    /// Probes that must agree at each end.
    public let confirmations: Int
    /// A noisy machine must not keep the search going for ever.
    public let mostProbes: Int

    /// Below this share of what the closed loop reached nothing is tried.
    private static let lowestShare = 0.001
    /// From one rate to the next while all hold.
    private static let growth = 1.25

    /// Gaps, in tolerances, at which both ends are checked on the way.
    private static let checkedGap = 4.0...8.0

    private var closedLoopRate: Double?
    private var votes: [Double: Votes] = [:]
    private var probes = 0
    /// The highest rate that is taken to hold, and the lowest that is taken not to.
    private var low: Double?
    private var high: Double?

    public init(tolerance: Double = 0.02, confirmations: Int = 2, mostProbes: Int = 40) {
        precondition(tolerance > 0 && confirmations >= 1 && mostProbes >= 1)
        self.tolerance = tolerance
        self.confirmations = confirmations
        self.mostProbes = mostProbes
    }

    // MARK: What to do

    public var next: Action {
        guard let closedLoopRate else { return .probeClosedLoop }
        guard probes < mostProbes else { return .done(answer(isConfirmed: false)) }
        guard let high else {
            // At first the closed loop's own rate, then ever more.
            return .probe(rate: Self.rounded(low.map { $0 * Self.growth } ?? closedLoopRate))
        }
        guard let low else {
            if let votes = votes[high], votes.held == votes.failed { return .probe(rate: high) }
            // Near the closed loop first; what is not there may be anywhere below.
            let isNear = high > closedLoopRate * 0.9
            let lower = Self.rounded(high / (isNear ? 2 : 4))
            let isLowest = lower < max(closedLoopRate * Self.lowestShare, 1)
            return isLowest ? .done(answer(isConfirmed: true)) : .probe(rate: lower)
        }
        let middle = Self.rounded((low * high).squareRoot())
        let gap = (high - low) / low
        if gap > tolerance, middle > low, middle < high {
            // Halving goes through this window once: an end that was wrong is found out early.
            guard gap > Self.checkedGap.lowerBound * tolerance,
                gap <= Self.checkedGap.upperBound * tolerance
            else { return .probe(rate: middle) }
            let isChecked = isConfirmed(low, holds: true) && isConfirmed(high, holds: false)
            if isChecked { return .probe(rate: middle) }
        }
        if !isConfirmed(low, holds: true) { return .probe(rate: low) }
        if !isConfirmed(high, holds: false) { return .probe(rate: high) }
        return .done(answer(isConfirmed: true))
    }

    private func answer(isConfirmed: Bool) -> Answer {
        Answer(rate: low, notSustained: high, isConfirmed: isConfirmed)
    }

    private func isConfirmed(_ rate: Double, holds: Bool) -> Bool {
        guard let votes = votes[rate] else { return false }
        let (agreed, against) =
            holds ? (votes.held, votes.failed) : (votes.failed, votes.held)
        return agreed >= confirmations && agreed > against
    }

    // MARK: What came of it

    /// - Parameter rate: what was acknowledged, in records per second; positive.
    public mutating func closedLoop(reached rate: Double) {
        precondition(rate > 0 && rate.isFinite, "a closed loop that moved nothing says nothing")
        closedLoopRate = max(rate, 1)
    }

    public mutating func probed(_ rate: Double, sustained: Bool) {
        probes += 1
        votes[rate, default: Votes()].held += sustained ? 1 : 0
        votes[rate, default: Votes()].failed += sustained ? 0 : 1
        switch holds(rate) {
        case true:
            if rate > low ?? 0 { low = rate }
            if let high, high <= rate { self.high = lowestFailed(above: rate) }
        case false:
            if rate < high ?? .infinity { high = rate }
            if let low, low >= rate { self.low = highestHeld(below: rate) }
        case nil: break
        }
    }

    /// What most probes of a rate say; nil for a tie.
    private func holds(_ rate: Double) -> Bool? {
        guard let votes = votes[rate], votes.held != votes.failed else { return nil }
        return votes.held > votes.failed
    }

    private func lowestFailed(above rate: Double) -> Double? {
        votes.keys.filter { $0 > rate && holds($0) == false }.min()
    }

    private func highestHeld(below rate: Double) -> Double? {
        votes.keys.filter { $0 < rate && holds($0) == true }.max()
    }

    /// Four digits: finer than any tolerance of use, and still legible.
    static func rounded(_ rate: Double) -> Double {
        var unit = 1.0
        while rate / unit >= 10_000 { unit *= 10 }
        return max((rate / unit).rounded() * unit, 1)
    }
}
