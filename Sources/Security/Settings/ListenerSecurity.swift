import SettingKeys

/// What one listener asks of its clients: TLS, a login.
package struct ListenerSecurity: Sendable, Equatable {
    package var ssl = SSLSettings()
    package var sasl = SaslSettings()

    package init() {}

    /// The settings that hold for all listeners, or under its name for one.
    package static let table: [SecuritySetting<ListenerSecurity>] =
        SSLSettings.ofListener.map { $0.inside(\.ssl) }
        + SaslSettings.table.map { $0.inside(\.sasl) }

    /// Those that only one listener can have, under its name: they are of one mechanism.
    package static let ofOneListener: [SecuritySetting<ListenerSecurity>] =
        SaslSettings.ofMechanisms.map { $0.inside(\.sasl) }
}

/// The login of a listener.
package struct SaslSettings: Sendable, Equatable {
    package var enabledMechanisms: [SaslMechanism] = []
    /// The users of PLAIN, in a login module's entry.
    package var plainJaas = Secret()
    package var scramSHA256Jaas = Secret()
    package var scramSHA512Jaas = Secret()
    /// Whom to trust where the issuer's keys are, in a login module's entry.
    package var oauthBearerJaas = Secret()
    package var oauthBearer = OAuthBearerSettings()
    /// How long a login lasts; 0 for as long as the connection.
    package var maxReauthMs: Int64 = 0
    /// Of mechanisms that have a time of their own.
    package var maxReauthMsByMechanism: [SaslMechanism: Int64] = [:]

    package init() {}

    package func maxReauthMs(by mechanism: SaslMechanism) -> Int64 {
        maxReauthMsByMechanism[mechanism] ?? maxReauthMs
    }

    package var plainUsers: [String: String] { JaasConfig(plainJaas.text)?.users ?? [:] }

    /// Where the issuer's keys are. Throws where the settings do not say it, or it must not be read.
    package func keySource() throws(SaslFailure) -> KeySetSource.Settings {
        let name = "sasl.oauthbearer.jwks.endpoint.url"
        guard !oauthBearer.jwksEndpointURL.isEmpty else {
            throw SaslFailure(
                "\(name) is not set: OAUTHBEARER needs the public keys of the issuer of tokens")
        }
        return KeySetSource.Settings(
            url: try oauthBearer.allowed(oauthBearer.jwksEndpointURL, name),
            refreshMs: oauthBearer.jwksRefreshMs,
            retryBackoffMs: oauthBearer.jwksRetryBackoffMs,
            retryBackoffMaxMs: oauthBearer.jwksRetryBackoffMaxMs,
            tls: .trusting(JaasConfig(oauthBearerJaas.text)?.options ?? [:]))
    }

    static let table: [SecuritySetting<SaslSettings>] =
        [
            .init(
                ConfigKey(
                    name: "sasl.enabled.mechanisms",
                    expected: "names with commas between, of "
                        + SaslMechanism.allCases.map(\.rawValue).joined(separator: ", "),
                    read: { $0.enabledMechanisms.map(\.rawValue).joined(separator: ",") },
                    write: { settings, text in
                        let names = commaSeparated(text)
                        let mechanisms = names.compactMap { SaslMechanism(rawValue: $0) }
                        guard mechanisms.count == names.count else { return false }
                        settings.enabledMechanisms = mechanisms
                        return true
                    }),
                "How clients may log in at listeners with SASL_PLAINTEXT and SASL_SSL.",
                isList: true),
            .init(
                .integer("connections.max.reauth.ms", \.maxReauthMs, 0...Int64.max),
                "How long a login lasts before the client has to log in again; 0 for ever.",
                isLong: true),
        ] + OAuthBearerSettings.ofListener.map { $0.inside(\.oauthBearer) }

    static let ofMechanisms: [SecuritySetting<SaslSettings>] =
        [
            .init(
                .jaas(
                    "plain.sasl.jaas.config", \.plainJaas,
                    "org.apache.kafka.common.security.plain.PlainLoginModule required user_NAME=\"password\" …;"
                ), "The users of PLAIN with their passwords."),
            .init(
                .jaas(
                    "scram-sha-256.sasl.jaas.config", \.scramSHA256Jaas,
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
                "Without effect: the users of SCRAM are in the cluster's metadata."),
            .init(
                .jaas(
                    "scram-sha-512.sasl.jaas.config", \.scramSHA512Jaas,
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
                "Without effect: the users of SCRAM are in the cluster's metadata."),
            .init(
                .jaas(
                    "oauthbearer.sasl.jaas.config", \.oauthBearerJaas,
                    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
                        + "ssl.truststore.location=\"…\";"),
                "Whom to trust at the server of the issuer's keys; without it, the system's authorities."
            ),
        ] + SaslMechanism.allCases.map(maxReauth)

    private static func maxReauth(_ mechanism: SaslMechanism) -> SecuritySetting<SaslSettings> {
        let range = 0...Int64.max
        return .init(
            ConfigKey(
                name: "\(mechanism.rawValue.lowercased()).connections.max.reauth.ms",
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
                read: { String($0.maxReauthMs(by: mechanism)) },
                write: { settings, text in
                    guard let value = Int64(text), range.contains(value) else { return false }
                    settings.maxReauthMsByMechanism[mechanism] = value
                    return true
                }),
            "How long a login by \(mechanism.rawValue) lasts, where it is not as long as by the others.",
            isLong: true)
    }
}

extension ConfigKey {
    /// A login module's entry.
    package static func jaas(
        _ name: String, _ path: WritableKeyPath<Config, Secret> & Sendable, _ expected: String
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: expected, isSecret: true, read: { $0[keyPath: path].shown },
            write: { config, text in
                guard text.isEmpty || JaasConfig(text) != nil else { return false }
                config[keyPath: path] = Secret(text)
                return true
            })
    }
}
