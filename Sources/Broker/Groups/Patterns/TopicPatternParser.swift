/// Reads RE2's syntax: https://github.com/google/re2/wiki/Syntax. Preferences (`*?`, `(?U)`) and lines
/// (`(?m)`, `(?s)`) make no difference to whether a whole name matches, and are read over.
struct TopicPatternParser {
    private static let maximumDepth = 200

    var rest: Substring.UnicodeScalarView
    private(set) var ignoresCase = false
    private var depth = 0
    private var names: Set<String> = []

    init(_ text: String) { rest = Substring(text).unicodeScalars }

    mutating func parse() throws(TopicPatternError) -> TopicPatternNode {
        let node = try alternatives()
        guard rest.isEmpty else { throw TopicPatternError("unexpected )") }
        return node
    }

    mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest.removeFirst(text.unicodeScalars.count)
        return true
    }

    private mutating func alternatives() throws(TopicPatternError) -> TopicPatternNode {
        // Flags that are set inside a group hold to its end.
        let outerIgnoresCase = ignoresCase
        defer { ignoresCase = outerIgnoresCase }
        var all = [try sequence()]
        while take("|") { all.append(try sequence()) }
        return all.count == 1 ? all[0] : .alternatives(all)
    }

    private mutating func sequence() throws(TopicPatternError) -> TopicPatternNode {
        var parts: [TopicPatternNode] = []
        while let next = rest.first, next != "|", next != ")" {
            if take("\\Q") {
                try literals(&parts)
                continue
            }
            let part = try atom()
            parts.append(try repeated(part))
        }
        return .sequence(parts)
    }

    /// Everything through `\E` stands for itself. A repetition after it is of its last character.
    private mutating func literals(_ parts: inout [TopicPatternNode]) throws(TopicPatternError) {
        while let next = rest.first {
            if take("\\E") { break }
            rest.removeFirst()
            parts.append(literal(next))
        }
        if let last = parts.popLast() { parts.append(try repeated(last)) }
    }

    func literal(_ scalar: Unicode.Scalar) -> TopicPatternNode {
        guard let byte = UInt8(exactly: scalar.value) else { return .characters(ByteSet()) }
        let set = ByteSet(byte)
        return .characters(ignoresCase ? set.ignoringCase : set)
    }

    private mutating func atom() throws(TopicPatternError) -> TopicPatternNode {
        switch rest.removeFirst() {
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case ".": return .characters(.all)
        case "(": return try group()
        case "[": return .characters(try characterClass())
        case "*", "+", "?": throw TopicPatternError("missing argument to repetition operator")
        case "\\": return try escape()
        case let other: return literal(other)
        }
    }

    // Repetitions.

    private mutating func repeated(
        _ part: TopicPatternNode
    ) throws(TopicPatternError) -> TopicPatternNode {
        guard let (least, most) = try repetition() else { return part }
        _ = take("?")
        // In RE2 as in Kafka, a repetition of a repetition needs parentheses.
        if let next = rest.first, next == "*" || next == "+" || next == "?" {
            throw TopicPatternError("invalid nested repetition operator")
        }
        if try repetition() != nil {
            throw TopicPatternError("invalid nested repetition operator")
        }
        return .repetition(part, least: least, most: most)
    }

    private mutating func repetition() throws(TopicPatternError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let before = rest
        guard take("{"), let least = number() else {
            // A brace that begins no repetition stands for itself.
            rest = before
            return nil
        }
        var most: Int? = least
        if take(",") { most = rest.first == "}" ? nil : number() ?? -1 }
        guard take("}"), most != -1 else {
            rest = before
            return nil
        }
        guard max(least, most ?? 0) <= TopicPattern.maximumRepetition, most ?? least >= least else {
            throw TopicPatternError("invalid repeat count")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        return digits.count > 9 ? Int.max : Int(String(String.UnicodeScalarView(digits)))
    }

    // Groups.

    private mutating func group() throws(TopicPatternError) -> TopicPatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw TopicPatternError("expression nests too deeply")
        }
        let outerIgnoresCase = ignoresCase
        if take("?") {
            if take("P<") || rest.starts(with: "<".unicodeScalars) && !isLookBehind && take("<") {
                try groupName()
            } else if try flags() {
                // They hold for the rest of the group around.
                return .empty
            }
        }
        let node = try alternatives()
        guard take(")") else { throw TopicPatternError("missing closing )") }
        ignoresCase = outerIgnoresCase
        return node
    }

    private var isLookBehind: Bool {
        rest.starts(with: "<=".unicodeScalars) || rest.starts(with: "<!".unicodeScalars)
    }

    private mutating func groupName() throws(TopicPatternError) {
        let name = rest.prefix { $0 != ">" }
        rest.removeFirst(name.count)
        let text = String(String.UnicodeScalarView(name))
        guard take(">"), !text.isEmpty, text.utf8.allSatisfy(ByteSet.word.contains) else {
            throw TopicPatternError("invalid named capture")
        }
        guard names.insert(text).inserted else {
            throw TopicPatternError("duplicate capture group name")
        }
    }

    /// Reads the flags of a group; returns whether it has nothing else.
    private mutating func flags() throws(TopicPatternError) -> Bool {
        var value = true
        var isEmpty = true
        while let next = rest.popFirst() {
            switch next {
            case "i": ignoresCase = value
            case "m", "s", "U": break
            case "-" where value: value = false
            case ":" where !isEmpty || value: return false
            case ")" where !isEmpty: return true
            default: throw TopicPatternError("invalid or unsupported Perl syntax")
            }
            isEmpty = next == "-"
        }
        throw TopicPatternError("missing closing )")
    }
}
