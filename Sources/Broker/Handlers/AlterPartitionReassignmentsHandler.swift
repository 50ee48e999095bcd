// AlterPartitionReassignments, versions 0–1. There is one broker: a partition may be assigned to it,
// which changes nothing, and no move is under way that could be ended.

import CommitLog
import KafkaProtocol
import RecordFormat

struct AlterPartitionReassignmentsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: AlterPartitionReassignmentsRequest, _ context: RequestContext,
        _ reply: Reply<AlterPartitionReassignmentsResponse>
    ) {
        var response = AlterPartitionReassignmentsResponse()
        response.allowReplicationFactorChange = request.allowReplicationFactorChange
        let isAllowed = context.allowsCluster()
        if !isAllowed {
            response.errorCode = .clusterAuthorizationFailed
            response.errorMessage = Refusal.clusterDenied.message
        }
        response.responses = request.topics.map { asked in
            var topic = AlterPartitionReassignmentsResponse.Topic()
            topic.name = asked.name
            topic.partitions = asked.partitions.map { partition in
                var answer = AlterPartitionReassignmentsResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                do throws(Refusal) {
                    guard isAllowed else { throw .clusterDenied }
                    try assign(partition, of: asked.name)
                } catch {
                    answer.errorCode = error.code
                    answer.errorMessage = error.message
                }
                return answer
            }
            return topic
        }
        reply(response)
    }

    private func assign(
        _ partition: AlterPartitionReassignmentsRequest.Partition, of topic: String
    ) throws(Refusal) {
        let index = partition.partitionIndex
        guard broker.log.partition(TopicPartition(topic: topic, partition: index)) != nil else {
            // Without the name: a request may name millions of partitions of a topic with a long one.
            throw Refusal(
                .unknownTopicOrPartition,
                broker.log.topicID(of: topic) == nil ? "No such topic." : "No such partition.")
        }
        guard let replicas = partition.replicas else {
            throw Refusal(.noReassignmentInProgress, "No partition reassignment is in progress.")
        }
        if replicas.isEmpty {
            throw Refusal(
                .invalidReplicaAssignment,
                "The manual partition assignment includes an empty replica list.")
        }
        if let stranger = replicas.first(where: { $0 != broker.nodeID }) {
            throw Refusal(
                .invalidReplicaAssignment,
                "The manual partition assignment includes broker \(stranger), but no such broker is "
                    + "registered.")
        }
        if replicas.count > 1 {
            throw Refusal(
                .invalidReplicaAssignment,
                "The manual partition assignment includes the broker \(broker.nodeID) more than "
                    + "once.")
        }
    }
}
