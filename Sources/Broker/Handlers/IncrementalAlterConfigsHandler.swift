// IncrementalAlterConfigs, versions 0–1. All operations on a resource are done, or none. Append and
// subtract go by what the resource has of its own, or else by the default, as in Kafka. Of a broker
// only what topics inherit can be altered; there are no settings of brokers' loggers.

import CommitLog
import KafkaProtocol

struct IncrementalAlterConfigsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: IncrementalAlterConfigsRequest, _ context: RequestContext,
        _ reply: Reply<IncrementalAlterConfigsResponse>
    ) {
        broker.control.answer(reply) { refusal in
            response(to: request, request.resources.map { _ in refusal })
        } with: {
            let alteration = SettingsAlteration(broker: broker, context: context)
            let refusals = alteration.alterEach(
                request.resources, target: { ($0.resourceType, $0.resourceName) }
            ) { (target, resource) throws(Refusal) in
                var settings = alteration.current(target)
                try apply(resource.configs, to: &settings)
                try alteration.replace(
                    target, with: settings, validateOnly: request.validateOnly)
            }
            return response(to: request, refusals)
        }
    }

    private func apply(
        _ configs: [IncrementalAlterConfigsRequest.Config], to settings: inout [String: String]
    ) throws(Refusal) {
        guard Set(configs.map(\.name)).count == configs.count else {
            throw Refusal(.invalidRequest, "A setting is altered twice.")
        }
        for config in configs {
            switch config.configOperation {
            case .delete: settings[config.name] = nil
            case .set: settings[config.name] = try value(config)
            case .append:
                try change(&settings, config) { list, part in
                    if !list.contains(part) { list.append(part) }
                }
            case .subtract:
                try change(&settings, config) { list, part in list.removeAll { $0 == part } }
            default:
                throw Refusal(
                    .invalidRequest, "There is no operation \(config.configOperation.rawValue).")
            }
        }
    }

    private func value(
        _ config: IncrementalAlterConfigsRequest.Config
    ) throws(Refusal) -> String {
        guard let value = config.value else {
            throw Refusal(.invalidRequest, "\(config.name) has no value.")
        }
        return value
    }

    /// Changes a list part by part.
    private func change(
        _ settings: inout [String: String], _ config: IncrementalAlterConfigsRequest.Config,
        _ change: (inout [Substring], Substring) -> Void
    ) throws(Refusal) {
        let value = try value(config)
        let key = DynamicBrokerKey.named(config.name)?.topic ?? config.name
        guard
            SettingText.ofTopics[key]?.type == .list
                || MetricsSubscription.listSettings.contains(key)
        else {
            throw Refusal(
                .invalidConfig,
                "\(config.name) is no list: nothing can be added to it or taken off.")
        }
        let standard = SettingSources.topicDefaults.first { $0.key == key }?.value ?? ""
        var list = (settings[config.name] ?? standard).split(separator: ",")
        for part in value.split(separator: ",") { change(&list, part) }
        settings[config.name] = list.joined(separator: ",")
    }

    private func response(
        to request: IncrementalAlterConfigsRequest, _ refusals: [Refusal?]
    ) -> IncrementalAlterConfigsResponse {
        var response = IncrementalAlterConfigsResponse()
        response.responses = zip(request.resources, refusals).map { asked, refusal in
            var resource = IncrementalAlterConfigsResponse.Resource()
            resource.resourceType = asked.resourceType
            resource.resourceName = asked.resourceName
            resource.errorCode = refusal?.code ?? .none
            resource.errorMessage = refusal?.message
            return resource
        }
        return response
    }
}
