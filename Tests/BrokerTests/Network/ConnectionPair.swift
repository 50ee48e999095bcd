import Glibc
import NIOCore
import NIOPosix
import Security

@testable import Broker

/// A connection of a broker over a pair of sockets, whose answers a test makes, and its peer.
final class ConnectionPair {
    let connection: Connection
    let gathered = Gathered()
    private let peer: Int32

    /// Counts what is written between two flushes. On the event loop.
    final class Gathered: ChannelOutboundHandler, @unchecked Sendable {
        typealias OutboundIn = IOData

        private(set) var largestByteCount = 0
        private var byteCount = 0

        func write(
            context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
        ) {
            byteCount += unwrapOutboundIn(data).readableBytes
            largestByteCount = max(largestByteCount, byteCount)
            context.write(data, promise: promise)
        }

        func flush(context: ChannelHandlerContext) {
            byteCount = 0
            context.flush()
        }
    }

    /// - Parameter isEncrypted: the connection writes as over TLS, but nothing encrypts that.
    init(_ broker: TestBroker, isEncrypted: Bool = false) throws {
        guard let server = broker.broker.server.withLock({ $0 }) else { throw Failure.noServer }
        var ends: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw Failure.noSockets
        }
        peer = ends[1]
        let (services, loop) = (server.services, server.loops.next())
        let group = ConnectionGroup(
            eventLoop: loop, config: broker.broker.config, isMemoryScarce: { false })
        let endpoint = Endpoint(host: "127.0.0.1", port: 0)
        try services.limits.admit("test", listener: "TEST")
        let connection = Connection(
            id: ConnectionID(rawValue: 1_000_000), group: group, services: services,
            address: "test",
            listener: Listener(name: "TEST", bound: endpoint, advertised: endpoint),
            tls: isEncrypted ? SSLSettings() : nil)
        self.connection = connection
        let gathered = gathered
        _ = try ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([gathered, connection])
                    connection.didSetUp()
                }
            }
            .withConnectedSocket(ends[0]).wait()
    }

    deinit { _ = close(peer) }

    enum Failure: Error {
        case noServer, noSockets
    }

    /// On the event loop, in one task.
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable (Connection) -> Result) throws
        -> Result
    {
        let connection = connection
        return try connection.eventLoop.submit { body(connection) }.wait()
    }

    /// What comes until so many bytes have, or the connection has ended.
    func receive(atMost byteCount: Int = .max) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while all.count < byteCount {
            let count = unsafe recv(peer, &chunk, min(chunk.count, byteCount - all.count), 0)
            guard count > 0 else { break }
            all += chunk[..<count]
        }
        return all
    }
}
