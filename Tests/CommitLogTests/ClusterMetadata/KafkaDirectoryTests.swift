import Glibc
import RecordFormat
import Testing

@testable import CommitLog

/// Directories as a KRaft node of Kafka's leaves them, with records far older than seven days.
@Suite struct `A directory that Kafka wrote` {
    private typealias Encoded = EncodedMetadata

    private let temporary = TemporaryDirectory()
    private let clock = ManualClock()
    private let schemas = TopicID.random()
    private let orders = TopicID.random()

    private var path: String { temporary.log }

    /// A partition with three records a year old.
    private func writePartition(_ name: String, at index: Int32 = 0, _ id: TopicID?) throws {
        let directory = "\(path)/\(name)-\(index)"
        try createDirectory(directory)
        var bytes: [UInt8] = []
        for offset in 0..<3 {
            var builder = try RecordBatchBuilder(batchSize: 1 << 16)
            _ = builder.append(
                timestamp: testTimeMs - 31_536_000_000, key: [1], value: Array("\(offset)".utf8))
            try builder.seal()
            unsafe RecordBatchHeader.patch(
                baseOffset: Offset(Int64(offset)), leaderEpoch: LeaderEpoch(0),
                in: builder.sealedBytes)
            bytes += unsafe Array(builder.sealedBytes)
        }
        writeFile("\(directory)/\(SegmentFileName.stem(.zero)).log", bytes)
        writeFile("\(directory)/leader-epoch-checkpoint", Array("0\n1\n0 0\n".utf8))
        if let id {
            let text = "version: 0\ntopic_id: \(id)\n"
            writeFile("\(directory)/partition.metadata", Array(text.utf8))
        }
    }

    private func open() throws -> LogDirectory {
        try LogDirectory(
            path: path,
            config: LogDirectoryConfig(overrides: ["log.cleaner.backoff.ms": "1"]),
            clock: clock.logClock)
    }

    /// Lets everything happen that happens by itself.
    private func live(_ directory: LogDirectory) {
        for _ in 0..<3 {
            clock.advance(byMs: 400_000)
            directory.performMaintenance()
        }
    }

    private func values(_ directory: LogDirectory, _ name: String, _ index: Int32 = 0) throws
        -> [String]
    {
        let partition = TopicPartition(topic: name, partition: index)
        return try directory.partition(partition)?.values() ?? []
    }

    @Test func `is served with its own settings`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append(Encoded.whole("_schemas", schemas, ["cleanup.policy": "compact"]))
        try log.append(
            Encoded.whole("orders", orders, partitions: 2, ["retention.ms": "1000"]))
        try writePartition("_schemas", schemas)
        try writePartition("orders", orders)
        try writePartition("orders", at: 1, nil)
        let directory = try open()
        #expect(directory.recovery.complaints == [])
        #expect(directory.topic("_schemas")?.overrides == ["cleanup.policy": "compact"])
        #expect(directory.topic("_schemas")?.id == schemas)
        #expect(directory.topic("orders")?.overrides == ["retention.ms": "1000"])
        #expect(directory.topic("orders")?.id == orders)
        #expect(directory.partitions(of: "orders")?.map(\.topicID) == [orders, orders])
        live(directory)
        #expect(try values(directory, "_schemas") == ["0", "1", "2"])
        #expect(try values(directory, "orders") == [])
        try directory.close()
    }

    @Test func `keeps what nothing is known of, and says so once a topic`() throws {
        try writePartition("_schemas", schemas)
        try writePartition("connect-offsets", nil)
        try writePartition("__consumer_offsets", at: 4, .random())
        try writePartition("__transaction_state", .random())
        var directory = try open()
        #expect(directory.recovery.complaints.count == 2)
        #expect(
            directory.recovery.complaints.allSatisfy { $0.contains("no record of it is deleted") })
        #expect(directory.recovery.complaints[0].contains("topic _schemas"))
        #expect(directory.recovery.complaints[1].contains("topic connect-offsets"))
        #expect(directory.topic("_schemas")?.overrides == KnownTopicSettings.keepingAll)
        #expect(directory.topic("_schemas")?.id == schemas)
        for name in ["__consumer_offsets", "__transaction_state"] {
            #expect(directory.topic(name)?.config.cleanupPolicy == .compact)
            #expect(directory.topic(name)?.config.segmentBytes == 104_857_600)
        }
        #expect(directory.topic("__consumer_offsets")?.partitionCount == 5)
        live(directory)
        #expect(try values(directory, "_schemas") == ["0", "1", "2"])
        #expect(try values(directory, "__consumer_offsets", 4) == ["0", "1", "2"])
        try directory.alterConfig("_schemas", overrides: ["cleanup.policy": "compact"])
        try directory.close()
        directory = try open()
        #expect(directory.recovery.complaints == [])
        #expect(directory.topic("_schemas")?.overrides == ["cleanup.policy": "compact"])
        try directory.close()
    }

    @Test func `keeps everything where its metadata log cannot be read`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append(Encoded.whole("orders", orders, ["retention.ms": "1000"]))
        try log.append([Array("{\"subject\":\"orders-value\"}".utf8)])
        try writePartition("orders", orders)
        let directory = try open()
        #expect(directory.recovery.complaints.count == 2)
        #expect(directory.recovery.complaints[0].contains("cannot be read"))
        #expect(directory.recovery.complaints[0].contains("frame version 123"))
        live(directory)
        #expect(try values(directory, "orders") == ["0", "1", "2"])
        try directory.close()
    }

    @Test func `gets its settings once its metadata log can be read again`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append(Encoded.whole("orders", orders, ["retention.ms": "1000"]))
        try writePartition("orders", orders)
        let file = "\(path)/__cluster_metadata-0/\(SegmentFileName.stem(.zero)).log"
        let sound = readFile(file)
        var damaged = sound
        damaged[damaged.count - 1] ^= 1
        writeFile(file, damaged)
        var directory = try open()
        #expect(directory.recovery.complaints.contains { $0.contains("cannot be read") })
        #expect(directory.topic("orders")?.overrides == KnownTopicSettings.keepingAll)
        try directory.close()
        // It is said at each start, as long as it is so.
        directory = try open()
        #expect(directory.recovery.complaints.contains { $0.contains("cannot be read") })
        try directory.close()
        writeFile(file, sound)
        directory = try open()
        #expect(directory.recovery.complaints == [])
        #expect(directory.topic("orders")?.overrides == ["retention.ms": "1000"])
        // From now on what is altered here holds.
        try directory.alterConfig("orders", overrides: KnownTopicSettings.keepingAll)
        try directory.close()
        directory = try open()
        #expect(directory.topic("orders")?.overrides == KnownTopicSettings.keepingAll)
        try directory.close()
    }

    @Test func `keeps a topic of another id than the metadata log has`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append(Encoded.whole("orders", orders, ["retention.ms": "1000"]))
        let old = TopicID.random()
        try writePartition("orders", old)
        let directory = try open()
        #expect(directory.topic("orders")?.id == old)
        #expect(directory.topic("orders")?.overrides == KnownTopicSettings.keepingAll)
        try directory.close()
    }

    @Test func `has no settings that are not had here, and keeps what they might have kept`() throws
    {
        let log = try MetadataLogWriter(in: path)
        try log.append(
            Encoded.whole(
                "orders", orders,
                ["retention.ms": "forever", "some.new.key": "1", "segment.ms": "9"])
        )
        try log.append(Encoded.whole("_schemas", schemas, ["some.new.key": "1"]))
        try writePartition("orders", orders)
        try writePartition("_schemas", schemas)
        let directory = try open()
        #expect(
            directory.recovery.complaints.prefix(3).map { $0.prefix { $0 != "=" } } == [
                "topic _schemas: some.new.key", "topic orders: retention.ms",
                "topic orders: some.new.key",
            ])
        #expect(directory.recovery.complaints.count == 4)
        #expect(
            directory.topic("orders")?.overrides
                == KnownTopicSettings.keepingAll.merging(["segment.ms": "9"]) { $1 })
        #expect(directory.topic("_schemas")?.overrides == [:])
        try directory.close()
    }

    @Test func `has no topic __cluster_metadata, whose log stays as it is`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append(Encoded.whole("orders", orders))
        try writePartition("orders", orders)
        let before = names(in: log.path).map { ($0, readFile("\(log.path)/\($0)")) }
        let directory = try open()
        live(directory)
        let name = ClusterMetadataTopic.name
        #expect(directory.topicNames == ["orders"])
        #expect(directory.partition(TopicPartition(topic: name, partition: 0)) == nil)
        #expect {
            try directory.createTopic(name, partitions: 1)
        } throws: { error in
            if case .invalidTopicName(name, _)? = error as? LogError { true } else { false }
        }
        #expect(throws: LogError.unknownTopic(name)) { try directory.deleteTopic(name) }
        try directory.close()
        let after = names(in: log.path).map { ($0, readFile("\(log.path)/\($0)")) }
        #expect(before.map(\.0) == after.map(\.0) && before.map(\.1) == after.map(\.1))
    }

    /// Weir 0.1.0 took every directory for a topic with the broker's settings.
    @Test func `gets its settings though Weir 0_1_0 has served it without them`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append(Encoded.whole("_schemas", schemas, ["cleanup.policy": "compact"]))
        try log.append(Encoded.whole("orders", orders, ["retention.ms": "1000"]))
        try writePartition("_schemas", schemas)
        try writePartition("orders", orders)
        var checkpoint = TopicCheckpoint()
        for (name, id, overrides) in [
            ("_schemas", schemas, [:]), ("orders", orders, ["retention.ms": "-1"]),
            (ClusterMetadataTopic.name, MetadataLogWriter.id, [:]),
        ] as [(String, TopicID, [String: String])] {
            checkpoint.topics[name] = .init(id: id, partitionCount: 1, overrides: overrides)
        }
        try checkpoint.write(in: path)
        var directory = try open()
        #expect(directory.topicNames == ["_schemas", "orders"])
        #expect(directory.topic("_schemas")?.overrides == ["cleanup.policy": "compact"])
        // What somebody has set here holds.
        #expect(directory.topic("orders")?.overrides == ["retention.ms": "-1"])
        try directory.alterConfig("_schemas", overrides: [:])
        try directory.close()
        directory = try open()
        #expect(directory.topic("_schemas")?.overrides == [:])
        try directory.close()
        // Kafka has run since.
        try log.append([Encoded.config(2, "_schemas", "segment.ms", "7")])
        directory = try open()
        #expect(
            directory.topic("_schemas")?.overrides
                == ["cleanup.policy": "compact", "segment.ms": "7"])
        try directory.close()
    }

    @Test func `has its brokers' settings, by whoever knows what they mean`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append([
            Encoded.config(4, "", "log.retention.ms", "5"),
            Encoded.config(4, "7", "log.segment.bytes", "2000"),
            Encoded.config(4, "8", "log.segment.bytes", "3000"),
        ])
        writeFile("\(path)/meta.properties", Array("node.id=7\nversion=1\n".utf8))
        let interpret: BrokerSettingsInterpreter = { broker, cluster in
            #expect(broker == ["log.segment.bytes": "2000"])
            #expect(cluster == ["log.retention.ms": "5"])
            let config = DynamicConfig(
                broker: broker, cluster: cluster, topicDefaults: ["segment.bytes": "2000"])
            return (config, ["one is not taken"])
        }
        let directory = try LogDirectory(path: path, clock: clock.logClock, interpret: interpret)
        #expect(directory.defaults.segmentBytes == 2000)
        #expect(directory.recovery.complaints == ["one is not taken"])
        try directory.close()
        let again = try open()
        #expect(again.dynamicConfig.topicDefaults == ["segment.bytes": "2000"])
        try again.close()
    }

    @Test func `has given away producer ids that nobody gets again`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append([Encoded.producerIDs(7000)])
        var directory = try open()
        try directory.close()
        directory = try open()
        #expect(try directory.allocateProducerID() >= ProducerID(7000))
        try directory.close()
    }

    @Test func `says which partitions of a topic are not there`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append(Encoded.whole("orders", orders, partitions: 3))
        try writePartition("orders", at: 1, orders)
        let directory = try open()
        #expect(directory.topic("orders")?.partitionCount == 3)
        #expect(directory.recovery.complaints.count == 2)
        #expect(directory.recovery.complaints[0].hasPrefix("2 of the 3 partitions of orders"))
        #expect(
            directory.recovery.complaints[1].hasPrefix(
                "1 topic that Kafka wrote (orders) set no retention.ms"))
        #expect(try values(directory, "orders", 1) == ["0", "1", "2"])
        try directory.close()
    }

    @Test func `has directories beside it that are no topics`() throws {
        try createDirectory("\(path)/backup-20231114")
        writeFile("\(path)/backup-20231114/notes", [1])
        try writePartition("orders", at: 20_231_114, orders)
        let directory = try open()
        #expect(directory.topicNames == [])
        #expect(directory.recovery.complaints.count == 1)
        #expect(directory.recovery.complaints[0].contains("orders-20231114 is left alone"))
        try directory.close()
        #expect(names(in: path).contains("backup-20231114"))
        #expect(names(in: path).contains("orders-20231114"))
    }

    @Test func `may have an empty cleaner checkpoint, which is no damage`() throws {
        try createDirectory(path)
        writeFile("\(path)/cleaner-offset-checkpoint", [])
        let directory = try open()
        #expect(directory.recovery.damagedCheckpoints == [])
        try directory.close()
    }
}
