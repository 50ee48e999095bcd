public import CommitLog
import KafkaProtocol
public import Logging
import NIOCore
import NIOPosix

/// A broker: a log directory on the network.
///
/// Thread contract: `start` and `shutdown` once each, from any thread but an event loop; the rest
/// from any thread.
public final class Broker: Sendable {
    public let config: BrokerConfig
    public let log: LogDirectory
    let logger: Logger
    /// Makes appends durable and tells those who wait for that.
    let flusher = FlushQueue()
    /// Threads for requests that wait for the disk. Two make progress at once; more would only
    /// queue at the disk.
    let blockingWork = BlockingWork(threadCount: 2)
    /// Threads for work that computes for long, such as decoding a large batch.
    let longWork: BlockingWork
    let groups: GroupCoordinator
    let transactions: TransactionCoordinator
    /// The records of share groups.
    let sharing: Sharing
    let scramCredentials: ScramCredentials
    /// Decides who may do what; nil where whoever is let in may do everything.
    let authorizer: Authorizer?
    let quotas: ClientQuotas
    let telemetry: ClientTelemetry
    /// The thread that changes topics and settings.
    let control = ControlThread()
    private let coordinatorLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = Locked<SocketServer?>(nil)
    let storageComplaints: StorageComplaints

    /// Opens the log directory, which recovers what the last process left.
    public convenience init(config: BrokerConfig, logger: Logger) throws(LogError) {
        try self.init(config: config, logger: logger, loaders: LoaderThreads())
    }

    init(config: BrokerConfig, logger: Logger, loaders: LoaderThreads) throws(LogError) {
        self.config = config
        self.logger = logger
        longWork = BlockingWork(threadCount: Int(config.longWorkThreads), givesWay: true)
        storageComplaints = StorageComplaints(logger)
        log = try LogDirectory(
            path: config.logDirectory, defaults: LogConfig(overrides: config.topicDefaults),
            config: LogDirectoryConfig(overrides: config.directorySettings),
            interpret: InheritedBrokerSettings.interpret,
            onEvent: { logger.log(level: $0.isWarning ? .warning : .info, "\($0)") })
        scramCredentials = try ScramCredentials(directory: config.logDirectory)
        authorizer =
            config.authorizes ? try Authorizer(config, denials: DenialLog(logger)) : nil
        quotas = try ClientQuotas(
            directory: config.logDirectory, config: config, logger: logger)
        telemetry = try ClientTelemetry(
            directory: config.logDirectory, config: config, logger: logger)
        let groupSettings = try GroupSettings(
            directory: config.logDirectory, config: config, logger: logger)
        for note in log.recovery.adoptionNotes { logger.notice("\(note)") }
        for complaint in log.recovery.complaints { logger.warning("\(complaint)") }
        let loop = coordinatorLoops.next()
        groups = GroupCoordinator(
            eventLoop: loop, log: log, config: GroupConfig(config),
            settings: groupSettings, logger: logger,
            flush: { [flusher] in flusher.flush(partition: $0, through: $1, $2) },
            threads: loaders.groups)
        transactions = TransactionCoordinator(
            eventLoop: loop, log: log, config: TransactionConfig(config), logger: logger,
            flush: { [flusher] in flusher.flush(partition: $0, through: $1, $2) },
            offsetsEnded: { [groups] in
                groups.transactionEnded(producerID: $0, committed: $1, partition: $2)
            }, threads: loaders.transactions, nowMs: { WallClock.nowMs })
        sharing = Sharing(
            log: log, groups: groups, maximumSessionCount: Int(config.share.maxShareSessions),
            config: config.shareState, eventLoop: loop, blockingWork: blockingWork,
            flusher: flusher, logger: logger)
        groups.attach(sharing)
    }

    var nodeID: Int32 { Int32(config.nodeID) }

    /// The event loop that handles all events of groups and transactions, one after the other.
    var coordinatorLoop: any EventLoop { coordinatorLoops.next() }

    /// Binds the listeners and serves; returns where.
    public func start() throws(BindError) -> [Listener] {
        flusher.start()
        blockingWork.start()
        longWork.start()
        // Requests are answered while groups and transactions are still being read. Groups begin
        // first: the markers that transactions still lack concern them, too.
        _ = groups.start()
        _ = transactions.start()
        sharing.start()
        control.start()
        reportMetrics()
        let services = ConnectionServices(
            dispatch: RequestDispatch(broker: self), config: config, logger: logger,
            longWork: longWork, quotas: quotas)
        let server = try SocketServer(
            config: config, services: services, credentials: scramCredentials)
        self.server.withLock { $0 = server }
        let listeners = try server.start()
        warnOfFreedom(listeners)
        return listeners
    }

    /// Says in the log what came of clients' metrics.
    private func reportMetrics() {
        guard telemetry.mode != .none else { return }
        let interval = TimeAmount.minutes(1)
        coordinatorLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
            [telemetry, logger] _ in
            guard let report = telemetry.takeReport() else { return }
            logger.info("metrics of clients in the last minute", metadata: report)
        }
    }

    /// Accepts nobody any more, finishes what is in flight within `weir.shutdown.timeout.ms`, makes
    /// everything durable and closes the log. Blocks.
    public func shutdown() throws(LogError) {
        let server = server.withLock { $0.take() }
        // The coordinators are closed first: they answer the requests that wait for a group, so
        // that the server does not wait for those.
        try? transactions.close().wait()
        try? groups.close().wait()
        server?.stop(timeout: .milliseconds(config.shutdownTimeoutMs))
        blockingWork.stop()
        longWork.stop()
        control.stop()
        flusher.stop()
        try? coordinatorLoops.syncShutdownGracefully()
        try log.close()
    }
}

/// The threads that read at a start what groups and transactions have written, and create their
/// topics.
struct LoaderThreads {
    var groups = NIOThreadPool.singleton
    var transactions = NIOThreadPool.singleton
}
