import Yams

/// A profile as written: a bounded tree of YAML nodes, each with its place in the text.
///
/// Overrides are applied to this tree before anything is validated. It also bounds the text before
/// it is parsed, bounds nesting, and refuses duplicate keys and anchors, because aliases can
/// multiply the size of a document.
struct ProfileDocument: Sendable {
    /// Hundreds of times the size of a usual profile.
    static let maximumByteCount = 256 * 1024
    /// A valid profile has at most five levels: `payload.size.histogram[].size`.
    static let maximumDepth = 16

    var root: Node
    /// The settings that options have set so far.
    var optionPaths: Set<[String]> = []
    /// Of these the ones that only the environment has set.
    var environmentPaths: Set<[String]> = []

    struct Node: Sendable {
        indirect enum Content: Sendable {
            case scalar(String, isPlain: Bool)
            case mapping([Entry])
            case sequence([Node])
        }

        var content: Content
        var place: Place

        /// YAML's null: nothing, `~` or `null`, not in quotes.
        var isNull: Bool {
            guard case .scalar(let text, isPlain: true) = content else { return false }
            return ["", "~", "null", "Null", "NULL"].contains(text)
        }

        /// Whether it has any value other than null.
        var saysAnything: Bool {
            switch content {
            case .scalar: !isNull
            case .mapping(let entries):
                entries.isEmpty || entries.contains { $0.value.saysAnything }
            case .sequence: true
            }
        }

        /// The kind of node, for errors that expected another one.
        var kindName: String {
            switch content {
            case .scalar(let text, _): isNull ? "nothing" : "'\(text.prefix(60))'"
            case .mapping: "a mapping"
            case .sequence: "a list"
            }
        }
    }

    struct Entry: Sendable {
        var key: String
        var keyPlace: Place
        var value: Node
    }

    /// Parses one YAML document whose root is a mapping.
    /// - Throws: one error for the first fault of the text, because text that is not YAML cannot be
    ///   read any further.
    init(yaml text: String, source: String) throws(ProfileError) {
        let start = Place(source: source, line: 1, column: 1)
        // Some editors begin a file with a byte order mark.
        let text = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
        root = try Self.parse(text, source: source, hasLines: true)
        switch root.content {
        case .mapping where root.saysAnything: break
        case .mapping,
            .scalar where root.isNull:
            throw ProfileError(
                "the file sets nothing and may be a truncated copy; restore it, or write {} for a "
                    + "profile of defaults", at: start)
        default:
            throw ProfileError(
                "a profile is a mapping of settings, not \(root.kindName); "
                    + "'weir profiles explain' lists the settings",
                at: start)
        }
    }

    /// Parses the value of an option: a scalar, or a mapping or list in flow style. All of it has
    /// the same place.
    static func value(_ text: String, at place: Place) throws(ProfileError) -> Node {
        do {
            return try parse(text, source: place.source, hasLines: false).moved(to: place)
        } catch {
            throw ProfileError(error.message, at: place)
        }
    }

    private static func parse(
        _ text: String, source: String, hasLines: Bool
    ) throws(ProfileError) -> Node {
        func place(_ line: Int, _ column: Int) -> Place {
            hasLines ? Place(source: source, line: line, column: column) : Place(source: source)
        }
        guard text.utf8.count <= maximumByteCount else {
            throw ProfileError(
                "\(text.utf8.count) bytes are too many; a profile has at most "
                    + "\(maximumByteCount) bytes",
                at: Place(source: source))
        }
        if let (line, column) = firstAnchor(in: text) {
            throw ProfileError(
                "anchors and aliases (&name, *name) are not allowed in a profile; "
                    + "write the value where it is used",
                at: place(line, column))
        }
        let composed: Yams.Node?
        do {
            composed = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ProfileError(yaml: error, source: source, hasLines: hasLines)
        } catch {
            throw ProfileError("not YAML: \(error)", at: Place(source: source))
        }
        guard let composed else {
            return Node(content: .scalar("", isPlain: true), place: place(1, 1))
        }
        return try convert(composed, depth: 0) { mark in
            mark.map { place($0.line, $0.column) } ?? Place(source: source)
        }
    }

    /// The line and column of the first `&name` that could be an anchor, if any.
    ///
    /// The library resolves aliases while it composes, so they must be refused before it gets the
    /// text. This looks at characters, not at tokens, so `&` at the start of a word is also refused
    /// in a comment or a string.
    private static func firstAnchor(in text: String) -> (line: Int, column: Int)? {
        var line = 1
        var column = 0
        var previous: Unicode.Scalar = "\n"
        var pending: (line: Int, column: Int)?
        for scalar in text.unicodeScalars {
            column += 1
            if let pending, !scalar.properties.isWhitespace { return pending }
            pending = nil
            if scalar == "&",
                previous.properties.isWhitespace || "[{,:-?\u{FEFF}".contains(Character(previous))
            {
                pending = (line, column)
            }
            if scalar == "\n" {
                line += 1
                column = 0
            }
            previous = scalar
        }
        return pending
    }

    private static func convert(
        _ node: Yams.Node, depth: Int, place: (Mark?) -> Place
    ) throws(ProfileError) -> Node {
        let here = place(node.mark)
        guard depth <= maximumDepth else {
            throw ProfileError(
                "nested more than \(maximumDepth) levels deep; no setting is", at: here)
        }
        switch node {
        case .scalar(let scalar):
            try refuse(scalar.tag, unless: ["str", "int", "float", "bool", "null"], at: here)
            let isText = ["!", coreTag + "str"].contains(scalar.tag.description)
            let isPlain = !isText && (scalar.style == .plain || scalar.style == .any)
            return Node(content: .scalar(scalar.string, isPlain: isPlain), place: here)
        case .sequence(let sequence):
            try refuse(sequence.tag, unless: ["seq"], at: here)
            var nodes: [Node] = []
            for element in sequence {
                nodes.append(try convert(element, depth: depth + 1, place: place))
            }
            return Node(content: .sequence(nodes), place: here)
        case .mapping(let mapping):
            try refuse(mapping.tag, unless: ["map"], at: here)
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw ProfileError("a key must be a name", at: place(key.mark))
                }
                // The library gives keys tags of its own, to compare them.
                if !name.tag.description.hasPrefix(coreTag) {
                    try refuse(name.tag, unless: [], at: place(key.mark))
                }
                // The library compares keys with their tags, so it takes "a" and a for different
                // keys.
                if let first = entries.first(where: { $0.key == name.string }) {
                    throw ProfileError(
                        duplicate: name.string, first: first.keyPlace, at: place(key.mark))
                }
                entries.append(
                    Entry(
                        key: name.string, keyPlace: place(key.mark),
                        value: try convert(value, depth: depth + 1, place: place)))
            }
            return Node(content: .mapping(entries), place: here)
        case .alias:
            throw ProfileError("aliases are not allowed in a profile", at: here)
        }
    }

    /// Of YAML's own tags, `!!str` for instance.
    private static let coreTag = "tag:yaml.org,2002:"

    /// Refuses a tag that Weir would silently ignore.
    /// - Parameter known: core tags, without their common prefix.
    private static func refuse(
        _ tag: Tag, unless known: [String], at place: Place
    ) throws(ProfileError) {
        let name = tag.description
        guard !name.isEmpty, name != "!", !known.contains(where: { name == coreTag + $0 }) else {
            return
        }
        let written = name.hasPrefix(coreTag) ? "!!" + name.dropFirst(coreTag.count) : name
        throw ProfileError(
            "the tag \(written) has no meaning in a profile; remove it", at: place)
    }
}

extension ProfileDocument.Node {
    fileprivate func moved(to place: Place) -> Self {
        var node = self
        node.place = place
        switch content {
        case .scalar: break
        case .mapping(let entries):
            node.content = .mapping(
                entries.map {
                    .init(key: $0.key, keyPlace: place, value: $0.value.moved(to: place))
                })
        case .sequence(let nodes): node.content = .sequence(nodes.map { $0.moved(to: place) })
        }
        return node
    }
}

extension ProfileError {
    fileprivate init(duplicate name: String, first firstPlace: Place, at place: Place) {
        let firstLine = firstPlace.line.map { " (first in line \($0))" } ?? ""
        self.init("'\(name)' is given twice\(firstLine); keep one of them", at: place)
    }

    /// The YAML library's error without its excerpt of the file.
    fileprivate init(yaml error: YamlError, source: String, hasLines: Bool) {
        func place(_ mark: Mark) -> Place {
            hasLines
                ? Place(source: source, line: mark.line, column: mark.column)
                : Place(source: source)
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init("not YAML: \(problem)", at: place(mark))
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.map { "'\($0)'" }.joined(separator: ", ")
            self.init("\(list) is given twice; keep one of them", at: place(context.mark))
        case .reader(let problem, _, _, _):
            self.init("not YAML: \(problem)", at: Place(source: source))
        default:
            self.init("not YAML: \(error)", at: Place(source: source))
        }
    }
}
