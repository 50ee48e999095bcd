import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `A log directory` {
    @Test func `is open once in a process`() throws {
        let log = try TestLog()
        #expect {
            try LogDirectory(path: log.path)
        } throws: { error in
            guard case .directoryInUse(let path, let processID?)? = error as? LogError else {
                return false
            }
            return path == log.path && processID > 0
                && "\(error)".contains("in use by process \(processID)")
        }
        try log.directory.close()
        let again = try LogDirectory(path: log.path)
        try again.close()
        try again.close()
    }

    @Test func `is refused to a second process, which says by whom`() throws {
        let log = try TestLog()
        let child = try ChildProcess(crashWriterPath, [log.path, "0"], capturing: .standardError)
        #expect(child.readAll().contains("The log directory \(log.path) is in use by process"))
        #expect(child.wait() == .exited(1))
    }

    @Test func `keeps topics, their settings and ids`() throws {
        let log = try TestLog(["segment.bytes": "12345"])
        try log.directory.createTopic("a.b_c-1", partitions: 3)
        let before = log.directory.topics
        #expect(before.map(\.name) == ["a.b_c-1", "orders"])
        #expect(before.map(\.partitionCount) == [3, 1])
        #expect(before[1].config.segmentBytes == 12345)
        try log.restart()
        #expect(log.directory.topics == before)
        try log.crash()
        #expect(log.directory.topics == before)
        let id = before[1].id
        #expect(
            readText("\(log.partitionPath)/partition.metadata") == "version: 0\ntopic_id: \(id)\n")
        #expect(TopicID("\(id)") == id)
        #expect(readText("\(log.partitionPath)/leader-epoch-checkpoint") == "0\n1\n0 0\n")
        let meta = PropertiesFile(readFile("\(log.path)/meta.properties"))
        #expect(meta["version"] == "1" && meta["cluster.id"]?.count == 22)
        #expect(throws: LogError.topicExists("orders")) {
            try log.directory.createTopic("orders", partitions: 1)
        }
    }

    @Test(arguments: [
        "", ".", "..", "../evil", "a/b", "a b", "ä", "a\0b", "a\n",
        String(repeating: "x", count: 250),
    ])
    func `refuses a hostile topic name`(name: String) throws {
        let log = try TestLog()
        let before = names(in: log.path)
        #expect {
            try log.directory.createTopic(name, partitions: 1)
        } throws: { error in
            if case .invalidTopicName(name, _)? = error as? LogError { true } else { false }
        }
        #expect(names(in: log.path) == before)
        #expect(throws: LogError.invalidPartitionCount(0)) {
            try log.directory.createTopic("fine", partitions: 0)
        }
    }

    @Test func `takes the longest name that Kafka allows`() throws {
        let log = try TestLog()
        let name = String(repeating: "x", count: 249)
        try log.directory.createTopic(name, partitions: 1)[0].append("a")
        try log.directory.deleteTopic(name)
        log.directory.performMaintenance()
        #expect(!names(in: log.path).contains { $0.hasPrefix("xxx") })
    }

    @Test func `deletes a topic for good, and the name may be used again`() throws {
        let log = try TestLog()
        let old = log.partition
        try old.append("old")
        try log.directory.deleteTopic("orders")
        #expect(throws: LogError.unknownTopic("orders")) { try log.directory.deleteTopic("orders") }
        #expect(throws: AppendError.self) { try old.append("late") }
        #expect(log.directory.partition(TestLog.topicPartition) == nil)
        try log.directory.createTopic("orders", partitions: 1)
        #expect(log.partition.topicID != old.topicID)
        try log.partition.append("new")
        try log.crash()
        #expect(try log.partition.values() == ["new"])
        #expect(!names(in: log.path).contains { $0.hasSuffix("-delete") })
    }

    /// Or recovery would take what the next topic of that name has for durable, and not look at it, or for
    /// deleted, and remove it.
    @Test(arguments: [false, true])
    func `forgets what was durable of a deleted topic`(isCrashed: Bool) throws {
        let log = try TestLog()
        for _ in 0..<5 { try log.partition.append("old") }
        try log.partition.deleteRecords(before: Offset(4))
        try log.partition.flush()
        try log.directory.writeCheckpoints(advancing: true)
        let recoveryPoints = "\(log.path)/recovery-point-offset-checkpoint"
        let logStarts = "\(log.path)/log-start-offset-checkpoint"
        #expect(readText(recoveryPoints).contains("orders 0 5"))
        #expect(readText(logStarts).contains("orders 0 4"))
        if isCrashed {
            try log.crash { markDeleted("orders", in: log) }
        } else {
            try log.directory.deleteTopic("orders")
        }
        for checkpoint in [recoveryPoints, logStarts] {
            #expect(!readText(checkpoint).contains("orders"))
        }
        try log.directory.createTopic("orders", partitions: 1)
        for value in ["a", "b"] { try log.partition.append(value) }
        try log.crash {
            let path = log.file(0, ".log")
            writeFile(path, changed(readFile(path), at: batch(["a"]).count + 65))
        }
        #expect(try log.partition.values() == ["a"])
    }

    /// As a deletion begins.
    private func markDeleted(_ topic: String, in log: TestLog) {
        let path = "\(log.path)/topic-checkpoint"
        let lines = readText(path).split(separator: "\n").map(String.init)
        let topics = lines.dropFirst(2) + ["\(topic) deleted true"]
        writeFile(path, Array(CheckpointText.encode(Array(topics)).utf8))
    }

    @Test func `finishes a deletion that a crash interrupted`() throws {
        let log = try TestLog()
        try log.directory.createTopic("other", partitions: 2)
        try log.crash {
            markDeleted("orders", in: log)
            removeTree("\(log.path)/orders-0")
        }
        #expect(log.directory.topics.map(\.name) == ["other"])
        #expect(!names(in: log.path).contains("orders-0"))
    }

    @Test func `takes over partitions that another broker wrote`() throws {
        let log = try TestLog()
        try log.partition.append("a")
        let id = log.partition.topicID
        try log.restart {
            removeTreeEntry("\(log.path)/topic-checkpoint")
            writeFile(
                "\(log.partitionPath)/leader-epoch-checkpoint", Array("0\n2\n0 0\n7 1\n".utf8))
        }
        #expect(log.directory.topics.map(\.id) == [id])
        try log.partition.append("b")
        let slice = try #require(try log.partition.read(from: Offset(1), maxBytes: 1))
        var window = MappedWindow()
        let header = try RecordBatchHeader(window.bytes(of: slice))
        #expect(header.partitionLeaderEpoch == LeaderEpoch(7))
    }

    @Test func `gives each producer id once, crashes included`() throws {
        let log = try TestLog()
        var seen: Set<ProducerID> = []
        for _ in 0..<5 {
            for _ in 0..<3 { #expect(seen.insert(try log.directory.allocateProducerID()).inserted) }
            try log.crash()
        }
        let largest = try #require(seen.max()).rawValue + 5000
        try log.partition.append(
            bytes: batch(["a"], producerID: largest, epoch: 0, sequence: 0))
        try log.crash { removeTreeEntry("\(log.path)/producer-id-checkpoint") }
        #expect(try log.directory.allocateProducerID().rawValue > largest)
    }

    @Test func `checkpoints have Kafka's text format`() throws {
        let log = try TestLog()
        try log.partition.append("a", "b")
        try log.directory.close()
        #expect(
            readText("\(log.path)/recovery-point-offset-checkpoint") == "0\n1\norders 0 2\n")
        #expect(readText("\(log.path)/log-start-offset-checkpoint") == "0\n1\norders 0 0\n")
    }
}

@Suite struct `Group positions` {
    private let orders = TopicPartition(topic: "orders", partition: 0)
    private let other = TopicPartition(topic: "a-b", partition: 12)

    @Test func `are merged, durable and in Kafka's checkpoint format`() throws {
        let log = try TestLog()
        let offsets = log.directory.committedOffsets
        #expect(try offsets.offsets(of: "billing") == [:])
        try offsets.commit([orders: Offset(3), other: Offset(7)], group: "billing")
        try offsets.commit([orders: Offset(4)], group: "billing")
        #expect(readText("\(log.path)/group-offsets/billing") == "0\n2\na-b 12 7\norders 0 4\n")
        try log.crash()
        let reopened = log.directory.committedOffsets
        #expect(try reopened.offsets(of: "billing") == [orders: Offset(4), other: Offset(7)])
        try reopened.delete(group: "billing")
        #expect(try reopened.offsets(of: "billing") == [:])
    }

    @Test func `of groups with hostile names stay in their directory and apart`() throws {
        let log = try TestLog()
        let groups = ["..", ".", "a/b", "a%2Fb", "../../etc/passwd", "ä", "a\0b", "A", "a"]
        for (index, group) in groups.enumerated() {
            try log.directory.committedOffsets.commit(
                [orders: Offset(Int64(index))], group: group)
        }
        #expect(names(in: "\(log.path)/group-offsets").count == groups.count)
        let fresh = CommittedOffsets(directory: "\(log.path)/group-offsets")
        for (index, group) in groups.enumerated() {
            #expect(try fresh.offsets(of: group) == [orders: Offset(Int64(index))])
        }
        #expect(throws: LogError.self) { try fresh.offsets(of: "") }
        #expect(throws: LogError.self) { try fresh.offsets(of: String(repeating: "g", count: 300)) }
    }

    @Test func `in a damaged file are an error, not a guess`() throws {
        let log = try TestLog()
        try log.directory.committedOffsets.commit([orders: Offset(3)], group: "g")
        let path = "\(log.path)/group-offsets/g"
        writeFile(path, Array("0\n1\norders 0".utf8))
        #expect(
            throws: LogError.corrupt(
                path: path, position: 0, reason: "this is no offset checkpoint")
        ) {
            try CommittedOffsets(directory: "\(log.path)/group-offsets").offsets(of: "g")
        }
    }
}
