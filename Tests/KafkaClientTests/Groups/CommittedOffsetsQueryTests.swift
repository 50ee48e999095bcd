import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("The question where a group stands")
struct CommittedOffsetsQueryTests {
    private let first = TopicPartition(topic: "t", partition: 0)
    private let second = TopicPartition(topic: "t", partition: 1)

    private var query: CommittedOffsetsQuery {
        CommittedOffsetsQuery(groupID: "g", partitions: [first, second])
    }

    private func response(
        _ offsets: [(Int32, Int64, ErrorCode)], version: Int16, _ code: ErrorCode = .none
    ) -> OffsetFetchResponse {
        var topic = OffsetFetchResponse.Topic()
        topic.name = "t"
        topic.partitions = offsets.map { index, offset, code in
            var partition = OffsetFetchResponse.Partition()
            partition.partitionIndex = index
            partition.committedOffset = Offset(offset)
            partition.errorCode = code
            return partition
        }
        var response = OffsetFetchResponse()
        if version < 8 {
            response.topics = [topic]
            response.errorCode = code
        } else {
            var group = OffsetFetchResponse.Group()
            group.groupID = "g"
            group.topics = [topic]
            group.errorCode = code
            response.groups = [group]
        }
        return response
    }

    @Test(
        "is answered by offsets, and by nothing where nothing was committed",
        arguments: [Int16(7), 8])
    func answers(version: Int16) throws {
        var query = query
        let answer = try query.read(
            response([(0, 5, .none), (1, -1, .none)], version: version), version: version)
        #expect(answer.found == [first: CommittedOffset(Offset(5)), second: nil])
        #expect(answer.reaction == .proceed)
        #expect(query.partitions.isEmpty)
    }

    @Test(
        "is asked again for what an open transaction may move, and for what is missing",
        arguments: [true, false])
    func again(isUnstable: Bool) throws {
        var query = query
        var offsets = [(Int32(0), Int64(5), ErrorCode.none)]
        if isUnstable { offsets.append((1, 0, .unstableOffsetCommit)) }
        let answer = try query.read(response(offsets, version: 8), version: 8)
        #expect(answer.found == [first: CommittedOffset(Offset(5))])
        #expect(answer.reaction == .retry)
        #expect(query.request.groups[0].topics?[0].partitionIndexes == [1])
    }

    @Test(
        "does as the group's error code says",
        arguments: [
            (ErrorCode.coordinatorLoadInProgress, GroupReaction.retry),
            (.notCoordinator, .findCoordinator), (.coordinatorNotAvailable, .findCoordinator),
        ])
    func groupErrors(code: ErrorCode, reaction: GroupReaction) throws {
        for version: Int16 in [7, 8] {
            var query = query
            let answer = try query.read(response([], version: version, code), version: version)
            #expect(answer == CommittedOffsetsQuery.Answer(found: [:], reaction: reaction))
        }
    }

    @Test("ignores partitions that were not asked for or come twice, and misses its group")
    func hostileAnswers() throws {
        var query = query
        let answer = try query.read(
            response(
                [(0, 5, .none), (0, 9, .none), (77, 1, .none), (-1, 1, .none), (1, -9, .none)],
                version: 8), version: 8)
        #expect(answer.found == [first: CommittedOffset(Offset(5)), second: nil])
        var lacking = self.query
        #expect(throws: GroupError.self) {
            try lacking.read(OffsetFetchResponse(), version: 8)
        }
        #expect(throws: GroupError.partition(first, .topicAuthorizationFailed, group: "g")) {
            try lacking.read(
                response([(0, 5, .topicAuthorizationFailed)], version: 8), version: 8)
        }
    }

    @Test("says who asks where a member of the consumer protocol does")
    func member() {
        var query = query
        #expect(query.request.groups[0].memberID == nil)
        #expect(query.request.groups[0].memberEpoch == -1)
        query.member = GroupIdentity(groupID: "g", generation: 7, memberID: "m")
        #expect(query.request.groups[0].memberID == "m")
        #expect(query.request.groups[0].memberEpoch == 7)
    }

    @Test("goes by the ids of its topics where all are known, and its answer has names again")
    func ids() throws {
        let id = TopicID.random()
        var query = query
        var request = query.request
        #expect(request.identifyTopics { _ in .none }.highestVersion == 9)
        let ids = request.identifyTopics { _ in id }
        #expect(ids.highestVersion == .max)
        #expect(request.groups[0].topics?[0].topicID == id)

        var answer = response([(0, 5, .none), (1, 0, .unknownTopicID)], version: 10)
        answer.groups[0].topics[0].name = ""
        answer.groups[0].topics[0].topicID = id
        let named = answer.namingTopics(by: ids)
        #expect(named.hasUnknownTopicID)
        let read = try query.read(named, version: 10)
        #expect(read.found == [first: CommittedOffset(Offset(5))])
        #expect(read.reaction == .retry)

        answer.groups[0].topics[0].topicID = .random()
        #expect(answer.namingTopics(by: ids).groups[0].topics[0].name == "")
    }
}
