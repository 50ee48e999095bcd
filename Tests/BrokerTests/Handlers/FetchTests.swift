import CommitLog
import Foundation
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("Fetch")
struct FetchTests {
    /// A broker whose topic `t` has so many batches of two records.
    private func filled(_ batchCount: Int) throws -> (TestBroker, TestClient) {
        let broker = try TestBroker()
        try broker.topic("t")
        let client = try broker.client()
        for index in 0..<batchCount {
            try client.produce("t", testBatch(["\(2 * index)", "\(2 * index + 1)"]))
        }
        return (broker, client)
    }

    @Test("answers with more slices than are written at once, each where it belongs")
    func manySlices() throws {
        let broker = try TestBroker()
        try broker.topic("t", partitions: 300)
        let client = try broker.client()
        for partition in 0..<Int32(300) {
            try client.produce("t", testBatch(["value \(partition)"]), partition: partition)
        }
        var request = TestClient.fetchRequest("t", offset: 0)
        request.topics[0].partitions = (0..<Int32(300)).map { index in
            var partition = request.topics[0].partitions[0]
            partition.partition = index
            return partition
        }
        for _ in 0..<3 { try client.post(request, version: 12) }
        for _ in 0..<3 {
            let (_, body, frame) = try client.response(FetchResponse.self, version: 12)
            for partition in body.responses[0].partitions {
                let records = try #require(partition.records)
                #expect(
                    try testRecords(Array(frame[records.range])).map(\.value)
                        == ["value \(partition.partitionIndex)"])
            }
        }
    }

    @Test("returns the records as they were written", arguments: 4...12 as ClosedRange<Int16>)
    func returnsRecords(_ version: Int16) throws {
        let (broker, client) = try filled(3)
        let fetched = try client.fetch(
            TestClient.fetchRequest("t", offset: 0), version: version)
        #expect(fetched.partition.errorCode == .none)
        #expect(fetched.partition.highWatermark == Offset(6))
        #expect(fetched.partition.lastStableOffset == Offset(6))
        #expect(try testRecords(fetched.records).map(\.value) == (0..<6).map(String.init))
        withExtendedLifetime(broker) {}
    }

    @Test("begins with the batch that contains the offset")
    func containingBatch() throws {
        let (broker, client) = try filled(3)
        let fetched = try client.fetch(TestClient.fetchRequest("t", offset: 3))
        #expect(try testRecords(fetched.records).map(\.offset) == [2, 3, 4, 5])
        withExtendedLifetime(broker) {}
    }

    @Test("has empty records and not null at the end of the log")
    func empty() throws {
        let (broker, client) = try filled(1)
        for version in 4...12 as ClosedRange<Int16> {
            let fetched = try client.fetch(
                TestClient.fetchRequest("t", offset: 2), version: version)
            #expect(fetched.partition.errorCode == .none)
            #expect(fetched.partition.records != nil)
            #expect(fetched.records.isEmpty)
        }
        withExtendedLifetime(broker) {}
    }

    @Test("returns one whole batch where the limits allow less, and no more than they allow else")
    func limits() throws {
        let (broker, client) = try filled(4)
        let batchByteCount = try testBatch(["0", "1"]).count
        for limit in [0, 1, batchByteCount, 2 * batchByteCount - 1] {
            let request = TestClient.fetchRequest(
                "t", offset: 2, partitionMaxBytes: Int32(limit))
            #expect(try testRecords(client.fetch(request).records).map(\.offset) == [2, 3])
        }
        let request = TestClient.fetchRequest(
            "t", offset: 0, maxBytes: Int32(2 * batchByteCount))
        #expect(try client.fetch(request).records.count == 2 * batchByteCount)
        let hostile = TestClient.fetchRequest(
            "t", offset: 0, maxBytes: .min, partitionMaxBytes: .min)
        #expect(try client.fetch(hostile).records.count == batchByteCount)
        withExtendedLifetime(broker) {}
    }

    @Test("returns more than its limit for the first partition with records only")
    func limitOfSeveral() throws {
        let broker = try TestBroker()
        try broker.topic("t", partitions: 3)
        let client = try broker.client()
        let batch = try testBatch([String(repeating: "x", count: 1000)])
        for partition in 1...2 { try client.produce("t", batch, partition: Int32(partition)) }
        var request = TestClient.fetchRequest("t", offset: 0, maxBytes: 10)
        let one = request.topics[0].partitions[0]
        request.topics[0].partitions = (0..<3 as Range<Int32>).map {
            var partition = one
            partition.partition = $0
            return partition
        }
        try client.post(request, version: 12)
        let response = try client.response(FetchResponse.self, version: 12).body
        let byteCounts = response.responses[0].partitions.map { $0.records?.byteCount }
        #expect(byteCounts == [0, batch.count, 0])
    }

    @Test("of several partitions and topics has each one's records in its place")
    func severalPartitions() throws {
        let broker = try TestBroker()
        try broker.topic("t", partitions: 3)
        try broker.topic("u", partitions: 1)
        let client = try broker.client()
        for partition in [0, 2] as [Int32] {
            try client.produce("t", testBatch(["t\(partition)"]), partition: partition)
        }
        try client.produce("u", testBatch(["u0"]))
        var request = TestClient.fetchRequest("t", offset: 0)
        request.topics[0].partitions = (0..<3 as Range<Int32>).map {
            var partition = request.topics[0].partitions[0]
            partition.partition = $0
            return partition
        }
        request.topics.append(TestClient.fetchRequest("u", offset: 0).topics[0])
        request.topics.append(TestClient.fetchRequest("missing", offset: 0).topics[0])
        for version in [4, 11, 12] as [Int16] {
            try client.post(request, version: version)
            let (_, response, frame) = try client.response(FetchResponse.self, version: version)
            let found = try response.responses.map { topic in
                try topic.partitions.map { partition in
                    try testRecords(Array(frame[partition.records?.range ?? 0..<0])).map(\.value)
                }
            }
            #expect(found == [[["t0"], [], ["t2"]], [["u0"]], [[]]])
            #expect(response.responses[2].partitions[0].errorCode == .unknownTopicOrPartition)
        }
    }

    @Test("outside the log is OFFSET_OUT_OF_RANGE", arguments: [-1, 7, Int64.max, Int64.min])
    func outOfRange(_ offset: Int64) throws {
        let (broker, client) = try filled(3)
        let fetched = try client.fetch(
            TestClient.fetchRequest("t", offset: offset, maxWaitMs: 10_000))
        #expect(fetched.partition.errorCode == .offsetOutOfRange)
        #expect(fetched.records.isEmpty)
        withExtendedLifetime(broker) {}
    }

    @Test("with another leader epoch is fenced or unknown")
    func leaderEpoch() throws {
        let (broker, client) = try filled(1)
        var request = TestClient.fetchRequest("t", offset: 0)
        request.topics[0].partitions[0].currentLeaderEpoch = LeaderEpoch(7)
        #expect(try client.fetch(request).partition.errorCode == .unknownLeaderEpoch)
        request.topics[0].partitions[0].currentLeaderEpoch = LeaderEpoch(0)
        #expect(try client.fetch(request).partition.errorCode == .none)
        withExtendedLifetime(broker) {}
    }

    @Test("declines sessions, and knows none")
    func sessions() throws {
        let (broker, client) = try filled(1)
        var request = TestClient.fetchRequest("t", offset: 0)
        request.sessionEpoch = 0
        try client.post(request, version: 12)
        #expect(try client.response(FetchResponse.self, version: 12).body.sessionID == 0)
        // Full whatever the id, as kafka-go sends it.
        for (id, epoch) in [(-1, -1), (99, 0), (99, -1)] as [(Int32, Int32)] {
            request.sessionID = id
            request.sessionEpoch = epoch
            let fetched = try client.fetch(request)
            #expect(fetched.partition.errorCode == .none)
            #expect(try testRecords(fetched.records).count == 2)
        }
        request.sessionID = 99
        request.sessionEpoch = 3
        try client.post(request, version: 12)
        let body = try client.response(FetchResponse.self, version: 12).body
        #expect(body.errorCode == .fetchSessionIDNotFound)
        withExtendedLifetime(broker) {}
    }

    @Test("of an emptied batch waits for records, and is answered with it so that clients get on")
    func emptiedBatch() throws {
        let written = try TestBroker()
        try written.topic("t")
        try written.client().produce("t", testBatch(["a"]))
        try written.stop()
        let path = "\(written.directory)/t-0/00000000000000000000.log"
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        var rewriter = RecordBatchRewriter()
        let header = try unsafe RecordBatchHeader(bytes.span.bytes)
        let empty = try unsafe Data(Array(rewriter.seal(header, compression: .none)))
        try empty.write(to: URL(fileURLWithPath: path))

        let broker = try TestBroker(directory: written.directory)
        let client = try broker.client()
        let clock = ContinuousClock()
        let start = clock.now
        let fetched = try client.fetch(TestClient.fetchRequest("t", offset: 0, maxWaitMs: 200))
        #expect(clock.now - start >= .milliseconds(190))
        #expect(fetched.partition.errorCode == .none)
        #expect(Data(fetched.records) == empty)
        try client.produce("t", testBatch(["b"]))
        let next = try client.fetch(TestClient.fetchRequest("t", offset: 0, maxWaitMs: 20_000))
        #expect(try testRecords(next.records).map(\.offset) == [1])
    }

    @Test("at the end of the log waits, and is woken by an append")
    func wokenByAppend() throws {
        let (broker, client) = try filled(1)
        try client.post(
            TestClient.fetchRequest("t", offset: 2, maxWaitMs: 20_000), version: 12)
        #expect(!client.isReadable(withinMs: 100))
        try broker.client().produce("t", testBatch(["new"]))
        #expect(client.isReadable(withinMs: 5000))
        #expect(try testRecords(client.fetched().records).map(\.value) == ["new"])
    }

    @Test("waits for min_bytes, over several appends and partitions")
    func minBytes() throws {
        let (broker, client) = try filled(0)
        let batch = try testBatch(["0123456789"])
        try client.post(
            TestClient.fetchRequest(
                "t", offset: 0, maxWaitMs: 20_000, minBytes: Int32(3 * batch.count)),
            version: 12)
        let producer = try broker.client()
        for _ in 0..<2 { try producer.produce("t", batch) }
        #expect(!client.isReadable(withinMs: 100))
        try producer.produce("t", batch)
        #expect(try testRecords(client.fetched().records).count == 3)
    }

    @Test("is answered when its time is over, with what is there")
    func timeOver() throws {
        let (broker, client) = try filled(1)
        let clock = ContinuousClock()
        let start = clock.now
        let fetched = try client.fetch(
            TestClient.fetchRequest("t", offset: 0, maxWaitMs: 200, minBytes: 1 << 20))
        #expect(clock.now - start >= .milliseconds(190))
        #expect(try testRecords(fetched.records).count == 2)
        withExtendedLifetime(broker) {}
    }

    @Test("does not wait where there is no time, or no bytes are wanted")
    func answersAtOnce() throws {
        let (broker, client) = try filled(1)
        let clock = ContinuousClock()
        let start = clock.now
        _ = try client.fetch(TestClient.fetchRequest("t", offset: 2, maxWaitMs: 0))
        _ = try client.fetch(
            TestClient.fetchRequest("t", offset: 2, maxWaitMs: 20_000, minBytes: 0))
        #expect(clock.now - start < .seconds(10))
        withExtendedLifetime(broker) {}
    }

    @Test("reads on through many segments without a gap")
    func manySegments() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t", config: ["segment.bytes": "500"])[0]
        let client = try broker.client()
        for index in 0..<40 { try client.produce("t", testBatch(["\(index)"])) }
        #expect(log.segmentCount > 3)
        var next: Int64 = 0
        var values: [String] = []
        while next < 40 {
            let records = try testRecords(
                client.fetch(TestClient.fetchRequest("t", offset: next)).records)
            let last = try #require(records.last)
            values += records.map(\.value)
            next = last.offset + 1
        }
        #expect(values == (0..<40).map(String.init))
    }

    @Test("that waits is forgotten with its connection")
    func abandoned() throws {
        let (broker, client) = try filled(0)
        var waiting: TestClient? = try broker.client()
        try waiting?.post(
            TestClient.fetchRequest("t", offset: 0, maxWaitMs: 1_000_000), version: 12)
        #expect(waiting?.isReadable(withinMs: 50) == false)
        waiting = nil
        try client.produce("t", testBatch(["a"]))
        #expect(try client.fetch(TestClient.fetchRequest("t", offset: 0)).records.count > 0)
    }
}
