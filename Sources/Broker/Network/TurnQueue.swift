import Glibc
import NIOCore
import NIOPosix

/// Whoever has more to do than an event loop does at once, and takes turns with others.
protocol TurnTaker: AnyObject {
    /// A part of what is to be done. If more is left, it asks for another turn.
    func takeTurn()
}

/// Gives turns to those who wait for one, the first to come first, and lets the event loop look at its sockets between
/// rounds of them.
///
/// NIO runs tasks until none is left, and only then looks at its sockets: a task for the next round, or one for some
/// microseconds later, which is due by the time that NIO asks, would keep it from them. So the loop has a pipe to
/// itself, and the next round begins when it finds the pipe readable among its sockets.
/// Thread contract: everything on its event loop.
final class TurnQueue: @unchecked Sendable {
    /// While there is no pipe yet, or no descriptor for one.
    private static let pauseForSockets = TimeAmount.microseconds(100)
    /// So long a round may be, with one turn more.
    private static let longestRound = TimeAmount.microseconds(500)
    private static let signal = ByteBuffer(bytes: [0])

    private enum Pipe {
        case none
        case opening
        case open(any Channel)
    }

    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<any TurnTaker>()
    private var isRoundScheduled = false
    private var pipe = Pipe.none

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func add(_ taker: any TurnTaker) {
        waiting.append(taker)
        scheduleRound()
    }

    private func scheduleRound() {
        guard !isRoundScheduled else { return }
        isRoundScheduled = true
        if case .open(let channel) = pipe, channel.isActive {
            return channel.writeAndFlush(Self.signal, promise: nil)
        }
        if case .none = pipe { openPipe() }
        eventLoop.assumeIsolated().scheduleTask(in: Self.pauseForSockets) { self.takeRound() }
    }

    fileprivate func takeRound() {
        guard isRoundScheduled else { return }
        let end = NIODeadline.now() + Self.longestRound
        while let next = waiting.popFirst() {
            next.takeTurn()
            if NIODeadline.now() >= end { break }
        }
        // Not before: who asks for another turn during the round gets it in the next one.
        isRoundScheduled = false
        if !waiting.isEmpty { scheduleRound() }
    }

    /// Where there is no descriptor, the next round tries again. The channel is closed with the event loop.
    private func openPipe() {
        var ends: [CInt] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipe = .opening
        NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SignalReader(self))
                }
            }
            .takingOwnershipOfDescriptors(input: ends[0], output: ends[1])
            .assumeIsolated().whenComplete { [self] result in
                switch result {
                case .success(let channel): pipe = .open(channel)
                case .failure:
                    for end in ends { _ = close(end) }
                    pipe = .none
                }
            }
    }
}

private final class SignalReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private weak var queue: TurnQueue?

    init(_ queue: TurnQueue) { self.queue = queue }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { queue?.takeRound() }
}
