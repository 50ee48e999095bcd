/// The public keys of an issuer (RFC 7517).
package struct JSONWebKeySet: Sendable {
    struct Entry: Sendable {
        var id: String?
        /// The only one that the key is for, if the issuer says so.
        var algorithm: SigningAlgorithm?
        var key: VerificationKey
    }

    package enum Verdict: Sendable {
        case isValid
        /// Nobody here knows the key, perhaps not yet.
        case unknownKey
        case isForged
    }

    /// An issuer has a few keys at a time.
    private static let maximumCount = 1_000
    /// Of a token that does not name its key so many are tried.
    private static let maximumTries = 16

    let entries: [Entry]

    package var count: Int { entries.count }

    /// Leaves out keys that are for something else than signatures, and secrets. Throws where none is left.
    package init(_ bytes: [UInt8]) throws(SaslFailure) {
        guard case .array(let keys)? = JSONValue(bytes)?["keys"] else {
            throw SaslFailure("this is no set of keys: {\"keys\": […]} is expected")
        }
        guard keys.count <= Self.maximumCount else {
            throw SaslFailure("the set has \(keys.count) keys, too many for one")
        }
        entries = keys.compactMap { json in
            if let use = json["use"], use != .string("sig") { return nil }
            var algorithm: SigningAlgorithm?
            if let name = json["alg"] {
                algorithm = name.string.flatMap(SigningAlgorithm.init(name:))
                guard algorithm != nil else { return nil }
            }
            guard let key = VerificationKey(json) else { return nil }
            return Entry(id: json["kid"]?.string, algorithm: algorithm, key: key)
        }
        guard !entries.isEmpty else {
            throw SaslFailure(
                "the set has no public key of RSA (2048 bits or more), of an elliptic curve (P-256, "
                    + "P-384, P-521) or of Ed25519")
        }
    }

    package func verdict(on token: JSONWebToken) -> Verdict {
        let named = entries.filter { token.keyID == nil || $0.id == token.keyID }
        guard !named.isEmpty else { return .unknownKey }
        let fitting = named.lazy.filter {
            ($0.algorithm ?? token.algorithm) == token.algorithm && $0.key.fits(token.algorithm)
        }
        let isValid = fitting.prefix(Self.maximumTries).contains {
            $0.key.isValid(token.signature, of: token.signed, by: token.algorithm)
        }
        // A token that does not name its key may have a new one.
        return isValid ? .isValid : token.keyID == nil ? .unknownKey : .isForged
    }
}
