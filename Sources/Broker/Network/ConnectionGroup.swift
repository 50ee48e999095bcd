import KafkaProtocol
import NIOCore

/// The connections of one event loop, and what they share.
///
/// Closes those that were idle for too long or keep memory from others, and lets go of the files
/// that idle ones keep open.
/// Thread contract: everything on its event loop.
final class ConnectionGroup: @unchecked Sendable {
    /// How often a group looks for idle connections, as a share of the limit and at most.
    private static let sweepsPerLimit: Int64 = 8
    private static let longestSweepInterval = TimeAmount.seconds(15)
    /// A buffer that a large answer has grown past this is given back.
    private static let keptWriterByteCount = 1 << 20
    /// So many answers to logins that failed wait at a time.
    static let maxHeld = 1024

    let eventLoop: any EventLoop
    private let maxIdle: TimeAmount
    private let receiveTimeout: TimeAmount
    private let silenceTimeout: TimeAmount
    private let isMemoryScarce: () -> Bool
    private var connections: [ConnectionID: Connection] = [:]
    private var sweep: RepeatedTask?
    private var scarcitySweep: Scheduled<Void>?
    private var writer = FieldWriter()
    /// Connections that have more to do than their turn allows.
    let turns: TurnQueue
    /// Of logins that failed, the first to come first.
    private var held = CircularBuffer<HeldAnswer>()

    /// `isMemoryScarce`: somebody waits for memory.
    init(
        eventLoop: any EventLoop, config: BrokerConfig,
        isMemoryScarce: @escaping @Sendable () -> Bool
    ) {
        self.eventLoop = eventLoop
        turns = TurnQueue(on: eventLoop)
        self.isMemoryScarce = isMemoryScarce
        maxIdle = Self.amount(config.connectionsMaxIdleMs)
        receiveTimeout = Self.amount(config.requestReceiveTimeoutMs)
        silenceTimeout = Self.amount(config.requestSilenceTimeoutMs)
    }

    /// A century at most, which is as good as for ever and does not overflow.
    private static func amount(_ milliseconds: Int64) -> TimeAmount {
        .milliseconds(min(milliseconds, 100 * 365 * 86_400_000))
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

    /// Gives the answer after the delay. Of too many that wait the first has its turn earlier, since each has a
    /// connection that others could have.
    func hold(_ answer: HeldAnswer, for delay: TimeAmount) {
        held.append(answer)
        answer.wait(for: delay, on: eventLoop)
        while held.count > Self.maxHeld || held.first?.isGiven == true { held.popFirst()?.give() }
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

    /// Somebody waits for memory: until nobody does, all connections end together that keep it and
    /// do not send the rest of their request, or do not read their answers.
    func memoryIsScarce() {
        guard scarcitySweep == nil else { return }
        let shortest = min(silenceTimeout, receiveTimeout).nanoseconds
        let interval = TimeAmount.nanoseconds(max(shortest / Self.sweepsPerLimit, 5_000_000))
        scarcitySweep = eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
            guard let self else { return }
            self.scarcitySweep = nil
            guard self.isMemoryScarce() else { return }
            self.closeHoarders()
            self.memoryIsScarce()
        }
    }

    private func closeHoarders() {
        let now = NIODeadline.now()
        let silentReaders = connections.values.filter {
            $0.isNotReading(since: now - silenceTimeout, now: now)
        }
        for reader in silentReaders { reader.closeAsSilentReader() }
        let hoarders = connections.values.filter {
            $0.isHoarding(silentSince: now - silenceTimeout, begunBefore: now - receiveTimeout)
        }
        for hoarder in hoarders { hoarder.closeAsHoarder() }
    }

    /// Lets every connection finish what it has taken, and ends it.
    func drain() {
        sweep?.cancel()
        scarcitySweep?.cancel()
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

/// An answer that is given some time later, or earlier, once. On one event loop.
final class HeldAnswer {
    private var body: (() -> Void)?
    private var timer: Scheduled<Void>?

    init(_ body: @escaping () -> Void) { self.body = body }

    var isGiven: Bool { body == nil }

    func wait(for delay: TimeAmount, on eventLoop: any EventLoop) {
        timer = eventLoop.assumeIsolated().scheduleTask(in: delay) { self.give() }
    }

    func give() {
        timer?.cancel()
        timer = nil
        body.take()?()
    }
}
