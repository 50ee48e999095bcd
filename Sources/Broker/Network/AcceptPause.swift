import Glibc
import Logging
import NIOCore
import NIOPosix

/// Stops accepting for a moment when the system has no descriptor, or no memory, for another
/// connection, or where connections come faster than a limit allows (`ConnectionsTooFast`). Without descriptors the
/// event loop would do nothing but fail to accept, since the listening socket stays ready.
/// Thread contract: a channel handler, on the event loop of the listening channel.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = Any

    /// After so long it tries again: nothing tells when connections or segments close and
    /// descriptors become free.
    private static let pause = TimeAmount.milliseconds(500)
    /// What happens again within this time is not said again.
    private static let silence = TimeAmount.minutes(1)
    private static let exhausted: Set<CInt> = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    private let logger: Logger
    private let connectionCount: () -> Int
    /// The later of what the two reasons want.
    private var pausedUntil: NIODeadline?
    private var resuming: Scheduled<Void>?
    private var lastFailure: NIODeadline?

    init(logger: Logger, connectionCount: @escaping () -> Int) {
        self.logger = logger
        self.connectionCount = connectionCount
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, Self.exhausted.contains(failure.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        let now = NIODeadline.now()
        if lastFailure.map({ now - $0 > Self.silence }) ?? true { warn(failure) }
        lastFailure = now
        pause(until: now + Self.pause, context.channel)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let tooFast = event as? ConnectionsTooFast else {
            return context.fireUserInboundEventTriggered(event)
        }
        pause(until: .now() + .milliseconds(tooFast.delayMs), context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        resuming?.cancel()
        resuming = nil
        context.fireChannelInactive()
    }

    private func pause(until: NIODeadline, _ channel: any Channel) {
        guard pausedUntil.map({ until > $0 }) ?? true else { return }
        pausedUntil = until
        resuming?.cancel()
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        resuming = channel.eventLoop.assumeIsolated().scheduleTask(deadline: until) {
            self.pausedUntil = nil
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    private func warn(_ failure: IOError) {
        logger.warning(
            "connections are not accepted for lack of descriptors or memory; raise the limit (ulimit -n)",
            metadata: [
                "connections": "\(connectionCount())",
                "limit of open files": "\(Descriptors.limit)",
                "error": "\(failure)",
            ])
    }
}
