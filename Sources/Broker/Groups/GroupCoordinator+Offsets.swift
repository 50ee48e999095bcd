import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

/// One offset that a client commits.
struct OffsetToCommit: Sendable {
    var topicPartition: TopicPartition
    var offset: Offset
    var leaderEpoch: LeaderEpoch
    var metadata: String
}

/// Offsets that a client commits, and in which role.
struct CommitEvent: Sendable {
    var group: String
    var memberID: String
    var instanceID: String?
    var generation: Int32
    /// How long the offsets are to live, in milliseconds; nil: as the broker is configured.
    var retentionMs: Int64?
    var offsets: [OffsetToCommit]
    /// The client knows the error codes of the consumer protocol, and of groups that do not exist.
    var knowsMemberEpochs = false
}

extension GroupCoordinator {
    /// Commits offsets, all in one batch. The answers are in the order of the offsets.
    func commit(
        _ event: CommitEvent, _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        eventLoop.execute {
            self.prepareCommit(event, producer: nil, reply) { group, records, entries, finish in
                self.write(
                    records, for: event.group, tooLarge: .invalidCommitOffsetSize,
                    didAppend: { first in
                        entries.place(from: first)
                        group.offsets.begin(entries.byPartition)
                    },
                    done: { error in
                        if error == .none {
                            group.offsets.commit(entries.byPartition)
                        } else {
                            group.offsets.cancel(entries.byPartition)
                        }
                        finish(error)
                    })
            }
        }
    }

    /// Writes offsets that count once the producer's transaction commits.
    ///
    /// - Parameter verify: says, on the loop, whether that transaction is open and knows of this
    ///   partition of `__consumer_offsets`.
    func stage(
        _ event: CommitEvent, producer: TransactionalProducer,
        verify: @escaping @Sendable (TopicPartition) -> ErrorCode,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        eventLoop.execute {
            let verdict = verify(self.partition(for: event.group))
            guard verdict == .none else { return reply(event.offsets.map { _ in verdict }) }
            self.prepareCommit(event, producer: producer, reply) {
                group, records, entries, finish in
                self.write(
                    records, for: event.group, producer: producer,
                    tooLarge: .invalidCommitOffsetSize,
                    didAppend: { first in
                        entries.place(from: first)
                        group.offsets.stage(entries.byPartition, producerID: producer.id)
                    },
                    done: finish)
            }
        }
    }

    /// The transaction coordinator has appended the marker of a transaction to a partition of
    /// `__consumer_offsets`: what the transaction staged there counts now, or is forgotten. On the
    /// loop.
    func transactionEnded(producerID: ProducerID, committed: Bool, partition: Int32) {
        guard state.partitions.indices.contains(Int(partition)) else { return }
        if case .loading(var events) = state.partitions[Int(partition)] {
            events.endedTransactions.append(
                EndedTransaction(producerID: producerID, committed: committed))
            state.partitions[Int(partition)] = .loading(events)
            return
        }
        for (id, group) in state.groups
        where partitionIndex(for: id.text) == partition || group.strayPartition == partition {
            group.offsets.endTransaction(of: producerID, committed: committed)
        }
    }

    private typealias Finish = (ErrorCode) -> Void

    /// Checks who commits and what, and hands on what may be written.
    private func prepareCommit(
        _ event: CommitEvent, producer: TransactionalProducer?,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void,
        _ write: (CoordinatedGroup, [OffsetsTopicRecord], CommitEntries, @escaping Finish) -> Void
    ) {
        func refuse(_ error: ErrorCode) { reply(event.offsets.map { _ in error }) }
        if let error = refusalToWrite(for: event.group, allowsEmptyID: producer == nil) {
            return refuse(error)
        }
        let isNew = state.groups[event.group] == nil
        // The group does not exist, so its member has been gone for long.
        if isNew, event.generation >= 0 {
            return refuse(event.knowsMemberEpochs ? .groupIDNotFound : .illegalGeneration)
        }
        if state.groups[event.group]?.share != nil { return refuse(.groupIDNotFound) }
        guard let group = state.groups[event.group] ?? makeGroup(event.group) else {
            return refuse(.policyViolation)
        }
        let refusal =
            group.reconciled.map {
                $0.refusal(toCommit: event, isTransactional: producer != nil)
            }
            ?? group.membership.validateCommit(
                memberID: event.memberID, instanceID: event.instanceID,
                generation: event.generation, isTransactional: producer != nil)
        if let refusal {
            perform(group)
            return refuse(refusal)
        }
        let now = nowMs()
        var errors: [ErrorCode] = []
        var records: [OffsetsTopicRecord] = []
        let entries = CommitEntries()
        for offset in event.offsets {
            guard offset.metadata.utf8.count <= config.offsetMetadataMaxBytes else {
                errors.append(.offsetMetadataTooLarge)
                continue
            }
            let committed = CommittedOffset(
                offset: offset.offset, leaderEpoch: offset.leaderEpoch, metadata: offset.metadata,
                commitTimestampMs: now,
                expireTimestampMs: event.retentionMs.map {
                    now.addingReportingOverflow($0).partialValue
                })
            records.append(.offset(group: event.group, offset.topicPartition, committed))
            entries.append(offset.topicPartition, committed)
            errors.append(.none)
        }
        let finish: Finish = { error in
            self.perform(group)
            reply(errors.map { $0 == .none ? error : $0 })
        }
        if records.isEmpty { return finish(.none) }
        write(group, records, entries, finish)
    }
}

/// The offsets of one commit, in the order of their records, and later by partition. The loop's
/// own.
private final class CommitEntries {
    private var inOrder: [(TopicPartition, CommittedOffset)] = []
    private(set) var byPartition: [TopicPartition: GroupOffsets.Entry] = [:]

    func append(_ topicPartition: TopicPartition, _ offset: CommittedOffset) {
        inOrder.append((topicPartition, offset))
    }

    /// The first record is at `first`. Of a partition that is named twice the last offset counts.
    func place(from first: Offset) {
        for (index, (topicPartition, offset)) in inOrder.enumerated() {
            byPartition[topicPartition] = GroupOffsets.Entry(
                offset: offset, recordOffset: first.advanced(by: Int64(index)))
        }
    }
}
