import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import RecordFormat

// How a decided transaction ends.

extension TransactionCoordinator {
    /// Appends the markers that are missing and, once they are as durable as promised, writes down
    /// that the transaction is over. It may be called again at any time.
    func finish(_ transactionalID: String) {
        let work = change(transactionalID) {
            (
                $0.takeUnmarked(), $0.marker(coordinatorEpoch: Self.coordinatorEpoch),
                $0.current.clientVersion
            )
        }
        guard let (partitions, marker, version) = work else { return }
        let origin: AppendOrigin = version == .second ? .raisingCoordinator : .coordinator
        for topicPartition in partitions.sorted(by: { $0.description < $1.description }) {
            mark(topicPartition, marker, origin, transactionalID)
        }
        completeIfMarked(transactionalID)
    }

    /// Appends a marker of this coordinator. It is the only one, so a higher epoch in the partition, from
    /// Kafka or from a marker that an administrator asked for, does not fence it: it goes on under that one.
    func append(
        _ marker: TransactionMarker, _ origin: AppendOrigin, to partition: PartitionLog
    ) throws(AppendError) -> AppendResult {
        do throws(AppendError) {
            return try partition.appendMarker(marker, origin: origin)
        } catch {
            guard case .coordinatorFenced(_, let current, _) = error else { throw error }
            var marker = marker
            marker.coordinatorEpoch = current
            return try partition.appendMarker(marker, origin: origin)
        }
    }

    private func mark(
        _ topicPartition: TopicPartition, _ marker: TransactionMarker, _ origin: AppendOrigin,
        _ transactionalID: String
    ) {
        // A topic that was deleted meanwhile needs no marker.
        guard let partition = log.partition(topicPartition) else {
            return didMark(topicPartition, transactionalID)
        }
        let result: AppendResult
        do throws(AppendError) {
            result = try append(marker, origin, to: partition)
        } catch {
            return didFailToMark(topicPartition, transactionalID, error)
        }
        if topicPartition.topic == InternalTopic.consumerOffsets {
            offsetsEnded(marker.producerID, marker.isCommit, topicPartition.partition)
        }
        guard let through = result.flushThrough else {
            return didMark(topicPartition, transactionalID)
        }
        flush(partition, through) { failure in
            self.eventLoop.execute {
                if let failure {
                    // Until the log is opened again nothing of this partition becomes durable,
                    // including another marker. The next start writes it again.
                    self.note("marker is not durable", topicPartition, transactionalID, failure)
                } else {
                    self.didMark(topicPartition, transactionalID)
                    self.completeIfMarked(transactionalID)
                }
            }
        }
    }

    private func didMark(_ topicPartition: TopicPartition, _ transactionalID: String) {
        _ = change(transactionalID) { $0.didMark(topicPartition) }
    }

    private func didFailToMark(
        _ topicPartition: TopicPartition, _ transactionalID: String, _ error: AppendError
    ) {
        switch error {
        case .log:
            // A full disk, or a topic that is just being deleted.
            note("cannot append a marker", topicPartition, transactionalID, error)
            _ = change(transactionalID) { $0.didFailToMark(topicPartition) }
            retryLater(transactionalID)
        default:
            // A later epoch has written there, so that transaction is over.
            note("a marker came too late", topicPartition, transactionalID, error)
            didMark(topicPartition, transactionalID)
        }
    }

    private func completeIfMarked(_ transactionalID: String) {
        let now = nowMs()
        guard case .write(let metadata)?? = change(transactionalID, { $0.complete(nowMs: now) })
        else { return }
        // If it fails, it is tried again.
        write(metadata, of: transactionalID) { _ in }
    }

    func retryLater(_ transactionalID: String) {
        guard state.retries[transactionalID] == nil else { return }
        let delay = TimeAmount.milliseconds(config.retryIntervalMs)
        state.retries[transactionalID] = eventLoop.scheduleTask(in: delay) { [weak self] in
            guard let self else { return }
            self.state.retries[transactionalID] = nil
            if self.unavailability == nil { self.finish(transactionalID) }
        }
    }

    private func note(
        _ message: Logger.Message, _ topicPartition: TopicPartition, _ transactionalID: String,
        _ error: any Error
    ) {
        logger.error(
            message,
            metadata: [
                "transactional.id": "\(transactionalID)", "partition": "\(topicPartition)",
                "error": "\(error)",
            ])
    }
}
