import SeededRandom

typealias SeededGenerator = SeededRandom.SeededGenerator

extension SeededGenerator {
    /// A normally distributed number, as the sum of twelve uniform ones.
    mutating func normal(mean: Double, deviation: Double) -> Double {
        let sum = (0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
        return mean + deviation * (sum - 6)
    }
}
