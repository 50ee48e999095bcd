import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A topic's id")
struct TopicIDTests {
    private let broker: TestBroker
    private let client: TestClient
    private let unknown = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)

    init() throws {
        broker = try TestBroker()
        client = try broker.client()
    }

    /// Creates the topic, with one record of this value.
    private func topic(_ name: String, _ value: String) throws -> TopicID {
        let log = try broker.topic(name)[0]
        #expect(try client.produce(name, testBatch([value])).errorCode == .none)
        return log.topicID
    }

    private func fetchRequest(
        _ id: TopicID, partition: Int32 = 0, offset: Int64 = 0, maxWaitMs: Int32 = 0
    ) -> FetchRequest {
        var request = TestClient.fetchRequest(
            "", partition: partition, offset: offset, maxWaitMs: maxWaitMs)
        request.topics[0].topicID = id
        return request
    }

    @Test("names it in a fetch", arguments: 13...17 as ClosedRange<Int16>)
    func fetching(_ version: Int16) throws {
        let id = try topic("t", "a")
        let found = try client.fetch(fetchRequest(id), version: version)
        #expect(try testRecords(found.records).map(\.value) == ["a"])
        let beyond = try client.fetch(fetchRequest(id, partition: 1), version: version)
        #expect(beyond.partition.errorCode == .unknownTopicOrPartition)
        for id in [unknown, TopicID.none] {
            try client.post(fetchRequest(id), version: version)
            let answer = try client.response(FetchResponse.self, version: version).body
            #expect(answer.responses[0].topicID == id)
            #expect(answer.responses[0].partitions.map(\.errorCode) == [.unknownTopicID])
        }
    }

    @Test("names it where records are produced", arguments: [Int16(0), -1])
    func producing(acks: Int16) throws {
        let log = try broker.topic("t")[0]
        func produce(_ id: TopicID, partition: Int32 = 0) throws {
            let batch = try testBatch(["a"])
            var request = TestClient.produceRequest("", batch, partition: partition, acks: acks)
            request.topicData[0].topicID = id
            try client.post(request, version: 13, records: batch)
        }
        func code() throws -> ErrorCode {
            let answer = try client.response(ProduceResponse.self, version: 13).body.responses[0]
            return answer.partitionResponses[0].errorCode
        }
        try produce(log.topicID)
        if acks == 0 {
            try produce(unknown)
            #expect(client.isClosed())
            return #expect(log.logEndOffset == Offset(1))
        }
        #expect(try code() == .none)
        for id in [unknown, TopicID.none] {
            try produce(id)
            #expect(try code() == .unknownTopicID)
        }
        try produce(log.topicID, partition: 1)
        #expect(try code() == .unknownTopicOrPartition)
        let offsets = try broker.topic("__consumer_offsets")[0]
        try produce(offsets.topicID)
        #expect(try code() == .invalidTopicException)
        #expect(log.logEndOffset == Offset(1))
    }

    @Test("is another one once the topic is deleted and created again")
    func recreating() throws {
        let old = try topic("t", "old")
        let waiting = try broker.client()
        try waiting.post(fetchRequest(old, offset: 1, maxWaitMs: 30_000), version: 17)
        try broker.broker.log.deleteTopic("t")
        let new = try topic("t", "new")
        #expect(new != old)
        #expect(try waiting.fetched(version: 17).partition.errorCode == .unknownTopicID)
        let stale = try client.fetch(fetchRequest(old), version: 17)
        #expect(stale.partition.errorCode == .unknownTopicID && stale.records.isEmpty)
        let found = try client.fetch(fetchRequest(new), version: 17)
        #expect(try testRecords(found.records).map(\.value) == ["new"])
    }

    @Test("outlives the broker")
    func restarting() throws {
        let id = try topic("t", "a")
        try broker.stopForNext()
        let next = try TestBroker(directory: broker.directory)
        let found = try next.client().fetch(fetchRequest(id), version: 17)
        #expect(try testRecords(found.records).map(\.value) == ["a"])
    }

    private func described(
        _ ids: [TopicID], names: [String] = [], version: Int16
    ) throws -> MetadataResponse {
        var request = MetadataRequest()
        request.topics =
            ids.map { id in
                var topic = MetadataRequest.Topic()
                (topic.name, topic.topicID) = (nil, id)
                return topic
            }
            + names.map { name in
                var topic = MetadataRequest.Topic()
                topic.name = name
                return topic
            }
        return try client.ask(request, version: version)
    }

    @Test("asks for metadata, from version 12 on")
    func metadata() throws {
        let id = try topic("t", "a")
        for version in [12, 13] as [Int16] {
            let topics = try described([id, unknown, id], names: ["new"], version: version).topics
            #expect(topics.map(\.name) == ["t", nil, "new"])
            #expect(topics.map(\.errorCode) == [.none, .unknownTopicID, .none])
            #expect(topics.prefix(2).map(\.topicID) == [id, unknown])
            #expect(topics.map(\.partitions.count) == [1, 0, 1])
        }
        for version in [10, 11] as [Int16] {
            let refused = try described([id], version: version)
            #expect(refused.topics.map(\.errorCode) == [.invalidRequest])
        }
    }

    @Test("is told of a topic that was created, and not of one that was not")
    func creating() throws {
        var request = CreateTopicsRequest()
        request.topics = [AdministrationFixture.topic("t")]
        request.validateOnly = true
        #expect(try client.ask(request, version: 7).topics.map(\.topicID) == [.none])
        request.validateOnly = false
        let created = try client.ask(request, version: 7).topics
        #expect(created.map(\.topicID) == [broker.broker.log.topicID(of: "t")])
        #expect(try client.ask(request, version: 7).topics.map(\.topicID) == [.none])
    }

    @Test("deletes a topic")
    func deleting() throws {
        let ids = try ["a", "b", "c", "d"].map { try topic($0, "x") }
        func deleted(_ topics: [(String?, TopicID)]) throws -> [DeleteTopicsResponse.Topic] {
            var request = DeleteTopicsRequest()
            request.topics = topics.map { name, id in
                var topic = DeleteTopicsRequest.Topic()
                (topic.name, topic.topicID) = (name, id)
                return topic
            }
            return try client.ask(request, version: 6).responses
        }
        let answers = try deleted([
            (nil, ids[0]), ("b", .none), (nil, unknown), ("c", ids[2]), (nil, .none),
            ("missing", .none), (nil, ids[3]), ("d", .none),
        ])
        #expect(
            answers.map(\.errorCode) == [
                .none, .none, .unknownTopicID, .invalidRequest, .invalidRequest,
                .unknownTopicOrPartition, .invalidRequest, .invalidRequest,
            ])
        #expect(answers.map(\.name) == ["a", "b", nil, "c", nil, "missing", "d", "d"])
        #expect(answers.prefix(3).map(\.topicID) == [ids[0], ids[1], unknown])
        #expect(broker.broker.log.topicNames.filter { !InternalTopic.contains($0) } == ["c", "d"])
    }

    @Test("names it in commits, and in what was committed")
    func offsets() throws {
        let id = try topic("t", "a")
        var commit = OffsetCommitRequest()
        commit.groupID = "g"
        commit.topics = [id, unknown].map { id in
            var topic = OffsetCommitRequest.Topic()
            topic.topicID = id
            topic.partitions = [.init()]
            topic.partitions[0].committedOffset = Offset(1)
            return topic
        }
        let committed = try retried {
            try client.ask(commit, version: 10)
        } code: {
            $0.topics[0].partitions[0].errorCode
        }
        #expect(committed.topics.map(\.topicID) == [id, unknown])
        #expect(
            committed.topics.map { $0.partitions.map(\.errorCode) } == [
                [.none], [.unknownTopicID],
            ])

        var group = OffsetFetchRequest.Group()
        group.groupID = "g"
        group.topics = [unknown, id].map { id in
            var topic = OffsetFetchRequest.Topic()
            topic.topicID = id
            topic.partitionIndexes = [0]
            return topic
        }
        var all = group
        all.topics = nil
        var fetch = OffsetFetchRequest()
        fetch.groups = [group, all]
        let fetched = try client.ask(fetch, version: 10).groups
        #expect(fetched[0].topics.map(\.topicID) == [id, unknown])
        let partitions = fetched[0].topics.map { $0.partitions[0] }
        #expect(partitions.map(\.errorCode) == [.none, .unknownTopicID])
        #expect(partitions.map(\.committedOffset) == [Offset(1), Offset(-1)])
        #expect(fetched[1].topics.map(\.topicID) == [id])
    }

    @Test("A member of a group that does not exist is told so, from version 9 on")
    func missingGroup() throws {
        try broker.topic("t")
        var commit = OffsetCommitRequest()
        commit.groupID = "none"
        commit.memberID = "somebody"
        commit.generationIDOrMemberEpoch = 1
        commit.topics = [.init()]
        commit.topics[0].name = "t"
        commit.topics[0].partitions = [.init()]
        for (version, code) in [(8, .illegalGeneration), (9, .groupIDNotFound)]
            as [(Int16, ErrorCode)]
        {
            let answer = try retried {
                try client.ask(commit, version: version)
            } code: {
                $0.topics[0].partitions[0].errorCode
            }
            #expect(answer.topics[0].partitions[0].errorCode == code)
        }
    }
}

@Suite("DescribeTopicPartitions")
struct DescribeTopicPartitionsTests {
    private func request(
        _ names: [String], limit: Int32 = 2000, from cursor: (String, Int32)? = nil
    ) -> DescribeTopicPartitionsRequest {
        var request = DescribeTopicPartitionsRequest()
        request.topics = names.map { name in
            var topic = DescribeTopicPartitionsRequest.Topic()
            topic.name = name
            return topic
        }
        request.responsePartitionLimit = limit
        request.cursor = cursor.map { name, index in
            var cursor = TopicCursor()
            (cursor.topicName, cursor.partitionIndex) = (name, index)
            return cursor
        }
        return request
    }

    @Test("tells all partitions, page by page", arguments: [1, 2, 3, 4, 2000] as [Int32])
    func pages(_ limit: Int32) throws {
        let broker = try TestBroker()
        for (name, count) in [("c", 3), ("a", 2), ("b", 1)] {
            try broker.topic(name, partitions: count)
        }
        let client = try broker.client()
        let expected = ["a-0", "a-1", "b-0", "c-0", "c-1", "c-2"]
        var found: [String] = []
        var cursor: (String, Int32)?
        repeat {
            let page = try client.ask(request([], limit: limit, from: cursor), version: 0)
            let partitions = page.topics.flatMap { topic in
                topic.partitions.map { "\(topic.name ?? "")-\($0.partitionIndex)" }
            }
            try #require((1...Int(limit)).contains(partitions.count))
            found += partitions
            for topic in page.topics {
                #expect(topic.errorCode == .none)
                #expect(topic.topicID == broker.broker.log.topicID(of: topic.name ?? ""))
                #expect(topic.partitions.allSatisfy { $0.isrNodes == [1] && $0.leaderID == 1 })
            }
            cursor = page.nextCursor.map { ($0.topicName, $0.partitionIndex) }
        } while cursor != nil
        #expect(found == expected)
    }

    @Test("says which topics there are not, and refuses to begin where nothing is")
    func errors() throws {
        let broker = try TestBroker()
        try broker.topic("b", partitions: 2)
        let client = try broker.client()
        let answer = try client.ask(request(["no/slash", "b", "a", "b"]), version: 0)
        #expect(answer.topics.map(\.name) == ["a", "b", "no/slash"])
        #expect(
            answer.topics.map(\.errorCode)
                == [.unknownTopicOrPartition, .none, .invalidTopicException])
        #expect(answer.nextCursor == nil)
        for (cursor, code) in [
            (("a", 0), ErrorCode.invalidRequest), (("b", -1), .invalidRequest), (("b", 2), .none),
            (("b", .max), .none),
        ] as [((String, Int32), ErrorCode)] {
            let answer = try client.ask(request(["b"], from: cursor), version: 0)
            #expect(answer.topics.map(\.errorCode) == [code])
            #expect(answer.topics[0].partitions.isEmpty)
        }
        // A limit that is none is one.
        let least = try client.ask(request([], limit: .min), version: 0)
        #expect(least.topics.flatMap(\.partitions).count == 1)
    }
}

@Suite("ListGroups")
struct ListGroupsTests {
    @Test("tells the groups' type, and filters by it")
    func types() throws {
        let broker = try TestBroker()
        try broker.topic("t")
        let client = try broker.client()
        var commit = OffsetCommitRequest()
        commit.groupID = "g"
        commit.topics = [.init()]
        commit.topics[0].name = "t"
        commit.topics[0].partitions = [.init()]
        let committed = try retried {
            try client.ask(commit, version: 8)
        } code: {
            $0.topics[0].partitions[0].errorCode
        }
        #expect(committed.topics[0].partitions[0].errorCode == .none)
        for (filter, count) in [([], 1), (["Classic"], 1), (["consumer"], 0), (["other"], 0)] {
            var request = ListGroupsRequest()
            request.typesFilter = filter
            let groups = try client.ask(request, version: 5).groups
            #expect(groups.map(\.groupType) == Array(repeating: "classic", count: count))
        }
    }
}
