import Foundation

/// What the belief says about the rates that are searched for. All of it comes from the joint
/// distribution of the unknowns, so that the safe rate is never above the best case.
extension RateBelief {
    /// A rate that depends on the target alone.
    enum Place {
        /// Nine in ten of the runs that the machine lets hold do so.
        case safe
        /// Half of them do.
        case bestCase

        /// How far it is above `safe`.
        func shift(_ spread: Double) -> Double {
            switch self {
            case .safe: 0
            case .bestCase: spread * log(9)
            }
        }
    }

    /// Of the logarithm of such a rate.
    func quantiles(_ shares: [Double], of place: Place) -> [Double] {
        // Of the weights before each node, and of all.
        let sums = weightsBySpread().map { weights in
            weights.reduce(into: [0.0]) { sums, weight in sums.append(sums[sums.count - 1] + weight)
            }
        }
        /// The probability that it is below. Each node's weight is spread over the cell around it.
        func below(_ rate: Double) -> Double {
            var total = 0.0
            for (spread, sums) in zip(Self.spreads, sums) {
                let cell = (rate - place.shift(spread.width) - range.lowerBound) / step + 0.5
                let node = Int(min(max(cell, 0), Double(Self.nodeCount)))
                total += sums[node]
                if cell > 0, node < Self.nodeCount {
                    total += (cell - Double(node)) * (sums[node + 1] - sums[node])
                }
            }
            return total
        }
        return shares.map { share in crossing { below($0) < share } }
    }

    /// The logarithm of the highest rate at which the next run is expected to hold with this
    /// probability, if the machine lets it. All that is unknown lowers it: where the limit is, how
    /// sharp it is, and where it goes.
    func rate(whereShareHolds share: Double) -> Double {
        let all = weightsBySpread()
        return crossing { rate in
            var holds = 0.0
            for (index, edge) in edges(at: exp(rate)).enumerated() {
                for node in 0..<Self.nodeCount { holds += all[index][node] * edge[node] }
            }
            return holds >= share
        }
    }

    /// Where a condition that holds below some rate ceases to hold.
    private func crossing(_ isBelow: (Double) -> Bool) -> Double {
        let reach = 3 * Self.spreads[Self.spreads.count - 1].width
        var (low, high) = (range.lowerBound - reach, range.upperBound + reach)
        for _ in 0..<30 {
            let middle = (low + high) / 2
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return low
    }

    func weightsBySpread() -> [[Double]] {
        var sums = Self.spreads.map { _ in [Double](repeating: 0, count: Self.nodeCount) }
        for (index, kind) in Self.kinds.enumerated() {
            let place = index * Self.nodeCount
            for node in 0..<Self.nodeCount { sums[kind.spread][node] += weights[place + node] }
        }
        return sums
    }

    /// The expected share of runs that fail at any rate.
    var lapse: Double {
        var sum = 0.0
        for (place, weight) in weights.enumerated() {
            sum += weight * Self.kinds[place / Self.nodeCount].lapse
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
        for (index, kind) in Self.kinds.enumerated() {
            let place = index * Self.nodeCount
            for node in 0..<Self.nodeCount {
                letting[kind.spread][node] += weights[place + node] * (1 - kind.lapse - Self.luck)
            }
        }
        func expectedEntropy(_ rate: Double) -> Double {
            var held = [Double](repeating: 0, count: Self.nodeCount)
            var failed = held
            for (index, edge) in edges(at: rate).enumerated() {
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
        let kind = Self.kinds[place / Self.nodeCount]
        let spread = Self.spreads[kind.spread].width
        return { rate in
            Self.luck + (1 - kind.lapse - Self.luck) * Self.share((log(rate) - safe) / spread)
        }
    }
}
