import KafkaProtocol

extension ForeignProtocol {
    /// What is wrong with the address of a server that speaks it.
    var remedy: String {
        switch self {
        case .tls:
            "the port speaks TLS: set security.protocol=SSL, or use the port of a PLAINTEXT listener"
        case .http: "the port speaks HTTP: this is no Kafka broker"
        case .ssh: "the port speaks SSH: this is no Kafka broker"
        }
    }
}
