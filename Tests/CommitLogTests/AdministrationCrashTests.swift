import CrashWriter
import Glibc
import RecordFormat
import Testing

@testable import CommitLog

/// The topics as the operations leave them.
private struct Model: Equatable {
    struct Topic: Equatable {
        var partitions: Int
        var overrides: [String: String] = [:]
    }

    var topics: [String: Topic] = [:]
    var segmentBytes = LogConfig().segmentBytes

    mutating func perform(_ operation: CrashOperation) {
        switch operation {
        case .create(let topic, let partitions): topics[topic] = Topic(partitions: partitions)
        case .grow(let topic, let partitions): topics[topic]?.partitions = partitions
        case .alter(let topic, let retentionMs):
            topics[topic]?.overrides = ["retention.ms": "\(retentionMs)"]
        case .alterDefaults(let segmentBytes): self.segmentBytes = Int64(segmentBytes)
        case .delete(let topic): topics[topic] = nil
        }
    }

    init() {}

    init(_ directory: LogDirectory) {
        for topic in directory.topics {
            topics[topic.name] = Topic(
                partitions: topic.partitionCount, overrides: topic.overrides)
        }
        segmentBytes = directory.defaults.segmentBytes
    }
}

@Suite struct `A process killed while it administers topics` {
    /// A child creates topics, adds partitions, alters settings and deletes topics, and is killed at a random
    /// moment, again and again, always on the same directory. What is there afterwards is what it had been
    /// told is done, or that and the one operation that was under way: never half of one.
    @Test func `leaves each operation done or not begun, in 40 lives`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("Administration crash: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let temporary = TemporaryDirectory()
        var model = Model()
        var acknowledged = 0
        for life in 0..<40 {
            let count = try liveAndDie(temporary.log, life, &random)
            acknowledged += count
            for number in 0..<count {
                model.perform(CrashOperation(life: life, number: number))
            }
            var next = model
            next.perform(CrashOperation(life: life, number: count))
            let directory = try LogDirectory(path: temporary.log)
            let found = Model(directory)
            #expect(found == model || found == next, "life \(life), seed \(seed)")
            model = found
            try check(directory, "life \(life), seed \(seed)")
            if Bool.random(using: &random) { directory.abandon() } else { try directory.close() }
        }
        print("Administration crash: \(acknowledged) operations")
        #expect(acknowledged > 40)
    }

    /// Every partition is there, has its topic's settings and can be written to, and nothing else is there.
    private func check(_ directory: LogDirectory, _ context: String) throws {
        var expected: Set<String> = []
        for topic in directory.topics {
            for index in 0..<Int32(topic.partitionCount) {
                let name = TopicPartition(topic: topic.name, partition: index)
                expected.insert("\(name)")
                let log = try #require(directory.partition(name), "\(context)")
                #expect(log.config.value == topic.config, "\(context)")
                if index == 4 { try log.append("still writable") }
            }
        }
        // A kill may leave a temporary file of the checkpoint, too.
        let found = names(in: directory.path)
            .filter { $0.hasPrefix("t") && !$0.hasPrefix(TopicCheckpoint.fileName) }
        #expect(Set(found) == expected, "\(context)")
    }

    /// One life of the child; returns how many of its operations had returned when it was killed.
    private func liveAndDie(
        _ path: String, _ life: Int, _ random: inout SeededGenerator
    ) throws -> Int {
        let child = try ChildProcess(
            crashWriterPath, [path, "\(life)", "topics"], capturing: .standardOutput)
        var output = child.read()
        usleep(UInt32.random(in: 0...20_000, using: &random))
        child.kill()
        while true {
            let more = child.read()
            if more.isEmpty { break }
            output += more
        }
        #expect(child.wait() == .signalled(SIGKILL))
        let text = String(decoding: output, as: UTF8.self)
        return text.split(separator: "\n").count
    }
}
