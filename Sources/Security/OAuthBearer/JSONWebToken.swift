/// A JSON Web Token (RFC 7519), signed and in the compact form (RFC 7515), as somebody sent it: its signature and
/// its claims are still to be checked.
package struct JSONWebToken: Sendable {
    let algorithm: SigningAlgorithm
    /// Which of the issuer's keys signed it; nil where it does not say.
    let keyID: String?
    package let claims: JSONValue
    /// What was signed.
    let signed: [UInt8]
    let signature: [UInt8]

    /// Reads three parts in base64 with dots between.
    package init(_ text: String) throws(SaslFailure) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]).flatMap(JSONValue.init),
            let claims = Base64URL.decode(parts[1]).flatMap(JSONValue.init),
            case .object = header, case .object = claims,
            let signature = Base64URL.decode(parts[2])
        else { throw SaslFailure("The token is no signed JSON Web Token") }
        guard let name = header["alg"]?.string, let algorithm = SigningAlgorithm(rawValue: name)
        else {
            throw SaslFailure(
                "The token is not signed by one of "
                    + SigningAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))
        }
        // What must be understood, and nobody here does.
        guard header["crit"] == nil, header["b64"] == nil else {
            throw SaslFailure("The token's header has an extension that is not supported")
        }
        if let id = header["kid"] {
            guard let id = id.string else { throw SaslFailure("The token's kid is no text") }
            keyID = id
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signed = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }

    /// What a token says of itself, whoever signed it: for the client that sends it.
    package static func claims(of text: String) -> JSONValue? {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return Base64URL.decode(parts[1]).flatMap(JSONValue.init)
    }
}
