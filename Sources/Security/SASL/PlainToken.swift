import Crypto

/// What a client sends to log in by PLAIN (RFC 4616): `[authorization id] NUL name NUL password`, in UTF-8.
package struct PlainToken: Sendable {
    package var name: String
    package var password: String

    package init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// Reads a token, whatever somebody sent.
    package init(_ bytes: [UInt8]) throws(SaslFailure) {
        let parts = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw SaslFailure("Invalid SASL/PLAIN response: expected 3 tokens, got \(parts.count)")
        }
        guard let authorization = String(validating: parts[0], as: UTF8.self),
            let name = String(validating: parts[1], as: UTF8.self),
            let password = String(validating: parts[2], as: UTF8.self)
        else { throw SaslFailure("Invalid SASL/PLAIN response: it is not UTF-8") }
        guard !name.isEmpty else {
            throw SaslFailure("Authentication failed: username not specified")
        }
        guard !password.isEmpty else {
            throw SaslFailure("Authentication failed: password not specified")
        }
        guard authorization.isEmpty || authorization == name else {
            throw SaslFailure("Authentication failed: another authorization id is not supported")
        }
        self.init(name: name, password: password)
    }

    package var bytes: [UInt8] { [0] + Array(name.utf8) + [0] + Array(password.utf8) }

    /// Whether the password is this user's; it takes as long without such a user. Digests are compared in
    /// constant time.
    package func isRight(among users: [String: String]) -> Bool {
        let given = SHA256.hash(data: Array(password.utf8))
        // Kafka's names are the same by their bytes, Swift's strings also where they look the same.
        let user = users.index(forKey: name).map { users[$0] }
            .flatMap { $0.key.utf8.elementsEqual(name.utf8) ? $0 : nil }
        let right = SHA256.hash(data: Array((user?.value ?? "").utf8))
        return given == right && user != nil
    }
}
