import Crypto
import CryptoExtras

/// A public key of an issuer, and what its signatures are.
enum VerificationKey: Sendable {
    case rsa(_RSA.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)

    /// Of a JSON Web Key (RFC 7517). Nil for a key of another kind, one that is none, and one of RSA with fewer than
    /// 2048 bits.
    init?(_ json: JSONValue) {
        func bytes(_ name: String) -> [UInt8]? {
            json[name]?.string.flatMap { Base64URL.decode($0.utf8) }
        }
        switch (json["kty"]?.string, json["crv"]?.string) {
        case ("RSA", _):
            guard let n = bytes("n"), let e = bytes("e"), !n.isEmpty, !e.isEmpty,
                let key = try? _RSA.Signing.PublicKey(n: n, e: e)
            else { return nil }
            self = .rsa(key)
        case ("EC", let curve?):
            guard let x = bytes("x"), let y = bytes("y"), x.count == y.count else { return nil }
            let point = [4] + x + y
            switch curve {
            case "P-256":
                guard let key = try? P256.Signing.PublicKey(x963Representation: point) else {
                    return nil
                }
                self = .p256(key)
            case "P-384":
                guard let key = try? P384.Signing.PublicKey(x963Representation: point) else {
                    return nil
                }
                self = .p384(key)
            case "P-521":
                guard let key = try? P521.Signing.PublicKey(x963Representation: point) else {
                    return nil
                }
                self = .p521(key)
            default: return nil
            }
        case ("OKP", "Ed25519"):
            guard let x = bytes("x"),
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x)
            else { return nil }
            self = .ed25519(key)
        default: return nil
        }
    }

    /// Whether the key is one of this algorithm, so that no token chooses how its signature is looked at.
    func fits(_ algorithm: SigningAlgorithm) -> Bool {
        switch (self, algorithm) {
        case (.rsa, .rs256), (.rsa, .rs384), (.rsa, .rs512), (.rsa, .ps256), (.rsa, .ps384),
            (.rsa, .ps512), (.p256, .es256), (.p384, .es384), (.p521, .es512),
            (.ed25519, .edDSA):
            true
        default: false
        }
    }

    func isValid(_ signature: [UInt8], of bytes: [UInt8], by algorithm: SigningAlgorithm) -> Bool {
        guard fits(algorithm) else { return false }
        switch self {
        case .rsa(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            let padding: _RSA.Signing.Padding =
                switch algorithm {
                case .ps256, .ps384, .ps512: .PSS
                default: .insecurePKCS1v1_5
                }
            switch algorithm {
            case .rs256, .ps256:
                return key.isValidSignature(
                    signature, for: SHA256.hash(data: bytes), padding: padding)
            case .rs384, .ps384:
                return key.isValidSignature(
                    signature, for: SHA384.hash(data: bytes), padding: padding)
            default:
                return key.isValidSignature(
                    signature, for: SHA512.hash(data: bytes), padding: padding)
            }
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: bytes))
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: SHA384.hash(data: bytes))
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: SHA512.hash(data: bytes))
        case .ed25519(let key): return key.isValidSignature(signature, for: bytes)
        }
    }
}
