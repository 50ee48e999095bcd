/// Many tests at once.
///
/// Benjamini and Hochberg, *Controlling the false discovery rate: a practical and powerful approach to
/// multiple testing*, J. R. Statist. Soc. B 57, 1995: of the differences that are claimed, a share of
/// at most the level is expected to be none. That is proved for independent tests, and for some that
/// depend on each other positively (Benjamini and Yekutieli, Ann. Statist. 29, 2001). It is not proved for
/// two-sided tests of metrics that depend on each other either way, as those of a run do;
/// comparisons of equal variants show what it is worth there (`Scripts/injected-cost`).
public enum FalseDiscovery {
    /// Each p, such that those below a level are the differences that may be claimed at that level.
    public static func adjusted(_ all: [Double]) -> [Double] {
        let order = all.indices.sorted { all[$0] < all[$1] }
        var adjusted = all
        var least = 1.0
        for (rank, index) in order.enumerated().reversed() {
            least = min(least, all[index] * Double(all.count) / Double(rank + 1))
            adjusted[index] = least
        }
        return adjusted
    }

    /// The p that one more test would need to be claimed.
    /// - Parameters:
    ///   - claimed: how many of all tests are.
    ///   - count: of all tests.
    public static func nextLevel(claimed: Int, of count: Int, level: Double) -> Double {
        precondition(count > 0 && claimed >= 0 && level > 0)
        return level * Double(min(claimed + 1, count)) / Double(count)
    }
}
