/// A regular expression for names of topics, in the syntax of RE2, which Kafka uses for subscriptions.
///
/// It is matched by a set of states that advances with each character of the name (Thompson's
/// construction). So the time is bounded by the product of both lengths, whatever the expression is; an
/// expression is refused if it would have more than `maximumStateCount` states.
///
/// Names of topics are ASCII, and so is what is matched: a character beyond matches nothing. Refused,
/// though RE2 knows them, are classes of Unicode (`\p{Greek}`) and `\C`.
struct TopicPattern: Sendable {
    static let maximumStateCount = 20_000
    static let maximumRepetition = 1000

    /// One state of the automaton. Numbers are places in `program`.
    enum State: Sendable, Equatable {
        /// Goes on with the next state if the character is one of these.
        case character(ByteSet)
        /// Goes on with both.
        case split(Int, Int)
        case jump(Int)
        case assertion(Assertion)
        case match
    }

    enum Assertion: Sendable, Equatable {
        case start
        case end
        case wordBoundary
        case noWordBoundary
    }

    let program: [State]

    /// Throws where the text is no such expression.
    init(_ text: String) throws(TopicPatternError) {
        var parser = TopicPatternParser(text)
        let node = try parser.parse()
        var compiler = TopicPatternCompiler()
        try compiler.append(node)
        program = compiler.program + [.match]
    }

    /// Which of the names it matches as a whole. The steps that it takes are taken off the allowance;
    /// nil where that does not suffice.
    func matches(among names: [String], allowance: inout Int) -> Set<String>? {
        var matcher = TopicPatternMatcher(program)
        var found: Set<String> = []
        for name in names {
            guard let isMatch = matcher.matches(name, allowance: &allowance) else { return nil }
            if isMatch { found.insert(name) }
        }
        return found
    }
}

/// Why a text is no regular expression, in words that end a sentence.
struct TopicPatternError: Error, Equatable {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

/// The states in which a pattern may be, as a name is read.
private struct TopicPatternMatcher {
    private let program: [TopicPattern.State]
    private var current: [Int] = []
    private var next: [Int] = []
    /// The turn in which a state was added last.
    private var turns: [UInt64]
    private var turn: UInt64 = 0
    private var stack: [Int] = []

    init(_ program: [TopicPattern.State]) {
        self.program = program
        turns = Array(repeating: 0, count: program.count)
    }

    mutating func matches(_ name: String, allowance: inout Int) -> Bool? {
        let bytes = Array(name.utf8)
        next.removeAll(keepingCapacity: true)
        turn += 1
        var isMatch = add(0, at: 0, in: bytes, &allowance)
        for position in bytes.indices {
            swap(&current, &next)
            next.removeAll(keepingCapacity: true)
            guard !current.isEmpty else { return false }
            turn += 1
            isMatch = false
            for state in current {
                guard case .character(let set) = program[state], set.contains(bytes[position])
                else { continue }
                if add(state + 1, at: position + 1, in: bytes, &allowance) { isMatch = true }
            }
            guard allowance >= 0 else { return nil }
        }
        return allowance >= 0 ? isMatch : nil
    }

    /// Adds a state and those that follow from it without a character. Returns whether the end of the
    /// pattern is among them.
    private mutating func add(
        _ first: Int, at position: Int, in bytes: [UInt8], _ allowance: inout Int
    ) -> Bool {
        var isMatch = false
        stack.append(first)
        while let state = stack.popLast() {
            guard turns[state] != turn else { continue }
            turns[state] = turn
            allowance -= 1
            switch program[state] {
            case .character: next.append(state)
            case .jump(let target): stack.append(target)
            case .split(let one, let other):
                stack.append(one)
                stack.append(other)
            case .assertion(let assertion):
                if Self.holds(assertion, at: position, in: bytes) { stack.append(state + 1) }
            case .match: isMatch = true
            }
        }
        return isMatch
    }

    private static func holds(
        _ assertion: TopicPattern.Assertion, at position: Int, in bytes: [UInt8]
    ) -> Bool {
        func isWord(_ position: Int) -> Bool {
            bytes.indices.contains(position) && ByteSet.word.contains(bytes[position])
        }
        return switch assertion {
        case .start: position == 0
        case .end: position == bytes.count
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }
}
