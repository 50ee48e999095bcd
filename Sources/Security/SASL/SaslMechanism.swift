/// The mechanisms of SASL that are spoken, by their names in Kafka.
package enum SaslMechanism: String, CaseIterable, Hashable, Sendable {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"
    case oauthBearer = "OAUTHBEARER"

    /// A server takes no longer token. Names, passwords, nonces and proofs need a few hundred bytes; what an issuer
    /// says of a user may be some kilobytes.
    package var maximumTokenByteCount: Int { self == .oauthBearer ? 64 << 10 : 8 << 10 }

    /// Of those with credentials in the cluster, how they are computed.
    package var scram: ScramAlgorithm? {
        switch self {
        case .plain, .oauthBearer: nil
        case .scramSHA256: .sha256
        case .scramSHA512: .sha512
        }
    }
}

/// Why a login failed. The text is the same for a wrong password and for a user that there is not.
package struct SaslFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    static let invalidCredentials = SaslFailure("Invalid username or password")
}
