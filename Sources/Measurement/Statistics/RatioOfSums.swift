/// The ratio of two sums over pairs, such as nanoseconds over bytes, with its 95 % interval.
///
/// Pairs count by their size, unlike in a mean of ratios. The interval is that of the ratio estimator
/// (Cochran, *Sampling Techniques*, 3rd ed., 1977, section 6.4) with Student's t; it takes pairs for
/// independent. The ratio itself is exact for the pairs that were added.
public struct RatioOfSums: Sendable, Equatable {
    public private(set) var count = 0
    /// Of the upper values of the ratio, and of the lower ones.
    public private(set) var upper = 0.0
    public private(set) var lower = 0.0
    private var upperSquares = 0.0
    private var lowerSquares = 0.0
    private var products = 0.0

    public init() {}

    /// - Parameter lower: above 0.
    public mutating func add(_ upper: Double, over lower: Double) {
        precondition(lower > 0 && upper.isFinite && lower.isFinite, "a ratio of numbers")
        count += 1
        self.upper += upper
        self.lower += lower
        upperSquares += upper * upper
        lowerSquares += lower * lower
        products += upper * lower
    }

    /// Nil before the first pair.
    public var value: Double? { count > 0 ? upper / lower : nil }

    /// How far the 95 % interval reaches to either side; nil for fewer than two pairs.
    /// - Parameter population: how many pairs there are at all, if the pairs are a sample of so many: then the
    ///   interval shrinks as the sample grows, and is the value alone if it is all of them.
    public func reach(ofPopulation population: Int? = nil) -> Double? {
        if let population, count >= population, count > 0 { return 0 }
        guard let value, count > 1 else { return nil }
        let residues = upperSquares - 2 * value * products + value * value * lowerSquares
        // Equal pairs leave a rounding error, which may be negative.
        let variance = max(residues, 0) / Double(count - 1)
        let unseen = population.map { 1 - Double(count) / Double($0) } ?? 1
        let meanLower = lower / Double(count)
        let error = (unseen * variance / Double(count)).squareRoot() / meanLower
        return StudentT.reach95(degreesOfFreedom: count - 1) * error
    }

    /// The reach as a share of the value; nil where there is none.
    public func relativeReach(ofPopulation population: Int? = nil) -> Double? {
        guard let reach = reach(ofPopulation: population), let value, value != 0 else { return nil }
        return reach / abs(value)
    }
}
