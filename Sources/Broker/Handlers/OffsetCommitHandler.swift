import CommitLog
import KafkaProtocol
import RecordFormat

// OffsetCommit, versions 2–10, by topic ids from 10 on. No deviations from Kafka.

/// Commits the offsets of partitions that exist; others are UNKNOWN_TOPIC_OR_PARTITION, and those of
/// topics whose id is not known UNKNOWN_TOPIC_ID.
struct OffsetCommitHandler: RequestHandler {
    let groups: GroupCoordinator
    let log: LogDirectory

    private static let firstVersionWithMemberEpochs: Int16 = 9
    private static let firstVersionByID: Int16 = 10

    func handle(
        _ request: OffsetCommitRequest, _ context: RequestContext,
        _ reply: Reply<OffsetCommitResponse>
    ) {
        let isByID = context.version >= Self.firstVersionByID
        let names = request.topics.map { isByID ? log.topicName(of: $0.topicID) : $0.name }
        guard context.allows(.group, request.groupID) else {
            return reply(
                response(
                    request, names, [:],
                    denied: request.topics.map { _ in .groupAuthorizationFailed }))
        }
        let denied = names.map { name -> ErrorCode? in
            name.map { context.allows(.topic, $0) } ?? true ? nil : .topicAuthorizationFailed
        }
        var offsets: [OffsetToCommit] = []
        for ((topic, name), refusal) in zip(zip(request.topics, names), denied) {
            guard let name, refusal == nil else { continue }
            for partition in topic.partitions {
                let topicPartition = TopicPartition(
                    topic: name, partition: partition.partitionIndex)
                guard log.partition(topicPartition) != nil else { continue }
                offsets.append(
                    OffsetToCommit(
                        topicPartition: topicPartition, offset: partition.committedOffset,
                        leaderEpoch: partition.committedLeaderEpoch,
                        metadata: partition.committedMetadata ?? ""))
            }
        }
        var event = CommitEvent(
            group: request.groupID, memberID: request.memberID,
            instanceID: request.groupInstanceID, generation: request.generationIDOrMemberEpoch,
            retentionMs: request.retentionTimeMs == -1 ? nil : request.retentionTimeMs,
            offsets: offsets)
        event.knowsMemberEpochs = context.version >= Self.firstVersionWithMemberEpochs
        let committed = offsets.map(\.topicPartition)
        groups.commit(event) { errors in
            reply(isLarge: errors.count > 500) {
                response(
                    request, names, Dictionary(zip(committed, errors)) { $1 }, denied: denied)
            }
        }
    }

    private func response(
        _ request: OffsetCommitRequest, _ names: [String?], _ errors: [TopicPartition: ErrorCode],
        denied: [ErrorCode?]
    ) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        response.topics = zip(zip(request.topics, names), denied).map { asked, refusal in
            let (topic, name) = asked
            var answered = OffsetCommitResponse.Topic()
            answered.name = topic.name
            answered.topicID = topic.topicID
            answered.partitions = topic.partitions.map { partition in
                var answer = OffsetCommitResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = .unknownTopicID
                if let name {
                    let topicPartition = TopicPartition(
                        topic: name, partition: partition.partitionIndex)
                    answer.errorCode = errors[topicPartition] ?? .unknownTopicOrPartition
                }
                if let refusal { answer.errorCode = refusal }
                return answer
            }
            return answered
        }
        return response
    }
}
