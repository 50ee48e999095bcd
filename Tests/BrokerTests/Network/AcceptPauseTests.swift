import Glibc
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing

@testable import Broker

@Suite("A listener without descriptors")
struct AcceptPauseTests {
    /// Keeps the lines of a log.
    private struct Lines: LogHandler {
        final class Store: Sendable {
            private let lines = Mutex<[String]>([])
            var all: [String] { lines.withLock { $0 } }
            func add(_ line: String) { lines.withLock { $0.append(line) } }
        }

        let store: Store
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            store.add("\(event.message) \(event.metadata ?? [:])")
        }
    }

    @Test("accepts nobody for a moment, says so once with count and limit, and goes on")
    func pauses() throws {
        let store = Lines.Store()
        let logger = Logger(label: "test") { _ in Lines(store: store) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let server = try ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptPause(logger: logger, connectionCount: { 42 }))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        for code in [EMFILE, ENFILE, EMFILE] {
            server.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
        }
        func isAccepting() throws -> Bool { try server.getOption(.autoRead).wait() }
        let isPaused = try !isAccepting()
        #expect(isPaused)
        #expect(store.all.count == 1)
        #expect(store.all[0].contains("42"))
        #expect(store.all[0].contains("\(Descriptors.limit)"))
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(20)
        while clock.now < deadline, try !isAccepting() { usleep(10_000) }
        #expect(try isAccepting())
        let port = try #require(server.localAddress?.port)
        let client = try ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port).wait()
        #expect(client.isActive)
    }

    @Test("accepts nobody until both are over, the lack of descriptors and the rate's pause")
    func bothReasons() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let channel = EmbeddedChannel(
            handler: AcceptPause(logger: logger, connectionCount: { 42 }))
        func isAccepting() -> Bool {
            let last = channel.options.last { $0.option is ChannelOptions.Types.AutoReadOption }
            return last?.value as? Bool ?? true
        }
        func advance(byMs milliseconds: Int64) {
            channel.embeddedEventLoop.advanceTime(to: .now() + .milliseconds(milliseconds))
        }
        let failure = IOError(errnoCode: EMFILE, reason: "accept")
        channel.pipeline.fireUserInboundEventTriggered(ConnectionsTooFast(delayMs: 60_000))
        channel.pipeline.fireErrorCaught(failure)
        advance(byMs: 1_000)
        #expect(!isAccepting())
        advance(byMs: 61_000)
        #expect(isAccepting())
        channel.pipeline.fireUserInboundEventTriggered(ConnectionsTooFast(delayMs: 1_000_000))
        channel.pipeline.fireUserInboundEventTriggered(ConnectionsTooFast(delayMs: 1))
        advance(byMs: 62_000)
        #expect(!isAccepting())
        advance(byMs: 1_001_000)
        #expect(isAccepting())
        _ = try channel.finish()
    }

    @Test("has room for fewer connections than files may be open")
    func limit() {
        #expect(Descriptors.connectionLimit < Descriptors.limit)
        #expect(Descriptors.connectionLimit > 0)
    }
}
