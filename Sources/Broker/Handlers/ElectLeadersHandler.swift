// ElectLeaders, versions 0–2. There is one broker, which leads every partition, so no election is
// needed, whichever it is. The timeout is not looked at.

import CommitLog
import KafkaProtocol
import RecordFormat

struct ElectLeadersHandler: RequestHandler {
    /// The preferred replica, and one that need not be in sync.
    private static let electionTypes: ClosedRange<Int8> = 0...1

    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: ElectLeadersRequest, _ context: RequestContext,
        _ reply: Reply<ElectLeadersResponse>
    ) {
        var response = ElectLeadersResponse()
        let isAllowed = context.allowsCluster()
        if !isAllowed { response.errorCode = .clusterAuthorizationFailed }
        guard !isAllowed || Self.electionTypes.contains(request.electionType) else {
            response.errorCode = .invalidRequest
            return reply(response)
        }
        // Where all are asked for, those that need no election are left out.
        response.replicaElectionResults = (request.topicPartitions ?? []).map { asked in
            var topic = ElectLeadersResponse.Topic()
            topic.topic = asked.topic
            // Without the name: a request may name millions of partitions of a topic with a long one.
            let unknown =
                broker.log.topicID(of: asked.topic) == nil ? "No such topic." : "No such partition."
            topic.partitionResult = asked.partitions.map {
                isAllowed ? result($0, of: asked.topic, unknown) : Self.denied($0)
            }
            return topic
        }
        reply(response)
    }

    private static func denied(_ partition: Int32) -> ElectLeadersResponse.Partition {
        var result = ElectLeadersResponse.Partition()
        result.partitionID = partition
        result.errorCode = .clusterAuthorizationFailed
        return result
    }

    private func result(
        _ partition: Int32, of topic: String, _ unknown: String
    ) -> ElectLeadersResponse.Partition {
        var result = ElectLeadersResponse.Partition()
        result.partitionID = partition
        if broker.log.partition(TopicPartition(topic: topic, partition: partition)) != nil {
            result.errorCode = .electionNotNeeded
            result.errorMessage = "Leader election not needed for topic partition."
        } else {
            result.errorCode = .unknownTopicOrPartition
            result.errorMessage = unknown
        }
        return result
    }
}
