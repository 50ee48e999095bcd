import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// Markers that administrators ask for, to end a transaction that no coordinator ends.

extension TransactionCoordinator {
    struct AskedMarker: Sendable {
        var partition: TopicPartition
        var marker: TransactionMarker
        var version: TransactionVersion
    }

    /// Appends markers. The errors are in their order, and come once all is as durable as promised.
    func write(
        _ markers: [AskedMarker], _ done: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        let written = WrittenMarkers(count: markers.count, done)
        let places = markers.enumerated().map { (place: $0.offset, asked: $0.element) }
        eventLoop.execute {
            self.eventLoop.map(places) { index, asked in
                self.append(asked) { written.set(index, $0) }
            }
        }
    }

    private func append(_ asked: AskedMarker, _ done: @escaping @Sendable (ErrorCode) -> Void) {
        guard asked.marker.producerID.rawValue >= 0, asked.marker.producerEpoch.rawValue >= 0 else {
            return done(.invalidRequest)
        }
        guard let partition = log.partition(asked.partition) else {
            return done(.unknownTopicOrPartition)
        }
        let result: AppendResult
        do throws(AppendError) {
            result = try partition.appendMarker(
                asked.marker,
                origin: asked.version == .second ? .raisingCoordinator : .coordinator)
        } catch {
            return done(ErrorCode(error))
        }
        if asked.partition.topic == InternalTopic.consumerOffsets {
            offsetsEnded(
                asked.marker.producerID, asked.marker.isCommit, asked.partition.partition)
        }
        guard let through = result.flushThrough else { return done(.none) }
        flush(partition, through) { failure in done(failure.map { ErrorCode($0) } ?? .none) }
    }
}

/// What came of each marker. Thread contract: any thread.
private final class WrittenMarkers: Sendable {
    private let state: Locked<(errors: [ErrorCode], left: Int)>
    private let done: @Sendable ([ErrorCode]) -> Void

    init(count: Int, _ done: @escaping @Sendable ([ErrorCode]) -> Void) {
        state = Locked((Array(repeating: .none, count: count), count))
        self.done = done
        if count == 0 { done([]) }
    }

    func set(_ index: Int, _ error: ErrorCode) {
        let finished = state.withLock { state -> [ErrorCode]? in
            state.errors[index] = error
            state.left -= 1
            return state.left == 0 ? state.errors : nil
        }
        if let finished { done(finished) }
    }
}
