import CommitLog
import KafkaProtocol
import RecordFormat

// DeleteShareGroupOffsets, version 0. No deviations from Kafka.

struct DeleteShareGroupOffsetsHandler: RequestHandler {
    let groups: GroupCoordinator
    let log: LogDirectory

    func handle(
        _ request: DeleteShareGroupOffsetsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteShareGroupOffsetsResponse>
    ) {
        guard context.allows(.group, request.groupID) else {
            return reply(.failure(GroupRefusal(.groupAuthorizationFailed, "")))
        }
        let names = request.topics.map(\.topicName)
        let denied = context.deniedTopics(names)
        let ids = names.map { denied.contains($0) ? nil : log.topicID(of: $0) }
        // A topic that is named twice is deleted once.
        let known = Array(Set(ids.compactMap { $0 }))
        groups.deleteShareOffsets(of: known, group: request.groupID) { result in
            switch result {
            case .failure(let refusal): reply(.failure(refusal))
            case .success(let codes):
                let codes = Dictionary(uniqueKeysWithValues: zip(known, codes))
                var response = DeleteShareGroupOffsetsResponse()
                response.responses = zip(names, ids).map { name, id in
                    var topic = DeleteShareGroupOffsetsResponse.Topic()
                    topic.topicName = name
                    topic.topicID = id ?? .none
                    topic.errorCode =
                        denied.contains(name)
                        ? .topicAuthorizationFailed
                        : id.flatMap { codes[$0] } ?? .unknownTopicOrPartition
                    if id != nil, topic.errorCode == .unknownTopicOrPartition {
                        topic.errorMessage = "There is no offset information to delete."
                    } else if topic.errorCode != .none {
                        topic.errorMessage = topic.errorCode.name
                    }
                    return topic
                }
                reply(response)
            }
        }
    }
}
