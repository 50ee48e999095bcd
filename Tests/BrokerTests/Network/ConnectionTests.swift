import AllocationCounter
import CommitLog
import Foundation
import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import Broker

@Suite("A connection")
struct ConnectionTests {
    @Test("answers pipelined requests in their order, a fetch that waits before those behind it")
    func keepsOrder() throws {
        let broker = try TestBroker()
        try broker.topic("t")
        let client = try broker.client()
        let fetch = try client.post(
            TestClient.fetchRequest("t", offset: 0, maxWaitMs: 20_000), version: 12)
        let versions = try client.post(ApiVersionsRequest(), version: 3)
        let batch = try testBatch(["a"])
        let produce = try client.post(
            TestClient.produceRequest("t", batch), version: 9, records: batch)
        let fetched = try client.response(FetchResponse.self, version: 12)
        #expect(fetched.header.correlationID == fetch)
        #expect(fetched.body.responses[0].partitions[0].records?.byteCount == batch.count)
        #expect(
            try client.response(ApiVersionsResponse.self, version: 3).header.correlationID
                == versions)
        #expect(
            try client.response(ProduceResponse.self, version: 9).header.correlationID == produce)
    }

    /// With an option of another level, its number is that of SO_DEBUG, which only root may set: nobody else
    /// could connect.
    @Test("sends answers at once, by a socket that needs no privilege")
    func socketOptions() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        _ = try client.post(ApiVersionsRequest(), version: 3)
        _ = try client.response(ApiVersionsResponse.self, version: 3)
        #expect(client.optionOfBroker(level: Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
        #expect(client.optionOfBroker(level: SOL_SOCKET, SO_DEBUG) == 0)
    }

    @Test("takes requests however they are cut")
    func everyCut() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t")[0]
        let client = try broker.client()
        let batch = try testBatch(["abc"])
        let length = try client.frame(
            TestClient.produceRequest("t", batch), version: 9, records: batch
        ).bytes.count
        for cut in 1..<length {
            let (bytes, id) = try client.frame(
                TestClient.produceRequest("t", batch), version: 9, records: batch)
            try client.send(Array(bytes[..<cut]))
            try client.send(Array(bytes[cut...]))
            let answer = try client.response(ProduceResponse.self, version: 9)
            #expect(answer.header.correlationID == id)
            #expect(answer.body.responses[0].partitionResponses[0].errorCode == .none)
        }
        #expect(log.logEndOffset == Offset(Int64(length - 1)))
    }

    @Test(
        "takes a large request in pieces, and the small one behind it",
        arguments: [1000, 20_000, 262_144, 500_000])
    func largeInPieces(pieceByteCount: Int) throws {
        let broker = try TestBroker()
        let log = try broker.topic("t")[0]
        let client = try broker.client()
        let batch = try testBatch([String(repeating: "a", count: 600_000)])
        for round in 1...3 {
            let (bytes, id) = try client.frame(
                TestClient.produceRequest("t", batch), version: 9, records: batch)
            for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
                try client.send(Array(bytes[start..<min(start + pieceByteCount, bytes.count)]))
                usleep(200)
            }
            let answer = try client.response(ProduceResponse.self, version: 9)
            #expect(answer.header.correlationID == id)
            let small = try client.post(ApiVersionsRequest(), version: 3)
            #expect(
                try client.response(ApiVersionsResponse.self, version: 3).header.correlationID
                    == small)
            #expect(log.logEndOffset == Offset(Int64(round)))
        }
    }

    @Test("takes many requests that come in one piece")
    func manyInOnePiece() throws {
        let broker = try TestBroker(["weir.max.in.flight.requests.per.connection": "3"])
        let log = try broker.topic("t")[0]
        let client = try broker.client()
        var bytes: [UInt8] = []
        for index in 0..<200 {
            let batch = try testBatch(["\(index)"])
            bytes += try client.frame(
                TestClient.produceRequest("t", batch), version: 9, records: batch
            ).bytes
        }
        try client.send(bytes)
        for index in 0..<200 {
            let answer = try client.response(ProduceResponse.self, version: 9).body
            let partition = answer.responses[0].partitionResponses[0]
            #expect(partition.baseOffset == Offset(Int64(index)))
        }
        #expect(log.logEndOffset == Offset(200))
    }

    @Test("sees what its earlier requests did, also without waiting for their answers")
    func seesEarlierRequests() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        var create = CreateTopicsRequest()
        create.topics = [.init()]
        create.topics[0].name = "t"
        create.topics[0].numPartitions = 1
        create.topics[0].replicationFactor = 1
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["t"]
        var describe = MetadataRequest()
        describe.topics = [.init()]
        describe.topics?[0].name = "t"
        describe.allowAutoTopicCreation = false
        for _ in 0..<20 {
            try client.send(
                client.frame(create, version: 5).bytes + client.frame(describe, version: 8).bytes
                    + client.frame(delete, version: 4).bytes
                    + client.frame(describe, version: 8).bytes)
            let created = try client.response(CreateTopicsResponse.self, version: 5).body
            #expect(created.topics[0].errorCode == .none)
            let there = try client.response(MetadataResponse.self, version: 8).body
            #expect(there.topics[0].errorCode == .none)
            let deleted = try client.response(DeleteTopicsResponse.self, version: 4).body
            #expect(deleted.responses[0].errorCode == .none)
            let gone = try client.response(MetadataResponse.self, version: 8).body
            #expect(gone.topics[0].errorCode == .unknownTopicOrPartition)
        }
    }

    @Test(
        "that sends no request ends",
        arguments: [
            [0xff, 0xff, 0xff, 0xff],
            [0x7f, 0xff, 0xff, 0xff],
            // An API that nobody serves, and one that does not exist.
            [0, 0, 0, 10, 0, 17, 0, 0, 0, 0, 0, 1, 0xff, 0xff],
            [0, 0, 0, 10, 3, 0xe8, 0, 0, 0, 0, 0, 1, 0xff, 0xff],
            // Versions that are not served: Metadata 99 and Produce 2.
            [0, 0, 0, 10, 0, 3, 0, 99, 0, 0, 0, 1, 0xff, 0xff],
            [0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff],
            // A header that ends too soon, a body that does, no bytes at all.
            [0, 0, 0, 3, 0, 18, 0],
            [0, 0, 0, 10, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff],
            [0, 0, 0, 0],
            Array("GET / HTTP/1.1\r\n\r\n".utf8),
        ] as [[UInt8]])
    func malformed(_ bytes: [UInt8]) throws {
        let broker = try TestBroker()
        let client = try broker.client()
        try client.send(bytes)
        #expect(client.isClosed())
        #expect(try broker.client().ask(ApiVersionsRequest(), version: 3).errorCode == .none)
    }

    @Test("that turns malformed is answered first what it asked before")
    func answersBeforeTheEnd() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        let (bytes, id) = try client.frame(ApiVersionsRequest(), version: 3)
        try client.send(bytes + [0xff, 0xff, 0xff, 0xff] + bytes)
        #expect(
            try client.response(ApiVersionsResponse.self, version: 3).header.correlationID == id)
        #expect(client.isClosed())
    }

    @Test("larger than socket.request.max.bytes is refused by its length")
    func requestLimit() throws {
        let broker = try TestBroker(["socket.request.max.bytes": "1000"])
        let client = try broker.client()
        try client.send([0, 0, 3, 0xe9])
        #expect(client.isClosed())
    }

    @Test("survives random bytes of another")
    func randomBytes() throws {
        let broker = try TestBroker()
        try broker.topic("t")
        var generator = SeededGenerator()
        let honest = try broker.client()
        let template = try honest.frame(
            TestClient.fetchRequest("t", offset: 0, maxWaitMs: 1), version: 12
        ).bytes
        for round in 0..<300 {
            let client = try broker.client()
            var bytes = round % 2 == 0 ? template : generator.bytes(count: 200)
            if round % 2 == 0 {
                let index = Int.random(in: 4..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            try? client.send(bytes)
        }
        #expect(try honest.ask(ApiVersionsRequest(), version: 3).errorCode == .none)
    }

    @Test("gives back the files that it read from")
    func files() throws {
        func openFiles(of broker: TestBroker) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/self/fd/\(name)")
                return target?.hasPrefix(broker.directory) == true
            }
        }
        let broker = try TestBroker()
        let log = try broker.topic("t", config: ["segment.bytes": "300"])[0]
        let producer = try broker.client()
        for index in 0..<20 { try producer.produce("t", testBatch(["\(index)"])) }
        let before = try openFiles(of: broker)
        for _ in 0..<10 {
            let client = try broker.client()
            for offset in 0..<20 {
                let request = TestClient.fetchRequest("t", offset: Int64(offset))
                #expect(try !client.fetch(request).records.isEmpty)
            }
            // Half of the clients go while an answer is on its way to them.
            try client.post(TestClient.fetchRequest("t", offset: 0), version: 12)
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while try openFiles(of: broker) > before + log.segmentCount,
            ContinuousClock.now < deadline
        {}
        // Segments may keep their own files open, but no connection does.
        #expect(try openFiles(of: broker) <= before + log.segmentCount)
    }

    @Test(
        "copies no request that comes whole",
        .enabled(if: allocations_are_counted(), "a sanitizer stands in front of malloc"))
    func copiesNothing() throws {
        let broker = try TestBroker(["num.network.threads": "1"])
        let log = try broker.topic("t")[0]
        let client = try broker.client()
        let batch = try testBatch([String(repeating: "x", count: 20_000)])
        let frame = try client.frame(
            TestClient.produceRequest("t", batch), version: 9, records: batch
        ).bytes
        let loop = try #require(broker.broker.server.withLock { $0?.loops.next() })
        func produce(_ count: Int) throws {
            for _ in 0..<count {
                try client.send(frame)
                _ = try client.response(ProduceResponse.self, version: 9)
            }
        }
        // The read buffer grows to what a request needs.
        try produce(20)
        let before = try loop.submit { (allocation_count(), allocated_byte_count()) }.wait()
        try produce(100)
        let after = try loop.submit { (allocation_count(), allocated_byte_count()) }.wait()
        #expect(log.logEndOffset == Offset(120))
        let byteCount = (after.1 - before.1) / 100
        let count = (after.0 - before.0) / 100
        #expect(byteCount < 16_000, "\(byteCount) bytes for a request of \(frame.count)")
        #expect(count < 120, "\(count) allocations for a request")
        print("a produce request: \(count) allocations, \(byteCount) bytes")
    }
}

@Suite("A broker's end")
struct ShutdownTests {
    @Test("answers what waits, closes the connections, and keeps what was written")
    func shutdown() throws {
        let directory = TestBroker.temporaryDirectory()
        let broker = try TestBroker(directory: directory)
        try broker.topic("t")
        let client = try broker.client()
        try client.produce("t", testBatch(["a", "b"]))
        try client.post(
            TestClient.fetchRequest("t", offset: 2, maxWaitMs: 1_000_000), version: 12)
        #expect(!client.isReadable(withinMs: 50))
        let clock = ContinuousClock()
        let start = clock.now
        try broker.stop()
        #expect(clock.now - start < .seconds(5))
        #expect(try client.fetched().records.isEmpty)
        #expect(client.isClosed())
        let again = try TestBroker(directory: directory)
        let fetched = try again.client().fetch(TestClient.fetchRequest("t", offset: 0))
        #expect(try testRecords(fetched.records).map(\.value) == ["a", "b"])
    }
}
