// DeleteTopics, versions 1–6, by name or by id from 6 on. The timeout is not looked at. The topics that the coordinators keep
// their state in are refused with INVALID_REQUEST; Kafka deletes them for whoever may.

import CommitLog
import KafkaProtocol
import RecordFormat

struct DeleteTopicsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DeleteTopicsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteTopicsResponse>
    ) {
        let asked = topics(of: request, context.version)
        broker.control.answer(reply) { refusal in
            response(asked.map { Outcome(name: $0.name, id: $0.topicID, refusal: refusal) })
        } with: {
            let mayAll = context.allowsCluster(logs: false)
            let names = asked.map { $0.name ?? broker.log.topicName(of: $0.topicID) }
            let counts = Dictionary(names.compactMap { $0 }.map { ($0, 1) }, uniquingKeysWith: +)
            return response(
                zip(asked, names).map { topic, name in
                    do throws(Refusal) {
                        try Self.validate(topic)
                        guard let name else { throw .unknownTopicID }
                        if !mayAll, let denied = denied(name, topic, context) { return denied }
                        guard counts[name] == 1 else { throw .duplicateTopic }
                        let id = broker.log.topicID(of: name) ?? TopicID.none
                        try delete(name, context)
                        return Outcome(name: name, id: id)
                    } catch {
                        return Outcome(name: name, id: topic.topicID, refusal: error)
                    }
                })
        }
    }

    /// What became of one topic.
    private struct Outcome {
        var name: String?
        var id: TopicID
        var refusal: Refusal?
    }

    /// What a client is told that may not delete a topic; nil where it may. The name of one that it knows by its id
    /// it learns only where it may describe it, and whether there is one of a name never otherwise.
    private func denied(
        _ name: String, _ topic: DeleteTopicsRequest.Topic, _ context: RequestContext
    ) -> Outcome? {
        let mayDescribe = context.allows(.describe, .topic, name, logs: false)
        let mayDelete = context.allows(.topic, name)
        let isByID = topic.name == nil
        if mayDelete, mayDescribe || isByID { return nil }
        if mayDescribe, !isByID, broker.log.topicID(of: name) == nil {
            return Outcome(name: name, id: .none, refusal: .unknownTopic(name))
        }
        return Outcome(
            name: isByID && !mayDescribe ? nil : name, id: topic.topicID, refusal: .topicDenied)
    }

    private static let firstVersionWithIDs: Int16 = 6

    private func topics(
        of request: DeleteTopicsRequest, _ version: Int16
    ) -> [DeleteTopicsRequest.Topic] {
        guard version < Self.firstVersionWithIDs else { return request.topics }
        return request.topicNames.map { name in
            var topic = DeleteTopicsRequest.Topic()
            topic.name = name
            return topic
        }
    }

    private static func validate(_ topic: DeleteTopicsRequest.Topic) throws(Refusal) {
        guard (topic.name == nil) != (topic.topicID == .none) else {
            throw Refusal(.invalidRequest, "A topic is named by its name or by its id.")
        }
    }

    /// From here on clients know THROTTLING_QUOTA_EXCEEDED (KIP-599).
    private static let firstStrictVersion: Int16 = 5

    private func delete(_ name: String, _ context: RequestContext) throws(Refusal) {
        guard broker.config.deleteTopicEnable else {
            // Older clients do not know the code.
            throw Refusal(
                context.version < 3 ? .invalidRequest : .topicDeletionDisabled,
                "delete.topic.enable is false.")
        }
        guard !InternalTopic.contains(name) else {
            throw Refusal(.invalidRequest, "'\(name)' holds the state of groups or transactions.")
        }
        if let topic = broker.log.topic(name) {
            try context.charge?.mutate(
                topic.partitionCount, isStrict: context.version >= Self.firstStrictVersion)
        }
        do throws(LogError) {
            let id = broker.log.topicID(of: name)
            try broker.log.deleteTopic(name)
            // A topic that is created again begins at offset 0, where offsets of the old one would
            // be wrong.
            broker.groups.topicsDeleted([name])
            if let id { broker.sharing.partitions.topicDeleted(id) }
        } catch .unknownTopic {
            throw .unknownTopic(name)
        } catch {
            throw Refusal(error)
        }
    }

    private func response(_ outcomes: [Outcome]) -> DeleteTopicsResponse {
        var response = DeleteTopicsResponse()
        response.responses = outcomes.map { outcome in
            var topic = DeleteTopicsResponse.Topic()
            topic.name = outcome.name
            topic.topicID = outcome.id
            topic.errorCode = outcome.refusal?.code ?? .none
            topic.errorMessage = outcome.refusal?.message
            return topic
        }
        return response
    }
}
