/// Quotes arbitrary text for gnuplot, so that it is never executed and never ends a string.
///
/// gnuplot substitutes backticks, macros and escapes in all but single-quoted strings. There only
/// the quote itself is special; doubling it is documented and fails at the start of a string and
/// for two in a row, so that the rest would be executed. A typographic apostrophe takes its place.
/// A control character could end the line, and with it the string; it becomes a blank.
enum GnuplotText {
    /// A single-quoted string.
    static func quoted(_ text: String) -> String {
        "'" + harmless(text).replacing("'", with: "’") + "'"
    }

    /// One line of text that XML can hold.
    static func harmless(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
                .privateUse:
                " "
            default: scalar
            }
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        // gnuplot escapes the beginning of a tag, but not the end of a CDATA section.
        return String(result).replacing("]]>", with: "]] >")
    }

    /// At most so many characters, the middle left out: names differ at both ends.
    static func shortened(_ text: String, to limit: Int) -> String {
        let text = harmless(text)
        guard text.count > limit else { return text }
        let head = (limit - 1) / 2
        return text.prefix(head) + "…" + text.suffix(limit - 1 - head)
    }

    /// At most `lines` lines of at most `limit` characters, broken between words, but not between a
    /// figure and its unit; longer text ends in an ellipsis.
    static func wrapped(_ text: String, limit: Int, lines: Int) -> [String] {
        var result: [String] = [""]
        for word in pieces(of: harmless(text), limit: limit) {
            if result[result.count - 1].isEmpty {
                result[result.count - 1] = word
            } else if result[result.count - 1].count + 1 + word.count <= limit {
                result[result.count - 1] += " " + word
            } else {
                result.append(word)
            }
        }
        guard result.count > lines else { return result }
        return result.prefix(lines - 1) + [result[lines - 1].prefix(limit - 2) + " …"]
    }

    /// The words, with what follows a figure at the figure.
    private static func pieces(of text: String, limit: Int) -> [String] {
        var pieces: [String] = []
        for word in text.split(separator: " ") {
            let word = shortened(String(word), to: limit)
            if word == "·", let last = pieces.last, last.count + 2 <= limit {
                // No line begins with it.
                pieces[pieces.count - 1] = last + " ·"
            } else if let last = pieces.last, last.first?.isNumber == true, !last.contains(" "),
                last.count + 1 + word.count <= limit
            {
                pieces[pieces.count - 1] = last + " " + word
            } else {
                pieces.append(word)
            }
        }
        return pieces
    }

    /// Roughly how wide it is set in a sans serif, in pixels.
    static func width(_ text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { width, scalar in
            // East Asian characters and pictures fill a square.
            width + (scalar.value >= 0x1100 && !(0x2000..<0x2E00).contains(scalar.value) ? 1 : 0.56)
        } * size
    }
}
