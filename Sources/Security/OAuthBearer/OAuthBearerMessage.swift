/// What a client sends to log in by OAUTHBEARER (RFC 7628): `n,[a=NAME],` SOH `auth=Bearer TOKEN` SOH
/// [`KEY=VALUE` SOH] … SOH.
package struct OAuthBearerMessage: Equatable, Sendable {
    private static let separator: UInt8 = 1
    private static let maximumExtensionCount = 32

    package var token: String
    /// Whom the client wants to be; nil for whom the token names.
    package var authorizationID: String?
    package var extensions: [String: String] = [:]

    package init(token: String) { self.token = token }

    /// Reads a message, whatever somebody sent.
    package init(_ bytes: [UInt8]) throws(SaslFailure) {
        let invalid = SaslFailure("Invalid OAUTHBEARER client first message")
        let parts = bytes.split(separator: Self.separator, omittingEmptySubsequences: false)
        // The header, pairs, and two ends.
        guard parts.count >= 4, parts.count <= Self.maximumExtensionCount + 4,
            parts.suffix(2).allSatisfy(\.isEmpty)
        else { throw invalid }
        let header = parts[0].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard header.count == 3, header[0].elementsEqual([UInt8(ascii: "n")]), header[2].isEmpty
        else { throw invalid }
        if !header[1].isEmpty {
            guard header[1].starts(with: "a=".utf8),
                let name = Self.unescaped(header[1].dropFirst(2)), !name.isEmpty
            else { throw invalid }
            authorizationID = name
        }
        var token: String?
        for part in parts[1..<(parts.count - 2)] {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")),
                let key = Self.key(part[..<equals]),
                let value = Self.value(part[part.index(after: equals)...])
            else { throw invalid }
            if key == "auth" {
                guard token == nil else { throw invalid }
                token = try Self.token(value)
            } else {
                guard extensions.updateValue(value, forKey: key) == nil else { throw invalid }
            }
        }
        guard let token else { throw invalid }
        self.token = token
    }

    package var bytes: [UInt8] {
        var bytes = Array("n,,".utf8) + [Self.separator]
        bytes += Array("auth=Bearer \(token)".utf8) + [Self.separator]
        for (key, value) in extensions.sorted(by: { $0.key < $1.key }) {
            bytes += Array("\(key)=\(value)".utf8) + [Self.separator]
        }
        return bytes + [Self.separator]
    }

    /// How a client says that it has read why it was refused.
    package static let acknowledgement: [UInt8] = [separator]

    private static func token(_ value: String) throws(SaslFailure) -> String {
        let words = value.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw SaslFailure("Invalid OAUTHBEARER client first message: no Bearer token")
        }
        return String(words[1])
    }

    private static func key(_ bytes: some Collection<UInt8>) -> String? {
        let isWord = bytes.allSatisfy {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        }
        guard isWord, !bytes.isEmpty else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Printable ASCII and white space.
    private static func value(_ bytes: some Collection<UInt8>) -> String? {
        let isPrintable = bytes.allSatisfy {
            (0x20...0x7E).contains($0) || [9, 10, 13].contains($0)
        }
        guard isPrintable, !bytes.isEmpty else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil where it is no name, or a `=` is neither `=2C` nor `=3D`.
    private static func unescaped(_ bytes: some Collection<UInt8>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let plain = text.replacing("=2C", with: ",").replacing("=3D", with: "")
        guard !plain.contains("=") else { return nil }
        return text.replacing("=2C", with: ",").replacing("=3D", with: "=")
    }
}
