// CreatePartitions, versions 0–3. The timeout is not looked at.

import CommitLog
import KafkaProtocol

struct CreatePartitionsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: CreatePartitionsRequest, _ context: RequestContext,
        _ reply: Reply<CreatePartitionsResponse>
    ) {
        broker.control.answer(reply) { refusal in
            response(request.topics.map { ($0.name, refusal) })
        } with: {
            let counts = Dictionary(request.topics.map { ($0.name, 1) }, uniquingKeysWith: +)
            var allowance = TopicCreation.maximumPartitionsPerRequest
            var bounds = TopicBounds(broker.log.topics, broker.config)
            return response(
                request.topics.map { topic in
                    do throws(Refusal) {
                        guard counts[topic.name] == 1 else { throw .duplicateTopic }
                        guard context.allows(.topic, topic.name) else { throw .topicDenied }
                        let added = try validate(topic, &allowance)
                        try bounds.add(partitionCount: added)
                        try context.charge?.mutate(
                            added, isStrict: context.version >= Self.firstStrictVersion)
                        if !request.validateOnly { try create(topic) }
                        return (topic.name, nil)
                    } catch {
                        return (topic.name, error)
                    }
                })
        }
    }

    /// From here on clients know THROTTLING_QUOTA_EXCEEDED (KIP-599).
    private static let firstStrictVersion: Int16 = 3

    /// How many partitions are added.
    private func validate(
        _ topic: CreatePartitionsRequest.Topic, _ allowance: inout Int
    ) throws(Refusal) -> Int {
        guard let existing = broker.log.topic(topic.name) else { throw .unknownTopic(topic.name) }
        // A record's place depends on how many partitions there are. A start moves those of groups and transactions
        // to their new places; the state of share groups could not be found any more.
        guard topic.name != InternalTopic.shareGroupState else {
            throw Refusal(
                .invalidRequest,
                "'\(topic.name)' keeps the number of partitions that it was created with "
                    + "(share.coordinator.state.topic.num.partitions).")
        }
        let added = Int(topic.count) - existing.partitionCount
        guard added > 0 else {
            throw Refusal(
                .invalidPartitions,
                "Topic '\(topic.name)' has \(existing.partitionCount) partitions: "
                    + "\(topic.count) would be no increase.")
        }
        guard added <= allowance else {
            throw Refusal(
                .policyViolation,
                "One request creates \(TopicCreation.maximumPartitionsPerRequest) partitions at most."
            )
        }
        allowance -= added
        guard let assignments = topic.assignments, !assignments.isEmpty else { return added }
        guard assignments.count == added else {
            throw Refusal(
                .invalidReplicaAssignment,
                "\(added) partitions are added and \(assignments.count) assigned.")
        }
        for assignment in assignments {
            try ReplicaAssignment.validate(assignment.brokerIDs, broker.config)
        }
        return added
    }

    private func create(_ topic: CreatePartitionsRequest.Topic) throws(Refusal) {
        do throws(LogError) {
            try broker.log.createPartitions(topic.name, to: Int(topic.count))
        } catch {
            throw Refusal(error)
        }
    }

    private func response(
        _ results: [(name: String, refusal: Refusal?)]
    ) -> CreatePartitionsResponse {
        var response = CreatePartitionsResponse()
        response.results = results.map { name, refusal in
            var topic = CreatePartitionsResponse.Topic()
            topic.name = name
            topic.errorCode = refusal?.code ?? .none
            topic.errorMessage = refusal?.message
            return topic
        }
        return response
    }
}
