import NIOCore
import Security

/// Whose the tokens are with which clients log in at one listener. Thread contract: any thread.
final class TokenLogins: Sendable {
    private let keys: KeySetSource
    private let rules: TokenRules

    init(_ keys: KeySetSource, _ rules: TokenRules) {
        self.keys = keys
        self.rules = rules
    }

    /// Reads the issuer's keys, and goes on doing so. Done once they were read, or could not be.
    func start() -> EventLoopFuture<Void> { keys.start() }

    func stop() { keys.stop() }

    func check(_ text: String) throws(SaslFailure) -> TokenRules.Checked {
        let token = try JSONWebToken(text)
        try keys.check(token)
        return try rules.check(token.claims(), now: TokenClock.seconds)
    }
}
