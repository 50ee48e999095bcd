import Mustache

/// Text of unknown origin, made fit for HTML and SVG: names of variants, profiles, errors.
///
/// The package's own HTML escaping looks at whole characters, and a `"` with a combining accent
/// after it is another character, which it lets pass: enough to break out of an attribute. This one
/// looks at scalars. The templates ask for it with `{{% CONTENT_TYPE:WEIR_HTML }}`; each needs the
/// line, since a partial starts anew.
struct HTMLText: MustacheContentType {
    static let pragma = "{{% CONTENT_TYPE:WEIR_HTML }}"

    /// Makes the pragma known to the package, once.
    static let registered: Void = MustacheContentTypes.register(HTMLText(), named: "WEIR_HTML")

    func escapeText(_ text: String) -> String { Self.escaped(text) }

    /// Fit for text and for an attribute in either kind of quotes. What neither HTML nor XML can
    /// hold becomes U+FFFD.
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

    /// Control characters may hide what follows; the marks that turn the direction of writing may
    /// show a name as another.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE...0xFFFF: false
        default: true
        }
    }
}
