// OffsetForLeaderEpoch, versions 2–4. A single node always leads, so the epoch of a partition of
// its own is 0 and ends at the log's end. A partition that another broker wrote has the epochs that
// its leader-epoch-checkpoint names.

import CommitLog
import KafkaProtocol
import RecordFormat

struct OffsetForLeaderEpochHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: OffsetForLeaderEpochRequest, _ context: RequestContext,
        _ reply: Reply<OffsetForLeaderEpochResponse>
    ) {
        // The epochs of the past are read from a file.
        reply.work(on: broker.blockingWork) { reply(response(to: request, context)) }
    }

    private func response(
        to request: OffsetForLeaderEpochRequest, _ context: RequestContext
    ) -> OffsetForLeaderEpochResponse {
        let mayAll = context.allowsCluster(logs: false)
        var response = OffsetForLeaderEpochResponse()
        response.topics = request.topics.map { asked in
            var topic = OffsetForLeaderEpochResponse.Topic()
            topic.topic = asked.topic
            let isAllowed = mayAll || context.allows(.topic, asked.topic)
            topic.partitions = asked.partitions.map {
                isAllowed ? answer($0, of: asked.topic) : Self.denied($0)
            }
            return topic
        }
        return response
    }

    private static func denied(
        _ asked: OffsetForLeaderEpochRequest.Partition
    ) -> OffsetForLeaderEpochResponse.Partition {
        var answer = OffsetForLeaderEpochResponse.Partition()
        answer.partition = asked.partition
        answer.errorCode = .topicAuthorizationFailed
        return answer
    }

    private func answer(
        _ asked: OffsetForLeaderEpochRequest.Partition, of topic: String
    ) -> OffsetForLeaderEpochResponse.Partition {
        var answer = OffsetForLeaderEpochResponse.Partition()
        answer.partition = asked.partition
        let name = TopicPartition(topic: topic, partition: asked.partition)
        guard let log = broker.log.partition(name) else {
            answer.errorCode = .unknownTopicOrPartition
            return answer
        }
        if let refusal = ErrorCode(
            clientEpoch: asked.currentLeaderEpoch, current: log.leaderEpoch)
        {
            answer.errorCode = refusal
            return answer
        }
        do throws(LogError) {
            guard let end = try log.endOffset(of: asked.leaderEpoch) else { return answer }
            answer.leaderEpoch = end.epoch
            answer.endOffset = end.offset
        } catch {
            answer.errorCode = ErrorCode(error)
        }
        return answer
    }
}
