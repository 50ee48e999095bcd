// AddPartitionsToTxn, versions 0–3. Later versions are between brokers. As Kafka: where one
// partition does not exist, none is added. Beyond Kafka, the internal topics are refused.

import CommitLog
import KafkaProtocol
import RecordFormat

struct AddPartitionsToTxnHandler: RequestHandler {
    let transactions: TransactionCoordinator
    let log: LogDirectory

    func handle(
        _ request: AddPartitionsToTxnRequest, _ context: RequestContext,
        _ reply: Reply<AddPartitionsToTxnResponse>
    ) {
        var refused: [TopicPartition: ErrorCode] = [:]
        var partitions: Set<TopicPartition> = []
        for topic in request.topics {
            for partition in topic.partitions {
                let topicPartition = TopicPartition(topic: topic.name, partition: partition)
                partitions.insert(topicPartition)
                if InternalTopic.contains(topic.name) {
                    // Clients write there by other requests alone.
                    refused[topicPartition] = .topicAuthorizationFailed
                } else if log.partition(topicPartition) == nil {
                    refused[topicPartition] = .unknownTopicOrPartition
                }
            }
        }
        guard refused.isEmpty else {
            return reply(
                Self.response(to: request) { refused[$0] ?? .operationNotAttempted })
        }
        let version = context.version
        transactions.addPartitions(
            partitions, to: request.transactionalID,
            by: ProducerIdentity(id: request.producerID, epoch: request.producerEpoch)
        ) { error in
            let error = error.forProducer(speaksOfFencing: version >= 2)
            reply(Self.response(to: request) { _ in error })
        }
    }

    private static func response(
        to request: AddPartitionsToTxnRequest, _ error: (TopicPartition) -> ErrorCode
    ) -> AddPartitionsToTxnResponse {
        var response = AddPartitionsToTxnResponse()
        response.topics = request.topics.map { asked in
            var topic = AddPartitionsToTxnResponse.Topic()
            topic.name = asked.name
            topic.resultsByPartition = asked.partitions.map { index in
                var partition = AddPartitionsToTxnResponse.Partition()
                partition.partitionIndex = index
                partition.partitionErrorCode = error(
                    TopicPartition(topic: asked.name, partition: index))
                return partition
            }
            return topic
        }
        return response
    }
}
