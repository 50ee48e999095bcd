/// The client's side of one login by SCRAM. A pure state machine.
package struct ScramClient: Sendable {
    /// A broker that asks for more would keep the client computing.
    static let maximumIterations: Int32 = 100_000

    private let algorithm: ScramAlgorithm
    private let password: String
    private let first: ScramMessage.ClientFirst
    private let saltedPasswords: SaltedPasswords
    private var expectedSignature: [UInt8]?

    /// - Parameter nonce: that nobody can guess, of printable ASCII without commas.
    package init(
        _ algorithm: ScramAlgorithm, name: String, password: String, nonce: String,
        saltedPasswords: SaltedPasswords = SaltedPasswords()
    ) {
        self.algorithm = algorithm
        self.saltedPasswords = saltedPasswords
        self.password = password
        first = ScramMessage.ClientFirst(name: name, nonce: nonce)
    }

    package var firstToken: [UInt8] { Array(first.text.utf8) }

    /// The second token, to the broker's first.
    package mutating func answer(_ token: [UInt8]) throws(SaslFailure) -> [UInt8] {
        let challenge = try ScramMessage.ServerFirst(token)
        guard challenge.nonce.hasPrefix(first.nonce), challenge.nonce != first.nonce else {
            throw SaslFailure("the broker's nonce does not continue the client's")
        }
        let lowest = ScramAlgorithm.iterations.lowerBound
        guard challenge.iterations >= lowest, challenge.iterations <= Self.maximumIterations else {
            throw SaslFailure(
                "the broker asks for \(challenge.iterations) iterations: \(lowest) to "
                    + "\(Self.maximumIterations) are allowed")
        }
        let salted = saltedPasswords.saltedPassword(
            algorithm, password, salt: challenge.salt, iterations: challenge.iterations)
        let clientKey = algorithm.hmac(key: salted, Array("Client Key".utf8))
        var final = ScramMessage.ClientFinal(nonce: challenge.nonce, proof: [])
        // As it came, with whatever extensions.
        let signed =
            Array("\(first.bare),".utf8) + token + Array(",\(final.withoutProof)".utf8)
        let signature = algorithm.hmac(key: algorithm.hash(clientKey), signed)
        final.proof = zip(clientKey, signature).map { $0 ^ $1 }
        expectedSignature = algorithm.hmac(
            key: algorithm.hmac(key: salted, Array("Server Key".utf8)), signed)
        return Array(final.text.utf8)
    }

    /// Checks that the broker knows the password, too.
    package func finish(_ token: [UInt8]) throws(SaslFailure) {
        let signature = try ScramMessage.signature(inServerFinal: token)
        guard let expectedSignature, isEqualInConstantTime(signature, expectedSignature) else {
            throw SaslFailure("the broker does not know the password: it is not who it seems to be")
        }
    }
}
