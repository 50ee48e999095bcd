import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Fetch sessions")
struct FetchSessionTests {
    private func partition(_ index: Int32) -> TopicPartition {
        TopicPartition(topic: "t", partition: index)
    }

    private func wanted(
        _ offsets: [Int32: Int64]
    ) -> [(TopicPartition, FetchRequest.Partition)] {
        offsets.sorted { $0.key < $1.key }.map { index, offset in
            var asked = FetchRequest.Partition()
            asked.partition = index
            asked.fetchOffset = Offset(offset)
            return (partition(index), asked)
        }
    }

    private func response(
        session: Int32, _ indexes: [Int32], _ code: ErrorCode = .none
    ) -> FetchResponse {
        var topic = FetchResponse.Topic()
        topic.topic = "t"
        topic.partitions = indexes.map { index in
            var partition = FetchResponse.Partition()
            partition.partitionIndex = index
            return partition
        }
        var response = FetchResponse()
        response.errorCode = code
        response.sessionID = session
        response.responses = indexes.isEmpty ? [] : [topic]
        return response
    }

    private func prepared(
        _ session: inout FetchSession, _ offsets: [Int32: Int64]
    ) -> FetchRequest {
        var request = FetchRequest()
        for one in session.partitions.keys where offsets[one.partition] == nil {
            session.forget(one)
        }
        for (one, asked) in wanted(offsets) {
            session.want(one, FetchSession.Entry(asked: asked, incarnation: 1))
        }
        session.prepare(&request) { Int($0.partition) }
        return request
    }

    private func indexes(_ request: FetchRequest) -> [Int32] {
        request.topics.flatMap { $0.partitions.map(\.partition) }
    }

    @Test("begin in full, and then name what was added, has changed, or is forgotten")
    func incremental() throws {
        var session = FetchSession()
        let full = prepared(&session, [0: 0, 1: 0])
        #expect((full.sessionID, full.sessionEpoch) == (0, 0))
        #expect(indexes(full) == [0, 1])
        try session.accept(response(session: 9, [0, 1]))

        let changed = prepared(&session, [0: 5, 1: 0, 2: 0])
        #expect((changed.sessionID, changed.sessionEpoch) == (9, 1))
        #expect(indexes(changed) == [0, 2])
        #expect(changed.forgottenTopicsData == [])
        try session.accept(response(session: 9, [2]))

        let less = prepared(&session, [0: 5])
        #expect(less.sessionEpoch == 2)
        #expect(indexes(less) == [])
        #expect(less.forgottenTopicsData.map(\.partitions) == [[1, 2]])
    }

    @Test("that the broker does not grant, or ends, are asked for in full each time")
    func none() throws {
        var session = FetchSession()
        for _ in 0..<2 {
            #expect(indexes(prepared(&session, [0: 0, 1: 3])) == [0, 1])
            try session.accept(response(session: 0, [0, 1]))
        }
        #expect(session.closing() == nil)
    }

    @Test(
        "begin anew after an error, naming the old one where it may still be there",
        arguments: [
            (ErrorCode.fetchSessionIDNotFound, Int32(0)), (.invalidFetchSessionEpoch, 9),
            (.fetchSessionTopicIDError, 9), (.unknownServerError, 9),
        ])
    func errors(code: ErrorCode, expectedID: Int32) throws {
        var session = FetchSession()
        _ = prepared(&session, [0: 0])
        try session.accept(response(session: 9, [0]))
        _ = prepared(&session, [0: 1])
        #expect(throws: FetchSession.Fault.refused(code)) {
            try session.accept(response(session: 0, [], code))
        }
        let next = prepared(&session, [0: 1])
        #expect((next.sessionID, next.sessionEpoch) == (expectedID, 0))
        #expect(indexes(next) == [0])
    }

    @Test(
        "are left where a response has what was not asked for, has it twice, or lacks something",
        arguments: [[Int32(7)], [0, 0], [0, 1, 7], [0], [-1]])
    func hostileResponses(indexes: [Int32]) throws {
        var session = FetchSession()
        _ = prepared(&session, [0: 0, 1: 0])
        #expect(throws: FetchSession.Fault.self) {
            try session.accept(response(session: 9, indexes))
        }
        #expect(prepared(&session, [0: 0, 1: 0]).sessionEpoch == 0)
    }

    @Test("of another number than that of the request are left")
    func otherSession() throws {
        var session = FetchSession()
        _ = prepared(&session, [0: 0])
        try session.accept(response(session: 9, [0]))
        _ = prepared(&session, [0: 1])
        #expect(throws: FetchSession.Fault.wrongSession(8)) {
            try session.accept(response(session: 8, []))
        }
    }

    private let old = TopicID(mostSignificantBits: 0, leastSignificantBits: 1)
    private let new = TopicID(mostSignificantBits: 0, leastSignificantBits: 2)

    /// The next request, in which the topics of these partitions have these ids.
    private func prepared(
        _ session: inout FetchSession, _ ids: [(TopicPartition, TopicID)]
    ) -> FetchRequest {
        for (one, id) in ids {
            var asked = FetchRequest.Partition()
            asked.partition = one.partition
            session.want(one, FetchSession.Entry(asked: asked, incarnation: 1, topicID: id))
        }
        var request = FetchRequest()
        session.prepare(&request) { Int($0.partition) }
        return request
    }

    private func response(_ id: TopicID, _ indexes: [Int32]) -> FetchResponse {
        var response = response(session: 9, indexes)
        for index in response.responses.indices {
            response.responses[index].topic = ""
            response.responses[index].topicID = id
        }
        return response
    }

    @Test("name topics by their ids once all are known")
    func ids() throws {
        var session = FetchSession()
        let named = prepared(&session, [(partition(0), old), (partition(1), .none)])
        #expect(!session.isByID && named.topics.map(\.topicID) == [.none])
        try session.accept(response(session: 9, [0, 1]))

        // A session is of one kind.
        let full = prepared(&session, [(partition(1), old)])
        #expect(session.isByID && full.topics.map(\.topicID) == [old])
        #expect((full.sessionID, full.sessionEpoch) == (9, 0))
        #expect(indexes(full) == [0, 1])
        let answer = response(old, [0, 1])
        try session.accept(answer)
        #expect(session.name(of: answer.responses[0]) == "t")

        let other = TopicPartition(topic: "u", partition: 2)
        let more = prepared(&session, [(other, new)])
        #expect(more.sessionEpoch == 1 && more.topics.map(\.topicID) == [new])
        try session.accept(response(new, [2]))
        session.forget(other)
        let less = prepared(&session, [])
        #expect(less.forgottenTopicsData.map(\.topicID) == [new])
        #expect(less.forgottenTopicsData.map(\.partitions) == [[2]])
    }

    @Test("forget a topic that was created anew, and name the new one")
    func recreation() throws {
        var session = FetchSession()
        _ = prepared(&session, [(partition(0), old)])
        try session.accept(response(old, [0]))
        let next = prepared(&session, [(partition(0), new)])
        #expect(next.sessionEpoch == 1)
        #expect(next.forgottenTopicsData.map(\.topicID) == [old])
        #expect(next.topics.map(\.topicID) == [new])
        #expect(throws: FetchSession.Fault.self) { try session.accept(response(old, [0])) }
    }

    @Test("are left where a response has the id of another topic")
    func hostileIDs() throws {
        var session = FetchSession()
        _ = prepared(&session, [(partition(0), old)])
        #expect(throws: FetchSession.Fault.self) { try session.accept(response(new, [0])) }
        #expect(session.epoch == 0)
    }

    @Test("are closed by their number")
    func closing() throws {
        var session = FetchSession()
        _ = prepared(&session, [0: 0])
        try session.accept(response(session: 9, [0]))
        let last = try #require(session.closing())
        #expect((last.sessionID, last.sessionEpoch) == (9, -1))
    }
}
