import Glibc

/// Draws value sizes from a distribution.
struct SizeSampler {
    private let distribution: SizeDistribution
    private let bars: AliasTable?
    private var generator: RandomGenerator

    init(_ distribution: SizeDistribution, seed: UInt64) {
        self.distribution = distribution
        generator = RandomGenerator(seed: seed, stream: .sizes)
        if case .histogram(let bars) = distribution {
            self.bars = AliasTable(weights: bars.map(\.weight))
        } else {
            bars = nil
        }
    }

    mutating func next() -> Int {
        switch distribution {
        case .fixed(let size): return size
        case .uniform(let low, let high): return generator.next(in: low...high)
        case .histogram(let sizes): return sizes[bars?.draw(&generator) ?? 0].size
        case .lognormal(let median, let sigma, let high):
            // The median is at most the maximum, so every other draw is below it: 64 draws above
            // it in a row do not happen.
            for _ in 0..<64 {
                let size = Double(median) * exp(sigma * generator.nextNormal())
                if size <= Double(high) { return max(1, Int(size.rounded())) }
            }
            return high
        }
    }
}
