/// One login of a client: the tokens that it sends, and what it makes of the broker's. A pure state machine.
package struct SaslClient: Sendable {
    package enum Step: Equatable, Sendable {
        case send([UInt8])
        /// Both sides are content.
        case done
    }

    private enum State: Sendable {
        case start
        case plainSent
        case tokenSent
        /// By the broker, which waits for a sign that this was read.
        case tokenRefused
        case scramBegun(ScramClient)
        case scramFinished(ScramClient)
        case ended
    }

    package let mechanism: SaslMechanism
    private let name: String
    private let password: String
    private let nonce: String
    private let saltedPasswords: SaltedPasswords
    private let accessToken: Secret
    private var state = State.start

    /// - Parameter nonce: that nobody can guess, of printable ASCII without commas.
    package init(
        _ mechanism: SaslMechanism, name: String, password: String,
        nonce: String = SaslClient.nonce(), saltedPasswords: SaltedPasswords = SaltedPasswords()
    ) {
        self.mechanism = mechanism
        self.name = name
        self.password = password
        self.nonce = nonce
        self.saltedPasswords = saltedPasswords
        accessToken = Secret()
    }

    /// By OAUTHBEARER.
    package init(accessToken: Secret) {
        mechanism = .oauthBearer
        self.accessToken = accessToken
        name = ""
        password = ""
        nonce = ""
        saltedPasswords = SaltedPasswords()
    }

    /// Of a login module's entry. Throws where it names nobody.
    package init(
        _ mechanism: SaslMechanism, jaas: Secret, saltedPasswords: SaltedPasswords
    ) throws(SaslFailure) {
        guard !jaas.isEmpty else {
            throw SaslFailure(
                "sasl.jaas.config is not set: \(mechanism.rawValue) needs a username and a password"
            )
        }
        guard let config = JaasConfig(jaas.text), let name = config.options["username"],
            let password = config.options["password"]
        else {
            throw SaslFailure(
                "sasl.jaas.config has no username=\"…\" and password=\"…\" for \(mechanism.rawValue)"
            )
        }
        self.init(
            mechanism, name: name, password: password, saltedPasswords: saltedPasswords)
    }

    /// - Parameter token: the broker's; nil to begin. By SCRAM the step to its first one may take some hundred
    ///   milliseconds.
    package mutating func step(_ token: [UInt8]?) throws(SaslFailure) -> Step {
        let state = state
        self.state = .ended
        switch state {
        case .start where mechanism == .oauthBearer:
            self.state = .tokenSent
            return .send(OAuthBearerMessage(token: accessToken.text).bytes)
        case .tokenSent:
            guard token?.isEmpty == false else { return .done }
            self.state = .tokenRefused
            return .send(OAuthBearerMessage.acknowledgement)
        case .tokenRefused: throw SaslFailure("the broker refuses the token, and does not say why")
        case .start:
            guard let algorithm = mechanism.scram else {
                self.state = .plainSent
                return .send(PlainToken(name: name, password: password).bytes)
            }
            let client = ScramClient(
                algorithm, name: name, password: password, nonce: nonce,
                saltedPasswords: saltedPasswords)
            self.state = .scramBegun(client)
            return .send(client.firstToken)
        case .plainSent: return .done
        case .scramBegun(var client):
            let answer = try client.answer(token ?? [])
            self.state = .scramFinished(client)
            return .send(answer)
        case .scramFinished(let client):
            try client.finish(token ?? [])
            return .done
        case .ended: throw SaslFailure("the login is over")
        }
    }

    package static func nonce() -> String {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return String(
            decoding: unguessableBytes(32).map { digits[Int($0) % digits.count] }, as: UTF8.self)
    }
}
