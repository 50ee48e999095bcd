import KafkaProtocol
import NIOCore
import RecordFormat

/// Somebody who waits until topics can be used.
struct TopicWaiter {
    var names: [String]
    var limitMs: Int64
    var deadline: NIODeadline
    var promise: EventLoopPromise<[String: TopicMetadata]>
    var timeout: Scheduled<Void>
}

extension Cluster {
    /// The topics, once the cluster has told of each, and each partition has a leader. Fails with a
    /// `ClusterError`, at the latest after `timeoutMs`, by default `default.api.timeout.ms`.
    public func topics(
        _ names: [String], timeoutMs: Int64? = nil
    ) -> EventLoopFuture<[String: TopicMetadata]> {
        eventLoop.flatSubmit { [self] in
            let promise = eventLoop.makePromise(of: [String: TopicMetadata].self)
            guard !isClosed else {
                promise.fail(ClusterError.closed)
                return promise.futureResult
            }
            metadata.want(names)
            let limitMs = timeoutMs ?? settings.metadata.defaultApiTimeoutMs
            // One reading of the clock: the task must not come before the deadline that it looks for.
            let deadline = eventLoop.now + .milliseconds(limitMs)
            let timeout = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
                [self] in settleWaiters()
            }
            topicWaiters.append(
                TopicWaiter(
                    names: names, limitMs: limitMs, deadline: deadline, promise: promise,
                    timeout: timeout))
            settleWaiters()
            drive()
            return promise.futureResult
        }
    }

    /// Asks for metadata soon, because an answer of a broker has shown that it is old.
    public func refreshMetadata() {
        eventLoop.assertInEventLoop()
        metadata.invalidate()
        drive()
    }

    /// Nobody needs the topic any more.
    public func forget(topic: String) { metadata.forget(topic) }

    /// The leader of a partition, if there is one and it is known.
    public func leader(of partition: TopicPartition) -> PartitionLeader? {
        eventLoop.assertInEventLoop()
        return metadata.leader(of: partition)
    }

    /// The id of a topic; `none` where no broker has told it. On the event loop only.
    func topicID(of topic: String) -> TopicID { metadata.topics[topic]?.topicID ?? .none }

    func askForMetadata() {
        let wanted = metadata.wanted
        metadata.didAsk()
        var request = MetadataRequest()
        request.topics = wanted.sorted().map { name in
            var topic = MetadataRequest.Topic()
            topic.name = name
            return topic
        }
        request.allowAutoTopicCreation = settings.metadata.allowsAutoTopicCreation
        ask(request, wanted, candidates()[...], errors: [])
    }

    /// Asks the first of `peers`, and the next one where that fails.
    private func ask(
        _ request: MetadataRequest, _ wanted: Set<String>, _ peers: ArraySlice<Peer>,
        errors: [ConnectionError]
    ) {
        guard let peer = peers.first else { return didFail(errors) }
        pool.connection(to: peer, use: .control)
            .flatMap { $0.send(request) }
            .assumeIsolated()
            .whenComplete { [self] result in
                guard !isClosed else { return }
                switch result {
                case .success(let response) where response.body.errorCode == .none:
                    receive(response.body, wanted)
                case .success(let response):
                    let code = response.body.errorCode
                    let error = ConnectionError(.refused(code), peer: peer)
                    // The cluster is another one now: no known broker needs to be asked (KIP-1102).
                    let others = code == .rebootstrapRequired ? [] : peers.dropFirst()
                    ask(request, wanted, others, errors: errors + [error])
                case .failure(let error):
                    let more = (error as? ConnectionError).map { [$0] } ?? []
                    ask(request, wanted, peers.dropFirst(), errors: errors + more)
                }
            }
    }

    private func receive(_ response: MetadataResponse, _ wanted: Set<String>) {
        metadata.receive(
            response, requested: wanted, now: eventLoop.now, jitter: .random(in: 0...1))
        lastError = nil
        ownCounts.metadataRefreshes += 1
        pool.keep(
            Set(metadata.brokers.map { Peer(address: $1, nodeID: $0) }),
            failuresOf: settings.connection.bootstrapServers)
        didChange()
    }

    private func didFail(_ errors: [ConnectionError]) {
        let now = eventLoop.now
        lastError = errors.last ?? lastError
        metadata.fail(now: now, jitter: .random(in: 0...1))
        let noneConnected = !errors.isEmpty && !errors.contains { $0.leavesDoubt }
        if metadata.rebootstrapIfDue(now: now, noBrokerIsReachable: noneConnected) {
            logger.warning("no known broker answers: back to bootstrap.servers")
        }
        // Where every server speaks another protocol, waiting is of no use.
        if metadata.clusterID == nil, !errors.isEmpty, !errors.contains(where: \.isRetriable) {
            let error = ClusterError.noBrokerAnswers(ms: 0, cause: errors.last)
            for waiter in takeWaiters(where: { _ in true }) { waiter.promise.fail(error) }
        }
        didChange()
    }

    private func didChange() {
        settleWaiters()
        notifyObservers()
        drive()
    }

    /// Tells those who wait whether their topics can be used, once that is known or their time is over.
    private func settleWaiters() {
        let now = eventLoop.now
        let settled = takeWaiters { waiter in
            waiter.deadline <= now || isKnown && waiter.names.allSatisfy(isSettled)
        }
        for waiter in settled {
            do throws(ClusterError) {
                waiter.promise.succeed(try outcome(of: waiter))
            } catch {
                waiter.promise.fail(error)
            }
        }
    }

    private func takeWaiters(where isTaken: (TopicWaiter) -> Bool) -> [TopicWaiter] {
        let taken = topicWaiters.filter(isTaken)
        topicWaiters.removeAll(where: isTaken)
        for waiter in taken { waiter.timeout.cancel() }
        return taken
    }

    private func outcome(
        of waiter: TopicWaiter
    ) throws(ClusterError) -> [String: TopicMetadata] {
        guard isKnown else { throw .noBrokerAnswers(ms: waiter.limitMs, cause: lastError) }
        var topics: [String: TopicMetadata] = [:]
        for name in waiter.names {
            if let code = metadata.fatalError(of: name) { throw .topic(name, code) }
            guard let topic = metadata.topics[name], topic.isWhole else {
                if let lastError {
                    throw .noBrokerAnswers(ms: waiter.limitMs, cause: lastError)
                }
                throw .topicNotReady(
                    name, metadata.topics[name]?.errorCode ?? .none, ms: waiter.limitMs)
            }
            topics[name] = topic
        }
        return topics
    }

    private var isKnown: Bool { !metadata.brokers.isEmpty }

    private func isSettled(_ topic: String) -> Bool {
        metadata.fatalError(of: topic) != nil || metadata.topics[topic]?.isWhole == true
    }
}
