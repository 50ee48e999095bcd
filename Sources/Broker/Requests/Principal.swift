/// Who sends the requests of a connection, as Kafka names principals: a type, which is `User` for all who
/// connect, and a name. Written `User:alice`.
public struct Principal: Hashable, Sendable {
    public var type: String
    public var name: String

    public init(type: String = userType, name: String) {
        self.type = type
        self.name = name
    }

    /// By bytes, as Kafka's: names that only look alike are of others.
    public static func == (left: Principal, right: Principal) -> Bool {
        left.name.hasSameBytes(as: right.name) && left.type.hasSameBytes(as: right.type)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        hasher.combine(name)
    }

    /// `Type:name`; the name may contain colons. Nil where one of the two is missing.
    public init?(_ text: some StringProtocol) {
        // By bytes: a mark that follows the colon makes one character with it.
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex
        else { return nil }
        let name = text[text.utf8.index(after: colon)...]
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
