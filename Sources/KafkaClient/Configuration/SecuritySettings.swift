internal import Security
import SettingKeys
import Synchronization

extension ConnectionSettings {
    /// With what a connection begins: TLS, and who the client is.
    static let securityTable: [ClientSetting] =
        [
            .init(
                .choice("security.protocol", \.connection.securityProtocol),
                "What the brokers' port speaks: SSL is TLS, SASL a login."),
            .init(
                .choice("sasl.mechanism", \.connection.saslMechanism),
                "How the client logs in; Kafka's default, GSSAPI, is not spoken."),
            .init(
                .jaas(
                    "sasl.jaas.config", \.connection.saslJaas,
                    "org.apache.kafka.common.security.….ScramLoginModule (or PlainLoginModule) required "
                        + "username=\"…\" password=\"…\";"),
                "The user and the password to log in with, as Java's clients have them; for OAUTHBEARER clientId and clientSecret."
            ),
        ]
        + OAuthBearerSettings.ofClient.map { setting in
            ClientSetting(setting.key.inside(\.connection.oauthBearer), setting.meaning)
        }
        + SSLSettings.ofClient.map { setting in
            ClientSetting(setting.key.inside(\.connection.ssl), setting.meaning)
        }
}

extension ConnectionSettings {
    /// From where the client has its tokens; nil where it logs in otherwise.
    var tokenSource: TokenSource? {
        guard securityProtocol.authenticates, saslMechanism == .oauthBearer else { return nil }
        return TokenSource(oauthBearer, jaas: saslJaas)
    }
}

/// The keys and certificates of one client, read when its first connection is opened, and again when their
/// files change; and what its logins compute.
///
/// Thread contract: any thread.
package final class ClientCredentials: Sendable, Equatable {
    let saltedPasswords = SaltedPasswords()
    /// Nil where the client logs in otherwise.
    let tokens: AccessTokens?
    private let settings: SSLSettings
    private let source = Mutex<Result<SSLContextSource, StoreError>?>(nil)

    init(_ settings: SSLSettings, tokens: TokenSource? = nil) {
        self.settings = settings
        self.tokens = tokens.map { AccessTokens($0) }
    }

    func current() throws(StoreError) -> SSLCredentials {
        let source = source.withLock { source in
            if let source, case .success = source { return source }
            let made: Result<SSLContextSource, StoreError>
            do throws(StoreError) {
                made = .success(try SSLContextSource(settings, side: .client) { _ in })
            } catch {
                made = .failure(error)
            }
            source = made
            return made
        }
        return try source.get().current()
    }

    package static func == (left: ClientCredentials, right: ClientCredentials) -> Bool {
        left.settings == right.settings
    }
}
