/// The server's side of one login by SCRAM. A pure state machine.
package struct ScramServer: Sendable {
    package enum Step: Equatable, Sendable {
        case challenge([UInt8])
        /// The last message, for a client that has proved that it is this user.
        case done([UInt8], user: String)
    }

    private enum State: Sendable {
        case start
        case challenged(
            ScramMessage.ClientFirst, ScramMessage.ServerFirst, ScramCredential, isKnown: Bool)
        case ended
    }

    private let algorithm: ScramAlgorithm
    private let nonce: String
    private let decoy: @Sendable (String) -> ScramShape
    private let credential: @Sendable (String) -> ScramCredential?
    private var state = State.start
    /// Whom the client's first message names.
    package private(set) var claimedName: String?

    /// - Parameters:
    ///   - nonce: that nobody can guess, of printable ASCII without commas.
    ///   - decoy: for a user that there is not, the same at the next login, so that two do not tell.
    package init(
        _ algorithm: ScramAlgorithm, nonce: String,
        decoy: @escaping @Sendable (String) -> ScramShape,
        credential: @escaping @Sendable (String) -> ScramCredential?
    ) {
        self.algorithm = algorithm
        self.nonce = nonce
        self.decoy = decoy
        self.credential = credential
    }

    package mutating func step(_ token: [UInt8]) throws(SaslFailure) -> Step {
        let state = state
        self.state = .ended
        switch state {
        case .start:
            let first = try ScramMessage.ClientFirst(token)
            claimedName = first.name
            let known = credential(first.name)
            let credential = known ?? made(decoy(first.name))
            let answer = ScramMessage.ServerFirst(
                nonce: first.nonce + nonce, salt: credential.salt,
                iterations: credential.iterations)
            self.state = .challenged(first, answer, credential, isKnown: known != nil)
            return .challenge(Array(answer.text.utf8))
        case .challenged(let first, let challenge, let credential, let isKnown):
            let final = try ScramMessage.ClientFinal(token)
            guard final.binding == Base64.encode(Array(first.header.utf8)) else {
                throw SaslFailure(
                    "Invalid SCRAM client final message: its header is not that of the first message"
                )
            }
            let signed = Array("\(first.bare),\(challenge.text),\(final.signed)".utf8)
            let signature = algorithm.hmac(key: credential.storedKey, signed)
            guard final.nonce == challenge.nonce, final.proof.count == signature.count else {
                throw .invalidCredentials
            }
            let key = zip(final.proof, signature).map { $0 ^ $1 }
            guard isEqualInConstantTime(algorithm.hash(key), credential.storedKey), isKnown else {
                throw .invalidCredentials
            }
            let proof = algorithm.hmac(key: credential.serverKey, signed)
            return .done(
                Array(ScramMessage.serverFinal(signature: proof).utf8), user: first.name)
        case .ended: throw SaslFailure("the login is over")
        }
    }

    private func made(_ shape: ScramShape) -> ScramCredential {
        let nobodys = [UInt8](repeating: 0, count: algorithm.byteCount)
        return ScramCredential(
            salt: shape.salt, storedKey: nobodys, serverKey: nobodys, iterations: shape.iterations)
    }
}

/// What the first message of a server shows of a credential.
package struct ScramShape: Equatable, Sendable {
    package var salt: [UInt8]
    package var iterations: Int32

    package init(salt: [UInt8], iterations: Int32) {
        self.salt = salt
        self.iterations = iterations
    }
}
