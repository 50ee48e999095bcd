/// How a token may be signed (RFC 7518, RFC 8037): by whoever has a private key. A token without a signature
/// (`none`) and one by a secret that both sides know (`HS256` …) are not taken, whoever asks for it.
package enum SigningAlgorithm: String, CaseIterable, Hashable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// By its name in a token or a key; RFC 9864 has another one for EdDSA by the only curve that is taken.
    init?(name: String) { self.init(rawValue: name == "Ed25519" ? "EdDSA" : name) }
}
