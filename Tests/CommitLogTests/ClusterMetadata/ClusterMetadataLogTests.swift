import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Kafka's metadata log` {
    private typealias Encoded = EncodedMetadata

    private let temporary = TemporaryDirectory()
    private let orders = TopicID.random()
    private let schemas = TopicID.random()

    private func log() throws -> MetadataLogWriter { try MetadataLogWriter(in: temporary.log) }

    private func read() throws -> ClusterMetadata? {
        try ClusterMetadataLog(path: "\(temporary.log)/\(ClusterMetadataTopic.directoryName)")
            .read()
    }

    private func isCorrupt(_ body: () throws -> ClusterMetadata?) -> Bool {
        do {
            _ = try body()
            return false
        } catch LogError.corrupt {
            return true
        } catch {
            return false
        }
    }

    @Test func `says what topics there are, with partitions, ids and settings`() throws {
        let log = try log()
        try log.appendControl()
        try log.append(Encoded.whole("orders", orders, partitions: 3, ["retention.ms": "-1"]))
        try log.append([Encoded.noOp])
        try log.append(
            Encoded.whole("_schemas", schemas, ["cleanup.policy": "compact"]), compression: .gzip(6)
        )
        try log.append([
            Encoded.config(4, "", "log.retention.ms", "1000"),
            Encoded.config(4, "1", "log.cleaner.threads", "2"), Encoded.producerIDs(4000),
            Encoded.config(2, "orders", "retention.ms", nil),
            Encoded.config(2, "orders", "segment.bytes", "1048576"),
        ])
        let metadata = try #require(try read())
        #expect(metadata.topicNames == ["_schemas", "orders"])
        #expect(metadata.topic("orders")?.id == orders)
        #expect(metadata.topic("orders")?.partitionCount == 3)
        #expect(metadata.settings(of: .topic("orders")) == ["segment.bytes": "1048576"])
        #expect(metadata.settings(of: .topic("_schemas")) == ["cleanup.policy": "compact"])
        #expect(metadata.settings(of: .cluster) == ["log.retention.ms": "1000"])
        #expect(metadata.settings(of: .broker("1")) == ["log.cleaner.threads": "2"])
        #expect(metadata.nextProducerID == 4000)
    }

    @Test func `forgets a removed topic with its settings`() throws {
        let log = try log()
        try log.append(Encoded.whole("orders", orders, ["retention.ms": "-1"]))
        try log.append([Encoded.remove(orders)])
        let again = TopicID.random()
        try log.append(Encoded.whole("orders", again, partitions: 2))
        let metadata = try #require(try read())
        #expect(metadata.topic("orders")?.id == again)
        #expect(metadata.topic("orders")?.partitionCount == 2)
        #expect(metadata.settings(of: .topic("orders")) == [:])
    }

    @Test func `counts a transaction once it has ended`() throws {
        let log = try log()
        try log.append([Encoded.begin] + Encoded.whole("orders", orders))
        #expect(try read()?.topicNames == [])
        try log.append([Encoded.abort])
        try log.append([Encoded.begin] + Encoded.whole("_schemas", schemas))
        try log.append([Encoded.end])
        #expect(try read()?.topicNames == ["_schemas"])
        #expect(try read()?.topic("_schemas")?.partitionCount == 1)
    }

    @Test func `is its newest snapshot and what comes behind`() throws {
        let log = try MetadataLogWriter(in: temporary.log, from: 50)
        try log.append([Encoded.noOp, Encoded.config(2, "orders", "retention.ms", "5")])
        try log.append([Encoded.noOp, Encoded.config(2, "orders", "retention.ms", "7")])
        try log.roll()
        try log.append([Encoded.config(2, "orders", "retention.bytes", "9")])
        try log.snapshot(Encoded.whole("old", schemas), upTo: 40)
        try log.snapshot(Encoded.whole("orders", orders, ["retention.ms": "6"]), upTo: 53)
        let metadata = try #require(try read())
        #expect(metadata.topicNames == ["orders"])
        #expect(
            metadata.settings(of: .topic("orders")) == [
                "retention.ms": "7", "retention.bytes": "9",
            ])
    }

    @Test func `may be a snapshot alone, or nothing`() throws {
        #expect(try read() == nil)
        let log = try log()
        #expect(try read() == ClusterMetadata())
        try log.snapshot(Encoded.whole("orders", orders), upTo: 0)
        #expect(try read()?.topicNames == ["orders"])
    }

    @Test func `is damaged where offsets are missing`() throws {
        let log = try MetadataLogWriter(in: temporary.log, from: 50)
        try log.append(Encoded.whole("orders", orders))
        #expect(isCorrupt(read))
        try log.snapshot([Encoded.noOp], upTo: 49)
        #expect(isCorrupt(read))
        try log.snapshot([Encoded.noOp], upTo: 50, isComplete: false)
        #expect(isCorrupt(read))
        try log.snapshot([Encoded.noOp], upTo: 50)
        #expect(try read()?.topicNames == ["orders"])
        removeTreeEntry("\(log.path)/\(SegmentFileName.stem(Offset(50))).log")
        try log.roll()
        try log.append([Encoded.noOp])
        #expect(isCorrupt(read))
    }

    @Test func `is damaged where a record cannot be relied on`() throws {
        for hostile: [UInt8] in [[1, 2, 1, 0], [0x7B, 0x22], [1, 2], []] {
            let log = try log()
            try log.append([hostile])
            #expect(isCorrupt(read), "\(hostile)")
        }
        let log = try log()
        try log.append([[1, 99, 7, 1, 2, 3]] + Encoded.whole("orders", orders))
        #expect(try read()?.topicNames == ["orders"])
    }

    /// No flipped bit and no lost end may make other settings of what was written.
    @Test func `is never read as anything else than what was written`() throws {
        let log = try log()
        try log.append(Encoded.whole("orders", orders, ["cleanup.policy": "compact"]))
        try log.append([Encoded.config(2, "orders", "retention.ms", "-1")])
        let path = "\(log.path)/\(SegmentFileName.stem(.zero)).log"
        let good = readFile(path)
        let whole = try #require(try read())
        for position in good.indices {
            for bit in (0..<8).map({ UInt8(1) << $0 }) {
                writeFile(path, changed(good, at: position, bit: bit))
                do {
                    #expect(try read() == whole, "bit \(bit) at \(position)")
                } catch LogError.corrupt {}
            }
        }
        let first = Int(RecordBatchHeader.byteCount)
        for count in first..<good.count {
            writeFile(path, Array(good.prefix(count)))
            do {
                // Cut off between two batches it is a shorter log, which nothing can tell.
                let metadata = try read()
                #expect(metadata?.settings(of: .topic("orders")) == ["cleanup.policy": "compact"])
            } catch LogError.corrupt {}
        }
    }
}
