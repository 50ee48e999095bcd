import KafkaProtocol
import Logging
import Metrics
import NIOCore
import RecordFormat

/// The cluster as one client sees it: its brokers and the connections to them, topics, leaders and
/// coordinators.
///
/// Thread contract: `connect`, `shutdown` and what returns a future may be called from any thread; all
/// else on `eventLoop`, on which everything happens.
public final class Cluster: @unchecked Sendable {
    public let settings: ClientSettings
    public let eventLoop: any EventLoop
    public let logger: Logger
    let pool: ConnectionPool
    /// Nil where the program has no backend.
    let metrics: ClientMetrics?
    var metadata: MetadataState
    var coordinators = Coordinators()
    var topicWaiters: [TopicWaiter] = []
    /// What is counted here; `counts` has the rest, too.
    var ownCounts = ClientCounts()
    /// Called after each answer about metadata, and after each failure.
    private var observers: [ObjectIdentifier: () -> Void] = [:]
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    /// The last failure to get metadata.
    var lastError: ConnectionError?
    public private(set) var isClosed = false

    /// Nothing is connected to before `connect` or the first request.
    ///
    /// - Parameter metrics: what `ClientMetrics` describes goes there.
    public init(
        settings: ClientSettings, on eventLoop: any EventLoop, logger: Logger,
        metrics factory: any MetricsFactory = MetricsSystem.factory
    ) {
        self.settings = settings
        self.eventLoop = eventLoop
        var logger = logger
        logger[metadataKey: "kafka.client.id"] = "\(settings.connection.clientID)"
        self.logger = logger
        metrics = ClientMetrics(clientID: settings.connection.clientID, factory: factory)
        pool = ConnectionPool(
            settings: settings.connection, on: eventLoop, logger: logger, metrics: metrics)
        metadata = MetadataState(settings: settings.metadata)
    }

    /// Finds the brokers. Fails with a `ClusterError`.
    public func connect() -> EventLoopFuture<Void> { topics([]).map { _ in } }

    /// Closes all connections. What waits fails.
    public func shutdown() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit { [self] in
            isClosed = true
            timer?.task.cancel()
            timer = nil
            observers = [:]
            for waiter in topicWaiters { waiter.promise.fail(ClusterError.closed) }
            topicWaiters = []
            return pool.close()
        }
    }

    func observe(_ observer: AnyObject, _ body: @escaping () -> Void) {
        observers[ObjectIdentifier(observer)] = body
    }

    func stopObserving(_ observer: AnyObject) { observers[ObjectIdentifier(observer)] = nil }

    func notifyObservers() { for body in Array(observers.values) { body() } }

    // Brokers.

    /// A connection to the broker of this id. Fails with a `ConnectionError` or a `ClusterError`.
    public func connection(
        to nodeID: Int32, use: ConnectionUse
    ) -> EventLoopFuture<BrokerConnection> {
        eventLoop.flatSubmit { [self] in
            guard let address = metadata.brokers[nodeID] else {
                refreshMetadata()
                return eventLoop.makeFailedFuture(ClusterError.unknownBroker(nodeID))
            }
            let peer = Peer(address: address, nodeID: nodeID)
            return pool.connection(to: peer, use: use).flatMapErrorThrowing { [self] error in
                // Perhaps the broker is elsewhere now.
                refreshMetadata()
                throw error
            }
        }
    }

    /// A connection to whichever broker answers, for questions that all can answer.
    public func anyConnection() -> EventLoopFuture<BrokerConnection> {
        connect().flatMap { [self] in tryConnecting(candidates()[...]) }
    }

    private func tryConnecting(_ peers: ArraySlice<Peer>) -> EventLoopFuture<BrokerConnection> {
        guard let peer = peers.first else {
            return eventLoop.makeFailedFuture(
                ClusterError.noBrokerAnswers(
                    ms: settings.metadata.defaultApiTimeoutMs, cause: lastError))
        }
        return pool.connection(to: peer, use: .control).flatMapError { [self] error in
            lastError = error as? ConnectionError ?? lastError
            return tryConnecting(peers.dropFirst())
        }
    }

    /// The brokers in the order in which to ask them: connected ones first, those that failed lately
    /// last.
    func candidates() -> [Peer] {
        let known = metadata.brokers.map { Peer(address: $1, nodeID: $0) }
        let all =
            known.isEmpty ? settings.connection.bootstrapServers.map { Peer(address: $0) } : known
        func rank(_ peer: Peer) -> Int {
            if pool.isConnected(to: peer, use: .control) { return 0 }
            return pool.isBackingOff(from: peer) ? 2 : 1
        }
        return all.shuffled().map { (peer: $0, rank: rank($0)) }.sorted { $0.rank < $1.rank }
            .map(\.peer)
    }

    /// What has gone over each connection that is open. On the event loop only.
    public var connectionStatistics:
        [(peer: Peer, use: ConnectionUse, statistics: ConnectionStatistics)]
    {
        pool.statistics
    }

    // Time.

    /// Asks for metadata if it is time, and sees to it that the next time is not missed.
    func drive() {
        guard !isClosed else { return }
        switch metadata.step(now: eventLoop.now) {
        case .expectAnswer: break
        case .ask: askForMetadata()
        case .wait(let deadline):
            if let timer, timer.deadline <= deadline { return }
            timer?.task.cancel()
            let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
                timer = nil
                drive()
            }
            timer = (deadline, task)
        }
    }
}
