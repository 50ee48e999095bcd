/// The mechanisms of SASL that are spoken, by their names in Kafka.
package enum SaslMechanism: String, CaseIterable, Hashable, Sendable {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"

    /// Of those with credentials in the cluster, how they are computed.
    package var scram: ScramAlgorithm? {
        switch self {
        case .plain: nil
        case .scramSHA256: .sha256
        case .scramSHA512: .sha512
        }
    }
}

/// Why a login failed. What the peer is told does not say whether there is such a user.
package struct SaslFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    static let invalidCredentials = SaslFailure("Invalid username or password")
}
