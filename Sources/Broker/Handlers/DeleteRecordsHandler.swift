// DeleteRecords, versions 0–2. The timeout is not looked at. The new log start offset is durable
// when the answer leaves; the disk space comes back with the next pass of retention.

import CommitLog
import KafkaProtocol
import RecordFormat

struct DeleteRecordsHandler: RequestHandler {
    /// Stands for the high watermark.
    private static let everything = Offset(-1)

    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DeleteRecordsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteRecordsResponse>
    ) {
        broker.control.answer(reply) { refusal in
            response(to: request) { _, _ in .failure(refusal) }
        } with: {
            let denied = context.deniedTopics(request.topics.lazy.map(\.name))
            return response(to: request) { topic, partition in
                do throws(Refusal) {
                    guard !denied.contains(topic) else { throw .topicDenied }
                    return .success(try delete(partition, of: topic))
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    /// Returns the log start offset.
    private func delete(
        _ partition: DeleteRecordsRequest.Partition, of topic: String
    ) throws(Refusal) -> Offset {
        guard !InternalTopic.contains(topic) else {
            throw Refusal(.invalidTopicException, "'\(topic)' is internal.")
        }
        let name = TopicPartition(topic: topic, partition: partition.partitionIndex)
        guard let log = broker.log.partition(name) else { throw .unknownTopic(topic) }
        let policy = log.config.value.entries.first { $0.key == "cleanup.policy" }?.value ?? ""
        guard policy.split(separator: ",").contains("delete") else {
            throw Refusal(.policyViolation, "cleanup.policy of '\(topic)' does not have delete.")
        }
        do throws(LogError) {
            let isAll = partition.offset == Self.everything
            try log.deleteRecords(before: isAll ? log.highWatermark : partition.offset)
        } catch {
            throw Refusal(error)
        }
        return log.logStartOffset
    }

    private func response(
        to request: DeleteRecordsRequest,
        _ result: (String, DeleteRecordsRequest.Partition) -> Result<Offset, Refusal>
    ) -> DeleteRecordsResponse {
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { asked in
            var topic = DeleteRecordsResponse.Topic()
            topic.name = asked.name
            topic.partitions = asked.partitions.map { partition in
                var answer = DeleteRecordsResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                switch result(asked.name, partition) {
                case .success(let start): answer.lowWatermark = start
                case .failure(let refusal):
                    answer.lowWatermark = Offset(-1)
                    answer.errorCode = refusal.code
                }
                return answer
            }
            return topic
        }
        return response
    }
}
