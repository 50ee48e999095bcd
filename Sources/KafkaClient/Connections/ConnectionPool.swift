import Logging
import NIOCore

/// The connections of one client: at most one to each broker for each use.
/// Thread contract: everything on `eventLoop`.
final class ConnectionPool {
    private struct Key: Hashable {
        var peer: Peer
        var use: ConnectionUse
    }

    private enum Slot {
        case opening(EventLoopFuture<BrokerConnection>)
        case open(BrokerConnection)
    }

    private let settings: ConnectionSettings
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let metrics: ClientMetrics?
    private var slots: [Key: Slot] = [:]
    private var reconnects: [BrokerAddress: ReconnectState] = [:]
    private var isClosed = false
    private(set) var openedCount = 0
    /// Those that neither the client nor idleness has ended.
    private(set) var lostCount = 0
    /// Of the connections that have ended, by broker; by `unnamed` to `bootstrap.servers`, whose ids
    /// are not known.
    private var past: [Int32: BrokerTraffic] = [:]
    static let unnamed: Int32 = -1

    init(
        settings: ConnectionSettings, on eventLoop: any EventLoop, logger: Logger,
        metrics: ClientMetrics? = nil
    ) {
        self.metrics = metrics
        self.settings = settings
        self.eventLoop = eventLoop
        self.logger = logger
    }

    /// The connection to `peer`, opened if there is none. After a failure it fails at once, with the same
    /// error, until the back-off is over.
    func connection(to peer: Peer, use: ConnectionUse) -> EventLoopFuture<BrokerConnection> {
        let key = Key(peer: peer, use: use)
        switch slots[key] {
        case .open(let connection) where connection.isOpen:
            return eventLoop.makeSucceededFuture(connection)
        case .opening(let future): return future
        default: break
        }
        if isClosed {
            return eventLoop.makeFailedFuture(ConnectionError(.closedByClient, peer: peer))
        }
        if let error = reconnects[peer.address]?.refusal(now: eventLoop.now) {
            return eventLoop.makeFailedFuture(error)
        }
        return open(key)
    }

    private func open(_ key: Key) -> EventLoopFuture<BrokerConnection> {
        let future = BrokerConnection.open(
            key.peer, settings: settings, on: eventLoop, logger: logger, metrics: metrics)
        slots[key] = .opening(future)
        future.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let connection):
                reconnects[key.peer.address] = nil
                if isClosed { _ = connection.close() }
                slots[key] = .open(connection)
                openedCount += 1
                watch(connection, key)
            case .failure(let error):
                slots[key] = nil
                didFail(error, key.peer)
            }
        }
        return future
    }

    private func watch(_ connection: BrokerConnection, _ key: Key) {
        connection.closeFuture.assumeIsolated().whenSuccess { [self] error in
            if case .open(let current) = slots[key], current === connection { slots[key] = nil }
            past[key.peer.nodeID ?? Self.unnamed, default: BrokerTraffic()].add(
                connection.statistics, key.peer.address)
            switch error.reason {
            case .closedByClient, .idle: break
            default:
                lostCount += 1
                didFail(error, key.peer)
            }
        }
    }

    private func didFail(_ error: any Error, _ peer: Peer) {
        guard let error = error as? ConnectionError, !isClosed else { return }
        logger.info("\(error)")
        reconnects[peer.address, default: ReconnectState()].fail(
            error, now: eventLoop.now, jitter: .random(in: 0...1), settings: settings)
    }

    func isConnected(to peer: Peer, use: ConnectionUse) -> Bool {
        guard case .open(let connection) = slots[Key(peer: peer, use: use)] else { return false }
        return connection.isOpen
    }

    /// Whether the back-off after a failure is not over.
    func isBackingOff(from peer: Peer) -> Bool {
        reconnects[peer.address]?.refusal(now: eventLoop.now) != nil
    }

    /// Closes idle connections to other brokers than these, such as those to `bootstrap.servers`, whose
    /// ids were not known; forgets the failures of all but these and `others`.
    func keep(_ peers: Set<Peer>, failuresOf others: [BrokerAddress]) {
        let addresses = Set(peers.map(\.address) + others)
        reconnects = reconnects.filter { addresses.contains($0.key) }
        for (key, slot) in slots where !peers.contains(key.peer) {
            if case .open(let connection) = slot, connection.inFlightCount == 0 {
                _ = connection.close()
            }
        }
    }

    /// What has gone over the connections that are open.
    var statistics: [(peer: Peer, use: ConnectionUse, statistics: ConnectionStatistics)] {
        slots.compactMap { key, slot in
            guard case .open(let connection) = slot else { return nil }
            return (key.peer, key.use, connection.statistics)
        }
    }

    /// By broker, over all connections, also those that have ended.
    var traffic: [Int32: BrokerTraffic] {
        statistics.reduce(into: past) { traffic, connection in
            let node = connection.peer.nodeID ?? Self.unnamed
            traffic[node, default: BrokerTraffic()].add(
                connection.statistics, connection.peer.address)
            if case .producer = connection.use { traffic[node]?.openCount += 1 }
        }
    }

    func close() -> EventLoopFuture<Void> {
        isClosed = true
        let closing = slots.values.compactMap { slot in
            if case .open(let connection) = slot { connection.close() } else { nil }
        }
        return EventLoopFuture.andAllComplete(closing, on: eventLoop)
    }
}

/// What has gone over a client's connections to one broker.
struct BrokerTraffic {
    private(set) var address: BrokerAddress?
    private(set) var statistics = ConnectionStatistics()
    /// The producers' connections that are open.
    var openCount = 0

    mutating func add(_ part: ConnectionStatistics, _ address: BrokerAddress) {
        statistics += part
        self.address = address
    }
}
