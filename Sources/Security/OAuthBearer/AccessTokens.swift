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
/// One is used by all logins until a fifth of its time is left.
///
/// Thread contract: any thread.
package final class AccessTokens: Sendable {
    private struct Cached {
        var token: Secret
        var end: NIODeadline
    }

    private struct State {
        var cached: Cached?
        var inFlight: EventLoopFuture<Secret>?
    }

    private static let timeoutMs: Int64 = 30_000
    private static let usedShare = 0.8
    private static let longestSeconds = 365 * 86_400.0

    private let source: TokenSource
    private let state = Mutex(State())

    package init(_ source: TokenSource) { self.source = source }

    /// A token that holds. Fails with a `TokenFault`.
    package func token(on eventLoop: any EventLoop) -> EventLoopFuture<Secret> {
        let known = state.withLock { state -> EventLoopFuture<Secret>? in
            if let cached = state.cached, NIODeadline.now() < cached.end {
                return eventLoop.makeSucceededFuture(cached.token)
            }
            return state.inFlight?.hop(to: eventLoop)
        }
        if let known { return known }
        let fetched = fetch(on: eventLoop)
        state.withLock { $0.inFlight = fetched }
        fetched.whenComplete { [self] _ in state.withLock { $0.inFlight = nil } }
        return fetched
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
