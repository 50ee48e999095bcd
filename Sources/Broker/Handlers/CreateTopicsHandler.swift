// CreateTopics, versions 2–7. The timeout is not looked at: the answer comes when the topics are
// there. One copy is kept of everything: other replication factors are refused, or taken for 1
// where the operator said so. A name that collides in '.' and '_' with another one is refused, as
// in Kafka.

import CommitLog
import KafkaProtocol

struct CreateTopicsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: CreateTopicsRequest, _ context: RequestContext,
        _ reply: Reply<CreateTopicsResponse>
    ) {
        broker.control.answer(reply) { refusal in
            response(request.topics.map { _ in .failure(refusal) }, to: request)
        } with: {
            let creation = TopicCreation(log: broker.log, config: broker.config)
            let isStrict = context.version >= Self.firstStrictVersion
            let plans = creation.plans(request.topics).map {
                $0.charged(to: context.charge, isStrict: isStrict)
            }
            return response(request.validateOnly ? plans : creation.create(plans), to: request)
        }
    }

    /// From here on clients know THROTTLING_QUOTA_EXCEEDED (KIP-599).
    private static let firstStrictVersion: Int16 = 6

    private func response(
        _ results: [Result<TopicCreation.Plan, Refusal>], to request: CreateTopicsRequest
    ) -> CreateTopicsResponse {
        let settings = SettingSources(broker)
        var response = CreateTopicsResponse()
        response.topics = zip(request.topics, results).map { asked, result in
            var topic = CreateTopicsResponse.Topic()
            topic.name = asked.name
            switch result {
            case .success(let plan):
                topic.topicID = plan.topicID
                topic.numPartitions = Int32(plan.topic.partitionCount)
                topic.replicationFactor = plan.replicationFactor
                topic.configs = settings.topicSettings(plan.topic.overrides).map(config)
            case .failure(let refusal):
                topic.errorCode = refusal.code
                topic.errorMessage = refusal.message
            }
            return topic
        }
        return response
    }

    private func config(_ setting: DescribedSetting) -> CreateTopicsResponse.Config {
        var config = CreateTopicsResponse.Config()
        config.name = setting.name
        config.value = setting.value
        config.readOnly = setting.isReadOnly
        config.configSource = setting.source
        return config
    }
}
