import NIOCore
import NIOPosix
import SeededRandom
import Synchronization

/// A bad network between clients and a broker: a proxy that delays what it passes on, or cuts connections
/// in the middle of frames.
final class BadNetwork: Sendable {
    let port: Int
    private let channel: any Channel
    private let faults: Faults

    fileprivate final class Faults: Sendable {
        /// The broker's port, once it has one.
        let target = Mutex(0)
        /// How much later the broker's bytes arrive.
        let delay: TimeAmount
        /// Connections that are still to be cut.
        let cutsLeft: Mutex<Int>
        let random = Mutex(SeededGenerator(test: "BadNetwork"))

        init(delay: TimeAmount, cuts: Int) {
            self.delay = delay
            cutsLeft = Mutex(cuts)
        }

        /// After how many bytes a way of a connection is cut, if it carries so many.
        func drawByteCount() -> Int {
            random.withLock { Int.random(in: 5_000..<50_000, using: &$0) }
        }

        func takeCut() -> Bool {
            cutsLeft.withLock { left in
                guard left > 0 else { return false }
                left -= 1
                return true
            }
        }
    }

    init(delay: TimeAmount = .zero, cuts: Int = 0) async throws {
        let faults = Faults(delay: delay, cuts: cuts)
        self.faults = faults
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop)
                    .connect(host: "127.0.0.1", port: faults.target.withLock { $0 })
                    .flatMap { broker in
                        client.eventLoop.makeCompletedFuture {
                            try client.pipeline.syncOperations.addHandler(
                                Way(to: broker, delay: .zero, faults))
                            try broker.pipeline.syncOperations.addHandler(
                                Way(to: client, delay: faults.delay, faults))
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var address: String { "127.0.0.1:\(port)" }
    var cutsLeft: Int { faults.cutsLeft.withLock { $0 } }

    /// A broker that its clients reach over this network.
    func broker() throws -> LocalBroker {
        let broker = try LocalBroker(["advertised.listeners": "PLAINTEXT://\(address)"])
        faults.target.withLock { $0 = Int(broker.address.split(separator: ":")[1]) ?? 0 }
        return broker
    }

    func end() async throws { try await channel.close() }
}

/// One way of a connection. Thread contract: everything on the event loop of both its ends.
private final class Way: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let delay: TimeAmount
    private let faults: BadNetwork.Faults
    private var byteCountToCut: Int

    init(to other: any Channel, delay: TimeAmount, _ faults: BadNetwork.Faults) {
        self.other = other
        self.delay = delay
        self.faults = faults
        byteCountToCut = faults.drawByteCount()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard byteCountToCut > 0 else { return }
        let passed = min(byteCountToCut, bytes.readableBytes)
        byteCountToCut -= passed
        guard byteCountToCut == 0 else { return pass(bytes) }
        guard faults.takeCut() else {
            byteCountToCut = .max
            return pass(bytes)
        }
        // What is left of the frame never comes.
        let own = context.channel
        let first = bytes.readSlice(length: passed) ?? ByteBuffer()
        other.writeAndFlush(first).whenComplete { [other] _ in
            other.close(promise: nil)
            own.close(promise: nil)
        }
    }

    private func pass(_ bytes: ByteBuffer) {
        guard delay > .zero else { return other.writeAndFlush(bytes, promise: nil) }
        // Timers of one event loop with the same delay fire in their order.
        other.eventLoop.scheduleTask(in: delay) { [other] in
            other.writeAndFlush(bytes, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
