import CommitLog
import RecordFormat

/// Appends on the calling worker's thread.
final class EmbeddedProducerSession: ProducerSession {
    private let logs: [PartitionLog]
    private let acks: Acks
    private let committer: GroupCommitter
    private let completions: CompletionQueue
    /// Batches that were appended in this turn and need a flush.
    private var gathered: [GroupCommitter.Request] = []
    let appendsItself = true

    init(
        logs: [PartitionLog], acks: Acks, committer: GroupCommitter, completions: CompletionQueue
    ) {
        self.logs = logs
        self.acks = acks
        self.committer = committer
        self.completions = completions
    }

    func send(
        _ batch: UnsafeMutableRawBufferPointer, of producer: Int, to partition: Int, ticket: Int
    ) -> SendOutcome {
        do {
            let appended = try unsafe logs[partition].append(batch, validation: .trusted)
            guard let through = appended.flushThrough else { return .acknowledged }
            // The topic requires the flush; `acks` only decides whether the producer waits for it.
            gathered.append(
                GroupCommitter.Request(
                    partition: partition, through: through, ticket: ticket,
                    completions: acks == .none ? nil : completions))
            return acks == .none ? .acknowledged : .pending
        } catch {
            return .failed(TargetError(error))
        }
    }

    func endTurn() {
        guard !gathered.isEmpty else { return }
        committer.submit(gathered)
        gathered.removeAll(keepingCapacity: true)
    }
}
