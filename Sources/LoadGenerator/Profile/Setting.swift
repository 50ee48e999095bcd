/// One setting of a profile: its name, its form, its property, and its meaning.
///
/// Parsing, suggestions for mistyped names, `weir profiles explain` and the resolved profile use
/// the tables of settings. A default is the initial value of the property.
struct Setting<Root: Sendable>: Sendable {
    /// The keys from the root of the section to the setting. Kafka's dotted names are one key.
    let path: [String]
    let form: String
    let isText: Bool
    /// Whether the resolved profile leaves it out at its default: Kafka's topic keys, whose
    /// defaults are the log's, and settings that only a comparison reads.
    let isOmittedAtDefault: Bool
    let summary: String
    /// The text of `explain` if the default is not only the initial value.
    let defaultNote: String?

    let read: @Sendable (ProfileDocument.Node, inout Root) throws(ProfileError) -> Void
    /// The value in flow style.
    let write: @Sendable (Root) -> String

    init<Value: Sendable>(
        _ path: [String], _ property: any WritableKeyPath<Root, Value> & Sendable,
        _ form: ValueForm<Value>, _ summary: String, defaultNote: String? = nil,
        isOmittedAtDefault: Bool = false
    ) {
        self.path = path
        self.form = form.name
        self.summary = summary
        self.defaultNote = defaultNote
        self.isOmittedAtDefault = isOmittedAtDefault
        isText = form.isText
        read = { node, root throws(ProfileError) in root[keyPath: property] = try form.parse(node) }
        write = { form.print($0[keyPath: property]) }
    }

    /// A setting that may be null.
    init<Value: Sendable>(
        _ path: [String], orNull property: any WritableKeyPath<Root, Value?> & Sendable,
        _ form: ValueForm<Value>, _ summary: String, defaultNote: String? = nil,
        isOmittedAtDefault: Bool = false
    ) {
        self.init(
            path, property, form.optional, summary, defaultNote: defaultNote,
            isOmittedAtDefault: isOmittedAtDefault)
    }

    /// The path as a user writes it after `--set`.
    var name: String { path.joined(separator: ".") }
}
