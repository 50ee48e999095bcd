import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

// From where on they read.
extension ShareGroupRequestTests {
    private func offsets(
        _ topics: [(String, [Int32])]?, group: String = "g", version: Int16 = 1
    ) throws -> DescribeShareGroupOffsetsResponse.Group {
        let asked = made(DescribeShareGroupOffsetsRequest.Group()) {
            $0.groupID = group
            $0.topics = topics?.map { name, partitions in
                made(DescribeShareGroupOffsetsRequest.Topic()) {
                    $0.topicName = name
                    $0.partitions = partitions
                }
            }
        }
        return try client.ask(
            made(DescribeShareGroupOffsetsRequest()) { $0.groups = [asked] }, version: version
        ).groups[0]
    }

    func alter(
        _ offsets: [(String, Int32, Int64)], group: String = "g"
    ) throws -> AlterShareGroupOffsetsResponse {
        let request = made(AlterShareGroupOffsetsRequest()) {
            $0.groupID = group
            $0.topics = offsets.map { name, index, offset in
                made(AlterShareGroupOffsetsRequest.Topic()) {
                    $0.topicName = name
                    var partition = AlterShareGroupOffsetsRequest.Partition()
                    partition.partitionIndex = index
                    partition.startOffset = Offset(offset)
                    $0.partitions = [partition]
                }
            }
        }
        return try retried {
            try client.ask(request, version: 0)
        } code: {
            $0.errorCode
        }
    }

    private func delete(_ names: [String], group: String = "g") throws
        -> DeleteShareGroupOffsetsResponse
    {
        let request = made(DeleteShareGroupOffsetsRequest()) {
            $0.groupID = group
            $0.topics = names.map { name in
                made(DeleteShareGroupOffsetsRequest.Topic()) { $0.topicName = name }
            }
        }
        return try retried {
            try client.ask(request, version: 0)
        } code: {
            $0.errorCode
        }
    }

    @Test("tell, set and forget from where on they read")
    func offsets() throws {
        // As in Kafka, a group that is not there has read nothing.
        let nowhere = try offsets(nil)
        #expect(nowhere.errorCode == .none && nowhere.topics.isEmpty)
        let named = try offsets([("t", [0])])
        #expect(named.errorCode == .none)
        #expect(named.topics[0].partitions.map(\.startOffset) == [Offset(-1)])
        #expect(named.topics[0].partitions.map(\.errorCode) == [.none])
        #expect(try delete(["t"]).errorCode == .groupIDNotFound)
        // Nothing valid makes no group.
        let invalid = try alter([("none", 0, 1)])
        #expect(invalid.errorCode == .none)
        #expect(invalid.responses[0].partitions[0].errorCode == .unknownTopicOrPartition)
        #expect(try listed().isEmpty)
        // A group that is not there is made.
        let altered = try alter([("t", 0, 7), ("t", 5, 1), ("none", 0, 1), ("t", 1, -2)])
        #expect(altered.errorCode == .none)
        #expect(
            altered.responses.map { $0.partitions[0].errorCode } == [
                .none, .unknownTopicOrPartition, .unknownTopicOrPartition, .invalidRequest,
            ])
        let id = try #require(broker.broker.log.topicID(of: "t"))
        #expect(altered.responses.map(\.topicID) == [id, id, .none, id])
        #expect(try listed() == ["g share share Empty"])
        #expect(states.withKept { $0.epochs } == [1])
        let all = try offsets(nil)
        #expect(all.topics.map(\.topicName) == ["t"] && all.topics[0].topicID == id)
        #expect(all.topics[0].partitions.map(\.startOffset) == [Offset(7)])
        #expect(all.topics[0].partitions.map(\.lag) == [3])
        let some = try offsets([("t", [0, 1]), ("none", [0])])
        #expect(some.topics[0].partitions.map(\.startOffset) == [Offset(7), Offset(-1)])
        #expect(some.topics[1].topicID == .none)
        #expect(some.topics[1].partitions[0].startOffset == Offset(-1))
        #expect(some.topics.flatMap { $0.partitions }.allSatisfy { $0.errorCode == .none })
        #expect(try offsets([("t", [0])], version: 0).topics[0].partitions[0].lag == -1)

        _ = try beat("m", 0, ["t"])
        #expect(try alter([("t", 0, 1)]).errorCode == .nonEmptyGroup)
        #expect(try alter([("none", 0, 1)]).errorCode == .nonEmptyGroup)
        #expect(try delete(["t"]).errorCode == .nonEmptyGroup)
        _ = try beat("m", -1)
        let deleted = try delete(["t", "none", "t"])
        #expect(deleted.errorCode == .none)
        #expect(
            deleted.responses.map(\.errorCode) == [.none, .unknownTopicOrPartition, .none])
        #expect(deleted.responses.map(\.topicID) == [id, .none, id])
        #expect(states.withKept { $0.starts["g"]?.isEmpty } == true)
        #expect(try offsets(nil).topics.isEmpty)
        let nothing = try delete(["t"]).responses[0]
        #expect(nothing.errorCode == .unknownTopicOrPartition && nothing.topicID == .none)
        #expect(nothing.errorMessage == "There is no offset information to delete.")
    }

    @Test("say so where the state of a partition cannot be told or changed")
    func failures() throws {
        try broker.topic("w", partitions: 10)
        states.withKept { $0.code = .coordinatorNotAvailable }
        #expect(
            try alter([("w", 9, 7)]).responses[0].partitions[0].errorCode
                == .coordinatorNotAvailable)
        let partition = try offsets(nil).topics[0].partitions[0]
        // As in Kafka, what cannot be told is not there.
        #expect(partition.errorCode == .none && partition.startOffset == Offset(-1))
        #expect(try delete(["w"]).responses[0].errorCode == .coordinatorNotAvailable)
        #expect(try offsets(nil).topics.count == 1)
    }

    @Test("have no place in a topic that was deleted")
    func deletedTopic() throws {
        _ = try alter([("t", 0, 7)])
        let delete = made(DeleteTopicsRequest()) { $0.topicNames = ["t"] }
        #expect(try client.ask(delete, version: 4).responses.map(\.errorCode) == [.none])
        #expect(try offsets(nil).topics.isEmpty)
        try broker.topic("t")
        #expect(try offsets([("t", [0])]).topics[0].partitions[0].startOffset == Offset(-1))
    }
}
