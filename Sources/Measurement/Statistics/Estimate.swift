/// A value with the 95 % interval in which it is known.
public struct Estimate: Sendable, Equatable {
    public var value: Double
    /// Nil where too little was measured for one.
    public var interval: ClosedRange<Double>?

    public init(_ value: Double, interval: ClosedRange<Double>? = nil) {
        self.value = value
        self.interval = interval
    }

    /// Nil before the first pair.
    /// - Parameters:
    ///   - population: as for `RatioOfSums.reach`.
    ///   - factor: widens the interval.
    public init?(
        _ ratio: RatioOfSums, ofPopulation population: Int? = nil, widenedBy factor: Double = 1
    ) {
        guard let value = ratio.value else { return nil }
        let reach = ratio.reach(ofPopulation: population).map { $0 * factor }
        self.init(value, interval: reach.map { max(value - $0, 0)...value + $0 })
    }
}
