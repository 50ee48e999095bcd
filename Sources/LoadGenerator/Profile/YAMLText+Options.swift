/// Values of a profile's document as the text of an option on one line, and back.
extension YAMLText {
    /// A value in flow style; plain words, numbers and quantities are unchanged.
    static func flow(_ node: ProfileDocument.Node) -> String {
        if node.isNull { return "null" }
        switch node.content {
        case .scalar(let text, _): return isBare(text) ? text : quoted(text)
        case .sequence(let nodes):
            return "[" + nodes.map(flowElement).joined(separator: ", ") + "]"
        case .mapping(let entries):
            let list = entries.map { "\(quoted($0.key)): \(flowElement($0.value))" }
            return "{" + list.joined(separator: ", ") + "}"
        }
    }

    /// A setting as one line of a profile, inside its sections: `producers: {count: 4}`. A value
    /// that would not fit on one line is an ellipsis.
    static func nested(_ path: [String], _ value: ProfileDocument.Node) -> String {
        let flow = flow(value)
        var text = flow.count > 60 ? "…" : flow
        for (depth, key) in path.enumerated().reversed() {
            // A consumer group is an element of a list, and has a name.
            if key == "*" {
                let hasName = text.hasPrefix("{group: ")
                text = (hasName ? "[" : "[{group: my-group, ") + text.dropFirst(hasName ? 0 : 1)
                text += "]"
                continue
            }
            text = "\(quoted(key)): " + text
            if depth > 0 { text = "{\(text)}" }
        }
        return text
    }

    /// The value of a setting that an option gives as free text; nil if it is not a scalar.
    static func optionText(_ node: ProfileDocument.Node) -> String? {
        if node.isNull { return "null" }
        guard case .scalar(let text, _) = node.content else { return nil }
        // An option's text is trimmed, and text in quotes is read as YAML.
        let isPlain =
            text.first?.isWhitespace == false && text.last?.isWhitespace == false
            && !text.hasPrefix("\"") && text != "null"
        return isPlain ? text : quoted(text)
    }

    /// An option's text as an element of a list or a mapping in flow style.
    static func flowElement(ofOption text: String, isText: Bool) -> String {
        if isText, text != "null", !text.hasPrefix("\"") { return quoted(text) }
        // In a list, older readers of YAML take a colon for the end of a key.
        return isBare(text) && text.contains(":") ? quoted(text) : text
    }

    private static func flowElement(_ node: ProfileDocument.Node) -> String {
        flowElement(ofOption: flow(node), isText: false)
    }

    /// Text that needs no quotes outside lists: `64KiB`, `zstd:3`, `-131072`, `50k/s`.
    private static func isBare(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
            first != "-" || text.utf8.count > 1
        else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                    || "._-/:+".unicodeScalars.contains($0))
        } && !":+/.".unicodeScalars.contains(first) && last != ":"
            && !["null", "Null", "NULL"].contains(text)
    }
}
