import CommitLog
import Glibc
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("ApiVersions")
struct ApiVersionsTests {
    @Test("tells the versions of what is served", arguments: 0...4 as ClosedRange<Int16>)
    func tellsRanges(_ version: Int16) throws {
        let broker = try TestBroker()
        let response = try broker.client().ask(ApiVersionsRequest(), version: version)
        #expect(response.errorCode == .none)
        let keys = response.apiKeys.map(\.apiKey)
        for key in [ApiKey.produce, .fetch, .listOffsets, .metadata, .apiVersions] {
            #expect(keys.contains(key.rawValue))
        }
        let produce = try #require(response.apiKeys.first { $0.apiKey == 0 })
        #expect((produce.minVersion, produce.maxVersion) == (0, 13))
        #expect(response.apiKeys.allSatisfy { $0.minVersion <= $0.maxVersion })
    }

    @Test("of a version that nobody knows is answered in version 0, with the ranges")
    func unknownVersion() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        // Key 18, version 99, correlation 7, client id "x", and a body that nobody can read.
        try client.send([0, 0, 0, 14, 0, 18, 0, 99, 0, 0, 0, 7, 0, 1, 0x78, 0xff, 0xff, 0xff])
        let (header, body, _) = try client.response(ApiVersionsResponse.self, version: 0)
        #expect(header.correlationID == 7)
        #expect(body.errorCode == .unsupportedVersion)
        #expect(body.apiKeys.contains { $0.apiKey == 18 && $0.maxVersion == 4 })
        #expect(try client.ask(ApiVersionsRequest(), version: 3).errorCode == .none)
    }
}

@Suite("Metadata")
struct MetadataTests {
    private func request(_ topics: [String]?, create: Bool = false) -> MetadataRequest {
        var request = MetadataRequest()
        request.topics = topics.map { names in
            names.map {
                var topic = MetadataRequest.Topic()
                topic.name = $0
                return topic
            }
        }
        request.allowAutoTopicCreation = create
        return request
    }

    @Test("of all topics is asked for with null, in version 0 with an empty list")
    func allTopics() throws {
        let broker = try TestBroker()
        try broker.topic("a", partitions: 2)
        try broker.topic("b")
        let client = try broker.client()
        #expect(try client.ask(request(nil), version: 9).topics.map(\.name) == ["a", "b"])
        #expect(try client.ask(request([]), version: 0).topics.map(\.name) == ["a", "b"])
        #expect(try client.ask(request([]), version: 1).topics.isEmpty)
    }

    @Test("describes brokers and partitions", arguments: 0...13 as ClosedRange<Int16>)
    func describes(_ version: Int16) throws {
        let broker = try TestBroker(["node.id": "5"])
        try broker.topic("a", partitions: 3)
        let response = try broker.client().ask(request(["a"]), version: version)
        #expect(response.brokers.map(\.nodeID) == [5])
        #expect(response.brokers[0].host == "127.0.0.1")
        #expect(response.brokers[0].port == Int32(broker.port))
        #expect(response.topics[0].partitions.map(\.partitionIndex) == [0, 1, 2])
        #expect(response.topics[0].partitions.allSatisfy { $0.leaderID == 5 })
        #expect(response.topics[0].partitions.allSatisfy { $0.isrNodes == [5] })
        if version >= 1 { #expect(response.controllerID == 5) }
        if version >= 2 { #expect(response.clusterID == broker.broker.log.clusterID) }
        if version >= 7 { #expect(response.topics[0].partitions[0].leaderEpoch == LeaderEpoch(0)) }
        if version >= 10 {
            #expect(response.topics[0].topicID == broker.broker.log.topicID(of: "a"))
        }
    }

    @Test("creates a topic that is missing, if client and broker allow it")
    func autoCreation() throws {
        let broker = try TestBroker(["num.partitions": "3"])
        let client = try broker.client()
        let refused = try client.ask(request(["new"], create: false), version: 9)
        #expect(refused.topics[0].errorCode == .unknownTopicOrPartition)
        let created = try client.ask(request(["new"], create: true), version: 9)
        #expect(created.topics[0].errorCode == .none)
        #expect(created.topics[0].partitions.count == 3)

        let strict = try TestBroker(["auto.create.topics.enable": "false"])
        let missing = try strict.client().ask(request(["new"], create: true), version: 9)
        #expect(missing.topics[0].errorCode == .unknownTopicOrPartition)
        #expect(strict.broker.log.topics.isEmpty)
    }

    @Test("refuses names that are none, and creates no internal topic", arguments: [9, 4, 1])
    func names(_ version: Int) throws {
        let broker = try TestBroker()
        let names = ["..", "a/b", "", "__consumer_offsets"]
        let response = try broker.client().ask(
            request(names, create: true), version: Int16(version))
        #expect(
            response.topics.map(\.errorCode) == [
                .invalidTopicException, .invalidTopicException, .invalidTopicException,
                .unknownTopicOrPartition,
            ])
    }
}

@Suite("Produce")
struct ProduceTests {
    @Test("appends a batch and tells where it is", arguments: 3...12 as ClosedRange<Int16>)
    func appends(_ version: Int16) throws {
        let broker = try TestBroker()
        try broker.topic("t")
        let client = try broker.client()
        let first = try client.produce("t", testBatch(["a", "b"]), version: version)
        let second = try client.produce("t", testBatch(["c"]), acks: 1, version: version)
        #expect(first.errorCode == .none)
        #expect(first.baseOffset == Offset(0))
        #expect(first.logAppendTimeMs == -1)
        #expect(second.baseOffset == Offset(2))
        if version >= 5 { #expect(second.logStartOffset == Offset(0)) }
    }

    @Test("with acks=0 has no answer; an error ends the connection")
    func acksZero() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t")[0]
        let client = try broker.client()
        let batch = try testBatch(["a"])
        for _ in 0..<3 {
            try client.post(
                TestClient.produceRequest("t", batch, acks: 0), version: 9, records: batch)
        }
        #expect(try client.ask(ApiVersionsRequest(), version: 3).errorCode == .none)
        #expect(log.logEndOffset == Offset(3))
        try client.post(
            TestClient.produceRequest("missing", batch, acks: 0), version: 9, records: batch)
        #expect(client.isClosed())
    }

    @Test("is refused with Kafka's codes")
    func errors() throws {
        let broker = try TestBroker()
        try broker.topic("t", config: ["max.message.bytes": "1000"])
        let client = try broker.client()
        let batch = try testBatch(["a"])
        var damaged = batch
        damaged[damaged.count - 1] ^= 1
        var old = batch
        old[16] = 1
        let zstd = try testBatch(["a"], codec: .zstd)
        let cases: [(String, [UInt8], Int16, Int16, ErrorCode)] = [
            ("missing", batch, -1, 9, .unknownTopicOrPartition),
            ("t", batch, 2, 9, .invalidRequiredAcks),
            ("t", batch, -2, 9, .invalidRequiredAcks),
            ("t", damaged, -1, 9, .corruptMessage),
            ("t", Array(batch.dropLast()), -1, 9, .corruptMessage),
            ("t", old, -1, 9, .invalidRecord),
            ("t", batch + batch, -1, 9, .invalidRecord),
            ("t", [], -1, 9, .invalidRecord),
            ("t", zstd, -1, 6, .unsupportedCompressionType),
            ("t", zstd, -1, 7, .none),
            ("t", try testBatch([String(repeating: "x", count: 2000)]), -1, 9, .messageTooLarge),
            ("t", try testBatch(["a"], timestamp: 1 << 50), -1, 9, .invalidTimestamp),
        ]
        for (topic, batch, acks, version, code) in cases {
            let answer = try client.produce(topic, batch, acks: acks, version: version)
            #expect(answer.errorCode == code)
            if code != .none { #expect(answer.baseOffset == Offset(-1)) }
        }
        #expect(
            try client.produce("t", batch, partition: 1).errorCode == .unknownTopicOrPartition)
        #expect(
            try client.produce("t", batch, partition: -1).errorCode == .unknownTopicOrPartition)
    }

    @Test("names the records for which a batch is refused", arguments: [7, 8, 9] as [Int16])
    func recordErrors(_ version: Int16) throws {
        let broker = try TestBroker()
        try broker.topic("t", config: ["cleanup.policy": "compact"])
        var builder = try RecordBatchBuilder(batchSize: 1 << 20)
        for index in 0..<100 {
            let key = index % 10 == 3 ? nil : Array("k".utf8)
            precondition(builder.append(timestamp: 1000, key: key, value: [1]))
        }
        try builder.seal()
        let batch = unsafe Array(builder.sealedBytes)
        let answer = try broker.client().produce("t", batch, version: version)
        #expect(answer.errorCode == .invalidRecord)
        let named = answer.recordErrors.map(\.batchIndex)
        #expect(named == (version < 8 ? [] : (0..<10).map { $0 * 10 + 3 }))
        #expect(answer.recordErrors.allSatisfy { $0.batchIndexErrorMessage?.isEmpty == false })
        #expect(version < 8 || answer.errorMessage?.contains("10 records are refused") == true)
    }

    @Test("names no more than a thousand records in an answer")
    func namedRecordsOfAnAnswer() throws {
        let broker = try TestBroker()
        try broker.topic("t", config: ["cleanup.policy": "compact"])
        var builder = try RecordBatchBuilder(batchSize: 1 << 20)
        for _ in 0..<700 { precondition(builder.append(timestamp: 1000, key: nil, value: [1])) }
        try builder.seal()
        let batch = unsafe Array(builder.sealedBytes)
        let answers = try broker.client().produce("t", [batch, batch, batch], version: 9)
        #expect(answers.map(\.recordErrors.count) == [700, 300, 0])
        #expect(answers.allSatisfy { $0.errorMessage?.contains("700 records") == true })
    }

    @Test("of a batch that nobody can decode is refused, and not to be tried again")
    func undecodable() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t")[0]
        var batch = try testBatch(["no zstd at all"])
        batch[22] = CompressionCodec.zstd.rawValue
        unsafe batch.withUnsafeMutableBytes { unsafe RecordBatchHeader.patchChecksum(in: $0) }
        let answer = try broker.client().produce("t", batch)
        #expect(answer.errorCode == .invalidRecord)
        #expect(answer.errorMessage?.contains("cannot be decoded") == true)
        #expect(log.logEndOffset == .zero)
    }

    @Test("of an idempotent producer is appended once, however often it is sent")
    func idempotence() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t")[0]
        let client = try broker.client()
        let first = try testBatch(["a", "b"], producerID: 1, epoch: 0, sequence: 0)
        #expect(try client.produce("t", first).baseOffset == Offset(0))
        #expect(try client.produce("t", first).baseOffset == Offset(0))
        #expect(log.logEndOffset == Offset(2))
        let gap = try testBatch(["c"], producerID: 1, epoch: 0, sequence: 5)
        #expect(try client.produce("t", gap).errorCode == .outOfOrderSequenceNumber)
        let next = try testBatch(["c"], producerID: 1, epoch: 1, sequence: 0)
        #expect(try client.produce("t", next).errorCode == .none)
        let fenced = try testBatch(["c"], producerID: 1, epoch: 0, sequence: 2)
        #expect(try client.produce("t", fenced).errorCode == .invalidProducerEpoch)
    }

    @Test("with flush.messages=1 is answered when it is durable")
    func durable() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t", config: ["flush.messages": "1"])[0]
        let client = try broker.client()
        for index in 0..<5 {
            let answer = try client.produce("t", testBatch(["a"]))
            #expect(answer.baseOffset == Offset(Int64(index)))
            #expect(log.flushedOffset > answer.baseOffset)
        }
    }

    @Test("shares its flushes with the requests of the same turn")
    func groupCommit() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t", config: ["flush.messages": "1"])[0]
        let client = try broker.client()
        let batch = try testBatch(["a"])
        let count = 100
        var bytes: [UInt8] = []
        for _ in 0..<count {
            bytes += try client.frame(
                TestClient.produceRequest("t", batch), version: 9, records: batch
            ).bytes
        }
        try client.send(bytes)
        for index in 0..<count {
            let answer = try client.response(ProduceResponse.self, version: 9).body
            let partition = answer.responses[0].partitionResponses[0]
            #expect(partition.baseOffset == Offset(Int64(index)))
        }
        #expect(log.flushedOffset == Offset(Int64(count)))
        #expect(log.flushCount <= UInt64(count) / 5, "\(log.flushCount) flushes")
    }

    @Test(
        "on a full disk is KAFKA_STORAGE_ERROR, and goes on once there is room",
        .enabled(if: geteuid() == 0, "mounting a small filesystem takes root"))
    func fullDisk() throws {
        let mountPoint = TestBroker.temporaryDirectory()
        try #require(unsafe mount("tmpfs", mountPoint, "tmpfs", 0, "size=16m") == 0)
        defer { unsafe umount2(mountPoint, Int32(MNT_DETACH)) }
        let broker = try TestBroker(directory: "\(mountPoint)/log")
        try broker.topic("t", config: ["max.message.bytes": "2000000"])
        let client = try broker.client()
        let batch = try testBatch([String(repeating: "x", count: 1_000_000)])
        var acknowledged = 0
        var answer = try client.produce("t", batch)
        while answer.errorCode == .none, acknowledged < 20 {
            acknowledged += 1
            answer = try client.produce("t", batch)
        }
        #expect(answer.errorCode == .kafkaStorageError)
        #expect(answer.baseOffset == Offset(-1))
        #expect(acknowledged > 5)
        #expect(try client.produce("t", batch).errorCode == .kafkaStorageError)
        let read = try client.fetch(TestClient.fetchRequest("t", offset: 0))
        #expect(try testRecords(read.records).count == 1)
        try #require(unsafe mount(nil, mountPoint, nil, UInt(MS_REMOUNT), "size=32m") == 0)
        let resumed = try client.produce("t", batch)
        #expect(resumed.errorCode == .none)
        #expect(resumed.baseOffset == Offset(Int64(acknowledged)))
    }

    @Test("with LogAppendTime tells the time")
    func logAppendTime() throws {
        let broker = try TestBroker()
        try broker.topic("t", config: ["message.timestamp.type": "LogAppendTime"])
        let client = try broker.client()
        let answer = try client.produce("t", testBatch(["a"], timestamp: 1000))
        #expect(answer.logAppendTimeMs > 1_600_000_000_000)
        let fetched = try client.fetch(TestClient.fetchRequest("t", offset: 0))
        #expect(try testRecords(fetched.records).map(\.value) == ["a"])
    }

    @Test("that is larger than a read is put together, and appended as it is")
    func large() throws {
        let broker = try TestBroker()
        try broker.topic("t", config: ["max.message.bytes": "4000000"])
        let client = try broker.client()
        let value = String(repeating: "0123456789", count: 200_000)
        #expect(try client.produce("t", testBatch([value])).errorCode == .none)
        let fetched = try client.fetch(
            TestClient.fetchRequest("t", offset: 0, partitionMaxBytes: 1))
        #expect(try testRecords(fetched.records).map(\.value) == [value])
    }

    @Test("to an internal topic is refused")
    func internalTopic() throws {
        let broker = try TestBroker()
        try broker.topic("__consumer_offsets")
        let answer = try broker.client().produce("__consumer_offsets", testBatch(["a"]))
        #expect(answer.errorCode == .invalidTopicException)
    }
}

@Suite("ListOffsets")
struct ListOffsetsTests {
    @Test("finds the start, the end and times", arguments: 1...7 as ClosedRange<Int16>)
    func finds(_ version: Int16) throws {
        let broker = try TestBroker()
        try broker.topic("t")
        let client = try broker.client()
        let base: Int64 = 1_700_000_000_000
        for index in 0..<3 {
            try client.produce(
                "t", testBatch(["a", "b"], timestamp: base + Int64(index) * 1000))
        }
        func offset(_ timestamp: Int64, topic: String = "t") throws
            -> ListOffsetsResponse.Partition
        {
            var request = ListOffsetsRequest()
            var asked = ListOffsetsRequest.Topic()
            asked.name = topic
            var partition = ListOffsetsRequest.Partition()
            partition.timestamp = timestamp
            asked.partitions = [partition]
            request.topics = [asked]
            return try client.ask(request, version: version).topics[0].partitions[0]
        }
        #expect(try offset(-1).offset == Offset(6))
        #expect(try offset(-2).offset == Offset(0))
        #expect(try offset(base + 500).offset == Offset(2))
        #expect(try offset(base + 500).timestamp == base + 1000)
        #expect(try offset(base + 2001).offset == Offset(-1))
        #expect(try offset(-1, topic: "missing").errorCode == .unknownTopicOrPartition)
        if version >= 7 { #expect(try offset(-3).offset == Offset(4)) }
    }
}
