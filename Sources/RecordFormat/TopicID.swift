/// The permanent identity of a topic; a later topic of the same name has another.
///
/// It is a random UUID, written as 22 characters of URL-safe base 64, as in Kafka.
@frozen
public struct TopicID: Hashable, Sendable, CustomStringConvertible {
    public let mostSignificantBits: UInt64
    public let leastSignificantBits: UInt64

    @inlinable
    public init(mostSignificantBits: UInt64, leastSignificantBits: UInt64) {
        self.mostSignificantBits = mostSignificantBits
        self.leastSignificantBits = leastSignificantBits
    }

    /// No topic: Kafka's zero UUID.
    public static let none = TopicID(mostSignificantBits: 0, leastSignificantBits: 0)

    /// A random UUID of version 4. Kafka avoids those whose text begins with a dash.
    public static func random() -> TopicID {
        while true {
            let id = TopicID(
                mostSignificantBits: UInt64.random(in: 0...UInt64.max) & ~0xF000 | 0x4000,
                leastSignificantBits: UInt64.random(in: 0...UInt64.max) >> 2 | 1 << 63)
            if !id.description.hasPrefix("-") { return id }
        }
    }

    public init?(_ text: String) {
        guard text.utf8.count == 22 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, character) in text.utf8.enumerated() {
            guard let digit = Self.alphabet.firstIndex(of: character) else { return nil }
            // The last digit holds 2 bits of the 128 and 4 of padding.
            let bitCount = index == 21 ? 2 : 6
            let bits = UInt64(index == 21 ? digit >> 4 : digit)
            high = high << UInt64(bitCount) | low >> UInt64(64 - bitCount)
            low = low << UInt64(bitCount) | bits
        }
        mostSignificantBits = high
        leastSignificantBits = low
    }

    public var description: String {
        var characters: [UInt8] = []
        for index in 0..<22 {
            // The 6 bits from the top, of the 128 followed by 4 zeros.
            let shift = 122 - 6 * index
            let bits: UInt64
            if shift >= 64 {
                bits = mostSignificantBits >> UInt64(shift - 64)
            } else if shift >= 0 {
                bits =
                    leastSignificantBits >> UInt64(shift)
                    | (shift > 58 ? mostSignificantBits << UInt64(64 - shift) : 0)
            } else {
                bits = leastSignificantBits << UInt64(-shift)
            }
            characters.append(Self.alphabet[Int(bits & 0x3F)])
        }
        return String(decoding: characters, as: UTF8.self)
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
