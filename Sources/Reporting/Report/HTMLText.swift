import Mustache

/// Escapes text of unknown origin (names of variants, profiles, errors) for HTML and SVG.
///
/// The package's own HTML escaping looks at whole characters. A `"` followed by a combining accent
/// is another character, which it lets pass: enough to break out of an attribute. This one looks at
/// scalars. Templates ask for it with `{{% CONTENT_TYPE:WEIR_HTML }}`; each template and partial
/// needs the line.
struct HTMLText: MustacheContentType {
    static let pragma = "{{% CONTENT_TYPE:WEIR_HTML }}"

    /// Registers the pragma with the package, once.
    static let registered: Void = MustacheContentTypes.register(HTMLText(), named: "WEIR_HTML")

    func escapeText(_ text: String) -> String { Self.escaped(text) }

    /// Escapes text for HTML and for an attribute in either kind of quotes. Characters that HTML or
    /// XML does not allow become U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case _ where !isAllowed(scalar): result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The same text, in which no line is broken between a figure and its unit.
    static func unbroken(_ text: String) -> String {
        text.replacing(figureWithUnit) { match in "\(match.1)\u{A0}\(match.2)" }
    }

    /// The last digit, and the unit: `%`, rates, bytes, times, and times for bytes.
    private static var figureWithUnit: Regex<(Substring, Substring, Substring)> {
        #/(\d) (%|[kMG]?\/s|[kMG]?B(?:\/s)?|[KMG]iB|[nµm]?s(?:\/GB)?|ns\/B)(?![\w\/])/#
    }

    /// Control characters may hide text, and marks of writing direction may make one name look like
    /// another.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE...0xFFFF: false
        default: true
        }
    }
}
