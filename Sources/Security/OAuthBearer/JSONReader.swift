/// Reads JSON (RFC 8259) that strangers send. The first byte of a value says what it is, so each byte is looked at
/// once, and bounds on nesting and on the number of values hold the stack and the memory.
struct JSONReader {
    /// Keycloak's claims have four levels.
    static let maximumDepth = 16
    /// A thousand keys have some ten thousand.
    static let maximumValueCount = 100_000
    /// More digits say nothing in a `Double`.
    private static let maximumNumberByteCount = 64

    private let bytes: [UInt8]
    private var position = 0
    private var valueCount = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one value that the bytes are; nil for what is no JSON, has a member twice, or is beyond the bounds.
    mutating func document() -> JSONValue? {
        guard let value = value(depth: 0) else { return nil }
        skipSpace()
        return position == bytes.count ? value : nil
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 {
            position += 1
        }
    }

    /// Whether this byte comes, perhaps behind white space; then it is passed.
    private mutating func takes(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// - Parameter depth: how many arrays and objects it is in.
    private mutating func value(depth: Int) -> JSONValue? {
        skipSpace()
        valueCount += 1
        guard valueCount <= Self.maximumValueCount, let next else { return nil }
        switch next {
        case UInt8(ascii: "{"): return object(depth: depth + 1)
        case UInt8(ascii: "["): return array(depth: depth + 1)
        case UInt8(ascii: "\""): return string().map(JSONValue.string)
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> JSONValue? {
        guard depth <= Self.maximumDepth else { return nil }
        position += 1
        var members: [String: JSONValue] = [:]
        guard !takes(UInt8(ascii: "}")) else { return .object(members) }
        repeat {
            skipSpace()
            // Of two members with one name, two readers may take different ones (RFC 7519, 4).
            guard let name = string(), takes(UInt8(ascii: ":")), let value = value(depth: depth),
                members.updateValue(value, forKey: name) == nil
            else { return nil }
        } while takes(UInt8(ascii: ","))
        return takes(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> JSONValue? {
        guard depth <= Self.maximumDepth else { return nil }
        position += 1
        var values: [JSONValue] = []
        guard !takes(UInt8(ascii: "]")) else { return .array(values) }
        repeat {
            guard let value = value(depth: depth) else { return nil }
            values.append(value)
        } while takes(UInt8(ascii: ","))
        return takes(UInt8(ascii: "]")) ? .array(values) : nil
    }

    private mutating func word(_ word: String, _ value: JSONValue) -> JSONValue? {
        guard bytes[position...].starts(with: word.utf8) else { return nil }
        position += word.utf8.count
        return value
    }

    private mutating func number() -> JSONValue? {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let whole = position
        guard takesDigits() else { return nil }
        guard bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else { return nil }
        if next == UInt8(ascii: ".") {
            position += 1
            guard takesDigits() else { return nil }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard takesDigits() else { return nil }
        }
        guard position - start <= Self.maximumNumberByteCount,
            let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
            number.isFinite
        else { return nil }
        return .number(number)
    }

    /// Whether one digit or more came.
    private mutating func takesDigits() -> Bool {
        let start = position
        while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
        return position > start
    }

    private mutating func string() -> String? {
        guard next == UInt8(ascii: "\"") else { return nil }
        position += 1
        var text: [UInt8] = []
        var start = position
        while let next {
            switch next {
            case UInt8(ascii: "\""):
                text += bytes[start..<position]
                position += 1
                return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += bytes[start..<position]
                position += 1
                guard let scalar = escaped() else { return nil }
                text += String(scalar).utf8
                start = position
            case 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    /// What stands behind a backslash. Half of a pair of surrogates is nothing.
    private mutating func escaped() -> Unicode.Scalar? {
        guard let letter = next else { return nil }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: return nil
        }
        guard let first = unit() else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard bytes[position...].starts(with: #"\u"#.utf8) else { return nil }
        position += 2
        guard let second = unit(), (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    /// Four hexadecimal digits.
    private mutating func unit() -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let next, let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
                return nil
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
