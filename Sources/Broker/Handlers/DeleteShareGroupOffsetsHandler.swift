import CommitLog
import KafkaProtocol
import RecordFormat

// DeleteShareGroupOffsets, version 0. Deviation from Kafka: of a group that never had a place in any topic each topic is
// answered with an error; Kafka leaves them out of its answer.

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
                    topic.errorCode =
                        denied.contains(name)
                        ? .topicAuthorizationFailed
                        : id.flatMap { codes[$0] } ?? .unknownTopicOrPartition
                    if topic.errorCode != .none { topic.errorMessage = topic.errorCode.name }
                    guard let id else { return topic }
                    if topic.errorCode == .unknownTopicOrPartition {
                        topic.errorMessage = "There is no offset information to delete."
                    } else {
                        topic.topicID = id
                    }
                    return topic
                }
                reply(response)
            }
        }
    }
}
