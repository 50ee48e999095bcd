/// Who sends the requests of a connection, as Kafka names principals: a type, which is `User` for all who
/// connect, and a name. Written `User:alice`.
public struct Principal: Hashable, Sendable {
    public var type: String
    public var name: String

    public init(type: String = userType, name: String) {
        self.type = type
        self.name = name
    }

    /// `Type:name`; the name may contain colons. Nil where one of the two is missing.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else { return nil }
        let name = text[text.index(after: colon)...]
        guard !name.isEmpty else { return nil }
        self.init(type: String(text[..<colon]), name: String(name))
    }

    public static let userType = "User"

    /// Whoever did not say who he is.
    public static let anonymous = Principal(name: "ANONYMOUS")
}

extension Principal: CustomStringConvertible {
    public var description: String { "\(type):\(name)" }
}
