import CommitLog
import Crypto
import NIOCore
import Security

/// What the logins of one listener have in common. Thread contract: any thread.
final class LoginService: Sendable {
    let settings: SaslSettings
    let credentials: ScramCredentials
    let failureDelay: TimeAmount
    let plainUsers: [String: String]
    /// From which the salts of users come that there are not.
    private let decoyKey = unguessableBytes(32)

    init(_ settings: SaslSettings, credentials: ScramCredentials, failureDelayMs: Int64) {
        self.settings = settings
        self.credentials = credentials
        failureDelay = .milliseconds(failureDelayMs)
        plainUsers = settings.plainUsers
    }

    /// One login by a mechanism that is enabled.
    func begin(_ mechanism: SaslMechanism) -> SaslExchange {
        guard let algorithm = mechanism.scram else { return .plain }
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
    case plain
    case scram(ScramServer)

    enum Step {
        case challenge([UInt8])
        case done([UInt8], user: String)
    }

    mutating func step(_ token: [UInt8], _ service: LoginService) throws(SaslFailure) -> Step {
        switch self {
        case .plain:
            let plain = try PlainToken(token)
            guard plain.isRight(among: service.plainUsers) else {
                throw SaslFailure("Authentication failed: Invalid username or password")
            }
            return .done([], user: plain.name)
        case .scram(var server):
            let step = try server.step(token)
            self = .scram(server)
            switch step {
            case .challenge(let token): return .challenge(token)
            case .done(let token, let user): return .done(token, user: user)
            }
        }
    }
}
