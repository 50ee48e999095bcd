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
            ($0.takeUnmarked(), $0.marker(coordinatorEpoch: Self.coordinatorEpoch))
        }
        guard let (partitions, marker) = work else { return }
        for topicPartition in partitions.sorted(by: { $0.description < $1.description }) {
            mark(topicPartition, marker, transactionalID)
        }
        completeIfMarked(transactionalID)
    }

    private func mark(
        _ topicPartition: TopicPartition, _ marker: TransactionMarker, _ transactionalID: String
    ) {
        // A topic that was deleted meanwhile needs no marker.
        guard let partition = log.partition(topicPartition) else {
            return didMark(topicPartition, transactionalID)
        }
        let result: AppendResult
        do throws(AppendError) {
            result = try partition.appendMarker(marker)
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
