import KafkaProtocol
import NIOCore
import Security

// The login of a connection: its requests, its failure, its time.

extension Connection {
    /// Why this request must not be sent now; nil where it may be. On the event loop.
    func refusal(of apiKey: ApiKey) -> String? {
        login?.refusal(of: apiKey, now: .now())
    }

    func answer(_ request: SaslHandshakeRequest, _ exchange: Exchange) {
        guard !exchange.isBeside else { return exchange.close(because: "a login is too large") }
        var response = SaslHandshakeResponse()
        guard var login else {
            // As in Kafka, where no login is asked for.
            response.errorCode = .illegalSaslState
            return exchange.send(response)
        }
        response.mechanisms = login.service.settings.enabledMechanisms.map(\.rawValue)
        response.errorCode = login.handshake(request.mechanism, version: exchange.context.version)
        self.login = login
        if response.errorCode != .none, !login.isAuthenticated {
            complain("it wants the mechanism \(request.mechanism.forLogLine)")
        }
        exchange.send(response)
    }

    func answer(_ request: SaslAuthenticateRequest, _ exchange: Exchange) {
        guard !exchange.isBeside else { return exchange.close(because: "a login is too large") }
        var response = SaslAuthenticateResponse()
        guard login != nil else {
            response.errorCode = .illegalSaslState
            response.errorMessage = "There is no login here."
            return exchange.send(response)
        }
        switch step(request.authBytes.array) {
        case .challenge(let token): response.authBytes = OpaqueBytes(token)
        case .done(let token, let lifetimeMs):
            response.authBytes = OpaqueBytes(token)
            response.sessionLifetimeMs = lifetimeMs
        case .failed(let failure):
            response.errorCode = .saslAuthenticationFailed
            response.errorMessage = failure.description
            let answer = response
            return endLogin(failure) { exchange.send(answer) }
        }
        exchange.send(response)
    }

    /// A frame that is a token without a header, after version 0 of SaslHandshake. A failure has no answer.
    func takeRawToken(_ bytes: [UInt8]) {
        let slot = openSlot(isAwaited: true)
        switch step(bytes) {
        case .challenge(let token), .done(let token, _):
            var buffer = ByteBuffer()
            buffer.writeInteger(Int32(token.count))
            buffer.writeBytes(token)
            fill(
                slot,
                .frame(
                    OutgoingFrame(
                        bytes: buffer, splices: [], slices: [], byteCount: buffer.readableBytes)))
        case .failed(let failure):
            endLogin(failure) { [self] in fill(slot, .close) }
        }
    }

    private func step(_ token: [UInt8]) -> Authenticator.Outcome {
        guard let outcome = login?.take(token, now: .now()) else {
            return .failed(SaslFailure("there is no login here"))
        }
        if let principal = login?.principal {
            self.principal = principal
            didSetUp()
        }
        return outcome
    }

    /// Ends the connection, some time later: whoever guesses passwords waits, and nobody else does.
    private func endLogin(_ failure: SaslFailure, answer: @escaping () -> Void) {
        services.failedLogins.note(
            from: ConnectionLimits.network(of: address),
            "\(id) from \(address) at \(listener.name): a login failed\(claim): \(failure)")
        isEnding = true
        unread = nil
        group.hold(
            HeldAnswer {
                answer()
                self.flush()
            }, for: login?.service.failureDelay ?? .zero)
    }

    /// Who the client says it is, and by which mechanism.
    private var claim: String {
        guard let login else { return "" }
        let name = login.claimedName.map { ", as \($0.forLogLine)" } ?? ""
        return name + (login.mechanism.map { " by \($0.rawValue)" } ?? "")
    }

    private func complain(_ reason: String) {
        services.complaints.warning("\(id) from \(address) at \(listener.name): \(reason)")
    }
}
