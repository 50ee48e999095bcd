// ListOffsets, versions 1–7. The leader epoch of a found offset is the partition's current one.

import CommitLog
import KafkaProtocol
import RecordFormat

struct ListOffsetsHandler: RequestHandler {
    /// Special values of the timestamp.
    enum Place {
        static let end: Int64 = -1
        static let start: Int64 = -2
        static let largestTimestamp: Int64 = -3
    }

    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: ListOffsetsRequest, _ context: RequestContext,
        _ reply: Reply<ListOffsetsResponse>
    ) {
        let needsSearch = request.topics.contains { topic in
            topic.partitions.contains { $0.timestamp != Place.end && $0.timestamp != Place.start }
        }
        guard needsSearch else { return reply(response(to: request)) }
        // A search reads from the disk, for which an event loop does not wait.
        broker.blockingWork.run { reply(response(to: request)) }
    }

    private func response(to request: ListOffsetsRequest) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        response.topics = request.topics.map { topic in
            var answer = ListOffsetsResponse.Topic()
            answer.name = topic.name
            answer.partitions = topic.partitions.map { self.answer($0, of: topic.name, request) }
            return answer
        }
        return response
    }

    private func answer(
        _ partition: ListOffsetsRequest.Partition, of topic: String, _ request: ListOffsetsRequest
    ) -> ListOffsetsResponse.Partition {
        var answer = ListOffsetsResponse.Partition()
        answer.partitionIndex = partition.partitionIndex
        let log = broker.log.partition(
            TopicPartition(topic: topic, partition: partition.partitionIndex))
        guard let log else {
            answer.errorCode = .unknownTopicOrPartition
            return answer
        }
        if let refusal = ErrorCode(
            clientEpoch: partition.currentLeaderEpoch, current: log.leaderEpoch)
        {
            answer.errorCode = refusal
            return answer
        }
        do throws(LogError) {
            let isCommittedOnly = request.isolationLevel == .readCommitted
            guard let found = try find(partition.timestamp, in: log, isCommittedOnly) else {
                return answer
            }
            answer.offset = found.offset
            answer.timestamp = found.timestamp
            answer.leaderEpoch = log.leaderEpoch
        } catch {
            broker.storageComplaints.note(error, reading: log.topicPartition, from: nil)
            answer.errorCode = ErrorCode(error)
        }
        return answer
    }

    private func find(
        _ timestamp: Int64, in log: PartitionLog, _ isCommittedOnly: Bool
    ) throws(LogError) -> (offset: Offset, timestamp: Int64)? {
        // Kafka searches the whole log for the largest timestamp, for every client.
        let end = isCommittedOnly ? log.lastStableOffset : log.highWatermark
        switch timestamp {
        case Place.end: return (end, -1)
        case Place.start: return (log.logStartOffset, -1)
        case Place.largestTimestamp: return try log.offsetOfMaxTimestamp()
        default:
            guard let found = try log.offset(forTimestamp: timestamp), found.offset < end else {
                return nil
            }
            return found
        }
    }
}
