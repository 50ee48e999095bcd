import Crypto
import CryptoExtras
import Foundation

/// Who signs tokens in tests: with one key, of a kind that the test chooses.
public struct TokenIssuer: Sendable {
    private enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// One for all tests: it takes long to make.
    private static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    public let algorithm: String
    public let keyID: String
    private let key: Key

    /// - Parameter algorithm: by its name in tokens.
    public init(_ algorithm: String = "ES256", keyID: String = "k1") throws {
        self.algorithm = algorithm
        self.keyID = keyID
        key =
            switch algorithm {
            case "ES256": .p256(P256.Signing.PrivateKey())
            case "ES384": .p384(P384.Signing.PrivateKey())
            case "ES512": .p521(P521.Signing.PrivateKey())
            case "EdDSA": .ed25519(Curve25519.Signing.PrivateKey())
            default: .rsa(try Self.rsa.get())
            }
    }

    /// The public key as JSON.
    public func publicKey(_ more: [String: String] = [:]) throws -> [String: String] {
        var json = ["kid": keyID, "use": "sig"]
        func point(_ curve: String, _ bytes: Data) {
            let half = bytes.count / 2
            json["kty"] = "EC"
            json["crv"] = curve
            json["x"] = Self.encode(bytes.prefix(half))
            json["y"] = Self.encode(bytes.suffix(half))
        }
        switch key {
        case .rsa(let key):
            let numbers = try key.publicKey.getKeyPrimitives()
            json["kty"] = "RSA"
            json["n"] = Self.encode(numbers.modulus)
            json["e"] = Self.encode(numbers.publicExponent)
        case .p256(let key): point("P-256", key.publicKey.rawRepresentation)
        case .p384(let key): point("P-384", key.publicKey.rawRepresentation)
        case .p521(let key): point("P-521", key.publicKey.rawRepresentation)
        case .ed25519(let key):
            json["kty"] = "OKP"
            json["crv"] = "Ed25519"
            json["x"] = Self.encode(key.publicKey.rawRepresentation)
        }
        return json.merging(more) { $1 }
    }

    /// The set of keys of some issuers.
    public static func keySet(_ keys: [[String: String]]) throws -> Data {
        try JSONEncoder().encode(["keys": keys])
    }

    /// A token with these claims, texts of JSON each; `exp` and `iat` hold for an hour from now on where nothing
    /// is said of them.
    public func token(
        _ claims: [String: String] = [:], header: String? = nil
    ) throws -> String {
        let now = Int(Date.now.timeIntervalSince1970)
        let all = ["exp": "\(now + 3600)", "iat": "\(now)", "sub": "\"alice\""]
            .merging(claims) { $1 }
        let body = all.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        let head = header ?? #"{"alg":"\#(algorithm)","kid":"\#(keyID)","typ":"JWT"}"#
        let signed = Self.encode(Data(head.utf8)) + "." + Self.encode(Data("{\(body)}".utf8))
        return signed + "." + Self.encode(try signature(of: Data(signed.utf8)))
    }

    private func signature(of data: Data) throws -> Data {
        switch key {
        case .rsa(let key):
            let padding: _RSA.Signing.Padding =
                algorithm.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
            switch algorithm.suffix(3) {
            case "384":
                return try key.signature(for: SHA384.hash(data: data), padding: padding)
                    .rawRepresentation
            case "512":
                return try key.signature(for: SHA512.hash(data: data), padding: padding)
                    .rawRepresentation
            default:
                return try key.signature(for: SHA256.hash(data: data), padding: padding)
                    .rawRepresentation
            }
        case .p256(let key):
            return try key.signature(for: SHA256.hash(data: data)).rawRepresentation
        case .p384(let key):
            return try key.signature(for: SHA384.hash(data: data)).rawRepresentation
        case .p521(let key):
            return try key.signature(for: SHA512.hash(data: data)).rawRepresentation
        case .ed25519(let key): return try key.signature(for: data)
        }
    }

    public static func encode(_ data: some DataProtocol) -> String {
        Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
