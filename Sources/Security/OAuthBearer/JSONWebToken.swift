/// A JSON Web Token (RFC 7519), signed and in the compact form (RFC 7515), as somebody sent it: its signature and
/// its claims are still to be checked.
package struct JSONWebToken: Sendable {
    let algorithm: SigningAlgorithm
    /// Which of the issuer's keys signed it; nil where it does not say.
    let keyID: String?
    /// In base64.
    private let claimsText: [UInt8]
    /// What was signed.
    let signed: [UInt8]
    let signature: [UInt8]

    /// A header has some hundred bytes, or a chain of certificates.
    private static let maximumHeaderByteCount = 16 << 10
    private static let maximumByteCount = 64 << 10

    /// Reads three parts in base64 with dots between; of them the header and the signature, which say whether there is
    /// a reason to read the claims.
    package init(_ text: String) throws(SaslFailure) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.maximumByteCount, parts.count == 3,
            parts[0].count <= Self.maximumHeaderByteCount,
            let header = Base64URL.decode(parts[0]).flatMap(JSONValue.init), case .object = header,
            let signature = Base64URL.decode(parts[2])
        else { throw SaslFailure("The token is no signed JSON Web Token") }
        guard let name = header["alg"]?.string, let algorithm = SigningAlgorithm(name: name)
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
        claimsText = Array(parts[1])
        self.signature = signature
        signed = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }

    /// What the issuer says of the user: to be read once the signature was found right.
    package func claims() throws(SaslFailure) -> JSONValue {
        guard let claims = Base64URL.decode(claimsText).flatMap(JSONValue.init),
            case .object = claims
        else { throw SaslFailure("The token's claims are no JSON object") }
        return claims
    }

    /// What a token says of itself, whoever signed it: for the client that sends it.
    package static func claims(of text: String) -> JSONValue? {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return Base64URL.decode(parts[1]).flatMap(JSONValue.init)
    }
}
