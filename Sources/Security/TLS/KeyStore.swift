import NIOSSL

/// A private key with its certificates, one's own first.
struct KeyStore {
    let key: NIOSSLPrivateKey
    let chain: [NIOSSLCertificate]

    /// Nil where the settings name none.
    init?(_ settings: SSLSettings) throws(StoreError) {
        try Self.refuseBoth(settings)
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
        case .jks, .pkcs12: throw Self.refusal(file, setting)
        case .pem:
            chain = try TrustStore.certificates(
                inPEM: file.bytes, "\(setting): \(file.path)")
            key = try Self.key(file.bytes, settings, "\(setting): \(file.path)")
        }
    }

    private static func key(
        _ pem: [UInt8], _ settings: SSLSettings, _ place: String
    ) throws(StoreError) -> NIOSSLPrivateKey {
        let password =
            settings.keyPassword.isEmpty
            ? settings.keystorePassword : settings.keyPassword
        let isEncrypted = String(decoding: pem, as: UTF8.self).contains("ENCRYPTED")
        // NIOSSL ends the process at a byte of a password above 127.
        let isASCII = password.text.utf8.allSatisfy { $0 < 0x80 }
        guard isASCII || !isEncrypted else {
            throw StoreError(
                place,
                "the password of the private key has other letters than those of ASCII: give it another one "
                    + "(openssl pkey -aes256)")
        }
        do {
            return try NIOSSLPrivateKey(bytes: pem, format: .pem) { set in
                set(isASCII ? Array(password.text.utf8) : [])
            }
        } catch {
            throw StoreError(
                place,
                isEncrypted
                    ? (password.isEmpty
                        ? "the private key is encrypted: set ssl.key.password"
                        : "the private key cannot be read: ssl.key.password is wrong, or it is damaged")
                    : "there is no private key in PEM that can be read")
        }
    }

    /// A file that is not read, with the command that makes one of it that is. PKCS#12 is not read because NIOSSL ends
    /// the process where no certificate of a file belongs to its key, which nobody can see without the password.
    private static func refusal(_ file: StoreFile, _ setting: String) -> StoreError {
        let p12 =
            file.format == .jks ? TrustStore.renamed(file.path, to: "p12") : file.path
        let toPEM = "openssl pkcs12 -in \(p12) -out \(TrustStore.renamed(p12, to: "pem")) -nodes"
        return StoreError(
            setting,
            file.format == .jks
                ? "\(file.path) is a JKS file, which is Java's alone; convert it, and name the new file: "
                    + "keytool -importkeystore -srckeystore \(file.path) -destkeystore \(p12) "
                    + "-deststoretype PKCS12 && \(toPEM)"
                : "\(file.path) is a PKCS#12 file; a key store is read in PEM: convert it, and name the new "
                    + "file, which only the owner should read: \(toPEM)")
    }

    /// As in Kafka, what is named twice is refused: which of the two holds would be anybody's guess.
    private static func refuseBoth(_ settings: SSLSettings) throws(StoreError) {
        guard !settings.keystoreLocation.isEmpty,
            !settings.keystoreKey.isEmpty || !settings.certificateChain.isEmpty
        else { return }
        throw StoreError(
            settings.keystoreKey.isEmpty ? "ssl.keystore.certificate.chain" : "ssl.keystore.key",
            "ssl.keystore.location is set, too, and only one can hold: set the other to nothing")
    }
}
