import KafkaProtocol
import RecordFormat

/// How far a share group is in one partition.
public struct ShareGroupProgress: Hashable, Sendable {
    /// What comes before is acknowledged, or is given to nobody any more. Kafka tells the one that it wrote last, which
    /// may be one acknowledgement behind.
    public var startOffset: Offset
    /// How many records from there on to the log's end the group is not done with (KIP-1226, Kafka 4.2); nil if the
    /// broker does not tell.
    public var lag: Int64?
}

// Share groups (KIP-932): how far they are, and who is in them.
extension Administrator {
    /// How far a share group is in these partitions. Those that it has not begun are absent.
    public func shareGroupProgress(
        of group: String, in partitions: [TopicPartition]
    ) async throws -> [TopicPartition: ShareGroupProgress] {
        var one = DescribeShareGroupOffsetsRequest.Group()
        one.groupID = group
        one.topics = Dictionary(grouping: partitions, by: \.topic).map { name, partitions in
            var topic = DescribeShareGroupOffsetsRequest.Topic()
            topic.topicName = name
            topic.partitions = partitions.map(\.partition)
            return topic
        }
        var request = DescribeShareGroupOffsetsRequest()
        request.groups = [one]
        let sent = request
        let operation = "tell how far the share group \(group) is"
        return try await retrying {
            let answer = try await askCoordinator(of: group, sent).body.groups
                .first { $0.groupID == group }
            // A group that is not there has begun nothing.
            if answer?.errorCode == .groupIDNotFound { return [:] }
            try await check(
                answer?.errorCode ?? .unknownServerError, operation,
                message: answer?.errorMessage, coordinatorOf: group)
            var progress: [TopicPartition: ShareGroupProgress] = [:]
            for topic in answer?.topics ?? [] {
                for part in topic.partitions {
                    let partition = TopicPartition(
                        topic: topic.topicName, partition: part.partitionIndex)
                    try await check(
                        part.errorCode, "\(operation) in \(partition)", message: part.errorMessage)
                    guard part.startOffset >= .zero else { continue }
                    progress[partition] = ShareGroupProgress(
                        startOffset: part.startOffset, lag: part.lag < 0 ? nil : part.lag)
                }
            }
            return progress
        }
    }

    /// A share group with its members and its epoch; nil where there is no such group.
    public func describeShareGroup(
        _ group: String
    ) async throws -> ShareGroupDescribeResponse.Group? {
        var request = ShareGroupDescribeRequest()
        request.groupIDs = [group]
        let sent = request
        return try await retrying {
            let answer = try await askCoordinator(of: group, sent).body.groups
                .first { $0.groupID == group }
            if answer?.errorCode == .groupIDNotFound { return nil }
            try await check(
                answer?.errorCode ?? .unknownServerError, "describe the share group \(group)",
                message: answer?.errorMessage, coordinatorOf: group)
            return answer
        }
    }

    /// Makes these the start offsets of a share group, which may have no members.
    public func alterShareStartOffsets(
        of group: String, to offsets: [TopicPartition: Offset]
    ) async throws {
        var request = AlterShareGroupOffsetsRequest()
        request.groupID = group
        request.topics = Dictionary(grouping: offsets, by: \.key.topic).map { name, offsets in
            var topic = AlterShareGroupOffsetsRequest.Topic()
            topic.topicName = name
            topic.partitions = offsets.map {
                var partition = AlterShareGroupOffsetsRequest.Partition()
                partition.partitionIndex = $0.key.partition
                partition.startOffset = $0.value
                return partition
            }
            return topic
        }
        let sent = request
        let operation = "set the start offsets of the share group \(group)"
        try await retrying {
            let answer = try await askCoordinator(of: group, sent).body
            try await check(
                answer.errorCode, operation, message: answer.errorMessage, coordinatorOf: group)
            for topic in answer.responses {
                for part in topic.partitions {
                    let partition = TopicPartition(
                        topic: topic.topicName, partition: part.partitionIndex)
                    try await check(
                        part.errorCode, "\(operation) in \(partition)", message: part.errorMessage)
                }
            }
        }
    }
}
