import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The keys of an issuer, read from a file or a server, and again from time to time: an issuer changes them.
///
/// Thread contract: any thread. Keys are read beside the event loops.
package final class KeySetSource: Sendable {
    package struct Settings: Sendable, Equatable {
        package var url: DocumentURL
        package var refreshMs: Int64
        package var retryBackoffMs: Int64
        package var retryBackoffMaxMs: Int64
        /// Whom to trust at `https`.
        package var tls = SSLSettings()
        /// Tokens with unknown keys have the keys read at most so often, whoever sends how many.
        package var unknownKeyIntervalMs: Int64 = 10_000

        /// The wait doubles with each failure in a row.
        func waitMs(afterFailures failures: Int) -> Int64 {
            var waitMs = min(retryBackoffMs, retryBackoffMaxMs)
            for _ in 1..<max(failures, 1) where waitMs < retryBackoffMaxMs {
                // The half is compared, so that nothing is beyond what a number holds.
                waitMs = waitMs > retryBackoffMaxMs / 2 ? retryBackoffMaxMs : waitMs * 2
            }
            return waitMs
        }
    }

    private struct State {
        var keys: JSONWebKeySet?
        var isLoading = false
        var isStopped = false
        var lastLoad: NIODeadline?
        var failureCount = 0
        var timer: Scheduled<Void>?
    }

    private static let timeoutMs: Int64 = 10_000
    /// A year.
    private static let longestWaitMs: Int64 = 365 * 86_400_000

    private let settings: Settings
    private let eventLoop: any EventLoop
    private let complain: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// - Parameter complain: is told why the keys cannot be read.
    package init(
        _ settings: Settings, on eventLoop: any EventLoop,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.complain = complain
    }

    /// Reads the keys for the first time. Done once they are there, or could not be read; then it is tried again.
    package func start() -> EventLoopFuture<Void> { load() }

    package func stop() {
        let timer = state.withLock { state in
            state.isStopped = true
            return state.timer
        }
        timer?.cancel()
    }

    /// Throws where the keys do not say that the issuer signed the token.
    package func check(_ token: JSONWebToken) throws(SaslFailure) {
        guard let keys = state.withLock({ $0.keys }) else {
            throw SaslFailure("The issuer's keys could not be read yet")
        }
        switch keys.verdict(on: token) {
        case .isValid: break
        case .isForged: throw SaslFailure("The token's signature is wrong")
        case .unknownKey:
            loadForUnknownKey()
            throw SaslFailure("The token is signed by a key that is not among the issuer's")
        }
    }

    private func loadForUnknownKey() {
        let now = NIODeadline.now()
        let isDue = state.withLock { state in
            state.lastLoad.map { $0 + .milliseconds(settings.unknownKeyIntervalMs) <= now } ?? true
        }
        if isDue { _ = load() }
    }

    private func load() -> EventLoopFuture<Void> {
        let begins = state.withLock { state in
            guard !state.isLoading, !state.isStopped else { return false }
            state.isLoading = true
            state.timer?.cancel()
            return true
        }
        guard begins else { return eventLoop.makeSucceededVoidFuture() }
        return read().map { [self] in finish(.success($0)) }
            .flatMapErrorThrowing { [self] in finish(.failure($0)) }
    }

    private func finish(_ result: Result<JSONWebKeySet, any Error>) {
        state.withLock { state in
            state.isLoading = false
            state.lastLoad = .now()
            let waitMs: Int64
            switch result {
            case .success(let keys):
                state.keys = keys
                state.failureCount = 0
                waitMs = settings.refreshMs
            case .failure:
                state.failureCount += 1
                waitMs = settings.waitMs(afterFailures: state.failureCount)
            }
            guard !state.isStopped else { return }
            // As far as the clock of the event loop goes.
            let wait = TimeAmount.milliseconds(min(waitMs, Self.longestWaitMs))
            state.timer = eventLoop.scheduleTask(in: wait) { [weak self] in _ = self?.load() }
        }
        if case .failure(let error) = result {
            complain("sasl.oauthbearer.jwks.endpoint.url: the keys cannot be read: \(error)")
        }
    }

    private func read() -> EventLoopFuture<JSONWebKeySet> {
        let settings = settings
        switch settings.url.place {
        case .file(let path):
            return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                try JSONWebKeySet(
                    StoreFile(path, setting: "sasl.oauthbearer.jwks.endpoint.url").bytes)
            }
        case .http(_, _, _, let isEncrypted):
            return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                isEncrypted ? try SSLCredentials(settings.tls, side: .client).context : nil
            }.flatMap { [eventLoop] context in
                HTTPExchange.run(
                    HTTPRequest(), at: settings.url, tls: context, timeoutMs: Self.timeoutMs,
                    on: eventLoop)
            }.flatMap { [eventLoop] answer in
                NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                    guard answer.status == HTTPAnswer.ok else {
                        throw HTTPFault(
                            description: "\(settings.url) answers with status \(answer.status)")
                    }
                    return try JSONWebKeySet(answer.body)
                }
            }
        }
    }
}
