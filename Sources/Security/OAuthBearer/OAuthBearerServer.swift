/// The server's side of one login by OAUTHBEARER. A pure state machine.
package struct OAuthBearerServer: Sendable {
    package enum Step: Equatable, Sendable {
        case challenge([UInt8])
        case done(TokenRules.Checked)
    }

    private enum State: Sendable {
        case start
        /// The client has been told, and says that it has read it (RFC 7628, 3.2.3).
        case refused(SaslFailure)
        case ended
    }

    private let check: @Sendable (String) throws(SaslFailure) -> TokenRules.Checked
    private var state = State.start
    /// As it came.
    private var token: String?

    /// - Parameter check: whose a token is.
    package init(
        check: @escaping @Sendable (String) throws(SaslFailure) -> TokenRules.Checked
    ) {
        self.check = check
    }

    /// Whose the token says that it is, whoever made it; nil where it does not say so. Read when it is asked for.
    package var claimedName: String? {
        token.flatMap { JSONWebToken.claims(of: $0)?["sub"]?.string }
    }

    package mutating func step(_ token: [UInt8]) throws(SaslFailure) -> Step {
        let state = state
        self.state = .ended
        switch state {
        case .start:
            let message = try OAuthBearerMessage(token)
            self.token = message.token
            do throws(SaslFailure) {
                let checked = try check(message.token)
                guard message.authorizationID ?? checked.user == checked.user else {
                    throw SaslFailure(
                        "Authentication failed: the client wants to be another than the token's user"
                    )
                }
                return .done(checked)
            } catch {
                self.state = .refused(error)
                return .challenge(Array(#"{"status":"invalid_token"}"#.utf8))
            }
        case .refused(let failure): throw failure
        case .ended: throw SaslFailure("the login is over")
        }
    }
}
