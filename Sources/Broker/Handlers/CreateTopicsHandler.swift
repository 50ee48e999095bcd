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
            response(request.topics.map { _ in .failure(refusal) }, to: request, context)
        } with: {
            let creation = TopicCreation(log: broker.log, config: broker.config)
            let mayAll = context.allowsCluster(logs: false)
            let isStrict = context.version >= Self.firstStrictVersion
            let plans = creation.plans(
                request.topics,
                refusal: { name in
                    mayAll || name == ClusterMetadataTopic.name || context.allows(.topic, name)
                        ? nil : Refusal(.topicAuthorizationFailed, "Authorization failed.")
                }, tellsOthers: context.authorizer == nil
            ).map { $0.charged(to: context.charge, isStrict: isStrict) }
            return response(
                request.validateOnly ? plans : creation.create(plans), to: request, context)
        }
    }

    /// From here on clients know THROTTLING_QUOTA_EXCEEDED (KIP-599).
    private static let firstStrictVersion: Int16 = 6

    private func response(
        _ results: [Result<TopicCreation.Plan, Refusal>], to request: CreateTopicsRequest,
        _ context: RequestContext
    ) -> CreateTopicsResponse {
        let settings = SettingSources(broker)
        var response = CreateTopicsResponse()
        response.topics = zip(request.topics, results).map { asked, result in
            var topic = CreateTopicsResponse.Topic()
            topic.name = asked.name
            switch result {
            case .success(let plan):
                topic.topicID = plan.topicID
                guard context.allows(.describeConfigs, .topic, asked.name, logs: false) else {
                    topic.topicConfigErrorCode = .topicAuthorizationFailed
                    break
                }
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
