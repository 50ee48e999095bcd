// ListPartitionReassignments, version 0. There is one broker, so no partition is ever being moved.

import KafkaProtocol

struct ListPartitionReassignmentsHandler: RequestHandler {
    func handle(
        _ request: ListPartitionReassignmentsRequest, _ context: RequestContext,
        _ reply: Reply<ListPartitionReassignmentsResponse>
    ) {
        var response = ListPartitionReassignmentsResponse()
        if !context.allowsCluster() {
            response.errorCode = .clusterAuthorizationFailed
            response.errorMessage = Refusal.clusterDenied.message
        }
        reply(response)
    }
}
