/// Text that a spreadsheet would take for a formula, marked as text.
///
/// A cell that begins with `=`, `+`, `-`, `@`, a tab or a line break may be run by the program that
/// opens the file, and names of profiles, variants and groups come from outside. Such text gets an
/// apostrophe in front, as spreadsheets themselves mark text. Text that already has apostrophes
/// before such a character gets one more, so that `unmarked` is exact. Numbers such as -1.5 and
/// signs alone are written unchanged.
enum SpreadsheetText {
    /// The field to write for a text.
    static func marked(_ text: String) -> String {
        isLikeFormula(text) ? "'" + text : text
    }

    /// The text that `marked` was given.
    static func unmarked(_ field: String) -> String {
        guard field.utf8.first == apostrophe, isLikeFormula(field) else { return field }
        return String(field.dropFirst())
    }

    private static let apostrophe = UInt8(ascii: "'")

    private static func isLikeFormula(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first else { return false }
        // For most cells the first character decides.
        guard first == apostrophe || isLead(first) else { return false }
        let rest = bytes.drop { $0 == apostrophe }
        guard let lead = rest.first, isLead(lead) else { return false }
        // Signs alone, such as `==` and `-`, contain no formula.
        guard rest.contains(where: { !isLead($0) }) else { return false }
        return first == apostrophe || !isNumber(bytes)
    }

    private static func isLead(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"),
            UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            true
        default: false
        }
    }

    /// Digits with a sign, a point and an exponent, as in `-1.5` and `-2e-9`.
    private static func isNumber(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func takeDigits() -> Bool {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        func takeSign() {
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
                rest = rest.dropFirst()
            }
        }
        takeSign()
        guard takeDigits() else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits() else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            takeSign()
            guard takeDigits() else { return false }
        }
        return rest.isEmpty
    }
}
