import SettingKeys

/// The written form of values of one type: reading and writing, which a test checks to be inverse,
/// and the words that explain it.
struct ValueForm<Value: Sendable>: Sendable {
    typealias Node = ProfileDocument.Node

    /// The allowed values, for `weir profiles explain` and for "expected …".
    let name: String
    /// Whether the value is free text, which an option on the command line gives without quotes.
    var isText = false
    let parse: @Sendable (Node) throws(ProfileError) -> Value
    /// YAML in flow style, which `parse` reads back to an equal value.
    let print: @Sendable (Value) -> String

    /// A form read from one scalar.
    /// - Parameter read: returns nil for text that is not of this form.
    static func scalar(
        _ name: String, isText: Bool = false,
        read: @escaping @Sendable (String) -> Value?,
        print: @escaping @Sendable (Value) -> String
    ) -> ValueForm {
        ValueForm(
            name: name, isText: isText,
            parse: { node throws(ProfileError) in
                guard case .scalar(let text, _) = node.content, !node.isNull || isText,
                    let value = read(text)
                else { throw ProfileError(expected: name, not: node) }
                return value
            }, print: print)
    }

    /// This form, with errors that suggest only what it accepts: a value of the form that it is
    /// made of may be out of its bounds.
    var suggestingItsOwn: ValueForm {
        ValueForm(
            name: name, isText: isText,
            parse: { [self] node throws(ProfileError) in
                do throws(ProfileError) {
                    return try parse(node)
                } catch {
                    throw error.suggesting(
                        error.suggestions.filter {
                            let suggested = Node(
                                content: .scalar($0, isPlain: true), place: node.place)
                            return (try? parse(suggested)) != nil
                        })
                }
            }, print: print)
    }

    /// This form with a limit on its values.
    func limited(
        to range: ClosedRange<Value>, _ says: String? = nil
    ) -> ValueForm where Value: Comparable {
        let bounds = says ?? "\(print(range.lowerBound)) to \(print(range.upperBound))"
        return ValueForm(
            name: name + ", " + bounds, isText: isText,
            parse: { [self] node throws(ProfileError) in
                let value = try parse(node)
                guard range.contains(value) else {
                    throw ProfileError(
                        "\(print(value)) is out of range: \(bounds)", at: node.place)
                }
                return value
            }, print: print
        ).suggestingItsOwn
    }

    /// This form, or `null`.
    var optional: ValueForm<Value?> {
        ValueForm<Value?>(
            name: name + ", or null", isText: isText,
            parse: { [self] node throws(ProfileError) in node.isNull ? nil : try parse(node) },
            print: { [self] value in value.map(print) ?? "null" })
    }
}

extension ProfileError {
    init(
        expected form: String, not node: ProfileDocument.Node, _ remedy: String = "",
        suggesting suggestions: [String] = []
    ) {
        self.init(
            "expected \(form), not \(node.kindName)\(remedy)", at: node.place,
            suggesting: suggestions)
    }
}

extension ValueForm where Value == Bool {
    static var boolean: ValueForm {
        .scalar(
            "true or false", read: { ["true": true, "false": false][$0] }, print: { "\($0)" })
    }
}

extension ValueForm where Value == String {
    static var text: ValueForm {
        let form = scalar("text", isText: true, read: { $0 }, print: YAMLText.quoted)
        return ValueForm(
            name: form.name, isText: true,
            parse: { node throws(ProfileError) in node.isNull ? "" : try form.parse(node) },
            print: form.print)
    }

    /// The name of a profile: as free as names of files, from which most come.
    static var profileName: ValueForm {
        .scalar(
            "text of 1 to 1000 bytes", isText: true,
            read: { (1...1000).contains($0.utf8.count) ? $0 : nil }, print: YAMLText.quoted)
    }

    /// Kafka's rule for topic names, which become directories.
    static var resourceName: ValueForm {
        .scalar(
            "a name of letters, digits, '.', '_' and '-', at most 200 characters",
            read: { text in
                let isLegal = text.utf8.allSatisfy {
                    switch $0 {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                        UInt8(ascii: "_"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
                return isLegal && (1...200).contains(text.utf8.count) && text != "."
                    && text != ".." ? text : nil
            }, print: YAMLText.quoted)
    }
}

extension ValueForm where Value == UInt64 {
    static var seed: ValueForm {
        .scalar(
            "a whole number from 0 to 18446744073709551615", read: { UInt64($0) },
            print: { "\($0)" })
    }
}

extension ValueForm where Value == Int {
    /// A plain whole number, negative ones included.
    static var integer: ValueForm {
        .scalar("a whole number", read: { Int($0) }, print: { "\($0)" })
    }
}

extension ValueForm where Value == Double {
    static var decimal: ValueForm {
        .scalar(
            "a number",
            read: { text in
                guard let value = Double(text), value.isFinite,
                    text.allSatisfy({ $0.isNumber || "+-.eE".contains($0) })
                else { return nil }
                return value
            }, print: { "\($0)" })
    }
}

extension ValueForm
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of the names of an enumeration.
    static var choice: ValueForm {
        let names = ValueForm<String>.oneOf(Value.allCases.map(\.rawValue))
        return ValueForm(
            name: names.name,
            parse: { node throws(ProfileError) in
                let name = try names.parse(node)
                guard let value = Value(rawValue: name) else {
                    preconditionFailure("every name is one of the cases")
                }
                return value
            }, print: { names.print($0.rawValue) })
    }
}

extension ValueForm where Value == String {
    /// One of a few names.
    static func oneOf(_ names: [String]) -> ValueForm {
        let list = names.joined(separator: ", ")
        return ValueForm(
            name: "one of " + list,
            parse: { node throws(ProfileError) in
                guard case .scalar(let text, _) = node.content, !node.isNull else {
                    throw ProfileError(expected: "one of " + list, not: node)
                }
                guard names.contains(text) else {
                    throw ProfileError(
                        expected: "one of " + list, not: node,
                        suggesting: NearestName.of(text, among: names).map { [$0] } ?? [])
                }
                return text
            }, print: YAMLText.quoted)
    }
}

/// Text as a YAML scalar.
enum YAMLText {
    /// The text itself if no reader can misread it, else in double quotes.
    @Sendable static func quoted(_ text: String) -> String {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        let isWord =
            text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                    || "._-/".unicodeScalars.contains($0)
            } && text.unicodeScalars.first?.properties.isAlphabetic == true
            && !words.contains(text.lowercased())
        if isWord { return text }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "&":
                // A profile is refused for anything that could be an anchor, even in a string.
                quoted += "\\x26"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                quoted += "\\u" + hexadecimal(scalar.value, digits: 4)
            case _ where !scalar.isASCII: quoted += "\\U" + hexadecimal(scalar.value, digits: 8)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
