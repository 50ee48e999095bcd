/// Where HdrHistogram keeps a value: three significant digits, lowest discernible value 1.
///
/// The first 2048 counts stand for 0…2047 one by one; every further 1024 cover the next doubling in
/// steps twice as wide. This layout is part of the `.hlog` format: encoders in every language
/// number the counts this way. A test compares it with the histogram that we record into.
public enum BucketLayout {
    public static let significantDigits = 3

    /// 2 × 10³ values need a resolution of one unit; the next power of two is 2048.
    public static let subBucketCountMagnitude = 11
    public static let subBucketCount = 1 << subBucketCountMagnitude
    static let subBucketHalfCountMagnitude = subBucketCountMagnitude - 1
    static let subBucketHalfCount = 1 << subBucketHalfCountMagnitude
    static let subBucketMask: Int64 = 1 << subBucketCountMagnitude - 1

    /// The index in the counts array of a value ≥ 0.
    public static func index(of nanos: Int64) -> Int {
        precondition(nanos >= 0)
        let doubling =
            Int64.bitWidth - subBucketCountMagnitude - (nanos | subBucketMask).leadingZeroBitCount
        let subBucket = Int(nanos >> Int64(doubling))
        return ((doubling + 1) << subBucketHalfCountMagnitude) + subBucket - subBucketHalfCount
    }

    /// The lowest value that is counted at `index`, or nil beyond `Int64.max`.
    public static func lowestValue(at index: Int) -> Int64? {
        guard index >= 0 else { return nil }
        let doubling = (index >> subBucketHalfCountMagnitude) - 1
        guard doubling > 0 else { return Int64(index) }
        let subBucket = Int64(index & (subBucketHalfCount - 1) + subBucketHalfCount)
        // 11 significant bits and the shift must leave the sign bit alone.
        guard doubling + subBucketCountMagnitude < Int64.bitWidth else { return nil }
        return subBucket << Int64(doubling)
    }

    /// How many neighbouring values share the bucket of `nanos`.
    public static func width(at nanos: Int64) -> Int64 {
        let significantBits = Int64.bitWidth - (nanos | subBucketMask).leadingZeroBitCount
        return 1 << Int64(significantBits - subBucketCountMagnitude)
    }
}
