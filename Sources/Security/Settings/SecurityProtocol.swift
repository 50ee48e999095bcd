/// What a listener speaks, and with what a client connects: Kafka's `security.protocol`.
package enum SecurityProtocol: String, CaseIterable, Sendable {
    case plaintext = "PLAINTEXT"
    case ssl = "SSL"
    case saslPlaintext = "SASL_PLAINTEXT"
    case saslSSL = "SASL_SSL"

    package var encrypts: Bool { self == .ssl || self == .saslSSL }
    package var authenticates: Bool { self == .saslPlaintext || self == .saslSSL }
}
