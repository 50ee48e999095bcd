import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// What is found at the start, and what timers do.

extension TransactionCoordinator {
    func load() -> EventLoopFuture<Void> {
        state.availability = .loading
        let (partitions, now) = (state.topic.partitions, nowMs())
        return threads.runIfActive(eventLoop: eventLoop) {
            try TransactionStateReplay.read(partitions, nowMs: now)
        }.map { replay, moved in
            moved.log(of: TransactionStateTopic.name, to: self.logger)
            self.install(replay)
        }.recover { error in
            self.state.availability = .failed
            self.ongoing.didLoad(false)
            self.logger.error(
                "transactions cannot be served: \(TransactionStateTopic.name) cannot be read",
                metadata: ["error": "\(error)"])
        }
    }

    private func install(_ replay: TransactionStateReplay) {
        guard case .loading = state.availability else { return }
        state.availability = .ready
        if replay.unreadableCount > 0 {
            logger.warning(
                "records of \(TransactionStateTopic.name) that could not be read were passed over",
                metadata: ["records": "\(replay.unreadableCount)"])
        }
        for (name, metadata) in replay.metadata {
            state.machines[name] = TransactionStateMachine(metadata)
            ongoing.publish(metadata, transactionalID: name.text)
        }
        ongoing.didLoad()
        let decided = replay.metadata.filter { $0.value.state.isPreparing }.keys
        for name in decided { finish(name.text) }
        abortOrphans()
    }

    /// Aborts transactions that are open in a partition and that no transactional id knows: they
    /// would hold up the partition's readers for ever. Only a power failure without a flush policy
    /// leaves such transactions, since it may lose the coordinator's records and keep the data.
    /// Nobody knows any more what was decided about them, so readers of committed records do not
    /// see them.
    func abortOrphans() {
        var known: [ProducerID: TransactionMetadata] = [:]
        for machine in state.machines.values {
            let current = machine.current
            if current.state == .ongoing || current.state.isPreparing {
                known[current.producer.id] = current
            }
        }
        for topic in log.topics {
            for index in 0..<Int32(topic.partitionCount) {
                let topicPartition = TopicPartition(topic: topic.name, partition: index)
                guard let partition = log.partition(topicPartition) else { continue }
                for open in partition.openTransactions
                where known[open.producerID]?.covers(open, in: topicPartition) != true {
                    abortOrphan(open, in: partition)
                }
            }
        }
    }

    private func abortOrphan(_ open: OpenTransaction, in partition: PartitionLog) {
        logger.warning(
            "aborting a transaction that no coordinator knows",
            metadata: [
                "partition": "\(partition.topicPartition)", "producer": "\(open.producerID)",
                "offset": "\(open.firstOffset)",
            ])
        do throws(AppendError) {
            let marker = TransactionMarker(
                producerID: open.producerID, producerEpoch: open.producerEpoch, isCommit: false,
                coordinatorEpoch: Self.coordinatorEpoch)
            _ = try append(marker, .coordinator, to: partition)
        } catch {
            logger.error("cannot abort it", metadata: ["error": "\(error)"])
            return
        }
        if partition.topicPartition.topic == InternalTopic.consumerOffsets {
            offsetsEnded(open.producerID, false, partition.topicPartition.partition)
        }
    }

    /// Aborts the transactions that take longer than their timeout.
    func abortTimedOut() {
        advance { machine, now in machine.timeOut(nowMs: now) }
    }

    /// Forgets the transactional ids that nobody uses any more.
    func expireIDs() {
        let expirationMs = config.transactionalIDExpirationMs
        advance { machine, now in machine.expire(nowMs: now, expirationMs: expirationMs) }
    }

    private func advance(
        _ event:
            @escaping (inout TransactionStateMachine, Int64) -> TransactionStateMachine
            .Outcome?
    ) {
        guard case .ready = state.availability else { return }
        let now = nowMs()
        eventLoop.map(state.machines.keys.map(\.text)) { transactionalID in
            guard case .ready = self.state.availability else { return }
            let outcome = self.change(transactionalID) { event(&$0, now) }
            guard case .write(let metadata)?? = outcome else { return }
            self.logger.info(
                metadata.state == .dead
                    ? "a transactional id has expired" : "a transaction timed out and is aborted",
                metadata: ["transactional.id": "\(transactionalID)"])
            // If that fails, the next pass finds it again.
            self.write(metadata, of: transactionalID) { _ in }
        }
    }
}

extension TransactionMetadata {
    /// Whether the coordinator ends what is open. If it has raised the epoch for the end, what is open
    /// with the raised one is a later transaction.
    fileprivate func covers(_ open: OpenTransaction, in partition: TopicPartition) -> Bool {
        guard partitions.contains(partition) else { return false }
        let isRaised = state.isPreparing && clientVersion == .second
        return !isRaised || open.producerEpoch < producer.epoch
    }
}
