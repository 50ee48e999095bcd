import KafkaProtocol
import Logging
import NIOCore

/// An open connection to one broker, whose versions are known.
///
/// Requests are sent at once, one behind the other; the broker answers in the same order.
/// Thread contract: any thread; on `eventLoop` there is no hop.
public final class BrokerConnection: Sendable {
    public let peer: Peer
    public let versions: NegotiatedVersions
    public let eventLoop: any EventLoop
    private let handler: ConnectionHandler
    private let requestTimeoutMs: Int64

    private init(
        handler: ConnectionHandler, versions: NegotiatedVersions, settings: ConnectionSettings
    ) {
        peer = handler.peer
        eventLoop = handler.eventLoop
        self.handler = handler
        self.versions = versions
        requestTimeoutMs = settings.requestTimeoutMs
    }

    /// Connects, and asks for the versions. Fails with a `ConnectionError`.
    public static func open(
        _ peer: Peer, settings: ConnectionSettings, on eventLoop: any EventLoop, logger: Logger
    ) -> EventLoopFuture<BrokerConnection> {
        open(peer, settings: settings, on: eventLoop, logger: logger, metrics: nil)
    }

    static func open(
        _ peer: Peer, settings: ConnectionSettings, on eventLoop: any EventLoop, logger: Logger,
        metrics: ClientMetrics?
    ) -> EventLoopFuture<BrokerConnection> {
        let handler = ConnectionHandler(
            peer: peer, settings: settings, on: eventLoop, metrics: metrics)
        return BrokerSocket.open(peer, settings: settings, on: eventLoop, handler: handler)
            .flatMap { _ in negotiate(handler, settings, VersionNegotiation()) }
            .flatMap { versions in
                guard settings.securityProtocol.authenticates else {
                    return handler.eventLoop.makeSucceededFuture(versions)
                }
                return BrokerLogin(handler, versions, settings).run().map { versions }
            }
            .map { versions in
                logger.debug("connected", metadata: ["kafka.broker": "\(peer)"])
                return BrokerConnection(handler: handler, versions: versions, settings: settings)
            }
            .flatMapErrorThrowing { error in
                handler.finish(.closedByClient)
                throw atStart(error)
            }
    }

    private static func negotiate(
        _ handler: ConnectionHandler, _ settings: ConnectionSettings,
        _ negotiation: VersionNegotiation
    ) -> EventLoopFuture<NegotiatedVersions> {
        let answer = handler.eventLoop.makePromise(of: ByteBuffer.self)
        handler.send(
            VersionNegotiation.request, version: negotiation.version,
            timeoutMs: settings.requestTimeoutMs, answer: answer)
        return answer.futureResult.flatMap { frame in
            var next = negotiation
            do throws(ConnectionError.Reason) {
                switch try next.receive(frame.readableBytesSpan) {
                case .ask: return negotiate(handler, settings, next)
                case .done(let versions): return handler.eventLoop.makeSucceededFuture(versions)
                }
            } catch {
                return handler.eventLoop.makeFailedFuture(
                    ConnectionError(error, peer: handler.peer))
            }
        }
    }

    /// A server that ends the connection at once may wait for something else than Kafka's protocol.
    private static func atStart(_ error: any Error) -> any Error {
        guard let error = error as? ConnectionError else { return error }
        switch error.reason {
        case .closedByBroker, .failed: return ConnectionError(.closedAtStart, peer: error.peer)
        default: return error
        }
    }

    /// Why the connection has ended, once it has.
    public var closeFuture: EventLoopFuture<ConnectionError> { handler.closeFuture }

    /// On the event loop only.
    public var isOpen: Bool { handler.isOpen }
    /// Requests that wait for their responses, or to be sent. On the event loop only.
    public var inFlightCount: Int { handler.inFlightCount }
    /// On the event loop only.
    public var statistics: ConnectionStatistics { handler.statistics }

    /// Sends `request` in the highest version that both sides know, and at most `highestVersion`, and
    /// returns its response. Fails with a `ConnectionError`.
    ///
    /// `records` belong to the request's ranges of records that are not empty, in their order. Their
    /// memory may be lent: once the future is done nobody reads it any more.
    public func send<Body: Request>(
        _ request: Body, highestVersion: Int16 = .max, timeoutMs: Int64? = nil,
        records: [ByteBuffer] = []
    ) -> EventLoopFuture<ResponseFrame<Body.Response>> {
        onEventLoop { connection, promise in
            connection.send(
                request, highestVersion: highestVersion, timeoutMs: timeoutMs, records: records
            ) { promise.complete($0) }
        }
    }

    /// The same for those on the event loop who send much: `done` is called there, and nothing is
    /// allocated for a future.
    func send<Body: Request>(
        _ request: Body, highestVersion: Int16, timeoutMs: Int64? = nil, records: [ByteBuffer],
        done: @escaping (Result<ResponseFrame<Body.Response>, ConnectionError>) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        let version: Int16
        do throws(ConnectionError.Reason) {
            version = try versions.version(of: Body.apiKey, atMost: highestVersion)
        } catch {
            return done(.failure(ConnectionError(error, peer: peer)))
        }
        handler.send(
            request, version: version, timeoutMs: timeoutMs ?? requestTimeoutMs, records: records
        ) { [handler] frame in
            done(frame.flatMap { Self.decode($0, version, handler) })
        }
    }

    private static func decode<Body: Response>(
        _ frame: ByteBuffer, _ version: Int16, _ handler: ConnectionHandler
    ) -> Result<ResponseFrame<Body>, ConnectionError> {
        do throws(ProtocolError) {
            let response = try ResponseFrame<Body>(
                decoding: frame, version: version, receivedAt: handler.eventLoop.now)
            handler.throttle(ms: response.body.throttleTimeMs)
            return .success(response)
        } catch {
            handler.finish(.badMessage(error))
            return .failure(ConnectionError(.badMessage(error), peer: handler.peer))
        }
    }

    /// Sends a request that has no response, and is done once it is written: a Produce with acks 0.
    public func post<Body: Request>(
        _ request: Body, highestVersion: Int16 = .max, records: [ByteBuffer]
    ) -> EventLoopFuture<Void> {
        onEventLoop { connection, promise in
            connection.post(request, highestVersion: highestVersion, records: records) {
                promise.complete($0)
            }
        }
    }

    /// The same on the event loop.
    func post<Body: Request>(
        _ request: Body, highestVersion: Int16, records: [ByteBuffer],
        done: @escaping (Result<Void, ConnectionError>) -> Void
    ) {
        do throws(ConnectionError.Reason) {
            let version = try versions.version(of: Body.apiKey, atMost: highestVersion)
            handler.send(
                request, version: version, timeoutMs: requestTimeoutMs, records: records,
                expectsAnswer: false
            ) { done($0.map { _ in }) }
        } catch {
            done(.failure(ConnectionError(error, peer: peer)))
        }
    }

    private func onEventLoop<Answer: Sendable>(
        _ body: @escaping @Sendable (BrokerConnection, EventLoopPromise<Answer>) -> Void
    ) -> EventLoopFuture<Answer> {
        let promise = eventLoop.makePromise(of: Answer.self)
        if eventLoop.inEventLoop {
            body(self, promise)
        } else {
            eventLoop.execute { body(self, promise) }
        }
        return promise.futureResult
    }

    /// Ends the connection; requests without a response fail.
    public func close() -> EventLoopFuture<Void> {
        eventLoop.execute { [handler] in handler.finish(.closedByClient) }
        return closeFuture.map { _ in }
    }
}
