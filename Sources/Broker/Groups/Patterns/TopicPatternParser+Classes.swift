// Escapes and classes of characters.

extension TopicPatternParser {
    mutating func escape() throws(TopicPatternError) -> TopicPatternNode {
        switch rest.first {
        case "A": return assertion(.start)
        case "z": return assertion(.end)
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.noWordBoundary)
        default: break
        }
        if let set = escapedClass() { return .characters(set) }
        return literal(try escapedCharacter())
    }

    private mutating func assertion(_ assertion: TopicPattern.Assertion) -> TopicPatternNode {
        rest.removeFirst()
        return .assertion(assertion)
    }

    /// `\d` and the like, after the backslash.
    private mutating func escapedClass() -> ByteSet? {
        let set: ByteSet
        switch rest.first {
        case "d": set = .digits
        case "D": set = ByteSet.digits.inverted
        case "w": set = .word
        case "W": set = ByteSet.word.inverted
        case "s": set = .space
        case "S": set = ByteSet.space.inverted
        default: return nil
        }
        rest.removeFirst()
        return set
    }

    private mutating func escapedCharacter() throws(TopicPatternError) -> Unicode.Scalar {
        guard let next = rest.popFirst() else {
            throw TopicPatternError("trailing backslash at end of expression")
        }
        switch next {
        case "a": return "\u{7}"
        case "f": return "\u{C}"
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "v": return "\u{B}"
        case "x": return try hexadecimal()
        case "0": return try octal()
        default:
            // Punctuation stands for itself. There are no references to groups.
            guard let byte = UInt8(exactly: next.value), byte < 128,
                !ByteSet.word.contains(byte) || byte == UInt8(ascii: "_")
            else { throw TopicPatternError("invalid escape sequence") }
            return next
        }
    }

    private mutating func hexadecimal() throws(TopicPatternError) -> Unicode.Scalar {
        let digits: Substring.UnicodeScalarView
        if take("{") {
            digits = rest.prefix { $0 != "}" }
            rest.removeFirst(digits.count)
            guard take("}") else { throw TopicPatternError("invalid escape sequence") }
        } else {
            digits = rest.prefix(2)
            rest.removeFirst(digits.count)
            guard digits.count == 2 else { throw TopicPatternError("invalid escape sequence") }
        }
        guard let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw TopicPatternError("invalid escape sequence") }
        return scalar
    }

    /// Up to two digits after the 0.
    private mutating func octal() throws(TopicPatternError) -> Unicode.Scalar {
        let digits = rest.prefix(2).prefix { ("0"..."7").contains($0) }
        rest.removeFirst(digits.count)
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 8) ?? 0
        return Unicode.Scalar(value) ?? "\0"
    }

    /// What is between brackets, after the opening one.
    mutating func characterClass() throws(TopicPatternError) -> ByteSet {
        let isInverted = take("^")
        var set = ByteSet()
        var isFirst = true
        // A bracket that closes at once stands for itself.
        while isFirst || rest.first != "]" {
            isFirst = false
            guard !rest.isEmpty else { throw TopicPatternError("missing closing ]") }
            set = set.union(try classElement())
        }
        rest.removeFirst()
        if ignoresCase { set = set.ignoringCase }
        return isInverted ? set.inverted : set
    }

    private mutating func classElement() throws(TopicPatternError) -> ByteSet {
        if take("[:") { return try namedClass() }
        if rest.first == "\\" {
            let before = rest
            rest.removeFirst()
            if let set = escapedClass() { return set }
            rest = before
        }
        let low = try classCharacter()
        let before = rest
        guard take("-"), rest.first != "]", !rest.isEmpty else {
            rest = before
            return set(low, low)
        }
        let high = try classCharacter()
        guard low <= high else { throw TopicPatternError("invalid character class range") }
        return set(low, high)
    }

    private func set(_ low: Unicode.Scalar, _ high: Unicode.Scalar) -> ByteSet {
        guard let first = UInt8(exactly: low.value) else { return ByteSet() }
        return ByteSet(first...UInt8(clamping: high.value))
    }

    private mutating func classCharacter() throws(TopicPatternError) -> Unicode.Scalar {
        guard let next = rest.popFirst() else { throw TopicPatternError("missing closing ]") }
        return next == "\\" ? try escapedCharacter() : next
    }

    private mutating func namedClass() throws(TopicPatternError) -> ByteSet {
        let isInverted = take("^")
        let name = rest.prefix { $0 != ":" }
        rest.removeFirst(name.count)
        guard take(":]"), let set = Self.namedClasses[String(String.UnicodeScalarView(name))] else {
            throw TopicPatternError("invalid character class range")
        }
        return isInverted ? set.inverted : set
    }

    private static let namedClasses: [String: ByteSet] = [
        "alnum": ByteSet.letters.union(.digits),
        "alpha": .letters,
        "ascii": .all,
        "blank": ByteSet(9).union(ByteSet(32)),
        "cntrl": ByteSet(0...31).union(ByteSet(127)),
        "digit": .digits,
        "graph": ByteSet(33...126),
        "lower": .lower,
        "print": ByteSet(32...126),
        "punct": ByteSet(33...47).union(ByteSet(58...64)).union(ByteSet(91...96))
            .union(ByteSet(123...126)),
        "space": ByteSet(9...13).union(ByteSet(32)),
        "upper": .upper,
        "word": .word,
        "xdigit": ByteSet.digits.union(ByteSet(65...70)).union(ByteSet(97...102)),
    ]
}
