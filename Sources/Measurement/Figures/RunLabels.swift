/// What a user calls a run: `--label` names it, and each `--tag` describes it.
public struct RunLabels: Sendable, Equatable, Codable {
    /// `key=value`.
    public struct Tag: Sendable, Equatable, Codable, CustomStringConvertible {
        public let key: String
        public let value: String

        public var description: String { "\(key)=\(value)" }
    }

    /// One word; nil without one.
    public let label: String?
    /// In the order given, each key once.
    public let tags: [Tag]

    public static let longestLabel = 64
    public static let longestValue = 200
    public static let mostTags = 32
    /// The name of the variant of every run without a sweep, so a label of this name would identify
    /// nothing.
    private static let reserved = "default"

    public static let none = RunLabels()

    private init() {
        label = nil
        tags = []
    }

    /// - Parameters:
    ///   - label: one word of at most 64 characters, without commas, semicolons and quotes: it stands in
    ///     lists of names.
    ///   - tags: as written, `key=value`. Keys are letters, digits, `.`, `_` and `-`; values have at most
    ///     200 characters and no semicolon.
    public init(label: String?, tags: [String]) throws(RunLabelError) {
        if let label { try Self.check(label: label) }
        guard tags.count <= Self.mostTags else {
            throw RunLabelError("a run has at most \(Self.mostTags) tags, not \(tags.count)")
        }
        var read: [Tag] = []
        for text in tags {
            let tag = try Self.tag(text)
            guard !read.contains(where: { $0.key == tag.key }) else {
                throw RunLabelError("the tag '\(tag.key)' is given twice; give it one value")
            }
            read.append(tag)
        }
        self.label = label
        self.tags = read
    }

    /// Nil without any, as the column `tags` has it.
    public var tagText: String? {
        tags.isEmpty ? nil : tags.map(\.description).joined(separator: "; ")
    }

    /// The options of the command line that give these labels.
    public var arguments: [String] {
        (label.map { ["--label=\($0)"] } ?? []) + tags.map { "--tag=\($0)" }
    }

    private static func check(label: String) throws(RunLabelError) {
        guard !label.isEmpty else { throw RunLabelError("a label is a word, such as 'before'") }
        guard label.count <= longestLabel else {
            throw RunLabelError(
                "a label has at most \(longestLabel) characters, this one \(label.count); "
                    + "say more in a --tag")
        }
        guard label.unicodeScalars.allSatisfy({ isVisible($0) && !isSeparator($0) }) else {
            throw RunLabelError(
                "'\(shown(label))' is not a label: a label is one word, without blanks, commas, "
                    + "semicolons and quotes; write 'new-kernel', and more in a --tag")
        }
        guard label != reserved else {
            throw RunLabelError(
                "'\(reserved)' is the name of runs without a sweep; choose another word")
        }
    }

    private static func tag(_ text: String) throws(RunLabelError) -> Tag {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw RunLabelError("'\(shown(text))' is not a tag: write key=value, such as disk=nvme")
        }
        let key = String(text[..<equals])
        let value = String(text[text.index(after: equals)...])
        guard key.utf8.allSatisfy(isOfKey), key.count <= longestLabel else {
            throw RunLabelError(
                "'\(shown(key))' is not the key of a tag: it is at most \(longestLabel) "
                    + "letters, digits, '.', '_' and '-'")
        }
        guard !value.isEmpty else {
            throw RunLabelError("the tag '\(key)' has no value; write \(key)=value")
        }
        guard value.count <= longestValue else {
            throw RunLabelError(
                "the value of the tag '\(key)' has \(value.count) characters; it may have "
                    + "\(longestValue)")
        }
        let isClean = value.unicodeScalars.allSatisfy { ($0 == " " || isVisible($0)) && $0 != ";" }
        guard isClean, value.first != " ", value.last != " " else {
            throw RunLabelError(
                "the value of the tag '\(key)' must be one line of text, without semicolons and "
                    + "without blanks around it")
        }
        return Tag(key: key, value: value)
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Characters that are invisible, or that change the writing direction, could make one name
    /// look like another.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
            .lineSeparator, .paragraphSeparator:
            false
        default: true
        }
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        [",", ";", "\"", "'", "`"].contains(scalar)
    }

    /// Escaped and shortened, for a message.
    private static func shown(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(longestLabel).map { scalar in
            scalar == " " || isVisible(scalar)
                ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return scalars.joined()
    }
}

/// Why a label or a tag is refused.
public struct RunLabelError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
