import Glibc
import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Many partitions` {
    @Test func `without records hold no descriptor, opened as well as created`() throws {
        let temporary = TemporaryDirectory()
        let directory = try LogDirectory(path: temporary.log)
        let partitions = try directory.createTopic("a", partitions: 300)
        #expect(openFiles(in: temporary.log, containing: "/a-").isEmpty)
        try partitions[7].append("x")
        #expect(
            openFiles(in: temporary.log, containing: "/a-")
                == ["\(temporary.log)/a-7/00000000000000000000.log"])
        try directory.close()
        let again = try LogDirectory(path: temporary.log)
        #expect(openFiles(in: temporary.log, containing: "/a-").count == 1)
        let seven = try #require(again.partition(TopicPartition(topic: "a", partition: 7)))
        #expect(try seven.values() == ["x"])
        let eight = try #require(again.partition(TopicPartition(topic: "a", partition: 8)))
        #expect(try eight.values() == [])
        #expect(try eight.offset(forTimestamp: 0) == nil)
        try eight.append("y")
        #expect(try eight.values() == ["y"])
        try again.close()
        #expect(openFiles(in: temporary.log, containing: "/a-").isEmpty)
    }

    @Test func `that never had a record leave nothing but their two small files`() throws {
        let temporary = TemporaryDirectory()
        var directory = try LogDirectory(path: temporary.log)
        try directory.createTopic("a", partitions: 20)
        for _ in 0..<2 {
            for index in 0..<20 {
                #expect(
                    names(in: "\(temporary.log)/a-\(index)")
                        == ["leader-epoch-checkpoint", "partition.metadata"])
            }
            try directory.close()
            directory = try LogDirectory(path: temporary.log)
        }
        try directory.close()
    }

    /// Files that a power failure left torn, in directories that were just made.
    @Test func `with torn small files are taken for what the checkpoint says`() throws {
        let log = try TestLog()
        let id = log.partition.topicID
        try log.crash {
            writeFile("\(log.partitionPath)/partition.metadata", [])
            writeFile("\(log.partitionPath)/leader-epoch-checkpoint", Array("0\n1".utf8))
        }
        #expect(log.partition.topicID == id)
        #expect(readText("\(log.partitionPath)/leader-epoch-checkpoint") == "0\n1\n0 0\n")
        #expect(readText("\(log.partitionPath)/partition.metadata").contains("\(id)"))
    }

    /// `WEIR_PARTITION_COUNT=10000` says how long a large directory takes here, without records and with.
    @Test(.enabled(if: partitionCount != nil))
    func `take so long`() throws {
        let count = try #require(partitionCount)
        let temporary = TemporaryDirectory()
        func timed<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
            let start = ContinuousClock.now
            let cpu = clock()
            let result = try body()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(
                "\(what): \(seconds) s, CPU \(Double(clock() - cpu) / 1e6) s,",
                readText("/proc/self/status").split(separator: "\n")
                    .first { $0.hasPrefix("VmRSS") } ?? "")
            return result
        }
        for hasRecords in [false, true] {
            let what = hasRecords ? "\(count) with a record" : "\(count) empty"
            var directory = try timed("\(what), open nothing") {
                try LogDirectory(path: "\(temporary.log)-\(hasRecords)")
            }
            let logs = try timed("\(what), create") {
                try directory.createTopic("a", partitions: count)
            }
            if hasRecords {
                try timed("\(what), append") { for log in logs { try log.append("x") } }
            }
            try timed("\(what), close") { try directory.close() }
            directory = try timed("\(what), open") { try LogDirectory(path: directory.path) }
            try timed("\(what), close again") { try directory.close() }
            if hasRecords { continue }
            directory = try LogDirectory(path: directory.path)
            try timed("\(what), delete") {
                try directory.deleteTopic("a")
                directory.performMaintenance()
            }
            timed("1000 topics together") {
                _ = directory.createTopics(
                    (0..<1000).map { NewTopic(name: "t\($0)", partitionCount: 1) })
            }
            try directory.close()
        }
    }
}

private let partitionCount = unsafe getenv("WEIR_PARTITION_COUNT").flatMap {
    Int(unsafe String(cString: $0))
}

/// The files under `directory` that this process has open.
func openFiles(in directory: String, containing part: String) -> [String] {
    names(in: "/proc/self/fd").compactMap { name in
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/fd/\(name)", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let path = String(
            decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.hasPrefix(directory) && path.contains(part) ? path : nil
    }.sorted()
}
