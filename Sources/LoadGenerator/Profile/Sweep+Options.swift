/// `--vary key=a,b,c`: a sweep from the command line, instead of the profile's own.
extension ProfileDocument {
    /// Replaces the document's sweep by the product of the options, and removes a baseline that
    /// named one of the old sweep's variants.
    mutating func vary(_ options: [OptionText]) throws(ProfileError) {
        guard let first = options.first else { return }
        var entries: [Entry] = []
        for given in options {
            let option = given.text
            let place = given.place("--vary")
            guard let equals = option.firstIndex(of: "=") else {
                throw ProfileError("expected key=value,value,…", at: place)
            }
            let key = option[..<equals].trimmed
            let target = try Target(
                key, groups: [], except: SettingName.ofComparisons, place: place)
            let text = option[option.index(after: equals)...].trimmed
            entries.append(
                Entry(
                    key: key, keyPlace: place,
                    value: Node(
                        content: .sequence(
                            try Self.values(text, isText: target.isText, at: place)),
                        place: place)))
        }
        let place = first.place("--vary")
        removeFromFile(["baseline"])
        root.set(
            Node(content: .mapping(entries), place: place), at: ["sweep"], place: place)
    }

    /// The values between commas, or those of one list in brackets.
    private static func values(
        _ text: String, isText: Bool, at place: Place
    ) throws(ProfileError) -> [Node] {
        let parts = parts(of: text)
        if parts.count == 1, text.hasPrefix("["), !isText,
            case .sequence(let nodes) = try value(text, at: place).content, !nodes.isEmpty
        {
            return nodes
        }
        var nodes: [Node] = []
        for part in parts {
            guard !part.isEmpty else {
                throw ProfileError(
                    "a value is missing; expected key=value,value,…", at: place)
            }
            if isText, part != "null", !part.hasPrefix("\"") {
                nodes.append(Node(content: .scalar(part, isPlain: false), place: place))
            } else {
                nodes.append(try value(part, at: place))
            }
        }
        return nodes
    }

    /// The text split at its commas, except for those inside brackets and double quotes.
    private static func parts(of text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isQuoted {
                if character == "\"", !isEscaped { isQuoted = false }
                isEscaped = character == "\\" && !isEscaped
            } else if character == ",", depth == 0 {
                parts.append(part[...].trimmed)
                part = ""
                continue
            } else {
                if character == "\"" { isQuoted = true }
                if "[{".contains(character) { depth += 1 }
                if "]}".contains(character) { depth = max(depth - 1, 0) }
            }
            part.append(character)
        }
        return parts + [part[...].trimmed]
    }
}
