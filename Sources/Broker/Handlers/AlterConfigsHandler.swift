// AlterConfigs, versions 0–2. Settings that are not named fall back to their defaults, and of a
// setting that is named twice the last value holds, as in Kafka. Of a broker only what topics
// inherit can be altered; there are no settings of brokers' loggers.

import CommitLog
import KafkaProtocol

struct AlterConfigsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: AlterConfigsRequest, _ context: RequestContext,
        _ reply: Reply<AlterConfigsResponse>
    ) {
        broker.control.answer(reply) { refusal in
            response(to: request, request.resources.map { _ in refusal })
        } with: {
            let alteration = SettingsAlteration(broker: broker, context: context)
            let refusals = alteration.alterEach(
                request.resources, target: { ($0.resourceType, $0.resourceName) }
            ) { (target, resource) throws(Refusal) in
                try alteration.replace(
                    target, with: try settings(resource), validateOnly: request.validateOnly)
            }
            return response(to: request, refusals)
        }
    }

    private func settings(
        _ resource: AlterConfigsRequest.Resource
    ) throws(Refusal) -> [String: String] {
        var settings: [String: String] = [:]
        for config in resource.configs {
            guard let value = config.value else {
                throw Refusal(.invalidRequest, "\(config.name) has no value.")
            }
            settings[config.name] = value
        }
        return settings
    }

    private func response(
        to request: AlterConfigsRequest, _ refusals: [Refusal?]
    ) -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        response.responses = zip(request.resources, refusals).map { asked, refusal in
            var resource = AlterConfigsResponse.Resource()
            resource.resourceType = asked.resourceType
            resource.resourceName = asked.resourceName
            resource.errorCode = refusal?.code ?? .none
            resource.errorMessage = refusal?.message
            return resource
        }
        return response
    }
}
