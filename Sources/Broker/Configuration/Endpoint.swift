/// A network address: one that a listener is bound to, or one that clients are told.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, `[::1]:port`, `:port` for every address, or a host with the port left to 9092.
    public init?(_ text: some StringProtocol) {
        var rest = text[...]
        var host: String
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            guard host.contains(":") else { return nil }
            rest = rest[rest.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
        } else {
            let colon = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<colon])
            rest = rest[colon...]
        }
        var port = Endpoint.defaultPort
        if !rest.isEmpty {
            guard let number = UInt16(rest.dropFirst()) else { return nil }
            port = Int(number)
        }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }) else {
            return nil
        }
        self.init(host: host, port: port)
    }

    static let defaultPort = 9092

    /// Every address of the machine.
    var isWildcard: Bool { host.isEmpty || host == "0.0.0.0" || host == "::" }

    /// Whether only programs on this machine can reach it.
    var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isNumber }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A listener, by Kafka's name for it: `PLAINTEXT://localhost:9092`.
public struct ListenerName: Hashable, Sendable {
    public var name: String
    public var endpoint: Endpoint

    public init(name: String = plaintext, endpoint: Endpoint) {
        self.name = name
        self.endpoint = endpoint
    }

    public static let plaintext = "PLAINTEXT"

    /// `NAME://host:port`; without a name it is PLAINTEXT.
    init?(_ text: some StringProtocol) {
        var name = Self.plaintext
        var rest = text[...]
        if let scheme = text.firstRange(of: "://") {
            name = Self.normalized(text[..<scheme.lowerBound])
            rest = text[scheme.upperBound...]
        }
        guard !name.isEmpty, let endpoint = Endpoint(rest) else { return nil }
        self.init(name: name, endpoint: endpoint)
    }

    /// A list with commas between.
    static func list(_ text: String) -> [ListenerName]? {
        var listeners: [ListenerName] = []
        for part in parts(text) {
            guard let listener = ListenerName(part) else { return nil }
            listeners.append(listener)
        }
        return listeners
    }

    /// The parts between commas, without the spaces around them.
    static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Kafka does not distinguish upper from lower case.
    static func normalized(_ name: some StringProtocol) -> String { name.uppercased() }

    var text: String { "\(name)://\(endpoint)" }
}
