/// A password or a key. Whatever prints it, or a value that contains it, prints `[hidden]`, Kafka's word.
package struct Secret: Hashable, Sendable {
    package var text: String

    package init(_ text: String = "") { self.text = text }

    package var isEmpty: Bool { text.isEmpty }

    /// What settings show of it: nothing where it is not set.
    package var shown: String { isEmpty ? "" : Self.hidden }

    package static let hidden = "[hidden]"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Self.hidden }
    package var debugDescription: String { Self.hidden }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
