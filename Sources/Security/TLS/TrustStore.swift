import NIOSSL

/// The certificates of those whose signatures are trusted.
enum TrustStore {
    /// Nil where the settings name none: the system's hold.
    static func certificates(
        _ settings: SSLSettings
    ) throws(StoreError) -> [NIOSSLCertificate]? {
        guard settings.truststoreLocation.isEmpty || settings.truststoreCertificates.isEmpty else {
            throw StoreError(
                "ssl.truststore.certificates",
                "ssl.truststore.location is set, too, and only one can hold: set the other to nothing"
            )
        }
        if settings.truststoreLocation.isEmpty {
            guard !settings.truststoreCertificates.isEmpty else { return nil }
            return try certificates(
                inPEM: Array(settings.truststoreCertificates.text.utf8),
                "ssl.truststore.certificates")
        }
        let setting = "ssl.truststore.location"
        let file = try StoreFile(settings.truststoreLocation, setting: setting)
        guard file.format == .pem else {
            let kind = file.format == .jks ? "JKS" : "PKCS#12"
            throw StoreError(
                setting,
                "\(file.path) is a \(kind) file; a trust store is read in PEM: "
                    + "keytool -list -rfc -keystore \(file.path) > \(renamed(file.path, to: "pem"))"
            )
        }
        return try certificates(inPEM: file.bytes, "\(setting): \(file.path)")
    }

    /// All certificates in the text, at least one.
    static func certificates(
        inPEM text: [UInt8], _ place: String
    ) throws(StoreError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(text)
        } catch {
            throw StoreError(place, "there is no certificate in PEM that can be read")
        }
        guard !certificates.isEmpty else {
            throw StoreError(place, "there is no certificate in PEM that can be read")
        }
        return certificates
    }

    static func renamed(_ path: String, to suffix: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else {
            return "\(path).\(suffix)"
        }
        return "\(path.dropLast(name[dot...].count)).\(suffix)"
    }
}
