import KafkaProtocol
import NIOCore
import RecordFormat

extension GroupCoordinator {
    /// What one group has committed in the partitions that are asked for, or in all. A group that
    /// is not known has committed nothing, which is no error.
    func fetchOffsets(
        of requests: [OffsetFetchRequest.Group], requireStable: Bool,
        _ reply: @escaping @Sendable ([OffsetFetchResponse.Group]) -> Void
    ) {
        eventLoop.execute {
            self.eventLoop.map(
                requests, { self.fetchOffsets(of: $0, requireStable: requireStable) }, reply)
        }
    }

    private func fetchOffsets(
        of request: OffsetFetchRequest.Group, requireStable: Bool
    ) -> OffsetFetchResponse.Group {
        var response = OffsetFetchResponse.Group()
        response.groupID = request.groupID
        if let error = refusal(for: request.groupID, allowsEmptyID: true) {
            response.errorCode = error
            return response
        }
        if let error = state.groups[request.groupID]?.reconciled?.refusal(toFetch: request) {
            response.errorCode = error
            return response
        }
        let offsets = state.groups[request.groupID]?.offsets ?? GroupOffsets()
        let topics = request.topics ?? Self.allTopics(of: offsets)
        response.topics = topics.map { topic in
            var answered = OffsetFetchResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitionIndexes.map { index in
                let topicPartition = TopicPartition(topic: topic.name, partition: index)
                return Self.partition(
                    index, offsets[topicPartition],
                    isUnstable: requireStable && offsets.isUnstable(topicPartition))
            }
            return answered
        }
        return response
    }

    /// One partition of an answer: nothing committed is offset −1 and empty metadata.
    static func partition(
        _ index: Int32, _ committed: CommittedOffset?, isUnstable: Bool = false
    ) -> OffsetFetchResponse.Partition {
        var partition = OffsetFetchResponse.Partition()
        partition.partitionIndex = index
        partition.committedOffset = Offset(-1)
        partition.metadata = ""
        if isUnstable {
            partition.errorCode = .unstableOffsetCommit
        } else if let committed {
            partition.committedOffset = committed.offset
            partition.committedLeaderEpoch = committed.leaderEpoch
            partition.metadata = committed.metadata
        }
        return partition
    }

    private static func allTopics(of offsets: GroupOffsets) -> [OffsetFetchRequest.Topic] {
        let known = offsets.unstablePartitions.union(offsets.committed.keys)
        return Dictionary(grouping: known, by: \.topic).sorted { $0.key < $1.key }.map {
            var topic = OffsetFetchRequest.Topic()
            topic.name = $0.key
            topic.partitionIndexes = $0.value.map(\.partition).sorted()
            return topic
        }
    }
}
