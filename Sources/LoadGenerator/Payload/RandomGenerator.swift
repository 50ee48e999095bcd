import Glibc

/// The seeded random generator of payloads, keys and arrivals: xoshiro256** seeded by SplitMix64
/// (Blackman and Vigna, 2018).
///
/// The standard library's distributions may change with its version, and then a seed would give
/// other bytes. So all draws use the functions here.
///
/// Thread contract: one owner.
@usableFromInline
struct RandomGenerator: Sendable {
    /// Separates the sequences that are drawn from one seed for different purposes.
    enum Stream: UInt64 {
        case arrivals = 1
        case payload
        case sizes
        case keys
        case partitions
        case runOrder
        case service
    }

    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    init(seed: UInt64) {
        var state = seed
        s0 = Self.splitMix(&state)
        s1 = Self.splitMix(&state)
        s2 = Self.splitMix(&state)
        s3 = Self.splitMix(&state)
    }

    init(seed: UInt64, stream: Stream, index: UInt64 = 0) {
        var state = seed
        let mixed = Self.splitMix(&state) ^ (stream.rawValue << 56 | index)
        var second = mixed
        self.init(seed: Self.splitMix(&second))
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    @inlinable
    mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = (product << 7 | product >> 57) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = s3 << 45 | s3 >> 19
        return result
    }

    /// Above 0 and up to 1, so that its logarithm is finite.
    @inlinable
    mutating func nextUnitInterval() -> Double {
        Double((next() >> 11) &+ 1) * 0x1p-53
    }

    /// From 0 to below `bound`, each equally often (Lemire's multiplication, without its last
    /// bias of bound ÷ 2⁶⁴).
    mutating func next(below bound: Int) -> Int {
        precondition(bound > 0, "an empty range has no numbers")
        let bound = UInt64(bound)
        var (high, low) = next().multipliedFullWidth(by: bound)
        if low < bound {
            let threshold = (0 &- bound) % bound
            while low < threshold { (high, low) = next().multipliedFullWidth(by: bound) }
        }
        return Int(high)
    }

    mutating func next(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + next(below: range.count)
    }

    /// A standard normal number (Box and Muller).
    mutating func nextNormal() -> Double {
        let radius = (-2 * log(nextUnitInterval())).squareRoot()
        return radius * cos(2 * Double.pi * nextUnitInterval())
    }

    mutating func isTrue(_ probability: Double) -> Bool {
        nextUnitInterval() <= probability
    }
}
