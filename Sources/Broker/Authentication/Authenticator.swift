import KafkaProtocol
import NIOCore
import Security

/// The login of one connection: what it may send when, and who it is. A pure state machine.
///
/// Until it has logged in a connection may ask for the versions, choose a mechanism, and log in. Where logins
/// last for a time (KIP-368) it logs in again before that is over, by the same mechanism as the same user.
struct Authenticator {
    private enum State {
        case initial
        /// A mechanism was chosen. Tokens come without headers after version 0 of SaslHandshake.
        case exchanging(SaslMechanism, SaslExchange, isRaw: Bool)
        case authenticated
        case failed
    }

    /// What becomes of a token.
    enum Outcome {
        case challenge([UInt8])
        case done([UInt8], lifetimeMs: Int64)
        case failed(SaslFailure)
    }

    let service: LoginService
    private var state = State.initial
    private(set) var principal: Principal?
    private(set) var mechanism: SaslMechanism?
    /// What the last token that failed, or the one before it, says who the client is.
    private var failed: SaslExchange?
    private var expiry: NIODeadline?

    init(_ service: LoginService) { self.service = service }

    var isAuthenticated: Bool { principal != nil }

    /// Who the client said it is in the login that failed, whether or not that is true.
    var claimedName: String? { failed?.claimedName }

    /// Whether the next frame is a token without a header.
    var takesRawToken: Bool {
        if case .exchanging(_, _, let isRaw) = state { isRaw } else { false }
    }

    /// Why a request must not be sent now; nil where it may be.
    func refusal(of apiKey: ApiKey, now: NIODeadline) -> String? {
        switch state {
        case .initial:
            return [.apiVersions, .saslHandshake].contains(apiKey)
                ? nil
                : "it sends \(apiKey) before it has logged in: set security.protocol and sasl.mechanism "
                    + "in the client"
        case .exchanging:
            return apiKey == .saslAuthenticate
                ? nil : "it sends \(apiKey) in the middle of a login"
        case .authenticated:
            if let expiry, now >= expiry, apiKey != .saslHandshake {
                return "its login is over, and it has not logged in again"
            }
            return nil
        case .failed: return "it has failed to log in"
        }
    }

    /// Chooses a mechanism, with version 0 or 1 of SaslHandshake.
    mutating func handshake(_ name: String, version: Int16) -> ErrorCode {
        if case .authenticated = state, expiry == nil { return .illegalSaslState }
        guard let chosen = SaslMechanism(rawValue: name),
            service.settings.enabledMechanisms.contains(chosen)
        else {
            state = .failed
            return .unsupportedSaslMechanism
        }
        guard mechanism ?? chosen == chosen else {
            state = .failed
            return .illegalSaslState
        }
        mechanism = chosen
        state = .exchanging(chosen, service.begin(chosen), isRaw: version == 0)
        return .none
    }

    mutating func take(_ token: [UInt8], now: NIODeadline) -> Outcome {
        guard case .exchanging(let mechanism, var exchange, let isRaw) = state else {
            state = .failed
            return .failed(SaslFailure("SaslHandshake comes first"))
        }
        state = .failed
        guard token.count <= mechanism.maximumTokenByteCount else {
            return .failed(
                SaslFailure("A token has \(mechanism.maximumTokenByteCount) bytes at most"))
        }
        do throws(SaslFailure) {
            switch try exchange.step(token, service) {
            case .challenge(let answer):
                state = .exchanging(mechanism, exchange, isRaw: isRaw)
                return .challenge(answer)
            case .done(let answer, let user, let tokenLifetimeMs):
                let principal = Principal(name: user)
                guard self.principal ?? principal == principal else {
                    throw SaslFailure("Cannot change principals during re-authentication")
                }
                self.principal = principal
                state = .authenticated
                let limitMs = service.settings.maxReauthMs(by: mechanism)
                let lifetimeMs = min(
                    limitMs > 0 ? limitMs : .max, tokenLifetimeMs ?? .max, Self.century)
                guard limitMs > 0 || tokenLifetimeMs != nil else {
                    expiry = nil
                    return .done(answer, lifetimeMs: 0)
                }
                expiry = now + .milliseconds(lifetimeMs)
                return .done(answer, lifetimeMs: lifetimeMs)
            }
        } catch {
            failed = exchange
            return .failed(error)
        }
    }

    private static let century: Int64 = 100 * 365 * 86_400_000
}
