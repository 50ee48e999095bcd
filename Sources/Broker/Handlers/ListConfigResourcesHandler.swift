// ListConfigResources, versions 0–1; version 0 lists subscriptions to clients' metrics alone. Groups are listed that have
// settings of their own.

import KafkaProtocol

struct ListConfigResourcesHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    private static let known: [ConfigResourceType] = [
        .topic, .broker, .brokerLogger, .clientMetrics, .group,
    ]

    func handle(
        _ request: ListConfigResourcesRequest, _ context: RequestContext,
        _ reply: Reply<ListConfigResourcesResponse>
    ) {
        guard context.allowsCluster() else {
            var refused = ListConfigResourcesResponse()
            refused.errorCode = .clusterAuthorizationFailed
            return reply(refused)
        }
        let asked = request.resourceTypes.map { ConfigResourceType(rawValue: $0) }
        guard asked.allSatisfy(Self.known.contains) else {
            var refused = ListConfigResourcesResponse()
            refused.errorCode = .unsupportedVersion
            return reply(refused)
        }
        let wanted =
            context.version == 0
            ? [.clientMetrics]
            : Self.known.filter {
                asked.isEmpty || asked.contains($0)
            }
        reply(isLarge: wanted.contains(.topic)) {
            var response = ListConfigResourcesResponse()
            response.configResources = wanted.flatMap { type in
                names(of: type).map { name in
                    var resource = ListConfigResourcesResponse.Resource()
                    resource.resourceName = name
                    resource.resourceType = type
                    return resource
                }
            }
            return response
        }
    }

    private func names(of type: ConfigResourceType) -> [String] {
        switch type {
        case .topic: broker.log.topicNames
        case .broker: [String(broker.nodeID)]
        case .clientMetrics: broker.telemetry.names
        case .group: broker.groups.settings.names
        default: []
        }
    }
}
