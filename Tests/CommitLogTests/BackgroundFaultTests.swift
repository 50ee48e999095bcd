import Glibc
import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `What fails in the background` {
    /// A directory of one topic whose news are kept.
    private final class Told: Sendable {
        let news = LockedValue<[String]>([])
        let temporary = TemporaryDirectory()
        let clock = ManualClock()

        func open(_ keys: [String: String] = [:]) throws -> LogDirectory {
            try LogDirectory(
                path: temporary.log, config: try LogDirectoryConfig(overrides: keys),
                clock: clock.logClock,
                onEvent: { [news] event in
                    if event.isWarning { news.change { $0.append("\(event)") } }
                })
        }

        func advance(_ directory: LogDirectory) {
            clock.advance(byMs: directory.config.retentionCheckIntervalMs)
            directory.performMaintenance()
        }
    }

    @Test func `is told once for each cause, with its place, and again when it is over`() throws {
        let told = Told()
        let directory = try told.open()
        defer { directory.abandon() }
        try directory.createTopic("orders", partitions: 1)
        // Nobody can write a file where a directory stands.
        let obstacle = "\(told.temporary.log)/recovery-point-offset-checkpoint.tmp"
        precondition(unsafe mkdir(obstacle, 0o755) == 0)
        for _ in 0..<3 { told.advance(directory) }
        #expect(told.news.value.count == 1)
        #expect(told.news.value[0].contains("writing the checkpoints: open failed on \(obstacle)"))
        precondition(unsafe rmdir(obstacle) == 0)
        for _ in 0..<2 { told.advance(directory) }
        #expect(told.news.value.count == 2)
        #expect(told.news.value.last == "works again: writing the checkpoints")
        #expect(directory.backgroundFaults.map(\.work) == [.checkpoints])
        precondition(unsafe mkdir(obstacle, 0o755) == 0)
        told.advance(directory)
        #expect(told.news.value.count == 3)
        precondition(unsafe rmdir(obstacle) == 0)
    }

    @Test func `a segment whose file cannot be removed is tried again and told of`() throws {
        let told = Told()
        let directory = try told.open()
        defer { directory.abandon() }
        let log = try directory.createTopic(
            "orders", partitions: 1,
            config: ["segment.bytes": "250", "retention.bytes": "250", "file.delete.delay.ms": "0"])[
                0]
        let obstacle = "\(log.path)/\(SegmentFileName.stem(.zero)).log.deleted"
        precondition(unsafe mkdir(obstacle, 0o755) == 0)
        writeFile("\(obstacle)/file", [])
        for _ in 0..<9 { try log.append(bytes: TestLog.hundred()) }
        for _ in 0..<3 { told.advance(directory) }
        #expect(told.news.value.contains { $0.contains("retention of orders-0: rename failed") })
        #expect(
            told.news.value.contains { $0.contains("removing deleted files of orders-0: unlink") })
        let count = told.news.value.count
        told.advance(directory)
        #expect(told.news.value.count == count)
        #expect(log.logStartOffset > .zero)
        removeTree(obstacle)
        told.advance(directory)
        #expect(told.news.value.last == "works again: removing deleted files of orders-0")
        #expect(!names(in: log.path).contains { $0.hasPrefix(SegmentFileName.stem(.zero)) })
    }

    @Test func `a batch that cannot be decoded stops the cleaning of its own partition`() throws {
        let told = Told()
        let directory = try told.open()
        defer { directory.abandon() }
        let logs = try directory.createTopic(
            "orders", partitions: 3,
            config: ["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"])
        for log in logs {
            for index in 0..<5 { try log.put("a", "\(index)") }
            try log.rollNow()
        }
        // The middle one is the filthiest, and the first that is looked at where all are alike.
        let path = "\(logs[1].path)/\(SegmentFileName.stem(.zero)).log"
        let whole = readFile(path)
        writeFile(path, changed(whole, at: whole.count - 3, bit: 8))
        for _ in 0..<3 { told.advance(directory) }
        #expect(told.news.value.count == 1)
        #expect(
            told.news.value.first?.contains("compaction of orders-1: \(path) is corrupt") == true)
        for log in [logs[0], logs[2]] {
            #expect(try log.keyedRecords().map(\.offset) == [4])
        }
        #expect(directory.cleaner.uncleanable.keys.map(\.partition) == [1])
        // Of a topic that is no more nobody needs to know.
        try directory.deleteTopic("orders")
        #expect(directory.faults.current == [])
    }
}
