import KafkaProtocol
import RecordFormat

/// Which offset of a partition is asked for.
public enum OffsetSpec: Hashable, Sendable {
    /// The log start offset.
    case earliest
    /// The high watermark, or the last stable offset for `read_committed`.
    case latest
    /// The first record at or after so many milliseconds since 1970.
    case atTime(ms: Int64)
    /// The record with the largest timestamp.
    case maxTimestamp

    /// As ListOffsets encodes it.
    public var timestamp: Int64 {
        switch self {
        case .latest: -1
        case .earliest: -2
        case .maxTimestamp: -3
        case .atTime(let ms): max(0, ms)
        }
    }
}

/// An offset that ListOffsets has found.
public struct ListedOffset: Equatable, Sendable {
    /// Nil where no record is that young.
    public var offset: Offset?
    /// Of the record, in milliseconds since 1970; nil where there is none.
    public var timestampMs: Int64?
    public var leaderEpoch: LeaderEpoch
}

extension Administrator {
    /// The offsets of these partitions. Each leader is asked once for all that it leads.
    public func listOffsets(
        _ partitions: [TopicPartition], _ spec: OffsetSpec,
        isolationLevel: IsolationLevel = .readUncommitted
    ) async throws -> [TopicPartition: ListedOffset] {
        let topics = Array(Set(partitions.map(\.topic)))
        return try await retrying {
            _ = try await cluster.topics(topics).get()
            let leaders = try await cluster.onLoop { cluster in
                partitions.map { ($0, cluster.leader(of: $0)) }
            }
            var byNode: [Int32: [TopicPartition]] = [:]
            for (partition, leader) in leaders {
                guard let leader else {
                    // Asks for newer metadata: what is known of the topic has no leader either.
                    try await check(.unknownTopicOrPartition, Self.operation(partition))
                    continue
                }
                byNode[leader.nodeID, default: []].append(partition)
            }
            var found: [TopicPartition: ListedOffset] = [:]
            for (node, partitions) in byNode {
                found.merge(
                    try await listOffsets(node, partitions, spec, isolationLevel)
                ) { $1 }
            }
            return found
        }
    }

    private static func operation(_ partition: TopicPartition) -> String {
        "list the offsets of \(partition)"
    }

    private func listOffsets(
        _ node: Int32, _ partitions: [TopicPartition], _ spec: OffsetSpec,
        _ isolationLevel: IsolationLevel
    ) async throws -> [TopicPartition: ListedOffset] {
        var request = ListOffsetsRequest()
        request.replicaID = -1
        request.isolationLevel = isolationLevel
        request.topics = Dictionary(grouping: partitions, by: \.topic).map { name, partitions in
            var topic = ListOffsetsRequest.Topic()
            topic.name = name
            topic.partitions = partitions.map {
                var partition = ListOffsetsRequest.Partition()
                partition.partitionIndex = $0.partition
                partition.timestamp = spec.timestamp
                return partition
            }
            return topic
        }
        let response = try await ask(node, request)
        var answers: [TopicPartition: ListOffsetsResponse.Partition] = [:]
        for topic in response.topics {
            for answer in topic.partitions {
                answers[TopicPartition(topic: topic.name, partition: answer.partitionIndex)] =
                    answer
            }
        }
        var found: [TopicPartition: ListedOffset] = [:]
        for partition in partitions {
            let answer = answers[partition]
            try await check(
                answer?.errorCode ?? .unknownServerError, Self.operation(partition))
            found[partition] = answer.map {
                ListedOffset(
                    offset: $0.offset.rawValue < 0 ? nil : $0.offset,
                    timestampMs: $0.timestamp < 0 ? nil : $0.timestamp,
                    leaderEpoch: $0.leaderEpoch)
            }
        }
        return found
    }
}
