import KafkaProtocol
import NIOCore
import NIOPosix
internal import Security

/// The login of one connection: SaslHandshake and SaslAuthenticate, after the versions are known, and again
/// before a login that lasts for a time is over (KIP-368).
///
/// Thread contract: everything on the event loop of the connection.
final class BrokerLogin: @unchecked Sendable {
    /// As Kafka's `sasl.login.retry.backoff.ms` and its maximum are where nobody sets them.
    private static let backoff = Backoff(initialMs: 100, maximumMs: 10_000)
    /// Until this share of a login's time is over it is tried to get ready for the next one.
    private static let usableShare = 0.98
    private static let shortestWait = TimeAmount.milliseconds(10)

    private let handler: ConnectionHandler
    private let versions: NegotiatedVersions
    private let settings: ConnectionSettings
    private let tokens: AccessTokens?

    init(
        _ handler: ConnectionHandler, _ versions: NegotiatedVersions, _ settings: ConnectionSettings
    ) {
        self.handler = handler
        self.versions = versions
        self.settings = settings
        tokens = settings.tokenSource.map { settings.credentials?.tokens ?? AccessTokens($0) }
    }

    /// Logs in. Fails with a `ConnectionError`.
    func run() -> EventLoopFuture<Void> {
        handler.eventLoop.flatSubmit { [self] in makeClient() }
            .flatMap { [self] client in logIn(client) }
    }

    private func logIn(_ client: SaslClient) -> EventLoopFuture<Void> {
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

    private func makeClient() -> EventLoopFuture<SaslClient> {
        if let tokens { return makeClient(tokens) }
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

    private func makeClient(_ tokens: AccessTokens) -> EventLoopFuture<SaslClient> {
        tokens.token(on: handler.eventLoop).map { SaslClient(accessToken: $0) }
            .flatMapErrorThrowing { [handler] error in
                let reason: ConnectionError.Reason =
                    if case TokenFault.lasting(let text) = error { .unfit(text) } else {
                        .noToken("\(error)")
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
        let nanos = Double(min(lifetimeMs, 1 << 40)) * 1_000_000
        let end = handler.eventLoop.now + .nanoseconds(Int64(nanos * Self.usableShare))
        let wait = TimeAmount.nanoseconds(Int64(nanos * .random(in: settings.renewalShares)))
        handler.scheduleLogin(after: wait) { [self] in runAgain(until: end, failures: 0) }
    }

    /// Gets a token while requests go on, so that they wait for nobody but the broker. Where there is none the login that
    /// holds leaves time for other attempts.
    private func runAgain(until end: NIODeadline, failures: Int) {
        makeClient().assumeIsolated().whenComplete { [self] result in
            guard handler.isOpen else { return }
            switch result {
            case .success(let client): handler.logInAgain { logIn(client) }
            case .failure(let failure):
                let left = end - handler.eventLoop.now
                guard left >= Self.shortestWait else { return handler.didNotLogInAgain(failure) }
                // Of a short time no attempt takes more than a quarter.
                let wait = min(
                    Self.backoff.wait(afterFailures: failures + 1, jitter: .random(in: 0...1)),
                    max(.nanoseconds(left.nanoseconds / 4), Self.shortestWait))
                handler.scheduleLogin(after: wait) { [self] in
                    runAgain(until: end, failures: failures + 1)
                }
            }
        }
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
