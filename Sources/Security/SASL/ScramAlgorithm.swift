import Crypto

/// How SCRAM (RFC 5802, RFC 7677) computes, by its hash.
package enum ScramAlgorithm: Sendable {
    case sha256
    case sha512

    /// As many iterations as Kafka allows.
    package static let iterations: ClosedRange<Int32> = 4096...16_384

    package var byteCount: Int { self == .sha256 ? SHA256.byteCount : SHA512.byteCount }

    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    package func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: key)
        return switch self {
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: bytes, using: key))
        }
    }

    /// `Hi` of RFC 5802, which is PBKDF2 for one block. As in Kafka, a password is its UTF-8, whatever RFC
    /// 4013 would make of it.
    package func saltedPassword(_ password: String, salt: [UInt8], iterations: Int32) -> [UInt8] {
        switch self {
        case .sha256: Self.derived(HMAC<SHA256>.self, password, salt, iterations)
        case .sha512: Self.derived(HMAC<SHA512>.self, password, salt, iterations)
        }
    }

    private static func derived<Hash: HashFunction>(
        _: HMAC<Hash>.Type, _ password: String, _ salt: [UInt8], _ iterations: Int32
    ) -> [UInt8] {
        let begun = HMAC<Hash>(key: SymmetricKey(data: Array(password.utf8)))
        var first = begun
        first.update(data: salt + [0, 0, 0, 1])
        var block = Array(first.finalize())
        var result = block
        for _ in 1..<max(iterations, 1) {
            var next = begun
            next.update(data: block)
            block = Array(next.finalize())
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}

/// What a server keeps of a password: enough to check it, too little to log in with.
package struct ScramCredential: Equatable, Sendable {
    package var salt: [UInt8]
    package var storedKey: [UInt8]
    package var serverKey: [UInt8]
    package var iterations: Int32

    package init(salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8], iterations: Int32) {
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
        self.iterations = iterations
    }

    package init(
        _ algorithm: ScramAlgorithm, saltedPassword: [UInt8], salt: [UInt8], iterations: Int32
    ) {
        self.init(
            salt: salt,
            storedKey: algorithm.hash(
                algorithm.hmac(key: saltedPassword, Array("Client Key".utf8))),
            serverKey: algorithm.hmac(key: saltedPassword, Array("Server Key".utf8)),
            iterations: iterations)
    }
}

/// Whether the two are equal, in a time that only their lengths decide.
func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}

/// Random bytes that nobody guesses.
package func unguessableBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in .random(in: 0...255, using: &generator) }
}
