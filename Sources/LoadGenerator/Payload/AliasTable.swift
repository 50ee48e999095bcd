import Glibc

/// Draws from any discrete distribution in constant time (Walker's alias method in Vose's form).
///
/// Each of n buckets holds at most two outcomes; a draw picks a bucket and then one of the two. A
/// bucket's split is rounded to 2⁻³². Memory: eight bytes for each outcome.
///
/// Thread contract: immutable.
@safe
public final class AliasTable: @unchecked Sendable {
    @usableFromInline
    struct Bucket {
        /// The bucket's own outcome is drawn below this share of 2³², the other one above.
        @usableFromInline var threshold: UInt32
        @usableFromInline var other: UInt32
    }

    public let count: Int
    @usableFromInline let buckets: UnsafeMutablePointer<Bucket>

    /// - Precondition: no weight is negative, and their sum is above 0.
    init(weights: [Double]) {
        let total = weights.reduce(0, +)
        precondition(total > 0 && weights.count <= Int(UInt32.max), "weights make no distribution")
        count = weights.count
        unsafe buckets = .allocate(capacity: count)
        var shares = weights.map { $0 / total * Double(weights.count) }
        var small: [Int] = []
        var large: [Int] = []
        for (index, share) in shares.enumerated() {
            if share < 1 { small.append(index) } else { large.append(index) }
        }
        while !small.isEmpty, !large.isEmpty {
            let below = small.removeLast()
            let above = large.removeLast()
            let threshold = UInt32(min(shares[below] * 0x1p32, 0x1p32 - 1))
            unsafe (buckets + below).initialize(
                to: Bucket(threshold: threshold, other: UInt32(above)))
            shares[above] -= 1 - shares[below]
            if shares[above] < 1 { small.append(above) } else { large.append(above) }
        }
        // The remaining buckets hold one outcome each.
        for index in small + large {
            unsafe (buckets + index).initialize(
                to: Bucket(threshold: .max, other: UInt32(index)))
        }
    }

    deinit { unsafe buckets.deallocate() }

    /// Zipf's law: the frequency of outcome r, counted from 0, is proportional to 1 ÷ (r +
    /// 1)^exponent.
    static func zipfian(count: Int, exponent: Double) -> AliasTable {
        AliasTable(weights: (0..<count).map { pow(Double($0 + 1), -exponent) })
    }

    static func uniform(count: Int) -> AliasTable {
        AliasTable(weights: [Double](repeating: 1, count: count))
    }

    @inlinable
    func draw(_ generator: inout RandomGenerator) -> Int {
        // The bucket is the high half of a product whose low half is still random.
        let product = generator.next().multipliedFullWidth(by: UInt64(count))
        let index = Int(truncatingIfNeeded: product.high)
        let bucket = unsafe buckets[index]
        let coin = UInt32(truncatingIfNeeded: product.low >> 32)
        return coin < bucket.threshold ? index : Int(bucket.other)
    }
}
