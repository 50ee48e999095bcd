/// One entry of Java's login configuration, as Kafka has it in `sasl.jaas.config`:
/// `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";`
package struct JaasConfig: Equatable, Sendable {
    /// The class without its package: `PlainLoginModule`.
    package let module: String
    package let options: [String: String]

    /// Nil for what is none.
    package init?(_ text: String) {
        var lexer = Lexer(rest: text[...])
        guard case .word(let name)? = lexer.next(), case .word(let flag)? = lexer.next(),
            ["required", "requisite", "sufficient", "optional"].contains(flag.lowercased())
        else { return nil }
        var options: [String: String] = [:]
        while let token = lexer.next() {
            switch token {
            case .end:
                guard lexer.next() == nil, !lexer.hasFailed else { return nil }
                module = String(name.split(separator: ".").last ?? "")
                self.options = options
                return
            case .word(let key):
                guard lexer.next() == .equals, case .word(let value)? = lexer.next(),
                    options.updateValue(value, forKey: key) == nil
                else { return nil }
            case .equals: return nil
            }
        }
        return nil
    }

    private enum Token: Equatable {
        case word(String)
        case equals
        case end
    }

    private struct Lexer {
        var rest: Substring
        /// A quoted text has no end.
        var hasFailed = false

        mutating func next() -> Token? {
            rest = rest.drop(while: \.isWhitespace)
            guard let first = rest.first else { return nil }
            switch first {
            case "=", ";":
                rest.removeFirst()
                return first == "=" ? .equals : .end
            case "\"", "'": return quoted(first)
            default:
                let word = rest.prefix { !$0.isWhitespace && $0 != "=" && $0 != ";" }
                rest = rest.dropFirst(word.count)
                return .word(String(word))
            }
        }

        private mutating func quoted(_ quote: Character) -> Token? {
            rest.removeFirst()
            var text = ""
            while let character = rest.popFirst() {
                if character == quote { return .word(text) }
                guard character == "\\" else {
                    text.append(character)
                    continue
                }
                guard let escaped = rest.popFirst() else { break }
                switch escaped {
                case "n": text.append("\n")
                case "t": text.append("\t")
                case "r": text.append("\r")
                default: text.append(escaped)
                }
            }
            hasFailed = true
            return nil
        }
    }

    /// The users that a PLAIN listener knows, `user_NAME="password"`, by their names.
    package var users: [String: String] {
        var users: [String: String] = [:]
        for (key, value) in options where key.hasPrefix("user_") {
            users[String(key.dropFirst("user_".count))] = value
        }
        return users
    }
}
