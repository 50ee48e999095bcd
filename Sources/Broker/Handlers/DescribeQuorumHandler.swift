// DescribeQuorum, versions 0–2. There is one node and no metadata log: the node is the leader and the
// only voter, at the end of an empty log. Clients cannot reach a controller beside the broker, so the
// node's listener is the one that the client came to.

import KafkaProtocol
import RecordFormat

struct DescribeQuorumHandler: RequestHandler {
    private enum Metadata {
        static let topic = "__cluster_metadata"
        static let partition: Int32 = 0
        static let isAlone = "Only __cluster_metadata-0 has a quorum."
    }

    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DescribeQuorumRequest, _ context: RequestContext,
        _ reply: Reply<DescribeQuorumResponse>
    ) {
        var response = DescribeQuorumResponse()
        guard context.allowsCluster() else {
            response.errorCode = .clusterAuthorizationFailed
            response.errorMessage = Refusal.clusterDenied.message
            return reply(response)
        }
        response.topics = request.topics.map { asked in
            var topic = DescribeQuorumResponse.Topic()
            topic.topicName = asked.topicName
            topic.partitions = asked.partitions.map {
                partition($0.partitionIndex, of: asked.topicName)
            }
            return topic
        }
        var listener = DescribeQuorumResponse.Listener()
        listener.name = "PLAINTEXT"
        listener.host = context.advertised.host
        listener.port = UInt16(clamping: context.advertised.port)
        var node = DescribeQuorumResponse.Node()
        node.nodeID = broker.nodeID
        node.listeners = [listener]
        response.nodes = [node]
        reply(response)
    }

    private func partition(
        _ index: Int32, of topic: String
    ) -> DescribeQuorumResponse.Partition {
        var partition = DescribeQuorumResponse.Partition()
        partition.partitionIndex = index
        guard topic == Metadata.topic, index == Metadata.partition else {
            partition.errorCode = .unknownTopicOrPartition
            partition.errorMessage = Metadata.isAlone
            return partition
        }
        var voter = DescribeQuorumResponse.Replica()
        voter.replicaID = broker.nodeID
        let nowMs = WallClock.nowMs
        voter.lastFetchTimestamp = nowMs
        voter.lastCaughtUpTimestamp = nowMs
        partition.leaderID = broker.nodeID
        partition.currentVoters = [voter]
        return partition
    }
}
