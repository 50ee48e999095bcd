/// Where a part of a profile was written: a line of a file, or an option of the command line.
struct Place: Hashable, Sendable {
    /// A file's path as the user gave it, or the text of a `--set` option.
    var source: String
    /// Counted from 1; nil if the source has no lines, such as an option.
    var line: Int?
    /// Counted from 1 in Unicode scalars, as libyaml counts.
    var column: Int?
    /// Whether passwords may come from there.
    var mayHaveSecrets = false
}

/// One fault of a profile, with a message that helps to repair it.
public struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The profile's path as it was given, or the text of the wrong `--set` option.
    public let file: String
    /// Counted from 1; nil if the fault has no line (a missing file, a `--set` option).
    public let line: Int?
    /// Counted from 1 in Unicode scalars.
    public let column: Int?
    /// A sentence: the fault, the nearest valid name if there is one, and the remedy.
    public var message: String {
        guard !suggestions.isEmpty else { return sentence }
        let offered = suggestions.prefix(offersAll ? suggestions.count : 1).map { "'\($0)'" }
        return sentence + "; did you mean \(offered.joined(separator: " or "))?"
    }

    /// Valid replacements of the wrong value, the most likely first; the message has the first, or all
    /// if `offersAll`.
    let suggestions: [String]
    /// Whether there is no file of the name.
    public private(set) var isOfMissingFile = false
    private let offersAll: Bool
    private let sentence: String

    init(
        _ message: String, at place: Place, suggesting suggestions: [String] = [],
        offersAll: Bool = false
    ) {
        self.offersAll = offersAll
        file = place.source
        line = place.line
        column = place.column
        sentence = message
        self.suggestions = suggestions
    }

    /// - Parameter remedy: from its semicolon on.
    init(noFileAt path: String, _ remedy: String) {
        self.init(MissingFile.message + remedy, at: Place(source: path))
        isOfMissingFile = true
    }

    /// The same error with other suggestions.
    func suggesting(_ suggestions: [String]) -> ProfileError {
        ProfileError(sentence, at: place, suggesting: suggestions)
    }

    /// `file:line:column: message`, the form that editors and terminals turn into a link.
    public var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if let column { text += ":\(column)" }
        return text + ": " + message
    }
}

/// All faults of one profile, in the order of its lines. Never empty.
public struct ProfileErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public let errors: [ProfileError]

    /// Whether the profile is not there, so that nothing is wrong with its contents.
    public var areOfMissingFile: Bool { errors.allSatisfy(\.isOfMissingFile) }

    init(_ errors: [ProfileError]) {
        precondition(!errors.isEmpty, "a failure must say what failed")
        self.errors = errors.sorted {
            ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0)
        }
    }

    public var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}

/// A file or folder that a user named and that is not there: the same words in every command.
public enum MissingFile {
    /// What follows the path and a colon; a semicolon and a remedy follow it.
    public static let message = "there is no such file or folder"
}
