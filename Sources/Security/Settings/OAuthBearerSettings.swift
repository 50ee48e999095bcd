import SettingKeys

/// Kafka's settings of OAUTHBEARER (KIP-768), those of a client and those of a listener.
package struct OAuthBearerSettings: Sendable, Equatable {
    // Of a client.
    package var tokenEndpointURL = ""
    package var tokenCommand = ""
    package var clientID = ""
    package var clientSecret = Secret()
    package var scope = ""

    // Of a listener.
    package var jwksEndpointURL = ""
    package var jwksRefreshMs: Int64 = 3_600_000
    package var jwksRetryBackoffMs: Int64 = 100
    package var jwksRetryBackoffMaxMs: Int64 = 10_000
    package var rules = TokenRules()

    /// The documents that are read at all, of both.
    package var allowedURLs: [String] = []

    package init() {}

    /// In Kafka a property of Java's virtual machine.
    package static let allowedURLsName = "org.apache.kafka.sasl.oauthbearer.allowed.urls"

    /// The document of a setting, if it may be read.
    package func allowed(_ text: String, _ name: String) throws(SaslFailure) -> DocumentURL {
        guard let url = DocumentURL(text) else {
            throw SaslFailure(
                "\(name)=\(text) is no URL of a file, file:///PATH, or of a server, https://HOST/PATH"
            )
        }
        guard allowedURLs.contains(text) else {
            throw SaslFailure(
                "\(name)=\(text) is not among \(Self.allowedURLsName), which as in Kafka has each URL "
                    + "that may be read: add it there")
        }
        return url
    }

    /// - Parameter isSecret: whether whoever runs the program says it, and no profile. In Kafka no configuration can.
    private static func allowed(isSecret: Bool) -> SecuritySetting<OAuthBearerSettings> {
        SecuritySetting(
            .list(
                allowedURLsName, \.allowedURLs, "URLs with commas between", isSecret: isSecret),
            "The URLs that sasl.oauthbearer settings may name; in Kafka a property of the Java virtual machine.",
            isList: true)
    }

    package static let ofClient: [SecuritySetting<OAuthBearerSettings>] = [
        .init(
            .text(
                "sasl.oauthbearer.token.endpoint.url", \.tokenEndpointURL,
                "a URL, https://… of an issuer or file:///… of a token"),
            "The issuer that gives the client its tokens (client credentials), or the file that has one."
        ),
        .init(
            .command("sasl.oauthbearer.token.command", \.tokenCommand),
            "A command that prints a token, in place of an issuer; a setting of Weir's."),
        .init(
            .text("sasl.oauthbearer.client.id", \.clientID, "a name that the issuer knows"),
            "The client's name at the issuer; without it, clientId in sasl.jaas.config."),
        .init(
            .secret("sasl.oauthbearer.client.secret", \.clientSecret, "a password"),
            "The client's password at the issuer; without it, clientSecret in sasl.jaas.config."),
        .init(
            .text(
                "sasl.oauthbearer.client.credentials.client.id", \.clientID,
                "a name that the issuer knows"),
            "Kafka's name of sasl.oauthbearer.client.id."),
        .init(
            .secret(
                "sasl.oauthbearer.client.credentials.client.secret", \.clientSecret, "a password"),
            "Kafka's name of sasl.oauthbearer.client.secret."),
        .init(
            .text("sasl.oauthbearer.scope", \.scope, "scopes with spaces between"),
            "The scope that the client asks the issuer for; without it, scope in sasl.jaas.config."),
        allowed(isSecret: true),
    ]

    package static let ofListener: [SecuritySetting<OAuthBearerSettings>] = [
        .init(
            .text(
                "sasl.oauthbearer.jwks.endpoint.url", \.jwksEndpointURL,
                "a URL, https://… or file:///…"),
            "The public keys of the issuer of tokens, a JSON Web Key Set."),
        .init(
            .integer(
                "sasl.oauthbearer.jwks.endpoint.refresh.ms", \.jwksRefreshMs, 1...Int64.max),
            "How often the issuer's keys are read.", isLong: true),
        .init(
            .integer(
                "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", \.jwksRetryBackoffMs,
                1...Int64.max),
            "The wait before the issuer's keys are read again after a failure; it doubles with each.",
            isLong: true),
        .init(
            .integer(
                "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", \.jwksRetryBackoffMaxMs,
                1...Int64.max),
            "The longest wait before the issuer's keys are read again after a failure.",
            isLong: true),
        .init(
            .list(
                "sasl.oauthbearer.expected.audience", \.rules.audiences,
                "names with commas between"),
            "Whom tokens must be for, one of these; a token that is for somebody is refused without it.",
            isList: true),
        .init(
            .text(
                "sasl.oauthbearer.expected.issuer", \.rules.issuer, "a name, mostly a URL"),
            "Whom tokens must be by; empty for anybody who has the keys."),
        .init(
            .integer(
                "sasl.oauthbearer.clock.skew.seconds", \.rules.clockSkewSeconds,
                0...Int64(Int32.max)),
            "How far the issuer's clock and the broker's may be apart.", isInt: true),
        .init(
            .text("sasl.oauthbearer.scope.claim.name", \.rules.scopeClaim, "a name"),
            "The claim of a token that has its scopes."),
        .init(
            .text("sasl.oauthbearer.sub.claim.name", \.rules.subClaim, "a name"),
            "The claim of a token that names the user."),
        allowed(isSecret: false),
    ]
}

extension ConfigKey {
    /// A secret: no profile that somebody shares may run one.
    fileprivate static func command(
        _ name: String, _ path: WritableKeyPath<Config, String> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "a command of the shell", isSecret: true,
            read: { Secret($0[keyPath: path]).shown },
            write: { config, text in
                config[keyPath: path] = text
                return true
            })
    }

    fileprivate static func list(
        _ name: String, _ path: WritableKeyPath<Config, [String]> & Sendable, _ expected: String,
        isSecret: Bool = false
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: expected, isSecret: isSecret,
            read: { config in
                let text = config[keyPath: path].joined(separator: ",")
                return isSecret ? Secret(text).shown : text
            },
            write: { config, text in
                config[keyPath: path] = commaSeparated(text)
                return true
            })
    }
}
