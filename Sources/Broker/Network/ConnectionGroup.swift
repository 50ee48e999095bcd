import KafkaProtocol
import NIOCore

/// The connections of one event loop, and what they share.
///
/// Closes those that were idle for too long, and lets go of the files that idle ones keep open.
/// Thread contract: everything on its event loop.
final class ConnectionGroup: @unchecked Sendable {
    /// How often a group looks for idle connections, as a share of the limit and at most.
    private static let sweepsPerLimit: Int64 = 8
    private static let longestSweepInterval = TimeAmount.seconds(15)
    /// A buffer that a large answer has grown past this is given back.
    private static let keptWriterByteCount = 1 << 20

    let eventLoop: any EventLoop
    private let maxIdle: TimeAmount
    private var connections: [ConnectionID: Connection] = [:]
    private var sweep: RepeatedTask?
    private var writer = FieldWriter()

    init(eventLoop: any EventLoop, maxIdleMs: Int64) {
        self.eventLoop = eventLoop
        // A century is for ever, and does not overflow.
        maxIdle = .milliseconds(min(maxIdleMs, 100 * 365 * 86_400_000))
    }

    func start() {
        let interval = max(
            .milliseconds(5),
            min(
                .nanoseconds(maxIdle.nanoseconds / Self.sweepsPerLimit),
                Self.longestSweepInterval))
        sweep = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
            [weak self] _ in self?.closeIdle()
        }
    }

    func add(_ connection: Connection) { connections[connection.id] = connection }
    func remove(_ connection: Connection) { connections[connection.id] = nil }

    private func closeIdle() {
        let now = NIODeadline.now()
        for connection in Array(connections.values) {
            connection.closeIfIdle(since: now - maxIdle)
            connection.releaseIdleCursors()
        }
    }

    /// Lets every connection finish what it has taken, and ends it.
    func drain() {
        sweep?.cancel()
        for connection in Array(connections.values) { connection.drain() }
    }

    func closeAll() {
        for connection in Array(connections.values) { connection.closeNow() }
    }

    /// Lends the loop's buffer for messages.
    func withWriter<Result>(
        _ body: (inout FieldWriter) throws(ProtocolError) -> Result
    ) throws(ProtocolError) -> Result {
        defer {
            writer.removeAll()
            if writer.bytes.capacity > Self.keptWriterByteCount { writer = FieldWriter() }
        }
        return try body(&writer)
    }
}
