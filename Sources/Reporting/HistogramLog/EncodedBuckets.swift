/// The values that each count of an encoded histogram stands for, at any precision.
///
/// The first 2ⁿ counts stand for one step of the smallest unit each, where 2ⁿ is the smallest power
/// of two that is at least 2 × 10^digits; every further 2ⁿ⁻¹ cover the next doubling in steps twice
/// as wide. The unit is the largest power of two up to the lowest discernible value. `BucketLayout`
/// is the layout of our own histograms.
struct EncodedBuckets: Equatable {
    private let unitMagnitude: Int
    private let halfCountMagnitude: Int

    /// Nil for parameters that no histogram of HdrHistogram has.
    init?(significantDigits digits: UInt32, lowestDiscernible lowest: UInt64) {
        guard digits <= 5, lowest >= 1, lowest <= UInt64(Int64.max) else { return nil }
        let largestOfSingleUnits = (0..<digits).reduce(2) { product, _ in product * 10 }
        let countMagnitude = Int.bitWidth - (largestOfSingleUnits - 1).leadingZeroBitCount
        halfCountMagnitude = countMagnitude - 1
        unitMagnitude = UInt64.bitWidth - 1 - lowest.leadingZeroBitCount
        guard unitMagnitude + halfCountMagnitude <= 61 else { return nil }
    }

    /// The highest value that is counted at an index; nil beyond 63 bits.
    func highestValue(at index: Int) -> Int64? {
        let halfCount = 1 << halfCountMagnitude
        let doubling = max((index >> halfCountMagnitude) - 1, 0)
        let step =
            index < 2 * halfCount ? index : index & (halfCount - 1) + halfCount
        let magnitude = doubling + unitMagnitude
        // A step has one more bit than half of the count; the next step must fit as well.
        guard magnitude + halfCountMagnitude + 1 < Int64.bitWidth else { return nil }
        return Int64(step) << Int64(magnitude) | (1 << Int64(magnitude) - 1)
    }
}
