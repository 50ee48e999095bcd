import CommitLog
import KafkaProtocol
import NIOCore

// Loading the groups from the topic at the start.

extension GroupCoordinator {
    /// Reads all partitions, several at once, off the loop. No group is served before all are read:
    /// some of its commits may be in a partition where Weir 0.1.0 put them (`MisplacedRecords`).
    func load() -> EventLoopFuture<Void> {
        for index in state.partitions.indices {
            state.partitions[index] = .loading(MeanwhileEvents())
        }
        // Most partitions of a young topic are empty.
        let filled = (0..<partitionCount).filter { index in
            state.topic.partition(index).map { $0.logEndOffset > $0.logStartOffset } ?? false
        }
        return read(filled).flatMap { self.moveMisplaced($0) }.map { self.install($0) }
    }

    private func read(_ indexes: [Int32]) -> EventLoopFuture<LoadedPartitions> {
        let count = partitionCount
        let reads = indexes.compactMap { index -> EventLoopFuture<OffsetsReplay>? in
            guard let partition = state.topic.partition(index) else { return nil }
            return threads.runIfActive(eventLoop: eventLoop) {
                try OffsetsReplay.read(partition, among: count)
            }
        }
        return EventLoopFuture.whenAllComplete(reads, on: eventLoop).map { results in
            Dictionary(uniqueKeysWithValues: zip(indexes, results))
        }
    }

    /// Moves what is misplaced and reads again where that has written.
    private func moveMisplaced(
        _ loaded: LoadedPartitions
    ) -> EventLoopFuture<LoadedPartitions> {
        let sources = Set(
            loaded.filter { (try? $0.value.get())?.misplacedKeys.isEmpty == false }.keys)
        guard !sources.isEmpty, let partitions = state.topic.partitions else {
            return eventLoop.makeSucceededFuture(loaded)
        }
        let now = nowMs()
        return threads.runIfActive(eventLoop: eventLoop) {
            try MisplacedRecords(partitions: partitions, nowMs: now) { key in
                (try? OffsetsTopicRecord(key: key, value: nil))?.group
            }.move(from: sources)
        }.flatMap { report in
            report.log(of: OffsetsTopic.name, to: self.logger)
            return self.read(report.partitions.sorted()).map { loaded.merging($0) { $1 } }
        }.recover { error in
            // The groups of these partitions are not served: records of theirs may not have been
            // moved.
            var failed = loaded
            for source in sources { failed[source] = .failure(error) }
            return failed
        }
    }

    private func install(_ loaded: LoadedPartitions) {
        let now = nowMs()
        for (name, group) in loadedGroups(loaded) {
            let id = name.text
            let membership =
                group.metadata.map {
                    ConsumerGroup(id: id, config: config, stored: $0, nowMs: now)
                } ?? ConsumerGroup(id: id, config: config, nowMs: now)
            let coordinated = CoordinatedGroup(membership)
            coordinated.offsets = group.offsets
            coordinated.strayPartition = group.strayPartition
            coordinated.reconciled = group.reconciled
            coordinated.reconciled?.config = config(for: id)
            coordinated.share = group.share
            coordinated.share?.config = config(for: id)
            // Of topics that were deleted right before the last end.
            coordinated.share?.unshare { topic, _ in log.topicName(of: topic) == nil }
            state.groups[id] = coordinated
            coordinated.reconciled?.didLoad()
            performReconciled(coordinated)
            coordinated.share?.didLoad()
            performShare(coordinated)
            coordinated.membership.didLoad(nowMs: now)
            perform(coordinated)
        }
        for index in 0..<partitionCount { didLoad(index, loaded[index]) }
    }

    /// The groups of all partitions that could be read, each with what open transactions keep of it
    /// elsewhere.
    private func loadedGroups(
        _ loaded: LoadedPartitions
    ) -> [ExactName: OffsetsReplay.LoadedGroup] {
        let replays = loaded.compactMapValues { try? $0.get() }
        var groups: [ExactName: OffsetsReplay.LoadedGroup] = [:]
        for (index, replay) in replays {
            for (id, group) in replay.groups
            where partitionIndex(for: id.text) == index && !group.isEmpty { groups[id] = group }
        }
        for (index, replay) in replays {
            for (id, group) in replay.groups
            where partitionIndex(for: id.text) != index && !group.isEmpty {
                groups[id, default: OffsetsReplay.LoadedGroup()].offsets.adopt(group.offsets)
                groups[id]?.strayPartition = index
            }
        }
        return groups
    }

    private func didLoad(_ index: Int32, _ result: Result<OffsetsReplay, any Error>?) {
        let loading = state.partitions[Int(index)]
        state.partitions[Int(index)] = .ready
        if case .loading(let events) = loading {
            for transaction in events.endedTransactions {
                transactionEnded(
                    producerID: transaction.producerID, committed: transaction.committed,
                    partition: index)
            }
            if !events.deletedTopics.isEmpty {
                let groups = state.groups.filter { partitionIndex(for: $0.key.text) == index }
                forget(events.deletedTopics, of: Array(groups.values))
            }
        }
        switch result {
        case .success(let replay): say(replay, index)
        case .failure(let error):
            state.partitions[Int(index)] = .failed
            logger.error(
                "groups of a partition of \(OffsetsTopic.name) cannot be served",
                metadata: ["partition": "\(index)", "error": "\(error)"])
        case nil: break
        }
    }

    private func say(_ replay: OffsetsReplay, _ index: Int32) {
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
}

/// What was read of each partition that is not empty, or why it could not be read.
private typealias LoadedPartitions = [Int32: Result<OffsetsReplay, any Error>]
