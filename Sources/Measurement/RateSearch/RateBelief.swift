import Foundation

/// What the probes so far show about the rates that a target sustains: a probability for each
/// combination of four unknowns, on a grid.
///
/// A run at rate r holds with the probability
///
///     luck + (1 − lapse − luck) · F((ln r − safe) / spread),    F(x) = 1 / (1 + exp(x) / 9)
///
/// - `safe` is the logarithm of the rate that is searched for: F(0) is 0.9, so nine in ten of the
///   runs that the machine lets hold do so there.
/// - `spread` says how fast runs stop holding above it. A bound on a percentile of short runs is no
///   sharp limit: some runs hold a few percent above the rate at which others fail.
/// - `lapse` is the share of runs that fail at any rate, however low. A lower rate would not help
///   them, so the machine causes them.
/// - `wander` says how far `safe` moves from one probe to the next: caches warm up, a disk fills,
///   neighbours come and go. The step is random and most often small (a Laplace distribution), so
///   old probes count for less.
///
/// This is the psychometric function with a lapse rate, in which the threshold is searched for and
/// the others are summed out (Wichmann and Hill 2001; Prins 2013). Bayes' rule on a grid gives
/// exact intervals for few probes, without randomness.
struct RateBelief: Sendable, Equatable {
    /// One run at an offered rate.
    struct Probe: Sendable, Equatable {
        var rate: Double
        var outcome: RateSearch.Outcome
    }

    /// Before any probe: the expected place of `safe`, in logarithms.
    struct Prior: Sendable, Equatable {
        /// The rate of a closed loop. It may be far off: it has no bound, and the machine may have
        /// been busy meanwhile.
        var center: Double
        /// How exactly the rate has to be known. A limit that moves by as much from one probe to
        /// the next could not be found.
        var tolerance: Double

        /// Of a Laplace distribution, which has wide tails: a factor of two is usual, and a hundred
        /// possible.
        static let scale = 0.7
        /// The search never goes beyond.
        var whole: ClosedRange<Double> { (center + log(1e-4))...(center + log(1e3)) }

        func density(_ safe: Double) -> Double { exp(-abs(safe - center) / Self.scale) }
    }

    /// One combination of all unknowns but `safe`.
    struct Kind: Sendable {
        /// The standard deviation of a step, as a share of the tolerance.
        let wander: Double
        /// An index of `spreads`.
        let spread: Int
        let lapse: Double
        let prior: Double
    }

    /// From a sharp limit to hardly any.
    static let spreads: [(width: Double, prior: Double)] = [
        (0.001, 0.15), (0.004, 0.2), (0.012, 0.25), (0.03, 0.25), (0.08, 0.15),
    ]
    static let lapses: [(share: Double, prior: Double)] = [
        (0.01, 0.33), (0.08, 0.23), (0.2, 0.18), (0.4, 0.16), (0.65, 0.1),
    ]
    /// With the default tolerance 0.07 %, 0.28 % and 0.5 % a run.
    static let wanders: [(share: Double, prior: Double)] = [
        (1.0 / 72, 0.4), (1.0 / 18, 0.4), (1.0 / 10, 0.2),
    ]
    static let kinds: [Kind] = wanders.flatMap { wander in
        spreads.indices.flatMap { spread in
            lapses.map { lapse in
                Kind(
                    wander: wander.share, spread: spread, lapse: lapse.share,
                    prior: wander.prior * spreads[spread].prior * lapse.prior)
            }
        }
    }
    /// The probability that a run holds at a rate that is far too high, because it is too short to
    /// fall behind.
    static let luck = 0.01
    /// The probability that a disturbance of the machine alone breaks a run. A run that failed
    /// during one says little about its rate; if runs always fail so, that still says something,
    /// since a rate that is too high also disturbs the machine.
    static let blame = 0.75
    static let nodeCount = 101

    let prior: Prior
    /// Of the logarithm of the safe rate.
    let range: ClosedRange<Double>
    /// By kind and node; their sum is 1.
    private(set) var weights: [Double]

    var step: Double {
        (range.upperBound - range.lowerBound) / Double(Self.nodeCount - 1)
    }
    func safe(_ node: Int) -> Double { range.lowerBound + Double(node) * step }

    init(_ prior: Prior, over range: ClosedRange<Double>? = nil, probes: [Probe] = []) {
        self.prior = prior
        self.range = range ?? prior.whole
        weights = []
        for kind in Self.kinds {
            for node in 0..<Self.nodeCount {
                weights.append(kind.prior * prior.density(safe(node)))
            }
        }
        normalise()
        for probe in probes { add(probe) }
    }

    mutating func add(_ probe: Probe) {
        let edges = edges(at: probe.rate)
        for (index, kind) in Self.kinds.enumerated() {
            let place = index * Self.nodeCount
            wander(from: place, by: kind.wander * prior.tolerance)
            let edge = edges[kind.spread]
            for node in 0..<Self.nodeCount {
                let holds = Self.luck + (1 - kind.lapse - Self.luck) * edge[node]
                switch probe.outcome {
                case .sustained: weights[place + node] *= holds
                case .notSustained, .generatorBound: weights[place + node] *= 1 - holds
                case .disturbed: weights[place + node] *= 1 - (1 - Self.blame) * holds
                }
            }
        }
        normalise()
    }

    /// F at a rate, by spread and node.
    func edges(at rate: Double) -> [[Double]] {
        let rate = log(rate)
        return Self.spreads.map { spread in
            (0..<Self.nodeCount).map { Self.share((rate - safe($0)) / spread.width) }
        }
    }

    /// F, computed only where it is neither 0 nor 1.
    static func share(_ x: Double) -> Double {
        x > 35 ? 0 : x < -35 ? 1 : 1 / (1 + exp(x) / 9)
    }

    /// Lets `safe` take a step, for one kind: spreads each weight by a two-sided geometric
    /// distribution, as the sum of a filter that runs up and one that runs down.
    private mutating func wander(from place: Int, by deviation: Double) {
        let variance = deviation / step * deviation / step
        let decay = variance / (variance + 1 + (2 * variance + 1).squareRoot())
        let share = (1 - decay) / (1 + decay)
        var fromAbove = [Double](repeating: 0, count: Self.nodeCount)
        for node in (0..<Self.nodeCount - 1).reversed() {
            fromAbove[node] = decay * (weights[place + node + 1] + fromAbove[node + 1])
        }
        var upToHere = 0.0
        for node in 0..<Self.nodeCount {
            upToHere = weights[place + node] + decay * upToHere
            weights[place + node] = share * (upToHere + fromAbove[node])
        }
    }

    private mutating func normalise() {
        let sum = weights.reduce(0, +)
        for place in weights.indices { weights[place] /= sum }
    }

    /// A grid that fits the current knowledge better, if this one is far too wide or too narrow for
    /// it; else nil.
    var betterRange: ClosedRange<Double>? {
        let known = quantiles([0.0005, 0.9995], of: .safe)
        let width = known[1] - known[0]
        let now = range.upperBound - range.lowerBound
        let wanted = max(3 * width, 2 * prior.tolerance)
        let edges = 3 * step
        let isCutOff =
            (known[0] < range.lowerBound + edges && range.lowerBound > prior.whole.lowerBound)
            || (known[1] > range.upperBound - edges && range.upperBound < prior.whole.upperBound)
        guard isCutOff || wanted < now / 2 else { return nil }
        let margin = ((isCutOff ? max(wanted, now * 2) : wanted) - width) / 2
        let better = (known[0] - margin)...(known[1] + margin)
        return better.clamped(to: prior.whole)
    }
}
