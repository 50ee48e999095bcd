/// Reads ASN.1 in its distinguished encoding, which a certificate has, element by element; nil where
/// the bytes are none. Lengths are checked against what is there; nothing is copied but what is asked for.
struct DERReader {
    struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        /// With its tag and length.
        let encoded: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }
    var nextTag: UInt8? { rest.first }

    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let objectIdentifier: UInt8 = 0x06

    mutating func next() -> Element? {
        let start = rest.startIndex
        guard let tag = rest.first, tag & 0x1F != 0x1F else { return nil }
        var position = start + 1
        guard position < rest.endIndex else { return nil }
        var length = Int(rest[position])
        position += 1
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...4).contains(count), rest.endIndex - position >= count else { return nil }
            length = rest[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
            position += count
        }
        guard length <= rest.endIndex - position else { return nil }
        let end = position + length
        let element = Element(
            tag: tag, content: rest[position..<end], encoded: rest[start..<end])
        rest = rest[end...]
        return element
    }

    /// The next element, which must have this tag.
    mutating func next(_ tag: UInt8) -> Element? {
        guard nextTag == tag else { return nil }
        return next()
    }

    /// The inside of the next element, which must have this tag.
    mutating func enter(_ tag: UInt8) -> DERReader? { next(tag).map { DERReader($0.content) } }

    /// An object identifier as numbers with dots between.
    static func dotted(_ bytes: ArraySlice<UInt8>) -> String? {
        var numbers: [UInt64] = []
        var value: UInt64 = 0
        for byte in bytes {
            guard value < 1 << 56 else { return nil }
            value = value << 7 | UInt64(byte & 0x7F)
            guard byte & 0x80 == 0 else { continue }
            if numbers.isEmpty {
                let first = min(value / 40, 2)
                numbers = [first, value - first * 40]
            } else {
                numbers.append(value)
            }
            value = 0
        }
        guard !numbers.isEmpty, bytes.last.map({ $0 & 0x80 == 0 }) == true else { return nil }
        return numbers.map(String.init).joined(separator: ".")
    }
}
