import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import RecordFormat

// Records into `__consumer_offsets`.

extension GroupCoordinator {
    /// Appends records in one batch, and calls `done` on the loop once they are as durable as the
    /// flush policy promises: at once where it promises nothing.
    ///
    /// - Parameter didAppend: called before, with where the first record is.
    func write(
        _ records: [OffsetsTopicRecord], for group: String,
        producer: TransactionalProducer? = nil, tooLarge: ErrorCode,
        didAppend: (Offset) -> Void = { _ in },
        done: @escaping (ErrorCode) -> Void
    ) {
        let index = partitionIndex(for: group)
        let result: AppendResult
        do throws(InternalTopicError) {
            result = try state.topic.append(
                records, to: index, nowMs: nowMs(), producer: producer)
        } catch {
            note(error, index)
            return done(error.code(tooLarge: tooLarge))
        }
        didAppend(result.baseOffset)
        guard let through = result.flushThrough, let partition = state.topic.partition(index) else {
            return done(.none)
        }
        let waiting = NIOLoopBound(done, eventLoop: eventLoop)
        flush(partition, through) { failure in
            self.eventLoop.execute {
                guard let failure else { return waiting.value(.none) }
                let error = InternalTopicError.flush(failure)
                self.note(error, index)
                waiting.value(error.code(tooLarge: tooLarge))
            }
        }
    }

    /// Writes what an event changes of a group, which it then adopts: once it is appended, at once where that
    /// is nothing, and never where it fails.
    func write(
        _ records: [OffsetsTopicRecord], of group: CoordinatedGroup, _ adopt: () -> Void,
        done: @escaping (ErrorCode) -> Void
    ) {
        guard !records.isEmpty else {
            adopt()
            return done(.none)
        }
        write(
            records, for: group.membership.id, tooLarge: .unknownServerError,
            didAppend: { _ in adopt() },
            done: { error in
                self.perform(group)
                done(error)
            })
    }

    /// Appends tombstones, in as many batches as it takes. Nobody waits for them: one that is lost
    /// in a crash is written again when its offset expires again.
    func writeTombstones(_ records: [OffsetsTopicRecord], for group: String) {
        var rest = records[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.tombstonesPerBatch)
            rest = rest.dropFirst(part.count)
            write(Array(part), for: group, tooLarge: .unknownServerError) { _ in }
        }
    }

    /// A key has at most twice 32,767 bytes of names, so this many always fit into a batch.
    private static var tombstonesPerBatch: Int { 15 }

    private func note(_ error: InternalTopicError, _ index: Int32) {
        logger.error(
            "cannot write to \(OffsetsTopic.name)",
            metadata: ["partition": "\(index)", "error": "\(error)"])
    }
}
