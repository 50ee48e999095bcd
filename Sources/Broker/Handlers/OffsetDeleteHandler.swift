import CommitLog
import KafkaProtocol
import RecordFormat

// OffsetDelete, version 0. No deviations from Kafka: partitions that do not exist are
// UNKNOWN_TOPIC_OR_PARTITION, those that the group reads GROUP_SUBSCRIBED_TO_TOPIC, and one without
// an offset is no error.

struct OffsetDeleteHandler: RequestHandler {
    let groups: GroupCoordinator
    let log: LogDirectory

    func handle(
        _ request: OffsetDeleteRequest, _ context: RequestContext,
        _ reply: Reply<OffsetDeleteResponse>
    ) {
        guard context.allows(.group, request.groupID) else {
            var response = OffsetDeleteResponse()
            response.errorCode = .groupAuthorizationFailed
            return reply(response)
        }
        let denied = context.deniedTopics(request.topics.lazy.map(\.name))
        let known = request.topics.filter { !denied.contains($0.name) }.flatMap { topic in
            topic.partitions.map {
                TopicPartition(topic: topic.name, partition: $0.partitionIndex)
            }
        }.filter { log.partition($0) != nil }
        groups.deleteOffsets(known, group: request.groupID) { error, errors in
            var response = OffsetDeleteResponse()
            response.errorCode = error
            if error == .none {
                response.topics = topics(
                    request, Dictionary(zip(known, errors)) { $1 }, denied: denied)
            }
            reply(response)
        }
    }

    private func topics(
        _ request: OffsetDeleteRequest, _ errors: [TopicPartition: ErrorCode],
        denied: Set<String>
    ) -> [OffsetDeleteResponse.Topic] {
        request.topics.map { topic in
            var answered = OffsetDeleteResponse.Topic()
            answered.name = topic.name
            let missing =
                denied.contains(topic.name)
                ? ErrorCode.topicAuthorizationFailed : .unknownTopicOrPartition
            answered.partitions = topic.partitions.map { partition in
                let topicPartition = TopicPartition(
                    topic: topic.name, partition: partition.partitionIndex)
                var answer = OffsetDeleteResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = errors[topicPartition] ?? missing
                return answer
            }
            return answered
        }
    }
}
