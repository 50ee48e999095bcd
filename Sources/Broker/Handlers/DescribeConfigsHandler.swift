// DescribeConfigs, versions 1–4. Keys that are not known are left out of the answer, as in Kafka.
// The broker shows the settings that it has, under Kafka's names; those in milliseconds have the
// value that holds, where Kafka's have none unless it was set in milliseconds. Settings of the
// broker itself have no documentation. Nothing here is sensitive.

import CommitLog
import KafkaProtocol

struct DescribeConfigsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DescribeConfigsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeConfigsResponse>
    ) {
        // A client may ask for thousands of topics.
        reply.work(on: broker.blockingWork) { reply(response(to: request, context)) }
    }

    private func response(
        to request: DescribeConfigsRequest, _ context: RequestContext
    ) -> DescribeConfigsResponse {
        let sources = SettingSources(broker)
        var response = DescribeConfigsResponse()
        response.results = request.resources.map { asked in
            var resource = DescribeConfigsResponse.Resource()
            resource.resourceType = asked.resourceType
            resource.resourceName = asked.resourceName
            do throws(Refusal) {
                try context.requireSettings(of: asked.resourceType, asked.resourceName)
                let target = try SettingsTarget(asked.resourceType, asked.resourceName, of: broker)
                resource.configs = settings(of: target, sources, keys: asked.configurationKeys)
                    .map { described($0, request) }
            } catch {
                resource.errorCode = error.code
                resource.errorMessage = error.message
            }
            return resource
        }
        return response
    }

    private func settings(
        of target: SettingsTarget, _ sources: SettingSources, keys: [String]?
    ) -> [DescribedSetting] {
        let settings =
            switch target {
            case .topic(let name): sources.topicSettings(broker.log.topic(name)?.overrides ?? [:])
            case .broker: sources.brokerSettings
            case .cluster: sources.clusterSettings
            case .clientMetrics(let name):
                MetricsSubscription.described(broker.telemetry.settings(of: name))
            case .group(let name): broker.groups.settings.described(name)
            }
        guard let keys else { return settings }
        let wanted = Set(keys)
        return settings.filter { wanted.contains($0.name) }
    }

    private func described(
        _ setting: DescribedSetting, _ request: DescribeConfigsRequest
    ) -> DescribeConfigsResponse.Config {
        var config = DescribeConfigsResponse.Config()
        config.name = setting.name
        config.value = setting.value
        config.readOnly = setting.isReadOnly
        config.isSensitive = setting.type == .password
        config.configSource = setting.source
        config.configType = setting.type
        if request.includeSynonyms {
            config.synonyms = setting.synonyms.map { synonym in
                var described = DescribeConfigsResponse.Synonym()
                described.name = synonym.name
                described.value = synonym.value
                described.source = synonym.source
                return described
            }
        }
        if request.includeDocumentation { config.documentation = setting.documentation }
        return config
    }
}
