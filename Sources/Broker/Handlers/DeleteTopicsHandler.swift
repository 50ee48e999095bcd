// DeleteTopics, versions 1–5. The timeout is not looked at. The topics that the coordinators keep
// their state in are refused with INVALID_REQUEST; Kafka deletes them for whoever may.

import CommitLog
import KafkaProtocol

struct DeleteTopicsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DeleteTopicsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteTopicsResponse>
    ) {
        broker.control.answer(reply) { refusal in
            response(request.topicNames.map { ($0, refusal) })
        } with: {
            let counts = Dictionary(request.topicNames.map { ($0, 1) }, uniquingKeysWith: +)
            return response(
                request.topicNames.map { name in
                    do throws(Refusal) {
                        guard counts[name] == 1 else { throw .duplicateTopic }
                        try delete(name, context.version)
                        return (name, nil)
                    } catch {
                        return (name, error)
                    }
                })
        }
    }

    private func delete(_ name: String, _ version: Int16) throws(Refusal) {
        guard broker.config.deleteTopicEnable else {
            // Older clients do not know the code.
            throw Refusal(
                version < 3 ? .invalidRequest : .topicDeletionDisabled,
                "delete.topic.enable is false.")
        }
        guard !InternalTopic.contains(name) else {
            throw Refusal(.invalidRequest, "'\(name)' holds the state of groups or transactions.")
        }
        do throws(LogError) {
            try broker.log.deleteTopic(name)
            // A topic that is created again begins at offset 0, where offsets of the old one would
            // be wrong.
            broker.groups.topicsDeleted([name])
        } catch .unknownTopic {
            throw .unknownTopic(name)
        } catch {
            throw Refusal(error)
        }
    }

    private func response(_ results: [(name: String, refusal: Refusal?)]) -> DeleteTopicsResponse {
        var response = DeleteTopicsResponse()
        response.responses = results.map { name, refusal in
            var topic = DeleteTopicsResponse.Topic()
            topic.name = name
            topic.errorCode = refusal?.code ?? .none
            topic.errorMessage = refusal?.message
            return topic
        }
        return response
    }
}
