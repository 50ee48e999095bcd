/// Where a broker listens: a name or an address, and a port.
public struct BrokerAddress: Hashable, Sendable {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, or `[address]:port` for IPv6; nil for anything else.
    public init?(_ text: Substring) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else {
            return nil
        }
        self.init(host: String(host), port: port)
    }

    /// Addresses with commas between; nil where one of them is none, or nothing is there.
    public static func list(_ text: String) -> [BrokerAddress]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let addresses = parts.map { part in
            let trimmed = part.drop { $0 == " " }
            return BrokerAddress(trimmed.prefix { $0 != " " })
        }
        return addresses.contains(nil) ? nil : addresses.compactMap(\.self)
    }
}

extension BrokerAddress: CustomStringConvertible {
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
