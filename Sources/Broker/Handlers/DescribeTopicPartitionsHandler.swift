// DescribeTopicPartitions, version 0. A page has 2,000 partitions at most, as Kafka's with its default
// of max.request.partition.size.limit. This node leads every partition; there are no other replicas.

import CommitLog
import KafkaProtocol

struct DescribeTopicPartitionsHandler: RequestHandler {
    private static let mostPartitions = 2000

    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DescribeTopicPartitionsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeTopicPartitionsResponse>
    ) {
        reply.work(on: broker.longWork) {
            reply(isValid(request) ? page(request, context) : invalid(request))
        }
    }

    /// A page begins in a topic that is asked for.
    private func isValid(_ request: DescribeTopicPartitionsRequest) -> Bool {
        guard let cursor = request.cursor else { return true }
        let isAsked =
            request.topics.isEmpty || request.topics.contains { $0.name == cursor.topicName }
        return isAsked && cursor.partitionIndex >= 0
    }

    private func invalid(
        _ request: DescribeTopicPartitionsRequest
    ) -> DescribeTopicPartitionsResponse {
        var response = DescribeTopicPartitionsResponse()
        response.topics = request.topics.map { asked in
            var topic = DescribeTopicPartitionsResponse.Topic()
            topic.name = asked.name
            topic.errorCode = .invalidRequest
            return topic
        }
        return response
    }

    private func page(
        _ request: DescribeTopicPartitionsRequest, _ context: RequestContext
    ) -> DescribeTopicPartitionsResponse {
        // The next page's first topic is told, too, so those that must not be are left out before.
        let names =
            request.topics.isEmpty
            ? broker.log.topicNames.filter { context.allows(.topic, $0, logs: false) }
            : Set(request.topics.map(\.name)).sorted()
        let begin = request.cursor ?? TopicCursor()
        var left = max(1, min(Int(request.responsePartitionLimit), Self.mostPartitions))
        var response = DescribeTopicPartitionsResponse()
        for name in names where name >= begin.topicName {
            guard left > 0 else {
                response.nextCursor = TopicCursor(name, 0)
                break
            }
            guard context.allows(.topic, name) else {
                response.topics.append(denied(name))
                continue
            }
            guard let logs = broker.log.partitions(of: name) else {
                // Of all topics, one that was deleted meanwhile is not missed.
                if !request.topics.isEmpty { response.topics.append(missing(name)) }
                continue
            }
            let first = name == begin.topicName ? Int(begin.partitionIndex) : 0
            let shown = logs.dropFirst(first).prefix(left)
            var topic = described(name, shown, id: logs.first)
            topic.topicAuthorizedOperations = context.authorizedOperations(on: .topic, name)
            response.topics.append(topic)
            left -= shown.count
            if first + shown.count < logs.count {
                response.nextCursor = TopicCursor(name, Int32(first + shown.count))
                break
            }
        }
        return response
    }

    private func described(
        _ name: String, _ logs: ArraySlice<PartitionLog>, id first: PartitionLog?
    ) -> DescribeTopicPartitionsResponse.Topic {
        var topic = DescribeTopicPartitionsResponse.Topic()
        topic.name = name
        topic.topicID = first?.topicID ?? .none
        topic.isInternal = InternalTopic.contains(name)
        let node = [broker.nodeID]
        topic.partitions = logs.map { log in
            var partition = DescribeTopicPartitionsResponse.Partition()
            partition.partitionIndex = log.topicPartition.partition
            partition.leaderID = broker.nodeID
            partition.leaderEpoch = log.leaderEpoch
            partition.replicaNodes = node
            partition.isrNodes = node
            partition.eligibleLeaderReplicas = []
            partition.lastKnownElr = []
            return partition
        }
        return topic
    }

    /// Whether there is such a topic or not.
    private func denied(_ name: String) -> DescribeTopicPartitionsResponse.Topic {
        var topic = DescribeTopicPartitionsResponse.Topic()
        topic.name = name
        topic.errorCode = .topicAuthorizationFailed
        return topic
    }

    private func missing(_ name: String) -> DescribeTopicPartitionsResponse.Topic {
        var topic = DescribeTopicPartitionsResponse.Topic()
        topic.name = name
        do throws(LogError) {
            try TopicName.validate(name)
            topic.errorCode = .unknownTopicOrPartition
        } catch {
            topic.errorCode = ErrorCode(error)
        }
        return topic
    }
}

extension TopicCursor {
    fileprivate init(_ topicName: String, _ partitionIndex: Int32) {
        self.init()
        self.topicName = topicName
        self.partitionIndex = partitionIndex
    }
}
