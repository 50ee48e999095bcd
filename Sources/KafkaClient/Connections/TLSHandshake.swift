import NIOCore
import NIOTLS
internal import Security

/// Waits for the handshake of TLS on a new connection, at most for `socket.connection.setup.timeout.ms`, and
/// then leaves the pipeline.
///
/// Thread contract: a channel handler, so everything happens on the event loop of the channel.
final class TLSHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// Fails with a `ConnectionError.Reason`.
    let done: EventLoopFuture<Void>
    private let promise: EventLoopPromise<Void>
    private let timeoutMs: Int64
    private var timeout: Scheduled<Void>?
    private var hasEnded = false

    init(timeoutMs: Int64, on eventLoop: any EventLoop) {
        self.timeoutMs = timeoutMs
        promise = eventLoop.makePromise()
        done = promise.futureResult
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(timeoutMs)) {
            [timeoutMs] in
            self.end(
                .failure(
                    .tls(
                        "the handshake of TLS was not done within \(timeoutMs) ms",
                        isLasting: false)))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            // First, since removal without it is a failure.
            end(.success(()))
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(ConnectionError.Reason.ofTLS(error) ?? .failed(error.networkText)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(.closedAtStart))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { abandon() }

    /// Nobody waits any more.
    func abandon() { end(.failure(.closedByClient)) }

    private func end(_ result: Result<Void, ConnectionError.Reason>) {
        guard !hasEnded else { return }
        hasEnded = true
        timeout?.cancel()
        promise.completeWith(result.mapError { $0 as any Error })
    }
}
