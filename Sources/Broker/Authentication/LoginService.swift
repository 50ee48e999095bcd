import CommitLog
import Crypto
import Logging
import NIOCore
import Security

/// What the logins of one listener have in common. Thread contract: any thread.
final class LoginService: Sendable {
    let settings: SaslSettings
    let credentials: ScramCredentials
    let failureDelay: TimeAmount
    let plainUsers: [String: String]
    /// Nil where nobody logs in with tokens.
    let tokens: TokenLogins?
    /// From which the salts of users come that there are not.
    private let decoyKey = unguessableBytes(32)

    init(
        _ settings: SaslSettings, credentials: ScramCredentials, failureDelayMs: Int64,
        tokens: TokenLogins? = nil
    ) {
        self.tokens = tokens
        self.settings = settings
        self.credentials = credentials
        failureDelay = .milliseconds(failureDelayMs)
        plainUsers = settings.plainUsers
    }

    /// Of the listeners that want a login, by their names.
    static func all(
        _ config: BrokerConfig, credentials: ScramCredentials, on eventLoop: any EventLoop,
        _ logger: Logger
    ) -> [String: LoginService] {
        var logins: [String: LoginService] = [:]
        for listener in config.listeners
        where config.securityProtocol(of: listener.name)?.authenticates == true {
            let settings = config.security(of: listener.name).sasl
            var tokens: TokenLogins?
            // The settings were checked with the listener.
            if settings.enabledMechanisms.contains(.oauthBearer),
                let source = try? settings.keySource()
            {
                let keys = KeySetSource(source, on: eventLoop) { reason in
                    logger.warning("\(listener.name): \(reason)")
                }
                tokens = TokenLogins(keys, settings.oauthBearer.rules)
            }
            logins[listener.name] = LoginService(
                settings, credentials: credentials,
                failureDelayMs: config.connectionFailedAuthenticationDelayMs, tokens: tokens)
        }
        return logins
    }

    /// One login by a mechanism that is enabled.
    func begin(_ mechanism: SaslMechanism) -> SaslExchange {
        if mechanism == .oauthBearer {
            return .oauthBearer(
                OAuthBearerServer { [tokens] token throws(SaslFailure) in
                    guard let tokens else { throw SaslFailure("nobody logs in by tokens here") }
                    return try tokens.check(token)
                })
        }
        guard let algorithm = mechanism.scram else { return .plain(name: nil) }
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        let nonce = unguessableBytes(32).map { alphabet[Int($0) % alphabet.count] }
        return .scram(
            ScramServer(
                algorithm, nonce: String(decoding: nonce, as: UTF8.self),
                decoy: { [decoyKey, credentials] name in
                    let bytes = algorithm.hmac(key: decoyKey, Array(name.utf8))
                    let shape = credentials.anyShape(of: mechanism, by: Int(bytes[0]))
                    return ScramShape(
                        salt: (0..<shape.saltByteCount).map { bytes[$0 % bytes.count] },
                        iterations: shape.iterations)
                },
                credential: { [credentials] in credentials.credential(of: $0, mechanism) }))
    }
}

/// A login that has begun.
enum SaslExchange: Sendable {
    /// With whom the token named, once it was read.
    case plain(name: String?)
    case scram(ScramServer)
    case oauthBearer(OAuthBearerServer)

    enum Step {
        case challenge([UInt8])
        /// What was shown holds so long; nil for ever.
        case done([UInt8], user: String, lifetimeMs: Int64?)
    }

    /// Who the client says it is; nil where it has not said so.
    var claimedName: String? {
        switch self {
        case .plain(let name): name
        case .scram(let server): server.claimedName
        case .oauthBearer(let server): server.claimedName
        }
    }

    mutating func step(_ token: [UInt8], _ service: LoginService) throws(SaslFailure) -> Step {
        switch self {
        case .plain:
            let plain = try PlainToken(token)
            self = .plain(name: plain.name)
            guard plain.isRight(among: service.plainUsers) else {
                throw SaslFailure("Authentication failed: Invalid username or password")
            }
            return .done([], user: plain.name, lifetimeMs: nil)
        case .scram(var server):
            // Also where it fails: who it was.
            defer { self = .scram(server) }
            switch try server.step(token) {
            case .challenge(let token): return .challenge(token)
            case .done(let token, let user):
                return .done(token, user: user, lifetimeMs: nil)
            }
        case .oauthBearer(var server):
            defer { self = .oauthBearer(server) }
            switch try server.step(token) {
            case .challenge(let token): return .challenge(token)
            case .done(let checked):
                return .done([], user: checked.user, lifetimeMs: checked.lifetimeMs)
            }
        }
    }
}
