/// A file in Java's properties syntax, each setting with the line that it begins on.
///
/// `key=value`, `key: value` and `key value`; comments begin with `#` or `!`; a backslash at the
/// end of a line continues it, and elsewhere escapes a character (`\t`, `\n`, `\r`, `\f`, `\uXXXX`,
/// or itself). As in Java, the last of several settings of one key holds. A byte order mark, with
/// which editors of Windows begin a file, is skipped.
package struct PropertiesFile {
    package struct Setting: Equatable {
        package var key: String
        package var value: String
        package var line: Int
    }

    package private(set) var settings: [Setting] = []

    package init(_ bytes: [UInt8]) { self.init(String(decoding: bytes, as: UTF8.self)) }

    package init(_ text: String) {
        var pending = ""
        var firstLine = 0
        var number = 0
        let text = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let content = line.drop(while: Self.isBlank)
            if pending.isEmpty {
                guard let first = content.first, first != "#", first != "!" else { continue }
                firstLine = number
            }
            // An even number of backslashes is escaped backslashes.
            let isContinued = content.reversed().prefix(while: { $0 == "\\" }).count % 2 == 1
            pending += isContinued ? content.dropLast() : content
            if isContinued { continue }
            add(pending, line: firstLine)
            pending = ""
        }
        if !pending.isEmpty { add(pending, line: firstLine) }
    }

    /// The value that holds for a key.
    package subscript(key: String) -> String? { settings.last { $0.key == key }?.value }

    private mutating func add(_ line: String, line number: Int) {
        var key = ""
        var rest = line[...]
        while let character = rest.first, !Self.isBlank(character), character != "=",
            character != ":"
        {
            key.append(Self.takeCharacter(&rest))
        }
        rest = rest.drop(while: Self.isBlank)
        if rest.first == "=" || rest.first == ":" { rest = rest.dropFirst() }
        rest = rest.drop(while: Self.isBlank)
        var value = ""
        while !rest.isEmpty { value.append(Self.takeCharacter(&rest)) }
        while value.last.map(Self.isBlank) == true { value.removeLast() }
        settings.append(Setting(key: key, value: value, line: number))
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t" || character == "\u{c}"
    }

    /// The first character of `text`, its escape resolved.
    private static func takeCharacter(_ text: inout Substring) -> Character {
        let character = text.removeFirst()
        guard character == "\\", let escaped = text.first else { return character }
        text.removeFirst()
        switch escaped {
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "f": return "\u{c}"
        case "u":
            let digits = text.prefix(4)
            guard digits.count == 4, let code = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(code)
            else { return escaped }
            text = text.dropFirst(4)
            return Character(scalar)
        default: return escaped
        }
    }
}
