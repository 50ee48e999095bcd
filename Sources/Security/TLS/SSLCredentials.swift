import NIOCore
import NIOSSL

/// The keys and certificates that the settings name, read, and what a connection needs of them.
package struct SSLCredentials: Sendable {
    package enum Side: Sendable {
        case client
        case listener
    }

    package let context: NIOSSLContext
    /// One's own certificate, if there is one.
    package let certificate: CertificateSummary?

    /// Reads the files. Throws a `StoreError`, which names the setting.
    package init(_ settings: SSLSettings, side: Side) throws(StoreError) {
        let keys = try KeyStore(settings)
        guard side == .client || keys != nil else {
            throw StoreError(
                "ssl.keystore.location",
                "a listener with TLS needs a private key and certificates: set it, or "
                    + "ssl.keystore.key and ssl.keystore.certificate.chain")
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let keys {
            tls.certificateChain = keys.chain.map { .certificate($0) }
            tls.privateKey = .privateKey(keys.key)
        }
        if side == .client || settings.clientAuth != .none {
            let trusted = try TrustStore.certificates(settings)
            tls.trustRoots = trusted.map { .certificates($0) } ?? .default
        }
        tls.certificateVerification =
            switch (side, settings.clientAuth) {
            case (.client, _): settings.checksHostName ? .fullVerification : .noHostnameVerification
            case (.listener, .none): .none
            case (.listener, .requested): .optionalVerification
            case (.listener, .required): .noHostnameVerification
            }
        tls.sendCANameList = side == .listener && settings.clientAuth != .none
        tls.renegotiationSupport = .none
        let versions = try Self.versions(settings)
        tls.minimumTLSVersion = versions.contains(.tls12) ? .tlsv12 : .tlsv13
        tls.maximumTLSVersion = versions.contains(.tls13) ? .tlsv13 : .tlsv12
        tls.cipherSuiteValues = CipherSuite.ciphers(named: settings.cipherSuites)
        // Nothing is lost with a peer that does not say that it has seen the end.
        tls.shutdownTimeout = .seconds(1)
        do {
            context = try NIOSSLContext(configuration: tls)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw StoreError(
                Self.keySetting(settings), "the private key is not that of the first certificate")
        } catch {
            throw StoreError(
                settings.hasKeyStore ? Self.keySetting(settings) : "ssl.truststore.location",
                "TLS cannot be set up: \(TLSFault.words(of: error) ?? "\(error)")")
        }
        certificate = keys.flatMap { $0.chain.first.flatMap(CertificateSummary.init) }
    }

    /// The versions that are spoken: where cipher suites of TLS 1.3 alone are named, it alone.
    static func versions(
        _ settings: SSLSettings
    ) throws(StoreError) -> [SSLSettings.ProtocolVersion] {
        guard CipherSuite.areOfTLS13(settings.cipherSuites) else {
            return settings.enabledProtocols
        }
        guard settings.enabledProtocols.contains(.tls13) else {
            throw StoreError(
                "ssl.cipher.suites",
                "all of them are of TLS 1.3, which ssl.enabled.protocols does not have")
        }
        return [.tls13]
    }

    private static func keySetting(_ settings: SSLSettings) -> String {
        settings.keystoreLocation.isEmpty
            ? "ssl.keystore.certificate.chain" : "ssl.keystore.location"
    }
}

/// What is said of a certificate.
package struct CertificateSummary: Equatable, Sendable {
    package let subject: String
    /// Seconds since 1970.
    package let notValidBefore: Int64
    package let notValidAfter: Int64

    init?(_ certificate: NIOSSLCertificate) {
        guard let der = try? certificate.toDERBytes(),
            let subject = DistinguishedName.ofSubject(inCertificate: der)
        else { return nil }
        self.subject = subject
        notValidBefore = Int64(certificate.notValidBefore)
        notValidAfter = Int64(certificate.notValidAfter)
    }

    package init(subject: String, notValidBefore: Int64, notValidAfter: Int64) {
        self.subject = subject
        self.notValidBefore = notValidBefore
        self.notValidAfter = notValidAfter
    }

    /// So long before its end a certificate is warned of.
    package static let warningDays: Int64 = 30
    private static let secondsPerDay: Int64 = 86_400

    /// What is wrong with its time, or will be soon; nil where nothing is.
    /// - Parameter now: seconds since 1970.
    package func warning(now: Int64) -> String? {
        if now < notValidBefore { return "the certificate of \(subject) is not valid yet" }
        let days = (notValidAfter - now) / Self.secondsPerDay
        if now > notValidAfter { return "the certificate of \(subject) has expired" }
        guard days < Self.warningDays else { return nil }
        return "the certificate of \(subject) expires in \(days) days"
    }
}
