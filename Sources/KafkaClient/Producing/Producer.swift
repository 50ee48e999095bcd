import KafkaProtocol
import Logging
import NIOCore
import RecordFormat

/// Sends sealed batches to the leaders of their partitions.
///
/// `ProducerState` decides; this shell has the connections, the memory of the batches and the clock.
/// Batches that are handed over in one turn of the event loop share their requests. Producers may share
/// a cluster: each has connections of its own for its records.
/// Thread contract: any thread; reports come on the cluster's event loop, where there is no hop.
public final class Producer: @unchecked Sendable {
    struct Owner {
        var batch: SealedBatch
        var partition: TopicPartition
        var sequence: BatchSequence?
        /// When it was sent first.
        var sentAt: NIODeadline?
        /// To which it was sent last.
        var nodeID: Int32?
        var done: (DeliveryReport) -> Void
    }

    private struct Waiter {
        var id: Int
        var isDone: (ProducerState) -> Bool
        var promise: EventLoopPromise<Void>
    }

    public let cluster: Cluster
    private var use: ConnectionUse { .producer(ObjectIdentifier(self)) }
    let eventLoop: any EventLoop
    var state: ProducerState
    var owners: [PendingBatch.ID: Owner] = [:]
    var connections: [Int32: BrokerConnection] = [:]
    private var connecting: Set<Int32> = []
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isPumpScheduled = false
    /// Those who wait until all is done, or until there is a producer id.
    private var waiters: [Waiter] = []
    private var nextWaiterID = 0
    private var isClosed = false
    /// Partitions that their topics do not have, and since when that is known.
    private var missing: [TopicPartition: NIODeadline] = [:]
    /// Called before a batch is sent under a new number, on the event loop.
    let willSend: (@Sendable (SealedBatch, TopicPartition, BatchSequence) -> Void)?

    /// `willSend` is told each number before its batch leaves, on the event loop: whoever reads the batch
    /// back finds that number in its header. After an error a batch may get another one.
    public init(
        cluster: Cluster,
        willSend: (@Sendable (SealedBatch, TopicPartition, BatchSequence) -> Void)? = nil
    ) {
        self.cluster = cluster
        self.willSend = willSend
        eventLoop = cluster.eventLoop
        let metadata = cluster.settings.metadata
        state = ProducerState(
            settings: cluster.settings.producer,
            backoff: Backoff(
                initialMs: metadata.retryBackoffMs, maximumMs: metadata.retryBackoffMaxMs))
        eventLoop.execute { [self] in
            cluster.observe(self) { [weak self] in self?.schedulePump() }
        }
    }

    /// Finds the leaders of all partitions of `topics`, connects to them and, if the producer is idempotent,
    /// gets a producer id. Fails with a `ClusterError` or a `DeliveryError`.
    public func prepare(topics: [String]) -> EventLoopFuture<Void> {
        cluster.topics(topics).flatMap { [self] found in
            connect(to: Set(found.values.flatMap { $0.leaders.values.lazy.map(\.nodeID) }))
        }.flatMap { [self] in
            guard cluster.settings.producer.enableIdempotence else {
                return eventLoop.makeSucceededVoidFuture()
            }
            perform(state.requestIdentity(now: eventLoop.now))
            return wait(timeoutMs: cluster.settings.metadata.defaultApiTimeoutMs) {
                $0.identity != nil
            }
        }
    }

    /// Those that cannot be reached now are tried again with their first batch.
    private func connect(to nodes: Set<Int32>) -> EventLoopFuture<Void> {
        let connecting = nodes.map { node in
            cluster.connection(to: node, use: use).assumeIsolated().map { [self] in
                keep($0, to: node)
            }.nonisolated()
        }
        return EventLoopFuture.andAllComplete(connecting, on: eventLoop)
    }

    /// The identity that batches get; nil before `prepare` is done and without idempotence. On the event
    /// loop only.
    public var identity: ProducerIdentity? { state.identity }

    /// Batches without an outcome. On the event loop only.
    public var unfinishedCount: Int { state.unfinishedCount }

    /// Takes a batch; `done` is called once, on the event loop. The caller bounds how many are on their
    /// way.
    public func submit(
        _ batch: SealedBatch, to partition: TopicPartition,
        done: @escaping @Sendable (DeliveryReport) -> Void
    ) {
        if eventLoop.inEventLoop { return add(batch, to: partition, done) }
        eventLoop.execute { [self] in add(batch, to: partition, done) }
    }

    /// `submit`, for callers that wait.
    public func send(_ batch: SealedBatch, to partition: TopicPartition) async -> DeliveryReport {
        await withCheckedContinuation { continuation in
            submit(batch, to: partition) { continuation.resume(returning: $0) }
        }
    }

    /// Done once all batches have their outcomes.
    public func flush() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit { [self] in wait { $0.unfinishedCount == 0 } }
    }

    /// Gives up what was not sent, waits for the answers to what was, and closes its connections. The
    /// cluster stays open.
    public func close() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit { [self] in
            isClosed = true
            cluster.stopObserving(self)
            timer?.task.cancel()
            perform(state.abandon(.closed))
            return wait { $0.unfinishedCount == 0 }.assumeIsolated().always { [self] _ in
                closeConnections()
            }.nonisolated()
        }
    }

    /// Gives up what was not sent. What was sent is in doubt unless its answers come within `grace`.
    func abandon(within grace: TimeAmount) {
        eventLoop.execute { [self] in
            perform(state.abandon(.closed))
            eventLoop.assumeIsolated().scheduleTask(in: grace) { [self] in closeConnections() }
        }
    }

    private func closeConnections() {
        for connection in connections.values { _ = connection.close() }
    }

    /// With a time-out, fails once that has passed.
    private func wait(
        timeoutMs: Int64? = nil, _ isDone: @escaping (ProducerState) -> Bool
    ) -> EventLoopFuture<Void> {
        let waiter = Waiter(
            id: nextWaiterID, isDone: isDone, promise: eventLoop.makePromise(of: Void.self))
        nextWaiterID += 1
        waiters.append(waiter)
        if let timeoutMs {
            eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(timeoutMs)) { [self] in
                guard let index = waiters.firstIndex(where: { $0.id == waiter.id }) else { return }
                waiters.remove(at: index).promise.fail(
                    ClusterError.noBrokerAnswers(ms: timeoutMs, cause: cluster.lastError))
            }
        }
        tellWaiters()
        return waiter.promise.futureResult
    }

    func tellWaiters() {
        for index in waiters.indices.reversed() {
            if waiters[index].isDone(state) {
                waiters.remove(at: index).promise.succeed(())
            } else if let error = state.fatalError, state.unfinishedCount == 0 {
                waiters.remove(at: index).promise.fail(error)
            }
        }
    }

    private func add(
        _ batch: SealedBatch, to partition: TopicPartition,
        _ done: @escaping (DeliveryReport) -> Void
    ) {
        let now = eventLoop.now
        cluster.metadata.want(CollectionOfOne(partition.topic))
        let (pending, refusal) = state.add(
            to: partition, byteCount: batch.byteCount,
            recordCount: batch.header.lastOffsetDelta &+ 1, now: now)
        if let refusal {
            return done(
                DeliveryReport(
                    partition: partition, outcome: .failed(refusal), attempts: 0, endedAt: now))
        }
        owners[pending.id] = Owner(batch: batch, partition: partition, done: done)
        schedulePump()
    }

    // The state machine's turns.

    func schedulePump() {
        guard !isPumpScheduled, !isClosed else { return }
        isPumpScheduled = true
        eventLoop.assumeIsolated().execute { [self] in
            isPumpScheduled = false
            pump()
        }
    }

    private func pump() {
        guard !isClosed else { return }
        perform(
            state.step(now: eventLoop.now, leader: lookUp, canSend: { isConnected(to: $0) }))
        guard let deadline = state.nextDeadline(now: eventLoop.now) else { return }
        if let timer, timer.deadline <= deadline { return }
        timer?.task.cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            timer = nil
            pump()
        }
        timer = (deadline, task)
    }

    private func lookUp(_ partition: TopicPartition) -> LeaderLookup {
        if let leader = cluster.leader(of: partition) { return .node(leader.nodeID) }
        if cluster.metadata.isBeyondTopic(partition) {
            // The topic may have grown since it was described: it is asked for once more.
            let since = missing[partition] ?? eventLoop.now
            missing[partition] = since
            return cluster.metadata.isNewer(than: since)
                ? .refused(.unknownTopicOrPartition) : .unknown
        }
        return cluster.metadata.fatalError(of: partition.topic).map { .refused($0) } ?? .unknown
    }

    /// Whether requests can be sent to the node; if not, it is connected to.
    private func isConnected(to node: Int32) -> Bool {
        if let connection = connections[node], connection.isOpen { return true }
        guard connecting.insert(node).inserted else { return false }
        cluster.connection(to: node, use: use).assumeIsolated().whenComplete { [self] result in
            connecting.remove(node)
            switch result {
            case .success(let connection):
                keep(connection, to: node)
                schedulePump()
            case .failure(let error):
                if let error = error as? ConnectionError {
                    state.connectError = .connection(error)
                }
                tryAgainLater()
            }
        }
        return false
    }

    private func keep(_ connection: BrokerConnection, to node: Int32) {
        // Nobody would close it once the producer has.
        if isClosed {
            _ = connection.close()
            return
        }
        connections[node] = connection
    }

    private func tryAgainLater() {
        let wait = state.backoff.wait(afterFailures: 1, jitter: .random(in: 0...1))
        eventLoop.assumeIsolated().scheduleTask(in: wait) { [self] in schedulePump() }
    }

    func perform(_ actions: [ProducerAction]) {
        for action in actions {
            switch action {
            case .send(let send): self.send(send)
            case .complete(let batch, let outcome): complete(batch, outcome)
            case .initProducerID: initProducerID()
            case .refreshMetadata: cluster.refreshMetadata()
            case .learnLeader(let partition, let leader, let address):
                cluster.metadata.update(partition, leader: leader, at: address)
            }
        }
        if !actions.isEmpty { tellWaiters() }
    }

    private func complete(_ batch: PendingBatch, _ outcome: DeliveryOutcome) {
        guard let owner = owners.removeValue(forKey: batch.id) else { return }
        owner.done(
            DeliveryReport(
                partition: owner.partition, outcome: outcome, sequence: owner.sequence,
                attempts: batch.attempts, nodeID: owner.nodeID, sentAt: owner.sentAt,
                endedAt: eventLoop.now))
    }
}
