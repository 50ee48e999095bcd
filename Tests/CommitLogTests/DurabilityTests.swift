import Glibc
import RecordFormat
import Synchronization
import Testing

@testable import CommitLog

@Suite struct `Durability` {
    @Test func `without a policy nobody is asked to flush`() throws {
        let log = try TestLog()
        #expect(try log.partition.append("a").flushThrough == nil)
        #expect(log.partition.flushedOffset == .zero && log.partition.flushCount == 0)
    }

    @Test func `flush messages 1 asks for a flush with every append`() throws {
        let log = try TestLog(["flush.messages": "1"])
        #expect(try log.partition.append("a", "b").flushThrough == Offset(1))
        try log.partition.flush(through: Offset(1))
        #expect(log.partition.flushedOffset == Offset(2) && log.partition.flushCount == 1)
        try log.partition.flush(through: .zero)
        #expect(log.partition.flushCount == 1)
        #expect(try log.partition.append("c").flushThrough == Offset(2))
    }

    @Test func `flush messages n asks when n records wait`() throws {
        let log = try TestLog(["flush.messages": "3"])
        #expect(try log.partition.append("a").flushThrough == nil)
        #expect(try log.partition.append("b").flushThrough == nil)
        #expect(try log.partition.append("c").flushThrough == Offset(2))
        try log.partition.flush(through: Offset(2))
        #expect(try log.partition.append("d").flushThrough == nil)
    }

    @Test func `a repeated batch must be durable before it is acknowledged again`() throws {
        let log = try TestLog(["flush.messages": "1"])
        let bytes = batch(["a"], producerID: 1, epoch: 0, sequence: 0)
        try log.partition.append(bytes: bytes)
        let repeated = try log.partition.append(bytes: bytes)
        #expect(repeated.isDuplicate && repeated.flushThrough == .zero)
        try log.partition.flush(through: .zero)
        #expect(try log.partition.append(bytes: bytes).flushThrough == nil)
    }

    @Test func `flush ms flushes in the background once the time is over`() throws {
        let log = try TestLog(["flush.ms": "100"])
        try log.partition.append("a")
        log.clock.advance(byMs: 99)
        log.directory.performMaintenance()
        #expect(log.partition.flushedOffset == .zero)
        log.clock.advance(byMs: 1)
        log.directory.performMaintenance()
        #expect(log.partition.flushedOffset == Offset(1))
        log.clock.advance(byMs: 1000)
        log.directory.performMaintenance()
        #expect(log.partition.flushCount == 1)
    }

    @Test func `a sealed segment that is durable is not held open`() throws {
        let log = try TestLog(["segment.bytes": "250", "flush.messages": "1"])
        for _ in 0..<20 {
            let result = try log.partition.append(bytes: TestLog.hundred())
            try log.partition.flush(through: try #require(result.flushThrough))
        }
        #expect(log.partition.segmentCount == 10)
        #expect(openFiles(in: log.path, containing: ".log").count == 1)
        #expect(try log.partition.records().count == 20)
    }

    @Test func `a flush covers the segments that were rolled since`() throws {
        let log = try TestLog(["segment.bytes": "250", "flush.messages": "1"])
        for _ in 0..<9 { try log.partition.append(bytes: TestLog.hundred()) }
        try log.partition.flush(through: Offset(8))
        #expect(log.partition.flushedOffset == Offset(9))
        #expect(log.partition.flushCount == 5)
    }

    @Test func `a flush of what is not there is refused`() throws {
        let log = try TestLog()
        #expect(throws: LogError.offsetOutOfRange(requested: 0, logStart: 0, logEnd: 0)) {
            try log.partition.flush(through: .zero)
        }
    }

    @Test func `after a failed fdatasync no flush succeeds until the directory is reopened`() throws
    {
        let log = try TestLog(["flush.messages": "1"])
        try log.partition.append("a")
        try log.partition.flush(through: .zero)
        try log.partition.append("b")
        let descriptor = try #require(try log.partition.read(from: .zero, maxBytes: 1))
            .fileDescriptor
        let failed = LogError.flushFailed(path: log.file(0, ".log"), code: EINVAL)
        // fdatasync of /dev/null is EINVAL.
        try substituting("/dev/null", for: descriptor) {
            #expect(throws: failed) { try log.partition.flush(through: Offset(1)) }
        }
        #expect(throws: failed) { try log.partition.flush(through: Offset(1)) }
        // What was durable before still is, and appends and reads go on.
        try log.partition.flush(through: .zero)
        try log.partition.append("c")
        #expect(try log.partition.values() == ["a", "b", "c"])
        try log.crash()
        try log.partition.flush(through: Offset(2))
        #expect(log.partition.flushedOffset == Offset(3))
    }

    @Test func `those who wait together share a flush`() throws {
        // A model of a slow disk: a flush returns only when all of the others wait.
        let commits = GroupCommit(flushedEnd: 0)
        let threadCount = 32
        let counters = Counters()
        runConcurrently(threadCount: threadCount) {
            let mine = counters.next.add(1, ordering: .relaxed).newValue
            counters.arrived.add(1, ordering: .sequentiallyConsistent)
            try? commits.flush(
                below: mine,
                goal: { counters.next.load(ordering: .relaxed) },
                perform: { _ in
                    counters.flushes.add(1, ordering: .relaxed)
                    // The first leader holds the disk until everybody has come.
                    while counters.arrived.load(ordering: .sequentiallyConsistent) < threadCount {
                        sched_yield()
                    }
                })
        }
        let calls = counters.flushes.load(ordering: .relaxed)
        #expect((1...2).contains(calls), "\(calls) flushes for \(threadCount) waiters")
    }

    @Test func `durable appends of many threads need fewer flushes than acknowledgements`() throws {
        let log = try TestLog(["flush.messages": "1"])
        let partition = log.partition
        let threadCount = 16
        let perThread = 25
        let failures = Counters()
        runConcurrently(threadCount: threadCount) {
            for _ in 0..<perThread {
                do {
                    let result = try partition.append("x")
                    try partition.flush(through: result.lastOffset)
                    if partition.flushedOffset <= result.lastOffset {
                        failures.flushes.add(1, ordering: .relaxed)
                    }
                } catch {
                    failures.flushes.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(failures.flushes.load(ordering: .relaxed) == 0)
        #expect(partition.flushedOffset == Offset(Int64(threadCount * perThread)))
        #expect(partition.flushCount <= UInt64(threadCount * perThread))
    }

    @Test func `a failed leader tells everybody who waited`() throws {
        let commits = GroupCommit(flushedEnd: 0)
        let counters = Counters()
        let error = LogError.flushFailed(path: "disk", code: EIO)
        runConcurrently(threadCount: 8) {
            let mine = counters.next.add(1, ordering: .relaxed).newValue
            counters.arrived.add(1, ordering: .sequentiallyConsistent)
            do throws(LogError) {
                try commits.flush(
                    below: mine, goal: { counters.next.load(ordering: .relaxed) },
                    perform: { (_) throws(LogError) in
                        while counters.arrived.load(ordering: .sequentiallyConsistent) < 8 {
                            sched_yield()
                        }
                        throw error
                    })
            } catch {
                counters.flushes.add(1, ordering: .relaxed)
            }
        }
        #expect(counters.flushes.load(ordering: .relaxed) == 8)
        #expect(commits.failure == error)
    }
}

private final class Counters: Sendable {
    let next = Atomic<Int64>(0)
    let arrived = Atomic<Int>(0)
    let flushes = Atomic<Int>(0)
}
