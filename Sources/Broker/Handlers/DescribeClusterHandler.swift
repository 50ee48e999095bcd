// DescribeCluster, versions 0–1. There is one broker, and no controller beside it that clients
// could reach.

import CommitLog
import KafkaProtocol

struct DescribeClusterHandler: RequestHandler {
    private enum EndpointType {
        static let brokers: Int8 = 1
        static let controllers: Int8 = 2
    }

    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DescribeClusterRequest, _ context: RequestContext,
        _ reply: Reply<DescribeClusterResponse>
    ) {
        var response = DescribeClusterResponse()
        response.endpointType = request.endpointType
        guard request.endpointType == EndpointType.brokers else {
            let isKnown = request.endpointType == EndpointType.controllers
            response.errorCode = isKnown ? .mismatchedEndpointType : .unsupportedEndpointType
            response.errorMessage = "This is the endpoint of a broker."
            return reply(response)
        }
        var node = DescribeClusterResponse.Broker()
        node.brokerID = broker.nodeID
        node.host = context.advertised.host
        node.port = Int32(context.advertised.port)
        response.brokers = [node]
        response.clusterID = broker.log.clusterID
        response.controllerID = broker.nodeID
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = context.authorizedClusterOperations
        }
        reply(response)
    }
}
