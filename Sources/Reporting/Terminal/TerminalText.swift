/// What a terminal shows of a text for people: colours where they help, and ASCII where it has nothing
/// else.
public enum TerminalText {
    /// With a verdict, and a threshold that failed, in colour.
    public static func coloured(_ text: String) -> String {
        var result = ""
        var word = ""
        func close() {
            if let colour = colours[word] {
                result += "\u{1B}[\(colour)m\(word)\u{1B}[0m"
            } else {
                result += word
            }
            word = ""
        }
        for character in text {
            if character.isLetter || character == "_" || character.isNumber {
                word.append(character)
            } else {
                close()
                result.append(character)
            }
        }
        close()
        return result
    }

    /// Of characters beyond ASCII those that Weir itself writes, as ASCII; others stay.
    public static func ascii(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        return text.reduce(into: "") { $0 += replacements[$1] ?? String($1) }
    }

    /// Whether a locale's character set is UTF-8, by POSIX's order of variables.
    /// - Parameter value: of a variable of the environment; nil if it is not set.
    public static func isUTF8(_ value: (String) -> String?) -> Bool {
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(value).first { !$0.isEmpty }
        let lowered = (name ?? "C").lowercased()
        return lowered.contains("utf-8") || lowered.contains("utf8")
    }

    /// Bold green, yellow, red.
    private static let colours = [
        "VALID": "1;32", "SUSPECT": "1;33", "GENERATOR_BOUND": "1;33", "INVALID": "1;31",
        "FAILED": "1;31",
    ]

    private static let replacements: [Character: String] = [
        "µ": "u", "…": "...", "×": "x", "–": "-", "—": "-", "−": "-", "→": "->", "≥": ">=",
        "≤": "<=", "±": "+/-", "▲": "^", "▼": "v",
        "“": "\"", "”": "\"", "‘": "'", "’": "'", "÷": "/", "²": "^2", "⁶": "^6", "⁹": "^9",
        "·": "*",
        "\u{A0}": " ", "\u{202F}": " ",
    ]
}
