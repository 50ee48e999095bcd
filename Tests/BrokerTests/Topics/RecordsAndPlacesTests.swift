import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("DeleteRecords")
struct DeleteRecordsTests {
    @Test("moves the log start offset, and refuses what it cannot")
    func moves() async throws {
        let fixture = try AdministrationFixture()
        let logs = try fixture.test.topic("a", partitions: 2)
        try fixture.test.topic(InternalTopic.consumerOffsets)
        for log in logs { for _ in 0..<5 { try log.appendForTest("x") } }
        func delete(_ topic: String, _ partition: Int32, _ offset: Int64) async
            -> DeleteRecordsResponse.Partition
        {
            var asked = DeleteRecordsRequest.Partition()
            asked.partitionIndex = partition
            asked.offset = Offset(offset)
            var request = DeleteRecordsRequest()
            request.topics = [.init()]
            request.topics[0].name = topic
            request.topics[0].partitions = [asked]
            return await fixture.ask(DeleteRecordsHandler.init, request).topics[0].partitions[0]
        }
        let expected: [(String, Int32, Int64, Int64, ErrorCode)] = [
            ("a", 0, 3, 3, .none), ("a", 0, 1, 3, .none), ("a", 1, -1, 5, .none),
            ("a", 0, 6, -1, .offsetOutOfRange), ("a", 0, -2, -1, .offsetOutOfRange),
            ("a", 2, 0, -1, .unknownTopicOrPartition), ("b", 0, 0, -1, .unknownTopicOrPartition),
            (InternalTopic.consumerOffsets, 0, 0, -1, .invalidTopicException),
        ]
        for (topic, partition, offset, low, code) in expected {
            let answer = await delete(topic, partition, offset)
            #expect(answer.lowWatermark == Offset(low), "\(topic) \(partition) \(offset)")
            #expect(answer.errorCode == code, "\(topic) \(partition) \(offset)")
        }
        #expect(logs.map(\.logStartOffset) == [Offset(3), Offset(5)])
    }
}

@Suite("DescribeLogDirs")
struct DescribeLogDirsTests {
    @Test("tells sizes of the partitions asked for, or of all")
    func sizes() async throws {
        let fixture = try AdministrationFixture()
        let logs = try fixture.test.topic("a", partitions: 3)
        try fixture.test.topic("b")
        try logs[1].appendForTest("x")
        var request = DescribeLogDirsRequest()
        request.topics = nil
        let all = await fixture.ask(DescribeLogDirsHandler.init, request).results
        #expect(all.count == 1 && all[0].logDir == fixture.log.absolutePath)
        #expect(all[0].totalBytes >= all[0].usableBytes && all[0].usableBytes > 0)
        #expect(all[0].topics.map(\.name) == ["a", "b"])
        #expect(
            all[0].topics[0].partitions.map(\.partitionSize) == logs.map { Int64($0.byteCount) })
        #expect(all[0].topics[0].partitions[1].partitionSize > 60)
        request.topics = ["a", "missing"].map { name in
            var topic = DescribeLogDirsRequest.Topic()
            topic.topic = name
            topic.partitions = [2, 7]
            return topic
        }
        let some = await fixture.ask(DescribeLogDirsHandler.init, request).results
        #expect(some[0].topics.map(\.name) == ["a"])
        #expect(some[0].topics[0].partitions.map(\.partitionIndex) == [2])
    }
}

@Suite("DescribeCluster")
struct DescribeClusterTests {
    @Test("tells the one broker, at the address that the client knows")
    func broker() async throws {
        let fixture = try AdministrationFixture()
        var request = DescribeClusterRequest()
        request.includeClusterAuthorizedOperations = true
        let response = await fixture.ask(DescribeClusterHandler.init, request)
        #expect(response.errorCode == .none)
        #expect(response.clusterID == fixture.log.clusterID && response.clusterID.count == 22)
        #expect(response.controllerID == 1)
        #expect(response.brokers.map(\.host) == ["kafka.test"])
        #expect(response.brokers.map(\.port) == [1234])
        #expect(response.clusterAuthorizedOperations > 0)
        for (type, code) in [(2, .mismatchedEndpointType), (9, .unsupportedEndpointType)]
            as [(Int8, ErrorCode)]
        {
            request.endpointType = type
            let refused = await fixture.ask(DescribeClusterHandler.init, request)
            #expect(refused.errorCode == code)
        }
    }
}

@Suite("OffsetForLeaderEpoch")
struct OffsetForLeaderEpochTests {
    @Test("tells where the epochs of a log end")
    func ends() async throws {
        let first = try AdministrationFixture()
        let log = try first.test.topic("a")[0]
        for _ in 0..<10 { try log.appendForTest("x") }
        try first.test.stop()
        let directory = first.test.directory
        try writeText("\(directory)/a-0/leader-epoch-checkpoint", "0\n3\n2 0\n4 3\n7 8\n")
        // Removed by the first fixture; the second removes it before.
        let fixture = try AdministrationFixture(directory: directory)
        defer { withExtendedLifetime(first) {} }
        func end(_ epoch: Int32, current: Int32 = -1) async
            -> OffsetForLeaderEpochResponse.Partition
        {
            var asked = OffsetForLeaderEpochRequest.Partition()
            asked.leaderEpoch = LeaderEpoch(epoch)
            asked.currentLeaderEpoch = LeaderEpoch(current)
            var request = OffsetForLeaderEpochRequest()
            request.topics = [.init()]
            request.topics[0].topic = "a"
            request.topics[0].partitions = [asked]
            return await fixture.ask(OffsetForLeaderEpochHandler.init, request)
                .topics[0].partitions[0]
        }
        let expected: [(asked: Int32, epoch: Int32, offset: Int64)] = [
            (7, 7, 10), (6, 4, 8), (4, 4, 8), (3, 2, 3), (2, 2, 3), (1, 1, 0), (8, -1, -1),
            (-1, -1, -1),
        ]
        for (asked, epoch, offset) in expected {
            let answer = await end(asked, current: 7)
            #expect(answer.errorCode == .none)
            #expect(answer.leaderEpoch == LeaderEpoch(epoch), "\(asked)")
            #expect(answer.endOffset == Offset(offset), "\(asked)")
        }
        #expect(await end(7, current: 6).errorCode == .fencedLeaderEpoch)
        #expect(await end(7, current: 8).errorCode == .unknownLeaderEpoch)
    }
}
