import KafkaProtocol
import Testing

@testable import Broker

@Suite("A request of a version that is too old")
struct RefusedVersionsTests {
    private let broker: TestBroker
    private let client: TestClient

    init() throws {
        broker = try TestBroker()
        try broker.topic("t")
        client = try broker.client()
    }

    private func goesOn() throws -> Bool {
        try client.ask(ApiVersionsRequest(), version: 3).errorCode == .none
    }

    @Test("is told so in each place that it asks for, whatever the API")
    func all() throws {
        var listOffsets = ListOffsetsRequest()
        listOffsets.topics = [.init()]
        listOffsets.topics[0].name = "t"
        listOffsets.topics[0].partitions = [.init()]
        let listed = try client.ask(listOffsets, version: 0).topics[0]
        #expect(listed.name == "t" && listed.partitions.map(\.errorCode) == [.unsupportedVersion])

        var create = CreateTopicsRequest()
        create.topics = [.init()]
        create.topics[0].name = "new"
        create.topics[0].numPartitions = 1
        create.topics[0].replicationFactor = 1
        for version in 0...1 as ClosedRange<Int16> {
            let created = try client.ask(create, version: version).topics
            #expect(created.map(\.errorCode) == [.unsupportedVersion])
        }
        #expect(broker.broker.log.topic("new") == nil)

        var delete = DeleteTopicsRequest()
        delete.topicNames = ["t"]
        #expect(
            try client.ask(delete, version: 0).responses.map(\.errorCode) == [.unsupportedVersion])
        #expect(broker.broker.log.topic("t") != nil)

        var describe = DescribeConfigsRequest()
        describe.resources = [.init()]
        describe.resources[0].resourceType = .topic
        describe.resources[0].resourceName = "t"
        describe.resources[0].configurationKeys = nil
        let described = try client.ask(describe, version: 0).results[0]
        #expect(described.errorCode == .unsupportedVersion && described.resourceName == "t")

        #expect(
            try client.ask(DescribeLogDirsRequest(), version: 0).results.map(\.errorCode)
                == [.unsupportedVersion])
        #expect(try goesOn())
    }

    @Test("of records is told so", arguments: 0...3 as ClosedRange<Int16>)
    func records(_ version: Int16) throws {
        let fetched = try client.fetch(TestClient.fetchRequest("t", offset: 0), version: version)
        #expect(fetched.partition.errorCode == .unsupportedVersion)
        #expect(fetched.records.isEmpty)
        if version < 3 {
            let batch = try testBatch(["a"])
            let answer = try client.produce("t", batch, acks: 1, version: version)
            #expect(answer.errorCode == .unsupportedVersion && answer.baseOffset.rawValue == -1)
            #expect(broker.broker.log.partitions(of: "t")?[0].logEndOffset == .zero)
        }
        #expect(try goesOn())
    }

    @Test("of groups is told so")
    func groups() throws {
        var commit = OffsetCommitRequest()
        commit.groupID = "g"
        commit.topics = [.init()]
        commit.topics[0].name = "t"
        commit.topics[0].partitions = [.init()]
        for version in 0...1 as ClosedRange<Int16> {
            let answer = try client.ask(commit, version: version).topics[0]
            #expect(answer.partitions.map(\.errorCode) == [.unsupportedVersion])
        }
        var fetch = OffsetFetchRequest()
        fetch.groupID = "g"
        fetch.topics = [.init()]
        fetch.topics?[0].name = "t"
        fetch.topics?[0].partitionIndexes = [0]
        let answer = try client.ask(fetch, version: 0).topics[0]
        #expect(answer.partitions.map(\.errorCode) == [.unsupportedVersion])
        #expect(answer.partitions[0].committedOffset.rawValue == -1)
        #expect(try goesOn())
    }

    @Test("and wants no answer, or can be read by nobody, ends the connection")
    func closed() throws {
        let batch = try testBatch(["a"])
        try client.post(
            TestClient.produceRequest("t", batch, acks: 0), version: 2, records: batch)
        #expect(client.isClosed())
        // ListOffsets 0 of 2^31 - 1 topics.
        let broken = try broker.client()
        try broken.send([
            0, 0, 0, 18, 0, 2, 0, 0, 0, 0, 0, 7, 0xff, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff,
        ])
        #expect(broken.isClosed())
    }
}
