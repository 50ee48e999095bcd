import NIOCore
import NIOPosix
import SeededRandom
import Synchronization

@testable import KafkaClient

/// Passes bytes between clients and a broker, and cuts connections instead of passing answers.
final class CuttingProxy: Sendable {
    let port: Int
    private let channel: any Channel
    private let state: State

    fileprivate final class State: Sendable {
        /// The broker's port, once it has one.
        let target = Mutex(0)
        /// Of so many answers one is not passed on, on average, and its connection is cut; 0 cuts none.
        let interval: Mutex<Int>
        let random = Mutex(SeededGenerator(test: "CuttingProxy"))
        let cutCount = Mutex(0)

        init(interval: Int) { self.interval = Mutex(interval) }

        func isCut() -> Bool {
            let interval = interval.withLock { $0 }
            guard interval > 0 else { return false }
            let draw = random.withLock { Int.random(in: 0..<interval, using: &$0) }
            guard draw == 0 else { return false }
            cutCount.withLock { $0 += 1 }
            return true
        }
    }

    init(cuttingEvery interval: Int) async throws {
        let state = State(interval: interval)
        self.state = state
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop)
                    .connect(host: "127.0.0.1", port: state.target.withLock { $0 })
                    .flatMap { broker in
                        client.eventLoop.makeCompletedFuture {
                            try client.pipeline.syncOperations.addHandler(
                                Forwarder(to: broker, state: nil))
                            try broker.pipeline.syncOperations.addHandler(
                                Forwarder(to: client, state: state))
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func forward(to port: Int) { state.target.withLock { $0 = port } }
    func stopCutting() { state.interval.withLock { $0 = 0 } }
    var cutCount: Int { state.cutCount.withLock { $0 } }
    func stop() async throws { try await channel.close() }
}

/// Writes what one side sends to the other.
private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let state: CuttingProxy.State?

    init(to other: any Channel, state: CuttingProxy.State?) {
        self.other = other
        self.state = state
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state?.isCut() == true {
            other.close(promise: nil)
            context.close(promise: nil)
        } else {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
