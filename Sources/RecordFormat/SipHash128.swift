/// SipHash-2-4 with an output of 128 bits: a hash under a secret key. Without the key nobody can
/// construct two inputs with the same hash (Aumasson and Bernstein, 2012).
///
/// Thread contract: a value; pure functions.
public struct SipHash128: Sendable {
    public struct Digest: Hashable, Sendable {
        public var first: UInt64
        public var second: UInt64

        public init(first: UInt64, second: UInt64) {
            self.first = first
            self.second = second
        }
    }

    private let key: (UInt64, UInt64)

    public init(key first: UInt64, _ second: UInt64) {
        key = (first, second)
    }

    public func digest(_ bytes: RawSpan) -> Digest {
        var state = State(key)
        let wholeWords = bytes.byteCount & ~7
        var position = 0
        while position < wholeWords {
            state.compress(bytes.loadEightBytes(at: position))
            position &+= 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.byteCount) << 56
        while position < bytes.byteCount {
            last |= UInt64(bytes.loadByte(at: position)) << UInt64(8 * (position & 7))
            position &+= 1
        }
        state.compress(last)
        return state.finish()
    }

    private struct State {
        private var v0: UInt64
        private var v1: UInt64
        private var v2: UInt64
        private var v3: UInt64

        init(_ key: (UInt64, UInt64)) {
            v0 = key.0 ^ 0x736f_6d65_7073_6575
            v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
            v2 = key.0 ^ 0x6c79_6765_6e65_7261
            v3 = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func compress(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> Digest {
            v2 ^= 0xee
            for _ in 0..<4 { round() }
            let first = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xdd
            for _ in 0..<4 { round() }
            return Digest(first: first, second: v0 ^ v1 ^ v2 ^ v3)
        }

        private mutating func round() {
            v0 &+= v1
            v1 = Self.rotated(v1, by: 13) ^ v0
            v0 = Self.rotated(v0, by: 32)
            v2 &+= v3
            v3 = Self.rotated(v3, by: 16) ^ v2
            v0 &+= v3
            v3 = Self.rotated(v3, by: 21) ^ v0
            v2 &+= v1
            v1 = Self.rotated(v1, by: 17) ^ v2
            v2 = Self.rotated(v2, by: 32)
        }

        private static func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
            (word &<< count) | (word &>> (64 &- count))
        }
    }
}
