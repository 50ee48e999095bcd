// ListOffsets, versions 1–11. The leader epoch of a found offset is the partition's current one. All
// segments are local, so the earliest local offset is the log start offset, and nothing was moved or
// is to be moved to a remote storage. The timeout, which is for that, is not looked at.

import CommitLog
import KafkaProtocol
import RecordFormat

struct ListOffsetsHandler: RequestHandler {
    /// Special values of the timestamp.
    enum Place {
        static let end: Int64 = -1
        static let start: Int64 = -2
        static let largestTimestamp: Int64 = -3
        static let localStart: Int64 = -4
        static let latestTiered: Int64 = -5
        static let earliestPendingUpload: Int64 = -6

        /// From which version on clients may ask for it; nil for what is no special value.
        static func firstVersion(of timestamp: Int64) -> Int16? {
            switch timestamp {
            case end, start: 1
            case largestTimestamp: 7
            case localStart: 8
            case latestTiered: 9
            case earliestPendingUpload: 11
            default: nil
            }
        }
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
        let version = context.version
        guard needsSearch else { return reply(response(to: request, version, context)) }
        // A search reads from the disk, for which an event loop does not wait.
        reply.work(on: broker.blockingWork) { reply(response(to: request, version, context)) }
    }

    private func response(
        to request: ListOffsetsRequest, _ version: Int16, _ context: RequestContext
    ) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        response.topics = request.topics.map { topic in
            var answer = ListOffsetsResponse.Topic()
            answer.name = topic.name
            let isAllowed = context.allows(.topic, topic.name)
            answer.partitions = topic.partitions.map {
                isAllowed ? self.answer($0, of: topic.name, request, version) : Self.denied($0)
            }
            return answer
        }
        return response
    }

    private static func denied(
        _ partition: ListOffsetsRequest.Partition
    ) -> ListOffsetsResponse.Partition {
        var answer = ListOffsetsResponse.Partition()
        answer.partitionIndex = partition.partitionIndex
        answer.errorCode = .topicAuthorizationFailed
        return answer
    }

    private func answer(
        _ partition: ListOffsetsRequest.Partition, of topic: String,
        _ request: ListOffsetsRequest, _ version: Int16
    ) -> ListOffsetsResponse.Partition {
        var answer = ListOffsetsResponse.Partition()
        answer.partitionIndex = partition.partitionIndex
        if partition.timestamp < 0,
            version < Place.firstVersion(of: partition.timestamp) ?? .max
        {
            answer.errorCode = .unsupportedVersion
            return answer
        }
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
        case Place.start, Place.localStart: return (log.logStartOffset, -1)
        case Place.latestTiered, Place.earliestPendingUpload: return nil
        case Place.largestTimestamp: return try log.offsetOfMaxTimestamp()
        default:
            guard let found = try log.offset(forTimestamp: timestamp), found.offset < end else {
                return nil
            }
            return found
        }
    }
}
