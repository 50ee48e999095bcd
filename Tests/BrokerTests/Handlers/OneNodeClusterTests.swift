import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A cluster of one node")
struct OneNodeClusterTests {
    private let broker: TestBroker
    private let client: TestClient

    init() throws {
        broker = try TestBroker(["node.id": "3"])
        client = try broker.client()
        try broker.topic("t")
    }

    @Test("needs no election", arguments: 0...2 as ClosedRange<Int16>)
    func elections(_ version: Int16) throws {
        var request = ElectLeadersRequest()
        var asked = ElectLeadersRequest.TopicPartitions()
        asked.topic = "t"
        asked.partitions = [0, 1]
        var missing = asked
        missing.topic = "missing"
        request.topicPartitions = [asked, missing]
        let answer = try client.ask(request, version: version)
        #expect(answer.errorCode == .none)
        #expect(
            answer.replicaElectionResults.map { $0.partitionResult.map(\.errorCode) }
                == [
                    [.electionNotNeeded, .unknownTopicOrPartition],
                    [.unknownTopicOrPartition, .unknownTopicOrPartition],
                ])
        request.topicPartitions = nil
        #expect(try client.ask(request, version: version).replicaElectionResults.isEmpty)
        guard version > 0 else { return }
        request.electionType = 2
        #expect(try client.ask(request, version: version).errorCode == .invalidRequest)
    }

    @Test("assigns partitions to itself alone", arguments: 0...1 as ClosedRange<Int16>)
    func reassignments(_ version: Int16) throws {
        var request = AlterPartitionReassignmentsRequest()
        var topic = AlterPartitionReassignmentsRequest.Topic()
        topic.name = "t"
        let assignments: [[Int32]?] = [nil, [3], [], [4], [3, 3], [3, 4]]
        topic.partitions = assignments.map { replicas in
            var partition = AlterPartitionReassignmentsRequest.Partition()
            partition.replicas = replicas
            return partition
        }
        var missing = topic
        missing.name = "missing"
        missing.partitions = [topic.partitions[1]]
        request.topics = [topic, missing]
        let answer = try client.ask(request, version: version)
        #expect(answer.errorCode == .none && answer.allowReplicationFactorChange)
        #expect(
            answer.responses.map { $0.partitions.map(\.errorCode) }
                == [
                    [
                        .noReassignmentInProgress, .none, .invalidReplicaAssignment,
                        .invalidReplicaAssignment, .invalidReplicaAssignment,
                        .invalidReplicaAssignment,
                    ],
                    [.unknownTopicOrPartition],
                ])
        #expect(
            try client.ask(ListPartitionReassignmentsRequest(), version: 0)
                == ListPartitionReassignmentsResponse())
    }

    @Test("is its own quorum", arguments: 0...2 as ClosedRange<Int16>)
    func quorum(_ version: Int16) throws {
        var request = DescribeQuorumRequest()
        request.topics = ["__cluster_metadata", "t"].map { name in
            var topic = DescribeQuorumRequest.Topic()
            topic.topicName = name
            topic.partitions = [DescribeQuorumRequest.Partition()]
            return topic
        }
        let answer = try client.ask(request, version: version)
        let metadata = answer.topics[0].partitions[0]
        #expect(metadata.errorCode == .none && metadata.leaderID == 3)
        #expect(metadata.currentVoters.map(\.replicaID) == [3] && metadata.observers.isEmpty)
        #expect(answer.topics[1].partitions[0].errorCode == .unknownTopicOrPartition)
        #expect(answer.nodes.map(\.nodeID) == (version < 2 ? [] : [3]))
    }

    @Test("keeps its features at their levels", arguments: 0...2 as ClosedRange<Int16>)
    func features(_ version: Int16) throws {
        func update(_ updates: [(String, Int16, Int8)]) throws -> UpdateFeaturesResponse {
            var request = UpdateFeaturesRequest()
            request.featureUpdates = updates.map { name, level, type in
                var update = UpdateFeaturesRequest.FeatureUpdate()
                update.feature = name
                update.maxVersionLevel = level
                update.upgradeType = type
                return update
            }
            return try client.ask(request, version: version)
        }
        let same = try update([("transaction.version", 2, 1), ("group.version", 1, 1)])
        #expect(same.errorCode == .none && same.results.count == (version < 2 ? 2 : 0))
        for (name, level) in [
            ("transaction.version", Int16(1)), ("transaction.version", 3), ("group.version", -1),
            ("metadata.version", 1),
        ] {
            let refused = try update([(name, level, 1)])
            #expect(refused.errorCode == .invalidUpdateVersion)
            #expect(refused.errorMessage?.contains(name) == true && refused.results.isEmpty)
        }
        let twice = try update([("group.version", 1, 1), ("group.version", 1, 1)])
        #expect(twice.errorCode == .invalidRequest)
        guard version > 0 else { return }
        #expect(try update([("group.version", 1, 9)]).errorCode == .invalidUpdateVersion)
    }

    @Test("tells its features as finalised")
    func tellsFeatures() throws {
        let answer = try client.ask(ApiVersionsRequest(), version: 4)
        #expect(
            answer.finalizedFeatures?.map { "\($0.name) \($0.maxVersionLevel)" }
                == ["group.version 1", "transaction.version 2", "share.version 1"])
        #expect(answer.supportedFeatures?.map(\.maxVersion) == [1, 2, 1])
    }

    @Test("has all offsets locally, and says so from the versions on that may ask")
    func offsets() throws {
        #expect(try client.produce("t", testBatch(["a", "b"])).errorCode == .none)
        func list(_ timestamp: Int64, version: Int16) throws -> ListOffsetsResponse.Partition {
            var request = ListOffsetsRequest()
            var topic = ListOffsetsRequest.Topic()
            topic.name = "t"
            var partition = ListOffsetsRequest.Partition()
            partition.timestamp = timestamp
            topic.partitions = [partition]
            request.topics = [topic]
            return try client.ask(request, version: version).topics[0].partitions[0]
        }
        for (timestamp, first, offset) in [
            (Int64(-4), Int16(8), Int64(0)), (-5, 9, -1), (-6, 11, -1), (-2, 1, 0),
        ] {
            for version: Int16 in 1...11 {
                let answer = try list(timestamp, version: version)
                #expect(
                    answer.errorCode == (version < first ? .unsupportedVersion : .none),
                    "\(timestamp) in \(version)")
                #expect(answer.offset == Offset(version < first ? -1 : offset))
            }
        }
        #expect(try list(-3, version: 6).errorCode == .unsupportedVersion)
        #expect(try list(-3, version: 7).errorCode == .none)
        #expect(try list(-7, version: 11).errorCode == .unsupportedVersion)
        #expect(try list(-1, version: 10).offset == Offset(2))
    }
}
