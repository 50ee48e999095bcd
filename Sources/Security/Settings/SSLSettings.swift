/// Kafka's `ssl.…` settings of one listener or one client.
package struct SSLSettings: Sendable, Equatable {
    /// The format of a key store or a trust store, where somebody names it; what the file is says
    /// the file.
    package enum StoreType: String, CaseIterable, Sendable {
        case jks = "JKS"
        case pem = "PEM"
        case pkcs12 = "PKCS12"
    }

    package enum ProtocolVersion: String, CaseIterable, Sendable {
        case tls12 = "TLSv1.2"
        case tls13 = "TLSv1.3"
    }

    /// Whether a listener asks its clients for certificates.
    package enum ClientAuth: String, CaseIterable, Sendable {
        case none
        case requested
        case required
    }

    // Who this side is.
    package var keystoreType = StoreType.jks
    package var keystoreLocation = ""
    package var keystorePassword = Secret()
    package var keyPassword = Secret()
    package var keystoreKey = Secret()
    package var certificateChain = Secret()

    // Whom it trusts.
    package var truststoreType = StoreType.jks
    package var truststoreLocation = ""
    package var truststorePassword = Secret()
    package var truststoreCertificates = Secret()

    package var enabledProtocols: [ProtocolVersion] = [.tls12, .tls13]
    package var cipherSuites: [String] = []
    /// `https`, or empty for no check of the broker's name.
    package var endpointIdentificationAlgorithm = Self.https
    package var clientAuth = ClientAuth.none
    package var principalMapping = PrincipalMapping.dn

    package init() {}

    package static let https = "https"

    package var hasKeyStore: Bool { !keystoreLocation.isEmpty || !certificateChain.isEmpty }
    package var hasTrustStore: Bool {
        !truststoreLocation.isEmpty || !truststoreCertificates.isEmpty
    }
    package var checksHostName: Bool { !endpointIdentificationAlgorithm.isEmpty }
}
