import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Why a client has no token.
package enum TokenFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another attempt may succeed.
    case passing(String)
    /// It would fail again.
    case lasting(String)

    package var description: String {
        switch self {
        case .passing(let text), .lasting(let text): text
        }
    }
}

/// The tokens of one client: from an issuer, to whom it says its id and its secret, from a file, or from a command.
/// One is used by all logins until a fifth of its time is left. Once there was one the settings are right, and what
/// fails may pass.
///
/// Thread contract: any thread.
package final class AccessTokens: Sendable {
    private struct Cached {
        var token: Secret
        var end: NIODeadline
    }

    private struct State {
        var cached: Cached?
        /// On the event loop of whoever asked first.
        var inFlight: EventLoopFuture<Secret>?
        var hasHadOne = false
    }

    private static let timeoutMs: Int64 = 30_000
    private static let usedShare = 0.8
    private static let longestSeconds = 365 * 86_400.0

    private let source: TokenSource
    private let state = Mutex(State())

    package init(_ source: TokenSource) { self.source = source }

    /// A token that holds. Fails with a `TokenFault`.
    package func token(on eventLoop: any EventLoop) -> EventLoopFuture<Secret> {
        let (token, promise) = state.withLock {
            state -> (EventLoopFuture<Secret>, EventLoopPromise<Secret>?) in
            if let cached = state.cached, NIODeadline.now() < cached.end {
                return (eventLoop.makeSucceededFuture(cached.token), nil)
            }
            if let inFlight = state.inFlight { return (inFlight, nil) }
            let promise = eventLoop.makePromise(of: Secret.self)
            state.inFlight = promise.futureResult
            return (promise.futureResult, promise)
        }
        guard let promise else { return token.hop(to: eventLoop) }
        fetch(on: eventLoop).whenComplete { [self] result in
            let hadOne = state.withLock { state in
                state.inFlight = nil
                if case .success = result { state.hasHadOne = true }
                return state.hasHadOne
            }
            promise.completeWith(
                result.mapError { error in
                    if hadOne, case TokenFault.lasting(let text) = error {
                        return TokenFault.passing(text)
                    }
                    return error
                })
        }
        return token
    }

    private func fetch(on eventLoop: any EventLoop) -> EventLoopFuture<Secret> {
        let (source, pool) = (source, NIOThreadPool.singleton)
        switch source {
        case .unfit(let reason): return eventLoop.makeFailedFuture(TokenFault.lasting(reason))
        case .file(let path):
            return pool.runIfActive(eventLoop: eventLoop) {
                try TokenSource.token(in: Self.bytes(of: path), from: path)
            }
        case .command(let command):
            return pool.runIfActive(eventLoop: eventLoop) {
                try TokenSource.token(
                    in: TokenCommand.output(of: command, timeoutMs: Self.timeoutMs),
                    from: "sasl.oauthbearer.token.command")
            }.map { [self] token in keep(token, seconds: nil) }
        case .issuer(let url, let request, let tls):
            let isEncrypted = url.isEncrypted
            return pool.runIfActive(eventLoop: eventLoop) {
                do throws(StoreError) {
                    return isEncrypted ? try SSLCredentials(tls, side: .client).context : nil
                } catch {
                    throw TokenFault.lasting("\(error)")
                }
            }.flatMap { context in
                HTTPExchange.run(
                    request, at: url, tls: context, timeoutMs: Self.timeoutMs, on: eventLoop)
            }.flatMapThrowing { [self] answer in
                let (token, seconds) = try TokenSource.token(in: answer, from: url)
                return keep(token, seconds: seconds)
            }.flatMapErrorThrowing { error in
                throw error as? TokenFault ?? .passing("no token from \(url): \(error)")
            }
        }
    }

    private static func bytes(of path: String) throws(TokenFault) -> [UInt8] {
        do throws(StoreError) {
            return try StoreFile(path, setting: "sasl.oauthbearer.token.endpoint.url").bytes
        } catch {
            throw .lasting("\(error)")
        }
    }

    /// - Parameter seconds: how long it holds, where it does not say so itself.
    private func keep(_ token: Secret, seconds: Double?) -> Secret {
        let expiry = JSONWebToken.claims(of: token.text)?["exp"]?.number
        guard let left = expiry.map({ $0 - TokenClock.seconds }) ?? seconds, left.isFinite,
            left > 0
        else { return token }
        let used = min(left, Self.longestSeconds) * Self.usedShare
        let end = NIODeadline.now() + .milliseconds(Int64(used * 1_000))
        state.withLock { $0.cached = Cached(token: token, end: end) }
        return token
    }
}
