import Foundation

/// What the probes so far show about the rates that a target sustains: a probability for each
/// combination of three unknowns, on a grid.
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
///
/// This is the psychometric function with a lapse rate, in which the threshold is searched for and
/// the other two are summed out (Wichmann and Hill 2001; Prins 2013). Bayes' rule on a grid gives
/// exact intervals for few probes, without randomness.
///
/// A target's limit changes: caches warm up, a disk fills, neighbours come and go. So `safe` takes
/// a small random step from one probe to the next, and old probes count for less.
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
        /// The standard deviation of the step of `safe` from one probe to the next.
        var wander: Double

        /// Of a Laplace distribution, which has wide tails: a factor of two is usual, and a hundred
        /// possible.
        static let scale = 0.7
        /// The search never goes beyond.
        var whole: ClosedRange<Double> { (center + log(1e-4))...(center + log(1e3)) }

        func density(_ safe: Double) -> Double { exp(-abs(safe - center) / Self.scale) }
    }

    /// From a sharp limit to none at all; all are equally likely before any probe.
    static let spreads = [0.001, 0.004, 0.012, 0.03, 0.08]
    static let lapses: [(share: Double, prior: Double)] = [
        (0.01, 0.45), (0.06, 0.2), (0.15, 0.12), (0.3, 0.1), (0.5, 0.08), (0.7, 0.05),
    ]
    /// The probability that a run holds at a rate that is far too high, because it is too short to
    /// fall behind.
    static let luck = 0.01
    /// The probability that a disturbance of the machine alone breaks a run. A run that failed
    /// during one says little about its rate; if runs always fail so, that still says something,
    /// since a rate that is too high also disturbs the machine.
    static let blame = 0.75
    /// At `safe + spread · halfPoint` half of the runs hold.
    static let halfPoint = log(9.0)
    static let nodeCount = 101

    let prior: Prior
    /// Of the logarithm of the safe rate.
    let range: ClosedRange<Double>
    /// By spread, lapse and node; their sum is 1.
    private var weights: [Double]

    private var step: Double {
        (range.upperBound - range.lowerBound) / Double(Self.nodeCount - 1)
    }
    private func safe(_ node: Int) -> Double { range.lowerBound + Double(node) * step }

    init(_ prior: Prior, over range: ClosedRange<Double>? = nil, probes: [Probe] = []) {
        self.prior = prior
        self.range = range ?? prior.whole
        weights = []
        for _ in Self.spreads {
            for lapse in Self.lapses {
                for node in 0..<Self.nodeCount {
                    weights.append(lapse.prior * prior.density(safe(node)))
                }
            }
        }
        normalise()
        for probe in probes { add(probe) }
    }

    // MARK: Learning

    mutating func add(_ probe: Probe) {
        let mixing = min(pow(prior.wander / step, 2) / 2, 1.0 / 3)
        let rate = log(probe.rate)
        var place = 0
        for spread in Self.spreads {
            let edge = edge(rate, spread: spread)
            for lapse in Self.lapses {
                wander(from: place, mixing)
                for node in 0..<Self.nodeCount {
                    let holds = Self.luck + (1 - lapse.share - Self.luck) * edge[node]
                    switch probe.outcome {
                    case .sustained: weights[place + node] *= holds
                    case .notSustained, .generatorBound: weights[place + node] *= 1 - holds
                    case .disturbed: weights[place + node] *= 1 - (1 - Self.blame) * holds
                    }
                }
                place += Self.nodeCount
            }
        }
        normalise()
    }

    /// F at the logarithm of a rate, by node.
    private func edge(_ rate: Double, spread: Double) -> [Double] {
        var edge = [Double](repeating: 0, count: Self.nodeCount)
        for node in 0..<Self.nodeCount {
            edge[node] = Self.share((rate - safe(node)) / spread)
        }
        return edge
    }

    /// F, computed only where it is neither 0 nor 1.
    private static func share(_ x: Double) -> Double {
        x > 35 ? 0 : x < -35 ? 1 : 1 / (1 + exp(x) / 9)
    }

    /// Lets `safe` take a step, for one spread and lapse.
    private mutating func wander(from place: Int, _ mixing: Double) {
        var before = weights[place]
        for node in 0..<Self.nodeCount {
            let here = weights[place + node]
            let after = node + 1 < Self.nodeCount ? weights[place + node + 1] : here
            weights[place + node] = here + mixing * (before + after - 2 * here)
            before = here
        }
    }

    private mutating func normalise() {
        let sum = weights.reduce(0, +)
        for place in weights.indices { weights[place] /= sum }
    }

    /// A grid that fits the current knowledge better, if this one is far too wide or too narrow for
    /// it; else nil.
    var betterRange: ClosedRange<Double>? {
        let known = safeQuantiles([0.0005, 0.9995])
        let width = known[1] - known[0]
        let now = range.upperBound - range.lowerBound
        // A grid finer than the limit's own steps would show nothing.
        let least = prior.wander * 1.25 * Double(Self.nodeCount - 1)
        let wanted = max(3 * width, least)
        let edges = 3 * step
        let isCutOff =
            (known[0] < range.lowerBound + edges && range.lowerBound > prior.whole.lowerBound)
            || (known[1] > range.upperBound - edges && range.upperBound < prior.whole.upperBound)
        guard isCutOff || wanted < now / 2 else { return nil }
        let margin = ((isCutOff ? max(wanted, now * 2) : wanted) - width) / 2
        let better = (known[0] - margin)...(known[1] + margin)
        return better.clamped(to: prior.whole)
    }

    // MARK: What is known

    /// Of the logarithm of the safe rate.
    func safeQuantiles(_ shares: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: Self.nodeCount)
        for place in weights.indices { sums[place % Self.nodeCount] += weights[place] }
        return quantiles(shares, of: sums.indices.map { (safe($0), sums[$0]) })
    }

    /// Of the logarithm of the rate at which half of the runs hold that the machine lets hold.
    func bestCaseQuantiles(_ shares: [Double]) -> [Double] {
        let places = zip(Self.spreads, weightsBySpread()).flatMap { spread, sums in
            sums.indices.map { (safe($0) + spread * Self.halfPoint, sums[$0]) }
        }
        return quantiles(shares, of: places.sorted { $0.0 < $1.0 })
    }

    /// - Parameter places: each with its weight, which stands for the stretch around it.
    private func quantiles(
        _ shares: [Double], of places: [(value: Double, weight: Double)]
    ) -> [Double] {
        shares.map { share in
            var sum = 0.0
            for (value, weight) in places {
                sum += weight
                if sum >= share { return value + step * (0.5 - (sum - share) / weight) }
            }
            return range.upperBound
        }
    }

    private func weightsBySpread() -> [[Double]] {
        var sums: [[Double]] = []
        var place = 0
        for _ in Self.spreads {
            var sum = [Double](repeating: 0, count: Self.nodeCount)
            for _ in Self.lapses {
                for node in 0..<Self.nodeCount { sum[node] += weights[place + node] }
                place += Self.nodeCount
            }
            sums.append(sum)
        }
        return sums
    }

    /// The expected share of runs that fail at any rate.
    var lapse: Double {
        var sum = 0.0
        for (place, weight) in weights.enumerated() {
            sum += weight * Self.lapses[place / Self.nodeCount % Self.lapses.count].share
        }
        return sum
    }

    // MARK: What to ask next

    /// The rate whose probe is expected to leave the least entropy about the safe rate (Kontsevich
    /// and Tyler 1999). A rate that only shows the steepness of the limit, or how often the machine
    /// fails, counts as far as that helps to know the safe rate.
    func mostTelling(of rates: [Double]) -> Double {
        // The probability of holding is linear in the lapse, so two sums stand for all lapses.
        let all = weightsBySpread()
        var letting = all.map { $0.map { _ in 0.0 } }
        for (place, weight) in weights.enumerated() {
            let lapse = Self.lapses[place / Self.nodeCount % Self.lapses.count].share
            let index = place / Self.nodeCount / Self.lapses.count
            letting[index][place % Self.nodeCount] += weight * (1 - lapse - Self.luck)
        }
        func expectedEntropy(_ rate: Double) -> Double {
            var held = [Double](repeating: 0, count: Self.nodeCount)
            var failed = held
            for (index, spread) in Self.spreads.enumerated() {
                let edge = edge(log(rate), spread: spread)
                for node in 0..<Self.nodeCount {
                    let holds = Self.luck * all[index][node] + letting[index][node] * edge[node]
                    held[node] += holds
                    failed[node] += all[index][node] - holds
                }
            }
            return Self.entropy(held) + Self.entropy(failed)
        }
        return rates.min { expectedEntropy($0) < expectedEntropy($1) }!
    }

    /// For weights whose sum is below 1: divided by it.
    private static func entropy(_ weights: [Double]) -> Double {
        let sum = weights.reduce(0, +)
        return weights.reduce(0) { $0 - ($1 > 0 ? $1 * log($1 / sum) : 0) }
    }

    /// One combination of the unknowns, drawn by its probability, as the probability that a run
    /// holds at a rate.
    func draw(using generator: inout some RandomNumberGenerator) -> @Sendable (Double) -> Double {
        var left = Double.random(in: 0..<1, using: &generator)
        var place = 0
        while place < weights.count - 1, left >= weights[place] {
            left -= weights[place]
            place += 1
        }
        let safe = safe(place % Self.nodeCount)
        let lapse = Self.lapses[place / Self.nodeCount % Self.lapses.count].share
        let spread = Self.spreads[place / Self.nodeCount / Self.lapses.count]
        return { rate in
            Self.luck + (1 - lapse - Self.luck) * Self.share((log(rate) - safe) / spread)
        }
    }
}
