import CommitLog
import KafkaProtocol
import RecordFormat

// TxnOffsetCommit, versions 0–5; from 5 on the group's offsets are added to the transaction (KIP-890),
// which AddOffsetsToTxn does for earlier clients. Deviation from Kafka before 3.8: offsets of a transaction that the
// coordinator does not know to be open with this group in it are refused. They would wait for ever
// for a marker, and so would clients that ask for stable offsets.

/// Stages offsets of partitions that exist; others are UNKNOWN_TOPIC_OR_PARTITION.
struct TxnOffsetCommitHandler: RequestHandler {
    private static let firstVersionWithAbortable: Int16 = 4
    private static let firstVersionThatAdds: Int16 = 5

    let groups: GroupCoordinator
    let transactions: TransactionCoordinator
    let log: LogDirectory

    func handle(
        _ request: TxnOffsetCommitRequest, _ context: RequestContext,
        _ reply: Reply<TxnOffsetCommitResponse>
    ) {
        if let refusal = refusal(to: request, context) {
            return reply(response(request, [:], missing: { _ in refusal }))
        }
        let denied = context.deniedTopics(request.topics.lazy.map(\.name))
        var offsets: [OffsetToCommit] = []
        for topic in request.topics where !denied.contains(topic.name) {
            for partition in topic.partitions {
                let topicPartition = TopicPartition(
                    topic: topic.name, partition: partition.partitionIndex)
                guard log.partition(topicPartition) != nil else { continue }
                offsets.append(
                    OffsetToCommit(
                        topicPartition: topicPartition, offset: partition.committedOffset,
                        leaderEpoch: partition.committedLeaderEpoch,
                        metadata: partition.committedMetadata ?? ""))
            }
        }
        let event = CommitEvent(
            group: request.groupID, memberID: request.memberID,
            instanceID: request.groupInstanceID, generation: request.generationID,
            retentionMs: nil, offsets: offsets)
        let staged = offsets.map(\.topicPartition)
        @Sendable func answer(_ errors: [ErrorCode]) {
            reply(isLarge: errors.count > 500) {
                response(request, Dictionary(zip(staged, errors)) { $1 }) { topic in
                    denied.contains(topic) ? .topicAuthorizationFailed : .unknownTopicOrPartition
                }
            }
        }
        let version = context.version
        guard version >= Self.firstVersionThatAdds, !staged.isEmpty else {
            return stage(event, request, version, answer)
        }
        transactions.addImplicitly(
            [groups.partition(for: request.groupID)], to: request.transactionalID,
            by: ProducerIdentity(id: request.producerID, epoch: request.producerEpoch)
        ) { error in
            guard error == .none else {
                let code = error == .producerFenced ? .invalidProducerEpoch : error
                return answer(staged.map { _ in code })
            }
            stage(event, request, version, answer)
        }
    }

    private func refusal(
        to request: TxnOffsetCommitRequest, _ context: RequestContext
    ) -> ErrorCode? {
        guard context.allows(.transactionalID, request.transactionalID) else {
            return .transactionalIDAuthorizationFailed
        }
        return context.allows(.group, request.groupID) ? nil : .groupAuthorizationFailed
    }

    private func stage(
        _ event: CommitEvent, _ request: TxnOffsetCommitRequest, _ version: Int16,
        _ answer: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        let producer = TransactionalProducer(id: request.producerID, epoch: request.producerEpoch)
        groups.stage(
            event, producer: producer,
            verify: { [ongoing = transactions.ongoing] partition in
                ongoing.refusal(
                    of: ProducerIdentity(id: producer.id, epoch: producer.epoch),
                    transactionalID: request.transactionalID, for: partition)?
                    .codeForOffsets(knowsAbortable: version >= Self.firstVersionWithAbortable)
                    ?? .none
            },
            answer)
    }

    private func response(
        _ request: TxnOffsetCommitRequest, _ errors: [TopicPartition: ErrorCode],
        missing: (String) -> ErrorCode
    ) -> TxnOffsetCommitResponse {
        var response = TxnOffsetCommitResponse()
        response.topics = request.topics.map { topic in
            var answered = TxnOffsetCommitResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { partition in
                let topicPartition = TopicPartition(
                    topic: topic.name, partition: partition.partitionIndex)
                var answer = TxnOffsetCommitResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = errors[topicPartition] ?? missing(topic.name)
                return answer
            }
            return answered
        }
        return response
    }
}
