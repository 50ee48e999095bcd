extension Statistics {
    /// How far a value may be from the median, in robust standard deviations, before it counts as an
    /// outlier.
    public static let outlierScore = 3.5

    /// The places of outliers: values with a modified z-score above 3.5 (Iglewicz and Hoaglin, *How
    /// to Detect and Handle Outliers*, ASQC, 1993).
    ///
    /// The score counts in median absolute deviations, which a single extreme value does not
    /// change. If more than half of the values are equal that is 0, and the mean absolute deviation
    /// replaces it, as the authors advise. Fewer than three values have no outliers.
    ///
    /// Of five values that are normally distributed one is flagged in 21 % of cases; Tukey's fences
    /// would flag one in 33 %. Outliers are shown and not dropped, because a stall is part of the
    /// result.
    public static func outliers(_ values: [Double]) -> [Int] {
        guard values.count > 2, let center = median(values) else { return [] }
        let distances = values.map { abs($0 - center) }
        guard let median = median(distances), let mean = mean(distances) else { return [] }
        // Both are the standard deviation of normally distributed values.
        let deviation = median > 0 ? median * 1.482602218505602 : mean * 1.2533141373155001
        guard deviation > 0 else { return [] }
        return values.indices.filter { distances[$0] / deviation > outlierScore }
    }
}
