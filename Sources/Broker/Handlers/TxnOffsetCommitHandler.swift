import CommitLog
import KafkaProtocol
import RecordFormat

// TxnOffsetCommit, versions 0–3. Deviation from Kafka before 3.8: offsets of a transaction that the
// coordinator does not know to be open with this group in it are refused. They would wait for ever
// for a marker, and so would clients that ask for stable offsets.

/// Stages offsets of partitions that exist; others are UNKNOWN_TOPIC_OR_PARTITION.
struct TxnOffsetCommitHandler: RequestHandler {
    let groups: GroupCoordinator
    let log: LogDirectory
    /// Whether this producer has a transaction open that this partition of `__consumer_offsets`
    /// takes part in. Called on the coordinator loop.
    let verify:
        @Sendable (
            _ transactionalID: String, TransactionalProducer, TopicPartition
        ) -> ErrorCode

    func handle(
        _ request: TxnOffsetCommitRequest, _ context: RequestContext,
        _ reply: Reply<TxnOffsetCommitResponse>
    ) {
        var offsets: [OffsetToCommit] = []
        for topic in request.topics {
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
        let producer = TransactionalProducer(id: request.producerID, epoch: request.producerEpoch)
        let staged = offsets.map(\.topicPartition)
        groups.stage(
            event, producer: producer,
            verify: { [verify] partition in
                verify(request.transactionalID, producer, partition)
            },
            { errors in
                reply(isLarge: errors.count > 500) {
                    response(request, Dictionary(zip(staged, errors)) { $1 })
                }
            })
    }

    private func response(
        _ request: TxnOffsetCommitRequest, _ errors: [TopicPartition: ErrorCode]
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
                answer.errorCode = errors[topicPartition] ?? .unknownTopicOrPartition
                return answer
            }
            return answered
        }
        return response
    }
}
