import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// Requests of clients.

extension TransactionCoordinator {
    /// A new producer id, for a producer without transactions.
    func allocateProducerID(_ done: @escaping @Sendable (ErrorCode, ProducerIdentity) -> Void) {
        allocate { producerID in
            guard let producerID else { return done(.coordinatorNotAvailable, .none) }
            done(.none, ProducerIdentity(id: producerID, epoch: ProducerEpoch(0)))
        }
    }

    /// A transactional producer begins. `expected` is the identity that it had, where it says so.
    func initProducerID(
        _ transactionalID: String, timeoutMs: Int32, expected: ProducerIdentity?,
        _ done: @escaping @Sendable (ErrorCode, ProducerIdentity) -> Void
    ) {
        guard !transactionalID.isEmpty else { return done(.invalidRequest, .none) }
        guard timeoutMs > 0, timeoutMs <= config.maxTimeoutMs else {
            return done(.invalidTransactionTimeout, .none)
        }
        eventLoop.execute {
            self.whenTopicExists { error in
                guard error == .none else { return done(error, .none) }
                self.initProducerID(
                    transactionalID, timeoutMs, expected, newProducerID: nil, done)
            }
        }
    }

    private func initProducerID(
        _ transactionalID: String, _ timeoutMs: Int32, _ expected: ProducerIdentity?,
        newProducerID: ProducerID?,
        _ done: @escaping @Sendable (ErrorCode, ProducerIdentity) -> Void
    ) {
        let known = state.machines[transactionalID]
        guard known != nil || state.machines.count < config.maxTransactionalIDs else {
            complaints.warning(
                "the transactional id \(transactionalID.forLogLine) is refused: there are "
                    + "\(state.machines.count), and weir.max.transactional.ids=\(config.maxTransactionalIDs)"
            )
            return done(.policyViolation, .none)
        }
        if newProducerID == nil, known?.needsProducerID(expected) ?? true {
            // Claiming a block of ids waits for the disk, so the state is checked again afterwards.
            return allocate { producerID in
                guard let producerID else { return done(.coordinatorNotAvailable, .none) }
                if let error = self.unavailability { return done(error, .none) }
                self.initProducerID(
                    transactionalID, timeoutMs, expected, newProducerID: producerID, done)
            }
        }
        let now = nowMs()
        if known == nil, let newProducerID {
            state.machines[transactionalID] = TransactionStateMachine(
                TransactionMetadata(
                    producer: ProducerIdentity(id: newProducerID, epoch: .none),
                    timeoutMs: timeoutMs, lastUpdateMs: now))
        }
        perform(transactionalID) {
            $0.initProducerID(
                timeoutMs: timeoutMs, expected: expected, newProducerID: newProducerID, nowMs: now)
        } done: { error, written in
            guard error == .none, let written else { return done(error, .none) }
            guard written.state == .empty else { return done(.concurrentTransactions, .none) }
            done(.none, written.producer)
        }
    }

    /// The transaction will write to these partitions, which exist.
    func addPartitions(
        _ partitions: Set<TopicPartition>, to transactionalID: String,
        by producer: ProducerIdentity, version: TransactionVersion = .first,
        _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        guard !transactionalID.isEmpty else { return done(.invalidRequest) }
        eventLoop.execute {
            self.perform(transactionalID) {
                $0.addPartitions(
                    partitions, by: producer, version: version, nowMs: self.nowMs())
            } done: { error, _ in
                done(error)
            }
        }
    }

    /// Whether these partitions are in the producer's transaction. The answers are in their order.
    func verifyPartitions(
        _ partitions: [TopicPartition], of transactionalID: String, by producer: ProducerIdentity,
        _ done: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        func refuse(_ error: ErrorCode) { done(partitions.map { _ in error }) }
        guard !transactionalID.isEmpty else { return refuse(.invalidRequest) }
        eventLoop.execute {
            if let error = self.unavailability { return done(partitions.map { _ in error }) }
            done(
                self.state.machines[transactionalID]?.verify(partitions, by: producer)
                    ?? partitions.map { _ in .invalidProducerIDMapping })
        }
    }

    /// Commits or aborts. The answer comes once that is decided, with the identity for the next
    /// transaction. The markers are then in the log, apart from those that could not be written and
    /// are tried again.
    func end(
        _ transactionalID: String, by producer: ProducerIdentity, isCommit: Bool,
        version: TransactionVersion = .first,
        _ done: @escaping @Sendable (ErrorCode, ProducerIdentity) -> Void
    ) {
        guard !transactionalID.isEmpty else { return done(.invalidRequest, .none) }
        eventLoop.execute {
            self.end(transactionalID, producer, isCommit, version, newProducerID: nil, done)
        }
    }

    private func end(
        _ transactionalID: String, _ producer: ProducerIdentity, _ isCommit: Bool,
        _ version: TransactionVersion, newProducerID: ProducerID?,
        _ done: @escaping @Sendable (ErrorCode, ProducerIdentity) -> Void
    ) {
        let now = nowMs()
        perform(transactionalID) {
            switch version {
            case .first: $0.end(producer, isCommit: isCommit, nowMs: now)
            case .second:
                $0.endRaisingEpoch(
                    producer, isCommit: isCommit, newProducerID: newProducerID, nowMs: now)
            }
        } onExhaustion: {
            // Claiming a block of ids waits for the disk, so the state is checked again afterwards.
            self.allocate { newProducerID in
                guard let newProducerID else { return done(.coordinatorNotAvailable, .none) }
                self.end(
                    transactionalID, producer, isCommit, version, newProducerID: newProducerID,
                    done)
            }
        } done: { error, metadata in
            done(error, metadata?.producerAfterEnd ?? .none)
        }
    }

    private func allocate(_ done: @escaping @Sendable (ProducerID?) -> Void) {
        let log = log
        threads.runIfActive(eventLoop: eventLoop) { try log.allocateProducerID() }
            .whenComplete { result in
                switch result {
                case .success(let producerID):
                    done(producerID)
                case .failure(let error):
                    self.logger.error(
                        "cannot claim producer ids", metadata: ["error": "\(error)"])
                    done(nil)
                }
            }
    }

    /// Calls back on the loop once `__transaction_state` exists: at once, mostly.
    private func whenTopicExists(_ done: @escaping @Sendable (ErrorCode) -> Void) {
        if let error = unavailability { return done(error) }
        guard case .withoutTopic(let waiting) = state.availability else { return done(.none) }
        state.availability = .withoutTopic(waiting: waiting + [done])
        guard waiting.isEmpty else { return }
        let (log, config) = (log, config)
        threads.runIfActive(eventLoop: eventLoop) {
            try TransactionStateTopic.create(in: log, config: config)
        }.whenComplete { self.didCreateTopic($0) }
    }

    private func didCreateTopic(_ result: Result<Void, any Error>) {
        guard case .withoutTopic(let waiting) = state.availability else { return }
        if case .failure(let error) = result {
            logger.error(
                "cannot create \(TransactionStateTopic.name)", metadata: ["error": "\(error)"])
        }
        let isThere = state.topic.open()
        state.availability = isThere ? .ready : .withoutTopic(waiting: [])
        for done in waiting { done(isThere ? .none : .coordinatorNotAvailable) }
    }
}
