import SettingKeys

/// One of Kafka's settings of security: its name, its values, and what it means.
package struct SecuritySetting<Settings>: Sendable {
    package let key: ConfigKey<Settings>
    /// One sentence.
    package let meaning: String
    /// Whether it is a list, for DescribeConfigs; secrets are passwords there, all else text.
    package let isList: Bool

    /// Whether it is a number of 64 bits.
    package let isLong: Bool
    /// Whether it is one of 32 bits.
    package let isInt: Bool

    init(
        _ key: ConfigKey<Settings>, _ meaning: String, isList: Bool = false, isLong: Bool = false,
        isInt: Bool = false
    ) {
        self.isList = isList
        self.isLong = isLong
        self.isInt = isInt
        self.key = key
        self.meaning = meaning
    }

    func inside<Root>(
        _ path: WritableKeyPath<Root, Settings> & Sendable
    ) -> SecuritySetting<Root> {
        SecuritySetting<Root>(
            key.inside(path), meaning, isList: isList, isLong: isLong, isInt: isInt)
    }
}

extension SSLSettings {
    /// What brokers and clients have.
    package static let common: [SecuritySetting<SSLSettings>] = [
        .init(
            .storeType("ssl.keystore.type", \.keystoreType),
            "The format of the key store; what the file has decides, and only PEM is read."),
        .init(
            .text("ssl.keystore.location", \.keystoreLocation, "the path of a file"),
            "The file with the private key and its certificates, in PEM; read again when it changes."
        ),
        .init(
            .secret("ssl.keystore.password", \.keystorePassword, "the password of the file"),
            "The password of an encrypted private key where ssl.key.password is not set."),
        .init(
            .secret("ssl.key.password", \.keyPassword, "the password of the key"),
            "The password of an encrypted private key in PEM."),
        .init(
            .secret("ssl.keystore.key", \.keystoreKey, "a private key in PEM (PKCS#8)"),
            "The private key itself, in place of a file."),
        .init(
            .secret(
                "ssl.keystore.certificate.chain", \.certificateChain,
                "certificates in PEM, one's own first"),
            "The certificates that belong to ssl.keystore.key."),
        .init(
            .storeType("ssl.truststore.type", \.truststoreType),
            "The format of the trust store; what the file has decides, and only PEM is read."),
        .init(
            .text("ssl.truststore.location", \.truststoreLocation, "the path of a file"),
            "The file with the certificates, in PEM, of those whose signature is trusted; without it the system's."
        ),
        .init(
            .secret("ssl.truststore.password", \.truststorePassword, "the password of the file"),
            "Without effect: a trust store in PEM has no password."),
        .init(
            .secret(
                "ssl.truststore.certificates", \.truststoreCertificates, "certificates in PEM"),
            "The trusted certificates themselves, in place of a file."),
        .init(
            .protocolVersions("ssl.enabled.protocols", \.enabledProtocols),
            "The versions of TLS that are spoken; older ones than 1.2 are not.",
            isList: true),
        .init(
            .cipherSuites("ssl.cipher.suites", \.cipherSuites),
            "The cipher suites of TLS 1.2, by their names; empty for those that are safe. TLS 1.3 has its own.",
            isList: true),
    ]

    package static let ofClient: [SecuritySetting<SSLSettings>] =
        common + [
            .init(
                ConfigKey(
                    name: "ssl.endpoint.identification.algorithm", expected: "https, or nothing",
                    read: { $0.endpointIdentificationAlgorithm },
                    write: { settings, text in
                        guard text.isEmpty || text.lowercased() == https else { return false }
                        settings.endpointIdentificationAlgorithm = text.lowercased()
                        return true
                    }),
                "Whether the broker's certificate must be for its host name; nothing turns the check off."
            )
        ]

    package static let ofListener: [SecuritySetting<SSLSettings>] =
        common + [
            .init(
                .choice("ssl.client.auth", \.clientAuth),
                "Whether clients must show a certificate that the trust store trusts, may, or are not asked."
            ),
            .init(
                ConfigKey(
                    name: "ssl.principal.mapping.rules",
                    expected:
                        "DEFAULT, or RULE:pattern/replacement/ (then L or U), several with commas between",
                    read: { $0.principalMapping.text },
                    write: { settings, text in
                        guard let mapping = PrincipalMapping(text) else { return false }
                        settings.principalMapping = mapping
                        return true
                    }),
                "How a certificate's distinguished name becomes the client's principal; the first rule that fits."
            ),
        ]
}

extension ConfigKey {
    package static func text(
        _ name: String, _ path: WritableKeyPath<Config, String> & Sendable, _ expected: String
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: expected, read: { $0[keyPath: path] },
            write: { config, text in
                config[keyPath: path] = text
                return true
            })
    }

    package static func secret(
        _ name: String, _ path: WritableKeyPath<Config, Secret> & Sendable, _ expected: String
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: expected, isSecret: true, read: { $0[keyPath: path].shown },
            write: { config, text in
                config[keyPath: path] = Secret(text)
                return true
            })
    }
}

extension ConfigKey<SSLSettings> {
    /// Java takes these names in either case.
    fileprivate static func storeType(
        _ name: String, _ path: WritableKeyPath<SSLSettings, SSLSettings.StoreType> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "PEM, PKCS12 or JKS",
            read: { $0[keyPath: path].rawValue },
            write: { settings, text in
                guard let type = SSLSettings.StoreType(rawValue: text.uppercased()) else {
                    return false
                }
                settings[keyPath: path] = type
                return true
            })
    }

    fileprivate static func protocolVersions(
        _ name: String,
        _ path: WritableKeyPath<SSLSettings, [SSLSettings.ProtocolVersion]>
            & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "TLSv1.2, TLSv1.3, or both with a comma between",
            read: { $0[keyPath: path].map(\.rawValue).joined(separator: ",") },
            write: { settings, text in
                let parts = commaSeparated(text)
                let versions = parts.compactMap { SSLSettings.ProtocolVersion(rawValue: $0) }
                guard !versions.isEmpty, versions.count == parts.count else { return false }
                settings[keyPath: path] = SSLSettings.ProtocolVersion.allCases.filter(
                    versions.contains)
                return true
            })
    }

    fileprivate static func cipherSuites(
        _ name: String, _ path: WritableKeyPath<SSLSettings, [String]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name,
            expected: "names of cipher suites with commas between, of "
                + CipherSuite.names.joined(separator: ", "),
            read: { $0[keyPath: path].joined(separator: ",") },
            write: { settings, text in
                let suites = commaSeparated(text)
                guard suites.allSatisfy(CipherSuite.names.contains) else { return false }
                settings[keyPath: path] = suites
                return true
            })
    }
}

/// The parts between commas, without the spaces around them.
func commaSeparated(_ text: String) -> [String] {
    text.split(separator: ",").map { part in
        String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
