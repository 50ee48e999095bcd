// DescribeProducers, version 0. Deviation from Kafka: a partition that is named again is refused as
// INVALID_REQUEST.

import CommitLog
import KafkaProtocol
import RecordFormat

struct DescribeProducersHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DescribeProducersRequest, _ context: RequestContext,
        _ reply: Reply<DescribeProducersResponse>
    ) {
        reply(isLarge: true) { response(to: request, context) }
    }

    private func response(
        to request: DescribeProducersRequest, _ context: RequestContext
    ) -> DescribeProducersResponse {
        var seen: Set<TopicPartition> = []
        var response = DescribeProducersResponse()
        response.topics = request.topics.map { asked in
            var topic = DescribeProducersResponse.Topic()
            topic.name = asked.name
            let isAllowed = context.allows(.topic, asked.name)
            let unknown = Self.refusal(ofUnknown: asked.name)
            topic.partitions = asked.partitionIndexes.map { index in
                var answer = DescribeProducersResponse.Partition()
                answer.partitionIndex = index
                do throws(Refusal) {
                    let name = TopicPartition(topic: asked.name, partition: index)
                    // A small request might otherwise have a huge answer.
                    guard seen.insert(name).inserted else {
                        throw Refusal(.invalidRequest, "The partition is named twice.")
                    }
                    guard isAllowed else { throw .topicDenied }
                    guard let log = broker.log.partition(name) else { throw unknown }
                    answer.activeProducers = producers(of: log)
                } catch {
                    answer.errorCode = error.code
                    answer.errorMessage = error.message
                }
                return answer
            }
            return topic
        }
        return response
    }

    /// Without the name: a request may name millions of partitions of a topic with a long one.
    private static func refusal(ofUnknown topic: String) -> Refusal {
        do throws(LogError) {
            try TopicName.validate(topic)
            return Refusal(.unknownTopicOrPartition, "No such topic or partition.")
        } catch {
            return Refusal(.invalidTopicException, "That is no name of a topic.")
        }
    }

    private func producers(of log: PartitionLog) -> [DescribeProducersResponse.Producer] {
        log.activeProducers.map { active in
            var producer = DescribeProducersResponse.Producer()
            producer.producerID = active.producerID
            producer.producerEpoch = Int32(active.producerEpoch.rawValue)
            producer.lastSequence = active.lastSequence
            producer.lastTimestamp = active.lastTimestamp
            producer.coordinatorEpoch = active.coordinatorEpoch
            producer.currentTransactionStartOffset =
                active.transactionFirstOffset?.rawValue ?? -1
            return producer
        }
    }
}
