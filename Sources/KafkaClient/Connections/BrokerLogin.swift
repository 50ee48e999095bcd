import KafkaProtocol
import NIOCore
import NIOPosix
internal import Security

/// The login of one connection: SaslHandshake and SaslAuthenticate, after the versions are known, and again
/// before a login that lasts for a time is over (KIP-368).
///
/// Thread contract: everything on the event loop of the connection.
final class BrokerLogin: @unchecked Sendable {
    private let handler: ConnectionHandler
    private let versions: NegotiatedVersions
    private let settings: ConnectionSettings

    init(
        _ handler: ConnectionHandler, _ versions: NegotiatedVersions, _ settings: ConnectionSettings
    ) {
        self.handler = handler
        self.versions = versions
        self.settings = settings
    }

    /// Logs in. Fails with a `ConnectionError`.
    func run() -> EventLoopFuture<Void> {
        handler.eventLoop.flatSubmit { [self] in makeClient() }.flatMap { [self] client in
            let handshakeVersion: Int16
            do throws(ConnectionError.Reason) {
                handshakeVersion = try versions.version(of: .saslHandshake)
                guard handshakeVersion >= 1 else {
                    throw .unsupportedApi(.saslHandshake, brokerHas: 0...0)
                }
            } catch {
                return failed(error)
            }
            var request = SaslHandshakeRequest()
            request.mechanism = settings.saslMechanism.rawValue
            return ask(request, handshakeVersion).flatMap { [self] response in
                guard response.errorCode == .none else {
                    return failed(handshakeFault(response))
                }
                return exchange(client, nil)
            }
        }
    }

    private func makeClient() -> EventLoopFuture<SaslClient> {
        if let source = settings.tokenSource { return makeClient(source) }
        return handler.eventLoop.makeCompletedFuture {
            do throws(SaslFailure) {
                return try SaslClient(
                    settings.saslMechanism, jaas: settings.saslJaas,
                    saltedPasswords: settings.credentials?.saltedPasswords ?? SaltedPasswords())
            } catch {
                throw ConnectionError(.unfit("\(error)"), peer: handler.peer)
            }
        }
    }

    private func makeClient(_ source: TokenSource) -> EventLoopFuture<SaslClient> {
        let tokens = settings.credentials?.tokens ?? AccessTokens(source)
        return tokens.token(on: handler.eventLoop).map { SaslClient(accessToken: $0) }
            .flatMapErrorThrowing { [handler] error in
                let reason: ConnectionError.Reason =
                    if case TokenFault.lasting(let text) = error { .unfit(text) } else {
                        .failed("\(error)")
                    }
                throw ConnectionError(reason, peer: handler.peer)
            }
    }

    private func handshakeFault(_ response: SaslHandshakeResponse) -> ConnectionError.Reason {
        switch response.errorCode {
        case .unsupportedSaslMechanism:
            .login(
                "the broker does not have \(settings.saslMechanism.rawValue) enabled: it has "
                    + response.mechanisms.prefix(20).joined(separator: ", ")
                    + "; set sasl.mechanism")
        case .illegalSaslState:
            .login(
                "the port wants no login: set security.protocol to "
                    + (settings.securityProtocol.encrypts ? "SSL" : "PLAINTEXT"))
        default: .login("SaslHandshake was answered with \(response.errorCode.name)")
        }
    }

    private func exchange(_ client: SaslClient, _ token: [UInt8]?) -> EventLoopFuture<Void> {
        guard token != nil, client.mechanism.scram != nil else {
            return goOn(Self.next(client, token))
        }
        // As many rounds of a hash as the broker likes would hold up all connections of the loop.
        return NIOThreadPool.singleton.runIfActive(eventLoop: handler.eventLoop) {
            Self.next(client, token)
        }.flatMap { [self] in goOn($0) }
    }

    private typealias Next = Result<(client: SaslClient, step: SaslClient.Step), SaslFailure>

    private static func next(_ client: SaslClient, _ token: [UInt8]?) -> Next {
        var next = client
        do throws(SaslFailure) {
            let step = try next.step(token)
            return .success((next, step))
        } catch {
            return .failure(error)
        }
    }

    private func goOn(_ next: Next) -> EventLoopFuture<Void> {
        let (advanced, step): (SaslClient, SaslClient.Step)
        switch next {
        case .success(let next): (advanced, step) = (next.client, next.step)
        case .failure(let failure): return failed(.login("\(failure)"))
        }
        guard case .send(let bytes) = step else {
            return handler.eventLoop.makeSucceededVoidFuture()
        }
        var request = SaslAuthenticateRequest()
        request.authBytes = OpaqueBytes(bytes)
        let version: Int16
        do throws(ConnectionError.Reason) {
            version = try versions.version(of: .saslAuthenticate)
        } catch {
            return failed(error)
        }
        return ask(request, version).flatMap { [self] response in
            guard response.errorCode == .none else {
                let reason = (response.errorMessage ?? response.errorCode.name).prefix(200)
                return failed(
                    .login(
                        "the broker refuses the login by \(settings.saslMechanism.rawValue): \(reason)"
                    ))
            }
            if response.sessionLifetimeMs > 0 { scheduleAgain(response.sessionLifetimeMs) }
            return exchange(advanced, response.authBytes.array)
        }
    }

    /// As in Kafka, some time between 85 and 95 % of the login's.
    private func scheduleAgain(_ lifetimeMs: Int64) {
        let share = Double.random(in: 0.85...0.95)
        let wait = TimeAmount.milliseconds(Int64(Double(min(lifetimeMs, 1 << 40)) * share))
        handler.logInAgain(after: wait) { [self] in run() }
    }

    private func ask<Body: Request>(
        _ request: Body, _ version: Int16
    ) -> EventLoopFuture<Body.Response> {
        let answer = handler.eventLoop.makePromise(of: ByteBuffer.self)
        handler.sendLogin(
            request, version: version, timeoutMs: settings.requestTimeoutMs, answer: answer)
        return answer.futureResult.flatMapThrowing { [handler] frame in
            do throws(ProtocolError) {
                return try ResponseFrame<Body.Response>(
                    decoding: frame, version: version, receivedAt: handler.eventLoop.now
                ).body
            } catch {
                throw ConnectionError(.badMessage(error), peer: handler.peer)
            }
        }
    }

    private func failed(_ reason: ConnectionError.Reason) -> EventLoopFuture<Void> {
        handler.eventLoop.makeFailedFuture(ConnectionError(reason, peer: handler.peer))
    }
}
