/// A set of ASCII characters.
struct ByteSet: Equatable, Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    static let all = ByteSet(0...127)
    static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let upper = ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    static let lower = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
    static let letters = upper.union(lower)
    static let word = letters.union(digits).union(ByteSet(UInt8(ascii: "_")))
    static let space = ByteSet(9...10).union(ByteSet(12...13)).union(ByteSet(UInt8(ascii: " ")))

    init() {}

    init(_ byte: UInt8) { insert(byte) }

    /// Without what is not ASCII.
    init(_ bytes: ClosedRange<UInt8>) {
        for byte in bytes where byte < 128 { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 {
            low |= 1 << UInt64(byte)
        } else if byte < 128 {
            high |= 1 << UInt64(byte - 64)
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return low & 1 << UInt64(byte) != 0 }
        return byte < 128 && high & 1 << UInt64(byte - 64) != 0
    }

    func union(_ other: ByteSet) -> ByteSet {
        var both = self
        both.low |= other.low
        both.high |= other.high
        return both
    }

    var inverted: ByteSet {
        var others = self
        others.low = ~low
        others.high = ~high
        return others
    }

    /// With both cases of the letters in it.
    var ignoringCase: ByteSet {
        var both = self
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
            if contains(byte) { both.insert(byte - 32) }
            if contains(byte - 32) { both.insert(byte) }
        }
        return both
    }
}
