import Glibc

/// The Mann–Whitney test, two-sided: whether values of one sample tend to be larger than those of
/// another. It makes no assumption about their distribution (Mann and Whitney, *On a test of
/// whether one of two random variables is stochastically larger than the other*, Ann. Math.
/// Statist. 18, 1947).
///
/// Up to `exactLimit` values p is exact, ties included: the share of all ways to divide the values
/// between the samples that would give a U as extreme. Beyond it is the normal approximation,
/// corrected for ties and continuity.
public struct MannWhitney: Sendable, Equatable {
    /// Pairs in which the first sample's value is the larger, ties counted as halves.
    public let u: Double
    /// The probability of a U at least as extreme if the samples do not differ: twice the smaller
    /// tail, at most 1.
    public let p: Double
    public let isExact: Bool

    /// The most values of both samples together for which p is exact: some ten thousand operations
    /// for samples of five, a few million at the limit.
    public static let exactLimit = 50

    /// Nil if a sample is empty.
    public init?(_ first: [Double], _ second: [Double]) {
        precondition((first + second).allSatisfy(\.isFinite), "a test of numbers")
        guard !first.isEmpty, !second.isEmpty else { return nil }
        let ranks = Self.doubledRanks(first + second)
        let count = first.count
        let doubledSum = ranks[..<count].reduce(0, +)
        u = Double(doubledSum - count * (count + 1)) / 2
        isExact = ranks.count <= Self.exactLimit
        p =
            isExact
            ? Self.exactP(ranks: ranks, chosen: count, doubledSum: doubledSum)
            : Self.normalP(ranks: ranks, first: count, u: u)
    }

    /// The smallest p that samples of these sizes can give: 0.029 for four against four, 0.1 for
    /// three against three.
    public static func smallestP(_ firstCount: Int, _ secondCount: Int) -> Double {
        guard firstCount > 0, secondCount > 0 else { return 1 }
        // Both tails of the number of ways to choose the first sample.
        let ways = (1...firstCount).reduce(1.0) { $0 * Double(secondCount + $1) / Double($1) }
        return min(1, 2 / ways)
    }

    /// How many repetitions of each it takes to give a p below a level.
    public static func fewestThatShow(below level: Double) -> Int {
        precondition(level > 0)
        return (1...).first { smallestP($0, $0) < level }!
    }

    /// The largest p below a level that samples of these sizes can give without ties; the level itself
    /// where p is an approximation. Nil if they give none.
    static func largestP(below level: Double, _ firstCount: Int, _ secondCount: Int) -> Double? {
        guard smallestP(firstCount, secondCount) < level else { return nil }
        guard firstCount + secondCount <= exactLimit else { return level }
        let ways = Self.ways(ranks: Array(1...firstCount + secondCount), chosen: firstCount)
        let all = ways.reduce(0, +)
        var (tail, largest) = (0.0, 0.0)
        for count in ways where count > 0 {
            tail += count
            guard 2 * tail / all < level else { break }
            largest = 2 * tail / all
        }
        return largest
    }

    // MARK: Ranks

    /// Twice the ranks, in the order of the values: whole numbers even where tied values share the
    /// mean of their ranks.
    private static func doubledRanks(_ values: [Double]) -> [Int] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Int](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            // Places start + 1 … end share their mean.
            for place in start..<end { ranks[order[place]] = start + 1 + end }
            start = end
        }
        return ranks
    }

    // MARK: Probabilities

    private static func exactP(ranks: [Int], chosen: Int, doubledSum: Int) -> Double {
        let ways = ways(ranks: ranks, chosen: chosen)
        let all = ways.reduce(0, +)
        let lower = ways[...doubledSum].reduce(0, +)
        let upper = ways[doubledSum...].reduce(0, +)
        return min(1, 2 * min(lower, upper) / all)
    }

    /// How many ways there are to choose so many ranks, by their sum.
    private static func ways(ranks: [Int], chosen: Int) -> [Double] {
        // ways[k][s]: to choose k ranks that sum to s.
        let largest = ranks.sorted().suffix(chosen).reduce(0, +)
        var ways = [[Double]](
            repeating: [Double](repeating: 0, count: largest + 1), count: chosen + 1)
        ways[0][0] = 1
        for rank in ranks {
            for k in stride(from: chosen, to: 0, by: -1) where rank <= largest {
                for sum in rank...largest where ways[k - 1][sum - rank] > 0 {
                    ways[k][sum] += ways[k - 1][sum - rank]
                }
            }
        }
        return ways[chosen]
    }

    private static func normalP(ranks: [Int], first: Int, u: Double) -> Double {
        let count = Double(ranks.count)
        let pairs = Double(first) * (count - Double(first))
        let ties = Dictionary(grouping: ranks) { $0 }.values.reduce(0.0) { sum, tied in
            let size = Double(tied.count)
            return sum + size * size * size - size
        }
        let variance = pairs / 12 * (count + 1 - ties / (count * (count - 1)))
        guard variance > 0 else { return 1 }
        let distance = max(abs(u - pairs / 2) - 0.5, 0)
        return erfc(distance / (2 * variance).squareRoot())
    }
}
