/// Whether a part of a buffer is one JSON object or array, by RFC 8259, in UTF-8.
///
/// It allocates nothing, so a corpus of 64 MiB is checked quickly.
struct JSONCheck {
    struct Fault: Equatable {
        /// A byte of the buffer.
        var position: Int
        /// What is wrong.
        var reason: String
    }

    /// The deepest nesting, so that a line of brackets does not exhaust the stack.
    static let maximumDepth = 500

    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        end = range.upperBound
        position = range.lowerBound
    }

    /// Nil if the text is JSON.
    static func fault(in bytes: [UInt8], _ range: Range<Int>) -> Fault? {
        var check = JSONCheck(bytes, range)
        guard let reason = check.reason() else { return nil }
        return Fault(position: check.position, reason: reason)
    }

    // Each of these reads past its text and returns nil, or stays at a fault and returns its
    // description.

    private mutating func reason() -> String? {
        skipBlanks()
        guard current == UInt8(ascii: "{") || current == UInt8(ascii: "[") else {
            return "it begins with \(described)"
        }
        if let reason = value(depth: 1) { return reason }
        skipBlanks()
        return current == nil ? nil : "\(described) after its end"
    }

    private mutating func value(depth: Int) -> String? {
        guard depth <= Self.maximumDepth else {
            return "nested more than \(Self.maximumDepth) levels deep"
        }
        guard let byte = current else { return "\(described) where a value is expected" }
        switch byte {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        default: return "\(described) where a value is expected"
        }
    }

    private mutating func object(depth: Int) -> String? {
        position += 1
        skipBlanks()
        if take("}") { return nil }
        while true {
            guard current == UInt8(ascii: "\"") else {
                return "\(described) where a name in quotes is expected"
            }
            if let reason = string() { return reason }
            skipBlanks()
            guard take(":") else { return "\(described) where ':' is expected" }
            skipBlanks()
            if let reason = value(depth: depth + 1) { return reason }
            skipBlanks()
            if take("}") { return nil }
            guard take(",") else { return "\(described) where ',' or '}' is expected" }
            skipBlanks()
        }
    }

    private mutating func array(depth: Int) -> String? {
        position += 1
        skipBlanks()
        if take("]") { return nil }
        while true {
            if let reason = value(depth: depth + 1) { return reason }
            skipBlanks()
            if take("]") { return nil }
            guard take(",") else { return "\(described) where ',' or ']' is expected" }
            skipBlanks()
        }
    }

    private mutating func word(_ word: StaticString) -> String? {
        for expected in word.description.utf8 {
            guard current == expected else { return "\(described) where '\(word)' is expected" }
            position += 1
        }
        return nil
    }

    private mutating func number() -> String? {
        _ = take("-")
        if !take("0") {
            guard digits() else { return "\(described) where a digit is expected" }
        }
        if take(".") {
            guard digits() else { return "\(described) where a digit is expected" }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return "\(described) where a digit is expected" }
        }
        return nil
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        return position > start
    }

    private mutating func string() -> String? {
        position += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return nil
            case UInt8(ascii: "\\"):
                if let reason = escape() { return reason }
            case 0..<0x20: return "\(described) in a string, which must be escaped"
            case 0..<0x80: position += 1
            default:
                if let reason = multibyteCharacter() { return reason }
            }
        }
        return "a string that never closes"
    }

    private mutating func escape() -> String? {
        position += 1
        guard let byte = current else { return "a string that never closes" }
        guard byte == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(byte) else { return "an unknown escape \(described)" }
            position += 1
            return nil
        }
        position += 1
        for _ in 0..<4 {
            guard let digit = current, Character(UnicodeScalar(digit)).isHexDigit else {
                return "\(described) where one of four hexadecimal digits is expected"
            }
            position += 1
        }
        return nil
    }

    /// By the table of well-formed UTF-8 in the Unicode standard.
    private mutating func multibyteCharacter() -> String? {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[position] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return "\(described), which is not UTF-8"
        }
        guard position + length <= end, second.contains(bytes[position + 1]),
            (position + 2..<max(position + length, position + 2)).allSatisfy({
                (0x80...0xBF).contains(bytes[$0])
            })
        else { return "\(described), which is not UTF-8" }
        position += length
        return nil
    }

    // MARK: Bytes

    private var current: UInt8? { position < end ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
            position += 1
        }
    }

    /// Describes the byte at the position, for an error.
    private var described: String {
        guard let byte = current else { return "the line's end" }
        return (0x21...0x7E).contains(byte)
            ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x" + String(byte, radix: 16)
    }
}
