import CommitLog
import KafkaProtocol
import RecordFormat

// OffsetCommit, versions 2–8. No deviations from Kafka. Version 9 belongs to the newer group
// protocol.

/// Commits the offsets of partitions that exist; others are UNKNOWN_TOPIC_OR_PARTITION.
struct OffsetCommitHandler: RequestHandler {
    let groups: GroupCoordinator
    let log: LogDirectory

    func handle(
        _ request: OffsetCommitRequest, _ context: RequestContext,
        _ reply: Reply<OffsetCommitResponse>
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
            instanceID: request.groupInstanceID, generation: request.generationIDOrMemberEpoch,
            retentionMs: request.retentionTimeMs == -1 ? nil : request.retentionTimeMs,
            offsets: offsets)
        let committed = offsets.map(\.topicPartition)
        groups.commit(event) { errors in
            reply(isLarge: errors.count > 500) {
                response(request, Dictionary(zip(committed, errors)) { $1 })
            }
        }
    }

    private func response(
        _ request: OffsetCommitRequest, _ errors: [TopicPartition: ErrorCode]
    ) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        response.topics = request.topics.map { topic in
            var answered = OffsetCommitResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { partition in
                let topicPartition = TopicPartition(
                    topic: topic.name, partition: partition.partitionIndex)
                var answer = OffsetCommitResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = errors[topicPartition] ?? .unknownTopicOrPartition
                return answer
            }
            return answered
        }
        return response
    }
}
