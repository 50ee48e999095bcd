import KafkaProtocol
import RecordFormat

/// A group, as ListGroups names it.
public struct ListedGroup: Hashable, Sendable {
    public var groupID: String
    public var protocolType: String
    /// Kafka's name of the state, such as `Stable`; empty from brokers before 2.6.
    public var state: String
}

extension Administrator {
    /// The groups of all brokers.
    public func listGroups() async throws -> [ListedGroup] {
        try await cluster.connect().get()
        let nodes = try await cluster.onLoop { Array($0.metadata.brokers.keys) }
        var groups: Set<ListedGroup> = []
        for node in nodes {
            let answer = try await retrying {
                let answer = try await ask(node, ListGroupsRequest())
                try await check(answer.errorCode, "list the groups of broker \(node)")
                return answer
            }
            for group in answer.groups {
                groups.insert(
                    ListedGroup(
                        groupID: group.groupID, protocolType: group.protocolType,
                        state: group.groupState))
            }
        }
        return groups.sorted { $0.groupID < $1.groupID }
    }

    /// A group with its members. A group that is not there has the state `Dead`.
    public func describeGroup(_ group: String) async throws -> DescribeGroupsResponse.Group {
        let operation = "describe the group \(group)"
        return try await retrying {
            var request = DescribeGroupsRequest()
            request.groups = [group]
            let answer = try await askCoordinator(of: group, request).body.groups.first
            try await check(
                answer?.errorCode ?? .unknownServerError, operation, coordinatorOf: group)
            return answer ?? DescribeGroupsResponse.Group()
        }
    }

    /// Where the group goes on, for each partition that it has committed. Empty where there is no such
    /// group.
    public func committedOffsets(
        of group: String
    ) async throws -> [TopicPartition: CommittedOffset] {
        try await retrying {
            var request = OffsetFetchRequest()
            request.groupID = group
            request.topics = nil
            var one = OffsetFetchRequest.Group()
            one.groupID = group
            one.topics = nil
            request.groups = [one]
            let response = try await askCoordinator(
                of: group, request, highestVersion: OffsetFetchRequest.lastVersionByName)
            let own = response.body.groups.first { $0.groupID == group }
            let isBatched = response.version >= 8
            try await check(
                isBatched ? own?.errorCode ?? .unknownServerError : response.body.errorCode,
                "tell the offsets of the group \(group)", coordinatorOf: group)
            var positions: [TopicPartition: CommittedOffset] = [:]
            for topic in isBatched ? own?.topics ?? [] : response.body.topics {
                for partition in topic.partitions {
                    let place = TopicPartition(
                        topic: topic.name, partition: partition.partitionIndex)
                    try await check(
                        partition.errorCode, "tell the offset of \(place) in \(group)",
                        coordinatorOf: group)
                    guard partition.committedOffset.rawValue >= 0 else { continue }
                    positions[place] = CommittedOffset(
                        partition.committedOffset,
                        leaderEpoch: partition.committedLeaderEpoch,
                        metadata: partition.metadata ?? "")
                }
            }
            return positions
        }
    }

    /// Deletes a group without members, with what it has committed.
    public func deleteGroup(_ group: String) async throws {
        try await retrying {
            var request = DeleteGroupsRequest()
            request.groupsNames = [group]
            let answer = try await askCoordinator(of: group, request).body.results.first
            try await check(
                answer?.errorCode ?? .unknownServerError, "delete the group \(group)",
                coordinatorOf: group)
        }
    }
}
