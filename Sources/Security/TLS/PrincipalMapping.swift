import Synchronization

/// How the distinguished name of a client's certificate becomes the name of its principal: Kafka's
/// `ssl.principal.mapping.rules` (KIP-371).
///
/// `RULE:pattern/replacement/` with `L` or `U` behind it for lower or upper case, and `DEFAULT`, which is the
/// name as it is; the first that fits decides. A `/` inside is written `\/`. The pattern must fit the whole name.
package struct PrincipalMapping: Equatable, Sendable {
    private enum Rule: Equatable, Sendable {
        case dn
        case rewritten(pattern: String, replacement: String, Case)
    }

    private enum Case: Sendable {
        case kept
        case lower
        case upper
    }

    /// Patterns are matched by trying, on an event loop, so names have no more bytes than this.
    package static let maximumByteCount = 1024

    package let text: String
    private let rules: [Rule]
    private let patterns: Patterns

    /// The distinguished name itself.
    package static let dn = PrincipalMapping(text: "DEFAULT", rules: [.dn])

    private init(text: String, rules: [Rule]) {
        self.text = text
        self.rules = rules
        patterns = Patterns(rules)
    }

    package static func == (left: PrincipalMapping, right: PrincipalMapping) -> Bool {
        left.text == right.text
    }

    /// Nil for what are no rules, or have a pattern that is none.
    package init?(_ text: String) {
        var rest = text[...].drop(while: \.isWhitespace)
        var rules: [Rule] = []
        while !rest.isEmpty {
            guard let rule = Self.takeRule(&rest) else { return nil }
            rules.append(rule)
            rest = rest.drop(while: \.isWhitespace)
            guard let separator = rest.popFirst() else { break }
            rest = rest.drop(while: \.isWhitespace)
            guard separator == ",", !rest.isEmpty else { return nil }
        }
        guard !rules.isEmpty else { return nil }
        self.init(text: text, rules: rules)
    }

    private static func takeRule(_ rest: inout Substring) -> Rule? {
        if rest.hasPrefix("DEFAULT") {
            rest = rest.dropFirst("DEFAULT".count)
            return .dn
        }
        guard rest.hasPrefix("RULE:") else { return nil }
        rest = rest.dropFirst("RULE:".count)
        guard let pattern = takePart(&rest), let replacement = takePart(&rest),
            Self.regex(pattern) != nil
        else { return nil }
        var letters = Case.kept
        if rest.first == "L" || rest.first == "U" {
            letters = rest.removeFirst() == "L" ? .lower : .upper
        }
        return .rewritten(pattern: pattern, replacement: replacement, letters)
    }

    /// Up to the next slash that no backslash escapes.
    private static func takePart(_ rest: inout Substring) -> String? {
        var part = ""
        while let character = rest.popFirst() {
            if character == "/" { return part }
            part.append(character)
            guard character == "\\" else { continue }
            guard let escaped = rest.popFirst() else { return nil }
            part.append(escaped)
        }
        return nil
    }

    /// Nil where no rule fits, or the name is too long: such a client is not let in.
    package func name(of distinguishedName: String) -> String? {
        guard distinguishedName.utf8.count <= Self.maximumByteCount else { return nil }
        let found = patterns.compiled.withLockIfAvailable {
            Self.name(of: distinguishedName, rules, $0)
        }
        // Another thread is at it.
        return found ?? Self.name(of: distinguishedName, rules, Self.compiled(rules))
    }

    private static func name(
        of distinguishedName: String, _ rules: [Rule], _ patterns: [Regex<AnyRegexOutput>?]
    ) -> String? {
        for (rule, pattern) in zip(rules, patterns) {
            switch rule {
            case .dn: return distinguishedName
            case .rewritten(_, let replacement, let letters):
                guard let pattern, let match = distinguishedName.wholeMatch(of: pattern) else {
                    continue
                }
                let name = filled(replacement, match)
                switch letters {
                case .kept: return name
                case .lower: return name.lowercased()
                case .upper: return name.uppercased()
                }
            }
        }
        return nil
    }

    /// The patterns, compiled once. A regex is not `Sendable`, so one thread at a time has them.
    private final class Patterns: Sendable {
        let compiled: Mutex<[Regex<AnyRegexOutput>?]>

        init(_ rules: [Rule]) { compiled = Mutex(PrincipalMapping.compiled(rules)) }
    }

    private static func compiled(_ rules: [Rule]) -> [Regex<AnyRegexOutput>?] {
        rules.map { rule in
            if case .rewritten(let pattern, _, _) = rule { regex(pattern) } else { nil }
        }
    }

    /// As in Java a pattern matches code points, not what a reader takes for one character. Nil for what is none.
    private static func regex(_ pattern: String) -> Regex<AnyRegexOutput>? {
        try? Regex<AnyRegexOutput>(pattern).matchingSemantics(.unicodeScalar)
    }

    /// `$1` is the first group, `\x` is x. A group that there is not is left as it stands.
    private static func filled(_ replacement: String, _ match: Regex<AnyRegexOutput>.Match)
        -> String
    {
        var result = ""
        var rest = replacement[...]
        while let character = rest.popFirst() {
            if character == "\\", let escaped = rest.popFirst() {
                result.append(escaped)
            } else if character == "$", let digit = rest.first?.wholeNumberValue,
                digit < match.count
            {
                rest.removeFirst()
                result += match[digit].substring ?? ""
            } else {
                result.append(character)
            }
        }
        return result
    }
}
