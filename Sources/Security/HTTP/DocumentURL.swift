/// Where a document is: at a server, or in a file.
package struct DocumentURL: Hashable, Sendable, CustomStringConvertible {
    package enum Place: Hashable, Sendable {
        case file(path: String)
        /// The target has the path and the query.
        case http(host: String, port: Int, target: String, isEncrypted: Bool)
    }

    package let place: Place
    package let description: String

    /// Reads `file:///PATH`, `http://HOST…` or `https://HOST…`. Nil for anything else: also with a user in it, which
    /// would be a secret, or a fragment.
    package init?(_ text: String) {
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let rest = text[text.index(after: colon)...]
        description = text
        switch text[..<colon].lowercased() {
        case "file":
            // file:/PATH, as Java writes it, and file:///PATH.
            let path = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
            guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.contains("%") else {
                return nil
            }
            place = .file(path: String(path))
        case "http", "https":
            let isEncrypted = text[..<colon].lowercased() == "https"
            guard rest.hasPrefix("//"), !rest.contains("#"), !rest.contains("\\") else {
                return nil
            }
            let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
            let target = rest.dropFirst(2 + authority.count)
            guard !authority.contains("@"),
                let (host, port) = Self.parts(authority, isEncrypted ? 443 : 80)
            else { return nil }
            place = .http(
                host: host, port: port,
                target: target.hasPrefix("/") ? String(target) : "/" + target,
                isEncrypted: isEncrypted)
        default: return nil
        }
    }

    package var isEncrypted: Bool {
        if case .http(_, _, _, let isEncrypted) = place { isEncrypted } else { false }
    }

    private static func parts(_ authority: Substring, _ standard: Int) -> (String, Int)? {
        var (host, port) = (authority, standard)
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            if !rest.isEmpty {
                guard let number = Int(rest.dropFirst()) else { return nil }
                port = number
            }
        } else if let colon = authority.firstIndex(of: ":") {
            guard let number = Int(authority[authority.index(after: colon)...]) else { return nil }
            (host, port) = (authority[..<colon], number)
        }
        guard !host.isEmpty, (1...65_535).contains(port), !host.hasPrefix("-") else { return nil }
        return (String(host), port)
    }
}
