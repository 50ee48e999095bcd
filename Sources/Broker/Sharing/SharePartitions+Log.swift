import CommitLog
import KafkaProtocol
import RecordFormat

// `__share_group_state` as a whole: read at a start, and pruned from time to time.

extension SharePartitions {
    /// Reads what the last process left. Blocks.
    func load() {
        var loaded: [SharePartition] = []
        var orphans: [SharePartitionKey] = []
        var truncated: [SharePartition] = []
        var failure: (any Error)?
        for partition in topic.partitions where partition.logEndOffset > partition.logStartOffset {
            do {
                let replay = try ShareStateReplay.read(partition)
                say(replay, partition.topicPartition)
                for (key, stored) in replay.states {
                    guard let log = log.partition(key.partition, of: key.topicID) else {
                        orphans.append(key)
                        continue
                    }
                    // Kafka writes that a group has not begun to read, which needs no memory here.
                    guard var state = stored.state else { continue }
                    state.truncate(to: log.logEndOffset.rawValue)
                    let isTruncated = state != stored.state
                    var stored = stored
                    // Whatever is written next is a snapshot.
                    if isTruncated { stored.updateCount = .max }
                    let partition = SharePartition(
                        key, log: log, stored: stored, state: state, surroundings)
                    loaded.append(partition)
                    if isTruncated { truncated.append(partition) }
                }
            } catch {
                failure = error
                logger.error(
                    "share groups cannot be served: \(ShareStateTopic.name) cannot be read",
                    metadata: ["partition": "\(partition.topicPartition)", "error": "\(error)"])
            }
        }
        if failure == nil {
            forgetOrphans(orphans)
            writeAnew(truncated)
        }
        let waiting = state.withLock { state -> [@Sendable () -> Void] in
            for partition in loaded { Self.add(partition, to: &state) }
            defer { state.availability = failure == nil ? .ready : .failed }
            if case .loading(let waiting) = state.availability { return waiting }
            return []
        }
        // A topic may have been deleted meanwhile.
        let topicIDs = Set(loaded.map(\.key.topicID))
        for id in topicIDs where log.topicName(of: id) == nil { topicDeleted(id) }
        for body in waiting { body() }
    }

    private func say(_ replay: ShareStateReplay, _ partition: TopicPartition) {
        guard replay.unreadableCount > 0 else { return }
        logger.warning(
            "records of \(ShareStateTopic.name) that could not be read were passed over",
            metadata: [
                "partition": "\(partition)", "records": "\(replay.unreadableCount)",
            ])
    }

    /// A crash came between the end of a topic and that of what groups knew of it.
    private func forgetOrphans(_ keys: [SharePartitionKey]) {
        for key in keys {
            do {
                _ = try topic.append(
                    ShareStateRecord(key, .deleted), nowMs: surroundings.wallMs())
            } catch {
                // The next start tries again.
                surroundings.complain("cannot delete what is known of \(key): \(error)")
            }
        }
    }

    /// The log has lost records that groups had read. An update moves a start offset on and never back, so the
    /// next start would pass over the records that are produced in their place.
    private func writeAnew(_ truncated: [SharePartition]) {
        for partition in truncated {
            do throws(Refusal) {
                try partition.writeSnapshot()
            } catch {
                // The next change is written as a snapshot.
                surroundings.complain("\(partition.key): \(error.message)")
            }
        }
    }

    /// Deletes from `__share_group_state` what comes before the snapshots that are needed. Where such a
    /// snapshot is old, and many records behind, it is written anew first. Blocks.
    func prune() {
        guard unavailability == nil else { return }
        let logs = topic.partitions
        guard !logs.isEmpty else { return }
        var needed = logs.map(\.logEndOffset)
        let partitions = state.withLock { $0.groups.values.flatMap { $0.values } }
        let oldMs = surroundings.wallMs() - config.coldSnapshotIntervalMs
        for partition in partitions {
            let index = ShareStateTopic.index(of: partition.key, among: logs.count)
            guard var last = partition.lastSnapshot else { continue }
            let behind = logs[index].logEndOffset - last.offset
            if last.offset.rawValue < 0 || behind > pruningDistance && last.writtenMs <= oldMs {
                try? partition.writeSnapshot()
                last = partition.lastSnapshot ?? last
            }
            needed[index] = min(needed[index], max(last.offset, logs[index].logStartOffset))
        }
        for (log, offset) in zip(logs, needed) where offset > log.logStartOffset {
            do throws(LogError) {
                try log.deleteRecords(before: offset)
            } catch {
                surroundings.complain("cannot prune \(log.topicPartition): \(error)")
            }
        }
    }

    /// A snapshot is written anew only where so many records come after it.
    private var pruningDistance: Int64 { 1000 }
}
