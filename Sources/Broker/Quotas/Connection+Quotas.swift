import KafkaProtocol
import NIOCore

/// What a connection knows of its client's quotas, and until when it takes no requests for one. The connection's
/// event loop's own.
struct ConnectionQuota {
    /// The version of the quotas that `uses` are of.
    private var version = 0
    private var user = ""
    private var clientID = ""
    private var uses = QuotaUses()
    fileprivate var mutedSince: NIODeadline?
    fileprivate var mutedUntil: NIODeadline?
    fileprivate var unmuting: Scheduled<Void>?

    var isMuted: Bool { mutedUntil != nil }

    /// The client's, looked up again where it or the quotas changed, or its use was forgotten.
    fileprivate mutating func uses(
        in quotas: ClientQuotas, _ version: Int, user: String, clientID: String
    ) -> QuotaUses {
        if version != self.version || user != self.user || clientID != self.clientID
            || uses.areForgotten
        {
            uses = quotas.uses(user: user, clientID: clientID)
            (self.version, self.user, self.clientID) = (version, user, clientID)
        }
        return uses
    }

    mutating func end() {
        unmuting?.cancel()
        unmuting = nil
        mutedSince = nil
        mutedUntil = nil
    }
}

extension Connection {
    /// The charge of a request; nil where its client has no quota. A login costs nothing, since nobody knows yet whose
    /// quota it would be, and administrators' listener is held up by none.
    func charge(for header: RequestHeader, _ apiKey: ApiKey, byteCount: Int) -> RequestCharge? {
        let version = services.quotas.currentVersion
        guard version != 0, !services.isOfAdministrators, apiKey != .saslHandshake,
            apiKey != .saslAuthenticate,
            login?.isAuthenticated ?? true
        else { return nil }
        let uses = quota.uses(
            in: services.quotas, version, user: principal.name,
            clientID: ClientQuotas.counted(header.clientID))
        guard !uses.isEmpty else { return nil }
        let charge = RequestCharge(uses, windows: services.quotaWindows)
        if apiKey == .produce { mute(forMs: charge.takeProduce(byteCount: byteCount)) }
        return charge
    }

    /// Takes no more requests for so long. The answer that says so is not held up (KIP-219). From any thread.
    func mute(forMs milliseconds: Int32) {
        guard milliseconds > 0 else { return }
        guard eventLoop.inEventLoop else {
            return eventLoop.execute { self.mute(forMs: milliseconds) }
        }
        let until = NIODeadline.now() + .milliseconds(Int64(milliseconds))
        guard !isClosed, quota.mutedUntil.map({ $0 < until }) ?? true else { return }
        quota.unmuting?.cancel()
        quota.mutedSince = quota.mutedSince ?? .now()
        quota.mutedUntil = until
        quota.unmuting = eventLoop.assumeIsolated().scheduleTask(deadline: until) { [weak self] in
            self?.unmute()
        }
    }

    private func unmute() {
        // The client could not send the rest of a request meanwhile.
        if let since = quota.mutedSince { frameBegan = frameBegan + (.now() - since) }
        quota.end()
        lastRead = .now()
        lastActivity = .now()
        process()
    }
}

extension Exchange {
    /// The response with the time that its client must wait. The connection takes no request meanwhile.
    func charged<Body: Response>(_ response: Body) -> Body {
        guard let charge else { return response }
        var response = response
        response.throttleTimeMs = charge.settle()
        connection.mute(forMs: response.throttleTimeMs)
        return response
    }
}
