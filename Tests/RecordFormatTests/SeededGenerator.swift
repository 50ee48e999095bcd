import Glibc

/// SplitMix64. Every randomised test prints its seed; `WEIR_TEST_SEED` replays it.
struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(test: String = #function) {
        let given = unsafe getenv("WEIR_TEST_SEED").flatMap { unsafe UInt64(String(cString: $0)) }
        seed = given ?? UInt64.random(in: 0...UInt64.max)
        state = seed
        print("\(test): WEIR_TEST_SEED=\(seed)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Bytes that compress: runs, repetitions and noise.
    mutating func text(count: Int) -> [UInt8] {
        var text: [UInt8] = []
        while text.count < count {
            switch Int.random(in: 0..<3, using: &self) {
            case 0:
                text += Array("{\"order\":\(UInt16.random(in: 0...999, using: &self)),".utf8)
            case 1: text += [UInt8](repeating: 0x20, count: Int.random(in: 1...40, using: &self))
            default: text += bytes(count: Int.random(in: 1...8, using: &self))
            }
        }
        return Array(text.prefix(count))
    }

    /// A record that may have anything a record may have.
    mutating func record(largestValue: Int) -> ModelRecord {
        let timestamp: Int64 =
            switch Int.random(in: 0..<8, using: &self) {
            case 0: Int64.random(in: Int64.min...Int64.max, using: &self)
            case 1: 0
            default: 1_700_000_000_000 + Int64.random(in: -100_000...100_000, using: &self)
            }
        var headers: [(String, [UInt8]?)] = []
        if Int.random(in: 0..<3, using: &self) == 0 {
            for index in 0..<Int.random(in: 0...70, using: &self) {
                let value = nullableBytes(largest: 20)
                headers.append((index % 5 == 0 ? "" : "header-\(index)-ü", value))
            }
        }
        return ModelRecord(
            timestamp: timestamp, key: nullableBytes(largest: 40),
            value: nullableBytes(largest: largestValue), headers: headers)
    }

    private mutating func nullableBytes(largest: Int) -> [UInt8]? {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: nil
        case 1: []
        default: text(count: Int.random(in: 0...largest, using: &self))
        }
    }
}
