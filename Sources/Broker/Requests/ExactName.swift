/// The name of a group, a transactional id or whatever an ACL names, as a key of tables: it is the same as another
/// one if its bytes are.
///
/// Swift's strings are equal where Unicode calls them so: `é` in one scalar and in two, or `K` and the KELVIN SIGN.
/// Kafka's names are not. If a table found one by the other, the ACLs of the one would open the other.
struct ExactName: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    // Equal bytes are equal strings, so these have equal hashes, too.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    /// Whether both have the same bytes.
    func hasSameBytes(as other: String) -> Bool {
        // What is equal to a text of ASCII, and is none itself, has more bytes.
        utf8.count == other.utf8.count && self == other
            && (utf8Span.isKnownASCII || utf8.elementsEqual(other.utf8))
    }
}

extension Dictionary where Key == ExactName {
    subscript(name: String) -> Value? {
        get { self[ExactName(name)] }
        set { self[ExactName(name)] = newValue }
    }

    @discardableResult
    mutating func removeValue(forKey name: String) -> Value? {
        removeValue(forKey: ExactName(name))
    }
}
