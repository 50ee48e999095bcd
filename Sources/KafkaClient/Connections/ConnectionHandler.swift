import KafkaProtocol
import NIOCore
import NIOSSL
internal import Security

/// Moves requests and responses of one connection between the socket and those who wait.
///
/// What was sent fails only once the channel is closed, so that nobody gets lent memory back that the
/// socket may still read.
/// Thread contract: a channel handler, so everything happens on the event loop of the channel.
final class ConnectionHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let peer: Peer
    let eventLoop: any EventLoop
    /// The name in every request's header.
    private let clientID: String
    private let maxIdleMs: Int64
    private let metrics: ClientMetrics?
    private var context: ChannelHandlerContext?
    private var decoder: FrameDecoder
    /// Nil where what the socket has is not yet what the broker wrote: with TLS.
    private var socket: FrameSocket?
    private var inFlight = RequestsInFlight<PendingAnswer>()
    /// The client logs in again, and sends nothing else meanwhile.
    private var isLoggingIn = false
    private var nextLogin: Scheduled<Void>?
    /// What is sent once the broker's pause, or the login, is over.
    private var held = CircularBuffer<(ConnectionError?) -> Void>()
    private var counted = ConnectionStatistics()
    private var stalls = SocketStalls()
    /// Read before this side closed the socket.
    private var peerFullAtEnd: Int64?
    private var writer = FieldWriter()
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var lastUsed: NIODeadline
    /// Why the connection ends or has ended.
    private var end: ConnectionError?
    /// The same for what was sent, where that differs.
    private var endOfSent: ConnectionError?
    private let closed: EventLoopPromise<ConnectionError>

    init(
        peer: Peer, settings: ConnectionSettings, on eventLoop: any EventLoop,
        metrics: ClientMetrics? = nil
    ) {
        self.metrics = metrics
        self.peer = peer
        self.eventLoop = eventLoop
        clientID = settings.clientID
        maxIdleMs = settings.maxIdleMs
        lastUsed = eventLoop.now
        decoder = FrameDecoder(maximumByteCount: Int(settings.receiveMessageMaxBytes))
        closed = eventLoop.makePromise()
    }

    /// Why the connection has ended, once it has.
    var closeFuture: EventLoopFuture<ConnectionError> { closed.futureResult }
    var isOpen: Bool { end == nil && context != nil }
    var inFlightCount: Int { inFlight.count + held.count }

    /// What has gone over the connection so far.
    var statistics: ConnectionStatistics {
        var statistics = counted
        statistics.fullNanos = stalls.full(now: eventLoop.now).nanoseconds
        // Of a socket that was never full nothing is asked.
        if statistics.fullNanos > 0 {
            statistics.peerFullNanos = min(peerFullNanos, statistics.fullNanos)
        }
        return statistics
    }

    /// A socket that was closed by the other side tells nothing any more: all of its time is the peer's.
    private var peerFullNanos: Int64 {
        if let peerFullAtEnd { return peerFullAtEnd }
        guard let context, context.channel.isActive else { return .max }
        return SocketStalls.peerFull(context.channel).nanoseconds
    }

    /// Sends a request; `records` belong into its splices, in their order. `done` gets the response's
    /// frame or, where there is none to come, an empty buffer once all is written.
    func send<Body: Request>(
        _ request: Body, version: Int16, timeoutMs: Int64, records: [ByteBuffer] = [],
        expectsAnswer: Bool = true, done: @escaping PendingAnswer.Done
    ) {
        guard isOpen else { return done(.failure(end ?? error(.closedByClient))) }
        guard inFlightCount < RequestsInFlight<Void>.limit else {
            return done(.failure(error(.tooManyRequests(limit: RequestsInFlight<Void>.limit))))
        }
        let now = eventLoop.now
        if held.isEmpty, !isLoggingIn, counted.throttle.pause(now: now) == nil {
            return write(request, version, timeoutMs, records, expectsAnswer, done)
        }
        held.append { [self] end in
            if let end { return done(.failure(end)) }
            write(request, version, timeoutMs, records, expectsAnswer, done)
        }
        if held.count == 1, !isLoggingIn { scheduleRelease(now: now) }
    }

    /// Sends a request of a login, behind which the others wait.
    func sendLogin<Body: Request>(
        _ request: Body, version: Int16, timeoutMs: Int64, answer: EventLoopPromise<ByteBuffer>
    ) {
        write(request, version, timeoutMs, [], true) { answer.complete($0) }
    }

    /// `send`, for those who wait for a future.
    func send<Body: Request>(
        _ request: Body, version: Int16, timeoutMs: Int64, records: [ByteBuffer] = [],
        answer: EventLoopPromise<ByteBuffer>
    ) {
        send(request, version: version, timeoutMs: timeoutMs, records: records) {
            answer.complete($0)
        }
    }

    /// Does something for the next login after some time, in place of what was to be done.
    func scheduleLogin(after wait: TimeAmount, _ work: @escaping () -> Void) {
        nextLogin?.cancel()
        nextLogin = eventLoop.assumeIsolated().scheduleTask(in: wait) { [self] in
            if isOpen { work() }
        }
    }

    /// Logs in again. What is to be sent meanwhile is sent behind the login; where that fails the connection ends.
    func logInAgain(_ login: () -> EventLoopFuture<Void>) {
        guard isOpen else { return }
        isLoggingIn = true
        login().assumeIsolated().whenComplete { [self] result in
            isLoggingIn = false
            switch result {
            case .success: if !held.isEmpty { scheduleRelease(now: eventLoop.now) }
            case .failure(let failure): didNotLogInAgain(failure)
            }
        }
    }

    /// Ends the connection.
    func didNotLogInAgain(_ failure: any Error) {
        let reason = (failure as? ConnectionError)?.reason ?? .closedByBroker
        if end == nil, !error(reason).leavesDoubt {
            endOfSent = error(.loginAgain("\(reason)"))
        }
        finish(reason)
    }

    private func write<Body: Request>(
        _ request: Body, _ version: Int16, _ timeoutMs: Int64, _ records: [ByteBuffer],
        _ expectsAnswer: Bool, _ done: @escaping PendingAnswer.Done
    ) {
        guard isOpen, let context else { return done(.failure(end ?? error(.closedByClient))) }
        let correlationID = inFlight.takeCorrelationID()
        writer.removeAll()
        do throws(ProtocolError) {
            try writer.append(
                request, version: version, correlationID: correlationID, clientID: clientID)
        } catch {
            return done(.failure(self.error(.badMessage(error))))
        }
        precondition(writer.splices.count == records.count, "a splice has its records")
        let now = eventLoop.now
        lastUsed = now
        counted.requestCount += 1
        counted.sentByteCount += writer.byteCount
        metrics?.didSend(Body.apiKey, byteCount: writer.byteCount)
        let pending = PendingAnswer(done)
        if expectsAnswer {
            inFlight.append(
                pending, correlationID: correlationID, apiKey: Body.apiKey, timeoutMs: timeoutMs,
                now: now)
        } else {
            pending.receive(ByteBuffer())
        }
        arm(now + .milliseconds(expectsAnswer ? timeoutMs : maxIdleMs))
        guard !records.isEmpty || !expectsAnswer else {
            // Nothing is lent, and an answer says that all was read.
            pending.didWrite()
            return writePieces(records, context, nil)
        }
        let written = eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success: pending.didWrite()
            case .failure(let error):
                pending.fail(endOfSent ?? end ?? self.error(.failed(error.networkText)))
            }
        }
        writePieces(records, context, written)
    }

    private func writePieces(
        _ records: [ByteBuffer], _ context: ChannelHandlerContext,
        _ written: EventLoopPromise<Void>?
    ) {
        var rest = context.channel.allocator.buffer(bytes: writer.bytes)
        var position = 0
        for (splice, records) in zip(writer.splices, records) {
            if let part = rest.readSlice(length: splice.position - position),
                part.readableBytes > 0
            {
                context.write(wrapOutboundOut(part), promise: nil)
            }
            position = splice.position
            context.write(wrapOutboundOut(records), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(rest), promise: written)
    }

    // What comes back.

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        counted.receivedByteCount += buffer.readableBytes
        metrics?.didReceive(byteCount: buffer.readableBytes)
        guard end == nil else { return }
        decoder.append(buffer)
        do throws(ConnectionError.Reason) {
            while end == nil, let frame = try decoder.next() { try receive(frame) }
            try fillFrame()
        } catch {
            finish(error)
        }
    }

    private func fillFrame() throws(ConnectionError.Reason) {
        guard end == nil, let socket, decoder.takesFromSocket else { return }
        let count = try decoder.fill(from: socket)
        counted.receivedByteCount += count
        metrics?.didReceive(byteCount: count)
        if let frame = try decoder.next() { try receive(frame) }
    }

    /// The channel's socket has what the broker wrote as it is.
    func readFrames(from channel: any Channel) { socket = FrameSocket(channel) }

    private func receive(_ frame: ByteBuffer) throws(ConnectionError.Reason) {
        guard let id = frame.getInteger(at: frame.readerIndex, as: Int32.self) else {
            throw .shortFrame(byteCount: frame.readableBytes)
        }
        let request = try inFlight.receive(correlationID: id)
        counted.responseCount += 1
        lastUsed = eventLoop.now
        metrics?.didAnswer(request.apiKey, after: lastUsed - request.sentAt)
        request.waiter.receive(frame)
    }

    /// The broker asks for a pause before the next request.
    func throttle(ms: Int32) {
        counted.throttle.receive(throttleTimeMs: ms, now: eventLoop.now)
    }

    private func scheduleRelease(now: NIODeadline) {
        eventLoop.scheduleTask(deadline: counted.throttle.pause(now: now) ?? now) { [self] in
            let now = eventLoop.now
            while !isLoggingIn, counted.throttle.pause(now: now) == nil, let next = held.popFirst()
            {
                next(nil)
            }
            if !held.isEmpty, !isLoggingIn { scheduleRelease(now: now) }
        }
    }

    // Time.

    /// Sees to it that `wake` comes at `deadline` or before.
    private func arm(_ deadline: NIODeadline) {
        if let timer, timer.deadline <= deadline { return }
        timer?.task.cancel()
        let task = eventLoop.scheduleTask(deadline: deadline) { [self] in wake() }
        timer = (deadline, task)
    }

    private func wake() {
        timer = nil
        guard isOpen else { return }
        let now = eventLoop.now
        if let late = inFlight.expired(now: now) {
            return finish(.requestTimeout(late.apiKey, ms: late.timeoutMs))
        }
        let idleEnd = lastUsed + .milliseconds(maxIdleMs)
        if inFlight.isEmpty, held.isEmpty, idleEnd <= now { return finish(.idle(ms: maxIdleMs)) }
        arm(inFlight.nextDeadline ?? max(idleEnd, now + .milliseconds(1)))
    }

    // The life of the channel.

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        lastUsed = eventLoop.now
        arm(lastUsed + .milliseconds(maxIdleMs))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalls.changed(isWritable: context.channel.isWritable, now: eventLoop.now)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that just closes its side, without a word of TLS, has closed the connection.
        if case NIOSSLError.uncleanShutdown = error { return finish(.closedByBroker) }
        finish(ConnectionError.Reason.ofTLS(error) ?? .failed(error.networkText))
    }

    /// Ends the connection. Those who wait learn of it once the channel is closed.
    func finish(_ reason: ConnectionError.Reason) {
        if end == nil { end = error(reason) }
        guard let context else { return didClose() }
        if peerFullAtEnd == nil, context.channel.isActive { peerFullAtEnd = peerFullNanos }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        didClose()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        didClose()
        self.context = nil
    }

    private func didClose() {
        let reason = end ?? error(.closedByBroker)
        end = reason
        timer?.task.cancel()
        timer = nil
        nextLogin?.cancel()
        nextLogin = nil
        for request in inFlight.removeAll() { request.waiter.fail(endOfSent ?? reason) }
        while let next = held.popFirst() { next(reason) }
        closed.succeed(reason)
    }

    private func error(_ reason: ConnectionError.Reason) -> ConnectionError {
        ConnectionError(reason, peer: peer)
    }
}
