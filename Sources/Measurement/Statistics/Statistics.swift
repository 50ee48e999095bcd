/// Descriptive statistics of a handful of numbers. All sort a copy; none is for the hot path.
public enum Statistics {
    public static func mean(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        return values.reduce(0, +) / Double(values.count)
    }

    public static func median(_ values: [Double]) -> Double? {
        quantile(values, 0.5)
    }

    /// The quantile of type 7 (Hyndman and Fan 1996), which R, NumPy and SciPy use by default:
    /// linear between the order statistics.
    /// - Parameter share: 0…1.
    public static func quantile(_ values: [Double], _ share: Double) -> Double? {
        precondition((0...1).contains(share))
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let place = share * Double(sorted.count - 1)
        let below = Int(place.rounded(.down))
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }

    /// The standard deviation of a sample (n − 1 in the denominator); nil for fewer than two.
    public static func standardDeviation(_ values: [Double]) -> Double? {
        guard values.count > 1, let mean = mean(values) else { return nil }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(values.count - 1)).squareRoot()
    }

    /// Standard deviation ÷ mean; nil for fewer than two values or a mean of 0.
    public static func coefficientOfVariation(_ values: [Double]) -> Double? {
        guard let deviation = standardDeviation(values), let mean = mean(values), mean != 0
        else { return nil }
        return deviation / abs(mean)
    }
}
