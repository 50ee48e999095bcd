import CommitLog
import KafkaProtocol
import NIOCore

// What the topic says at start.

extension GroupCoordinator {
    /// Reads all partitions, several at once, off the loop. Each serves its groups as soon as it is read.
    func load() -> EventLoopFuture<Void> {
        let loads = (0..<partitionCount).compactMap { index -> EventLoopFuture<Void>? in
            guard let partition = state.topic.partition(index) else { return nil }
            // Most partitions of a young topic are empty.
            guard partition.logEndOffset > partition.logStartOffset else { return nil }
            state.partitions[Int(index)] = .loading(MeanwhileEvents())
            return threads.runIfActive(eventLoop: eventLoop) {
                try OffsetsReplay.read(partition)
            }.map { self.install($0, index) }.recover { self.loadFailed(index, $0) }
        }
        return EventLoopFuture.andAllSucceed(loads, on: eventLoop)
    }

    private func install(_ replay: OffsetsReplay, _ index: Int32) {
        let partition = state.partitions[Int(index)]
        state.partitions[Int(index)] = .ready
        let now = nowMs()
        for (id, loaded) in replay.groups {
            guard loaded.metadata != nil || !loaded.offsets.isEmpty else { continue }
            let membership =
                loaded.metadata.map {
                    ConsumerGroup(id: id, config: config, stored: $0, nowMs: now)
                } ?? ConsumerGroup(id: id, config: config, nowMs: now)
            let group = CoordinatedGroup(membership)
            group.offsets = loaded.offsets
            state.groups[id] = group
            group.membership.didLoad(nowMs: now)
            perform(group)
        }
        if case .loading(let events) = partition {
            for transaction in events.endedTransactions {
                transactionEnded(
                    producerID: transaction.producerID, committed: transaction.committed,
                    partition: index)
            }
            if !events.deletedTopics.isEmpty {
                forget(
                    events.deletedTopics, of: replay.groups.keys.compactMap { state.groups[$0] })
            }
        }
        logger.info(
            "groups loaded",
            metadata: [
                "partition": "\(index)", "groups": "\(replay.groups.count)",
                "records": "\(replay.recordCount)",
            ])
        if replay.unreadableCount > 0 {
            logger.warning(
                "records of \(OffsetsTopic.name) that could not be read were passed over",
                metadata: ["partition": "\(index)", "records": "\(replay.unreadableCount)"])
        }
    }

    private func loadFailed(_ index: Int32, _ error: any Error) {
        state.partitions[Int(index)] = .failed
        logger.error(
            "groups of a partition of \(OffsetsTopic.name) cannot be served",
            metadata: ["partition": "\(index)", "error": "\(error)"])
    }
}
