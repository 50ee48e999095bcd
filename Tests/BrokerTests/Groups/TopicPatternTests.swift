import Testing

@testable import Broker

@Suite("A regular expression for topics")
struct TopicPatternTests {
    @Test(
        "matches whole names as RE2 does",
        arguments: [
            ("orders", ["orders"], ["order", "orders2", "Orders", ""]),
            ("^orders$", ["orders"], ["xorders"]),
            ("orders-.*", ["orders-", "orders-eu"], ["orders", "x-orders-eu"]),
            ("a|bc|d", ["a", "bc", "d"], ["ab", "b", "abcd"]),
            ("^(a|b)+c?$", ["a", "abab", "bac"], ["c", "acc", ""]),
            ("(?:ab)*", ["", "ab", "abab"], ["aba"]),
            ("a{2}b{1,3}c{2,}", ["aabcc", "aabbbcccc"], ["abcc", "aabbbbcc", "aabc"]),
            ("a{,2}", ["a{,2}"], ["aa"]),
            ("x{", ["x{"], ["x"]),
            ("[a-c_-]+", ["a-b_c"], ["d", ""]),
            ("[^a-c]", ["d", "-"], ["a", "dd"]),
            ("[]a]+", ["]a]"], ["b"]),
            ("[\\d.]+", ["1.2"], ["a"]),
            ("[[:alpha:]]+[[:^digit:]]", ["ab", "a-"], ["a1"]),
            ("\\w+\\.\\D\\S", ["a_1.bc"], ["a_1x12", "a.1c"]),
            ("\\Qa.b*\\E+", ["a.b*", "a.b**"], ["aXb"]),
            ("(?i)Orders-(EU|us)", ["oRdErs-eu", "ORDERS-US"], ["orders-de"]),
            ("(?i:A)b", ["ab", "Ab"], ["aB"]),
            ("a(?i)b|C", ["aB", "c"], ["AB"]),
            ("(?P<n>a)(?<m>b)", ["ab"], ["a"]),
            ("\\bab\\b\\B?", ["ab"], ["a"]),
            ("a\\b-\\Bb", [], ["a-b"]),
            ("\\x61\\x{62}\\063", ["ab3"], ["abc"]),
            (".*?a+?", ["a", "bca"], ["b"]),
            ("(a*)*", ["", "aaaa"], ["b"]),
            ("(|a)(a|)", ["", "a", "aa"], ["aaa"]),
            ("\\Aa\\z", ["a"], ["b"]),
            ("é|[à-ü]|a", ["a"], ["é", "b", "c"]),
        ] as [(String, [String], [String])])
    func matching(_ text: String, _ yes: [String], _ no: [String]) throws {
        let pattern = try TopicPattern(text)
        for name in yes { #expect(pattern.matches(name), "\(text) \(name)") }
        for name in no { #expect(!pattern.matches(name), "\(text) \(name)") }
    }

    @Test(
        "is refused where it is none",
        arguments: [
            "(", ")", "a)", "[", "[a", "[b-a]", "*", "+a", "a**", "a+*", "a{3}{2}", "a{2,1}",
            "a{1001}", "\\", "\\1", "\\Z", "\\pL", "\\C", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)",
            "(?P<a>b)(?P<a>c)", "(?P<>a)", "(?", "(?x)", "(?)", "(?-)", "[[:none:]]", "\\x6",
            "\\x{110000}", "(?P=a)", "(?>a)", "a++",
        ])
    func refusal(_ text: String) {
        #expect(throws: TopicPatternError.self, "\(text)") { try TopicPattern(text) }
    }

    @Test("is bounded in its size")
    func size() {
        for text in [
            "((a{1000}){1000}){1000}", "(((){1000}){1000}){1000}",
            String(repeating: "(", count: 10_000), String(repeating: "(a|", count: 5_000),
            String(repeating: "a", count: TopicPattern.maximumStateCount),
        ] {
            #expect(throws: TopicPatternError.self) { try TopicPattern(text) }
        }
    }

    @Test("takes time that is bounded, also where others need for ever")
    func time() throws {
        let name = String(repeating: "a", count: 249)
        for text in ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*a){20}b", "(a?){200}a{200}b"] {
            let pattern = try TopicPattern(text)
            var allowance = 1_000_000
            #expect(pattern.matches(among: [name], allowance: &allowance) == [], "\(text)")
        }
        var allowance = 1000
        #expect(
            try TopicPattern("(a?){200}a{200}b").matches(among: [name], allowance: &allowance)
                == nil)
    }

    /// Compared with a matcher that tries everything.
    @Test("matches what the definition says")
    func model() throws {
        var generator = SeededGenerator(test: "topic patterns")
        for _ in 0..<2000 {
            let node = Self.random(depth: 4, &generator)
            let pattern = try TopicPattern(Self.text(node))
            for _ in 0..<8 {
                let name = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    ["a", "b", "c"].randomElement(using: &generator) ?? "a"
                }.joined()
                let ends = Self.ends(of: node, in: Array(name.utf8), from: 0)
                #expect(
                    pattern.matches(name) == ends.contains(name.utf8.count),
                    "\(Self.text(node)) \(name)")
            }
        }
    }

    private static func random(
        depth: Int, _ generator: inout SeededGenerator
    ) -> TopicPatternNode {
        func part() -> TopicPatternNode { random(depth: depth - 1, &generator) }
        switch Int.random(in: 0..<(depth > 0 ? 8 : 3), using: &generator) {
        case 0: return .characters(ByteSet(UInt8(ascii: "a")))
        case 1: return .characters(ByteSet(UInt8(ascii: "b")))
        case 2: return .characters(ByteSet(UInt8(ascii: "a")...UInt8(ascii: "b")))
        case 3, 4: return .sequence([part(), part()])
        case 5: return .alternatives([part(), part(), part()])
        default:
            let least = Int.random(in: 0...2, using: &generator)
            let most = [nil, least, least + 1, least + 2].randomElement(using: &generator) ?? nil
            return .repetition(part(), least: least, most: most)
        }
    }

    private static func text(_ node: TopicPatternNode) -> String {
        switch node {
        case .empty, .assertion: ""
        case .characters(let set):
            set == ByteSet(UInt8(ascii: "a"))
                ? "a" : set == ByteSet(UInt8(ascii: "b")) ? "b" : "[ab]"
        case .sequence(let parts): parts.map(text).joined()
        case .alternatives(let parts): "(" + parts.map(text).joined(separator: "|") + ")"
        case .repetition(let part, let least, let most):
            "(\(text(part))){\(least),\(most.map(String.init) ?? "")}"
        }
    }

    /// Where a match that begins there may end.
    private static func ends(
        of node: TopicPatternNode, in name: [UInt8], from start: Int
    ) -> Set<Int> {
        switch node {
        case .empty, .assertion: return [start]
        case .characters(let set):
            return start < name.count && set.contains(name[start]) ? [start + 1] : []
        case .sequence(let parts):
            return parts.reduce([start]) { starts, part in
                Set(starts.flatMap { ends(of: part, in: name, from: $0) })
            }
        case .alternatives(let parts):
            return Set(parts.flatMap { ends(of: $0, in: name, from: start) })
        case .repetition(let part, let least, let most):
            var reached: Set<Int> = [start]
            var all: Set<Int> = least == 0 ? [start] : []
            for count in 1...(most.map { max($0, 1) } ?? least + name.count + 1)
            where most != 0 {
                reached = Set(reached.flatMap { ends(of: part, in: name, from: $0) })
                if count >= least { all.formUnion(reached) }
            }
            return all
        }
    }
}

extension TopicPattern {
    func matches(_ name: String) -> Bool {
        var allowance = Int.max
        return matches(among: [name], allowance: &allowance) == [name]
    }
}
