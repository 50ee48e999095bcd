import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Adding partitions` {
    @Test func `keeps the old ones and their records, and survives a crash`() throws {
        let log = try TestLog(["segment.bytes": "12345"])
        let old = log.partition
        try old.append("a")
        let added = try log.directory.createPartitions("orders", to: 4)
        #expect(added.map(\.topicPartition.partition) == [1, 2, 3])
        #expect(added.allSatisfy { $0.topicID == old.topicID })
        #expect(added.allSatisfy { $0.config.segmentBytes == 12345 })
        #expect(log.partition === old)
        try added[2].append("b")
        try log.crash()
        #expect(log.directory.topic("orders")?.partitionCount == 4)
        #expect(try log.partition.values() == ["a"])
        let last = TopicPartition(topic: "orders", partition: 3)
        #expect(try log.directory.partition(last)?.values() == ["b"])
    }

    @Test func `refuses fewer, as many, and an unknown topic`() throws {
        let log = try TestLog()
        try log.directory.createPartitions("orders", to: 3)
        for count in [3, 2, 0, -1] {
            #expect(throws: LogError.invalidPartitionCount(count)) {
                try log.directory.createPartitions("orders", to: count)
            }
        }
        #expect(throws: LogError.unknownTopic("other")) {
            try log.directory.createPartitions("other", to: 3)
        }
        #expect(names(in: log.path).count { $0.hasPrefix("orders-") } == 3)
    }

    /// The checkpoint is written first, so a crash may leave any of the directories unmade.
    @Test func `is finished by the next start`() throws {
        let log = try TestLog()
        try log.directory.createPartitions("orders", to: 4)
        try log.crash {
            removeTree("\(log.path)/orders-2")
            removeTree("\(log.path)/orders-3")
        }
        #expect(log.directory.topic("orders")?.partitionCount == 4)
        let last = TopicPartition(topic: "orders", partition: 3)
        try #require(log.directory.partition(last)).append("a")
        try log.crash()
        #expect(try log.directory.partition(last)?.values() == ["a"])
    }

    @Test func `that fails leaves the topic as it was`() throws {
        let log = try TestLog()
        // A file where a directory has to be.
        writeFile("\(log.path)/orders-2", Array("in the way".utf8))
        #expect(throws: LogError.self) { try log.directory.createPartitions("orders", to: 3) }
        #expect(log.directory.topic("orders")?.partitionCount == 1)
        #expect(!names(in: log.path).contains("orders-1"))
        removeTreeEntry("\(log.path)/orders-2")
        try log.crash()
        #expect(log.directory.topic("orders")?.partitionCount == 1)
    }
}

@Suite struct `Creating topics together` {
    @Test func `says of each what came of it`() throws {
        let log = try TestLog()
        let results = log.directory.createTopics([
            NewTopic(name: "a", partitionCount: 2),
            NewTopic(name: "orders", partitionCount: 1),
            NewTopic(name: "a", partitionCount: 3),
            NewTopic(name: "b", partitionCount: 20, overrides: ["retention.ms": "5"]),
            NewTopic(name: "c", partitionCount: 1, overrides: ["retention.ms": "x"]),
            NewTopic(name: "d/", partitionCount: 1),
        ])
        #expect(try results[0].get().count == 2)
        #expect(throws: LogError.topicExists("orders")) { try results[1].get() }
        #expect(throws: LogError.topicExists("a")) { try results[2].get() }
        #expect(try results[3].get().map(\.topicPartition.partition) == Array(0..<20))
        for index in 4...5 { #expect(throws: LogError.self) { try results[index].get() } }
        try log.crash()
        #expect(log.directory.topics.map(\.name) == ["a", "b", "orders"])
        #expect(log.directory.topics.map(\.partitionCount) == [2, 20, 1])
    }

    @Test func `takes back only the one that fails`() throws {
        let log = try TestLog()
        writeFile("\(log.path)/b-1", Array("in the way".utf8))
        let results = log.directory.createTopics([
            NewTopic(name: "a", partitionCount: 2), NewTopic(name: "b", partitionCount: 2),
        ])
        #expect(try results[0].get().count == 2)
        #expect(throws: LogError.self) { try results[1].get() }
        #expect(!names(in: log.path).contains("b-0"))
        removeTreeEntry("\(log.path)/b-1")
        try log.crash()
        #expect(log.directory.topics.map(\.name) == ["a", "orders"])
    }
}

@Suite struct `Altering settings` {
    @Test func `of a topic takes effect in its running partitions and is durable`() throws {
        let log = try TestLog(["segment.bytes": "150", "retention.ms": "-1"])
        let partition = log.partition
        try partition.append(bytes: TestLog.hundred())
        try partition.append(bytes: TestLog.hundred())
        #expect(partition.segmentCount == 2)
        try log.directory.alterConfig("orders", overrides: ["max.message.bytes": "200"])
        #expect(partition.config.segmentBytes == LogConfig().segmentBytes)
        for _ in 0..<5 { try partition.append(bytes: TestLog.hundred()) }
        #expect(partition.segmentCount == 2)
        #expect(throws: AppendError.messageTooLarge(byteCount: 300, limit: 200)) {
            try partition.append(bytes: batch(byteCount: 300, timestamp: testTimeMs))
        }
        try log.crash()
        #expect(log.directory.topic("orders")?.overrides == ["max.message.bytes": "200"])
        #expect(log.partition.config.maxMessageBytes == 200)
        #expect(log.partition.config.value == log.directory.topic("orders")?.config)
    }

    @Test func `refuses what is wrong and changes nothing`() throws {
        let log = try TestLog(["segment.bytes": "150"])
        let before = log.directory.topics
        #expect(throws: LogError.self) {
            try log.directory.alterConfig("orders", overrides: ["segment.bytes": "no"])
        }
        #expect(throws: LogError.self) {
            try log.directory.alterConfig("orders", overrides: ["segment.byts": "150"])
        }
        #expect(throws: LogError.unknownTopic("other")) {
            try log.directory.alterConfig("other", overrides: [:])
        }
        #expect(log.directory.topics == before)
        try log.crash()
        #expect(log.directory.topics == before)
    }

    @Test func `to a flush interval flushes what was appended before`() throws {
        let log = try TestLog()
        try log.partition.append("a")
        log.directory.performMaintenance()
        #expect(log.partition.flushedOffset == .zero)
        try log.directory.alterConfig("orders", overrides: ["flush.ms": "1000"])
        log.clock.advance(byMs: 1000)
        log.directory.performMaintenance()
        #expect(log.partition.flushedOffset == Offset(1))
    }

    @Test func `of the broker reaches the topics that set nothing themselves`() throws {
        let log = try TestLog(["segment.bytes": "150"])
        try log.directory.createTopic("other", partitions: 1)
        let config = DynamicConfig(
            broker: ["log.segment.bytes": "300", "log.retention.ms": "7"],
            cluster: ["message.max.bytes": "1 2"],
            topicDefaults: ["segment.bytes": "300", "retention.ms": "7"])
        try log.directory.alterDynamicConfig(config)
        for isAfterCrash in [false, true] {
            if isAfterCrash { try log.crash() }
            #expect(log.directory.dynamicConfig == config)
            #expect(log.directory.defaults.segmentBytes == 300)
            #expect(log.partition.config.segmentBytes == 150)
            #expect(log.partition.config.retentionMs == 7)
            let other = log.directory.partition(TopicPartition(topic: "other", partition: 0))
            #expect(other?.config.segmentBytes == 300)
        }
        try log.directory.alterDynamicConfig(DynamicConfig())
        #expect(log.directory.defaults == log.defaults)
        #expect(log.partition.config.retentionMs == LogConfig().retentionMs)
    }

    @Test func `of the broker refuses what is wrong, and a damaged file is reported`() throws {
        let log = try TestLog()
        for config in [
            DynamicConfig(topicDefaults: ["segment.bytes": "no"]),
            DynamicConfig(broker: ["a": "1\nbroker b 2"]),
        ] {
            #expect(throws: LogError.self) { try log.directory.alterDynamicConfig(config) }
            #expect(log.directory.dynamicConfig == DynamicConfig())
        }
        let path = "\(log.path)/dynamic-config-checkpoint"
        for text in ["0\n1\n", "0\n1\nnobody a 1\n", "0\n1\nbroker a\n", "1\n0\n", ""] {
            try log.crash { writeFile(path, Array(text.utf8)) }
            #expect(log.directory.recovery.damagedCheckpoints == [DynamicConfigCheckpoint.fileName])
            #expect(log.directory.dynamicConfig == DynamicConfig())
        }
    }
}

@Suite struct `Settings that mean nothing here` {
    @Test func `are kept where their value is harmless`() throws {
        let log = try TestLog([
            "min.insync.replicas": "2", "unclean.leader.election.enable": "true",
            "follower.replication.throttled.replicas": "0:1,1:1", "segment.bytes": "150",
        ])
        try log.crash()
        let topic = try #require(log.directory.topic("orders"))
        #expect(topic.overrides.count == 4)
        #expect(topic.overrides["min.insync.replicas"] == "2")
        #expect(topic.config.segmentBytes == 150)
    }

    @Test(arguments: [
        ("min.insync.replicas", "0"), ("preallocate", "yes"), ("remote.storage.enable", "true"),
        ("follower.replication.throttled.replicas", "0:1\nother topic.id x"),
        ("message.format.version", "new"), ("local.retention.ms", "5"),
    ])
    func `are refused where it is not`(key: String, value: String) throws {
        let log = try TestLog()
        #expect {
            try log.directory.alterConfig("orders", overrides: [key: value])
        } throws: { error in
            guard case .invalidConfigValue(key, value, _)? = error as? LogError else {
                return false
            }
            return true
        }
    }

    @Test func `take Kafka's defaults, and none has a meaning too`() throws {
        let overrides = Dictionary(
            uniqueKeysWithValues: InertTopicKey.all.map { ($0.name, $0.defaultValue) })
        #expect(try LogConfig(overrides: overrides) == LogConfig())
        let meaningful = Set(LogConfig().entries.map(\.key))
        #expect(meaningful.isDisjoint(with: overrides.keys))
    }
}
