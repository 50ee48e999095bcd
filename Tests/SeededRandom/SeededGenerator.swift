import Glibc

/// SplitMix64. Every randomised test prints its seed; `WEIR_TEST_SEED` replays it.
public struct SeededGenerator: RandomNumberGenerator {
    public let seed: UInt64
    private var state: UInt64

    /// With a seed that is random, or `WEIR_TEST_SEED`, and printed.
    /// - Parameter salt: makes the runs of one test differ under one seed.
    public init(salt: UInt64 = 0, test: String = #function) {
        let given = unsafe getenv("WEIR_TEST_SEED").flatMap { unsafe UInt64(String(cString: $0)) }
        seed = given ?? UInt64.random(in: 0...UInt64.max)
        state = seed &+ salt &* 0xd134_2543_de82_ef95
        print("\(test): WEIR_TEST_SEED=\(seed)")
    }

    /// With a seed that the test has.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    public mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
