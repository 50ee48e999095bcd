import NIOSSL

/// A private key with its certificates, one's own first.
struct KeyStore {
    let key: NIOSSLPrivateKey
    let chain: [NIOSSLCertificate]

    /// Nil where the settings name none.
    init?(_ settings: SSLSettings) throws(StoreError) {
        guard settings.hasKeyStore else {
            guard settings.keystoreKey.isEmpty else {
                throw StoreError(
                    "ssl.keystore.key",
                    "a key needs its certificates: set ssl.keystore.certificate.chain, too")
            }
            return nil
        }
        if settings.keystoreLocation.isEmpty {
            guard !settings.keystoreKey.isEmpty else {
                throw StoreError(
                    "ssl.keystore.certificate.chain",
                    "certificates need their key: set ssl.keystore.key, too")
            }
            key = try Self.key(
                Array(settings.keystoreKey.text.utf8), settings, "ssl.keystore.key")
            chain = try TrustStore.certificates(
                inPEM: Array(settings.certificateChain.text.utf8), "ssl.keystore.certificate.chain")
            return
        }
        let setting = "ssl.keystore.location"
        let file = try StoreFile(settings.keystoreLocation, setting: setting)
        switch file.format {
        case .jks: throw Self.refusal(ofJKS: file.path, setting)
        case .pem:
            chain = try TrustStore.certificates(
                inPEM: file.bytes, "\(setting): \(file.path)")
            key = try Self.key(file.bytes, settings, "\(setting): \(file.path)")
        case .pkcs12: (key, chain) = try Self.pkcs12(file, settings, setting)
        }
    }

    private static func key(
        _ pem: [UInt8], _ settings: SSLSettings, _ place: String
    ) throws(StoreError) -> NIOSSLPrivateKey {
        let password =
            settings.keyPassword.isEmpty
            ? settings.keystorePassword : settings.keyPassword
        do {
            return try NIOSSLPrivateKey(bytes: pem, format: .pem) { set in
                set(Array(password.text.utf8))
            }
        } catch {
            let isEncrypted = String(decoding: pem, as: UTF8.self).contains("ENCRYPTED")
            throw StoreError(
                place,
                isEncrypted
                    ? (password.isEmpty
                        ? "the private key is encrypted: set ssl.key.password"
                        : "the private key cannot be read: ssl.key.password is wrong, or it is damaged")
                    : "there is no private key in PEM that can be read")
        }
    }

    private static func pkcs12(
        _ file: StoreFile, _ settings: SSLSettings, _ setting: String
    ) throws(StoreError) -> (NIOSSLPrivateKey, [NIOSSLCertificate]) {
        // NIOSSL ends the process where a bundle has no key.
        guard PKCS12Shape.hasPrivateKey(file.bytes) else {
            throw StoreError(
                setting, "\(file.path) is no PKCS#12 key store: it has no private key")
        }
        do {
            let bundle = try NIOSSLPKCS12Bundle(
                buffer: file.bytes, passphrase: Array(settings.keystorePassword.text.utf8))
            return (bundle.privateKey, bundle.certificateChain)
        } catch {
            throw StoreError(
                setting,
                "\(file.path) cannot be read: "
                    + (settings.keystorePassword.isEmpty
                        ? "set ssl.keystore.password"
                        : "ssl.keystore.password is wrong, or the file is damaged"))
        }
    }

    private static func refusal(ofJKS path: String, _ setting: String) -> StoreError {
        let target = TrustStore.renamed(path, to: "p12")
        return StoreError(
            setting,
            "\(path) is a JKS file, which is Java's alone; convert it, and name the new file: "
                + "keytool -importkeystore -srckeystore \(path) -destkeystore \(target) "
                + "-deststoretype PKCS12")
    }
}
