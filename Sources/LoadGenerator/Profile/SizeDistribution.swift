/// The distribution of the sizes of the records' values.
public enum SizeDistribution: Hashable, Sendable {
    case fixed(Int)
    /// Every size from `minimum` to `maximum`, both included, with the same frequency.
    case uniform(minimum: Int, maximum: Int)
    /// The logarithm is normal with standard deviation `sigma`; sizes above `maximum` are drawn
    /// again.
    case lognormal(median: Int, sigma: Double, maximum: Int)
    case histogram([WeightedSize])

    /// One bar of a histogram.
    public struct WeightedSize: Hashable, Sendable {
        public var size: Int
        /// Relative to the sum of all weights.
        public var weight: Double

        public init(size: Int, weight: Double) {
            self.size = size
            self.weight = weight
        }
    }

    /// The largest possible size.
    public var maximum: Int {
        switch self {
        case .fixed(let size): size
        case .uniform(_, let maximum), .lognormal(_, _, let maximum): maximum
        case .histogram(let bars): bars.map(\.size).max() ?? 0
        }
    }
}
