import Glibc
import RecordFormat
import Testing

@testable import CommitLog

/// Copies a directory with what is in it.
private func copyTree(_ source: String, to target: String) {
    precondition(unsafe mkdir(target, 0o755) == 0)
    for name in names(in: source) {
        if names(in: "\(source)/\(name)").isEmpty, unsafe access("\(source)/\(name)/.", F_OK) != 0 {
            writeFile("\(target)/\(name)", readFile("\(source)/\(name)"))
        } else {
            copyTree("\(source)/\(name)", to: "\(target)/\(name)")
        }
    }
}

/// Copies of a directory, one before each change of a name in it.
private final class CrashImages: Sendable {
    private let source: String
    private let target: String
    private let count = LockedValue(0)

    init(of source: String, in target: String) {
        self.source = source
        self.target = target
    }

    func take() {
        copyTree(source, to: "\(target)/\(count.value)")
        count.change { $0 += 1 }
    }

    /// Takes an image at each change of a name that `body` makes in this thread.
    func watch(_ body: () throws -> Void) throws {
        try NameChanges.$observer.withValue({ self.take() }, operation: body)
    }

    var paths: [String] { (0..<count.value).map { "\(target)/\($0)" } }
}

@Suite struct `A crash during compaction` {
    /// Several segments that become one, with a transaction index beside.
    private func filled() throws -> TestLog {
        let log = try TestLog.compacted(["segment.bytes": "1000", "index.interval.bytes": "200"])
        for index in 0..<23 {
            try log.partition.put(index == 22 ? "other" : "\(index % 5)", "v\(index)")
        }
        try log.partition.rollNow()
        try log.partition.put("after", "1")
        log.directory.flusher.waitUntilIdle()
        return log
    }

    private let latest = [
        "2=v17@17", "3=v18@18", "4=v19@19", "0=v20@20", "1=v21@21", "other=v22@22", "after=1@23",
    ]

    /// The records of the image, after it was opened; every file in its place, and the log goes on.
    private func verify(_ path: String, _ comment: Comment, clock: LogClock) throws {
        let directory = try LogDirectory(path: path, clock: clock)
        let partition = try #require(directory.partition(TestLog.topicPartition))
        let texts = try partition.texts()
        // Superseded records may be there or not; of each key the latest is, at its place.
        #expect(texts.suffix(latest.count) == latest[...], comment)
        #expect(partition.logEndOffset == Offset(24), comment)
        #expect(partition.logStartOffset == .zero, comment)
        for name in names(in: "\(path)/orders-0") {
            #expect(!name.hasSuffix(".cleaned") && !name.hasSuffix(".swap"), "\(name), \(comment)")
        }
        for offset in 0..<24 {
            let records = try partition.keyedRecords(from: Offset(Int64(offset)), maxBytes: 1)
            #expect(records.suffix(latest.count).count <= latest.count, comment)
            #expect(records.first.map { $0.offset >= offset } == true, comment)
        }
        let nowMs = clock.nowMs()
        while directory.cleaner.cleanFilthiest(of: [partition], nowMs: nowMs) != nil {}
        #expect(try partition.texts() == latest, comment)
        #expect(try partition.put("new", "1").baseOffset == Offset(24), comment)
        try directory.close()
    }

    @Test func `at any step leaves the old segments or the new, and loses no key`() throws {
        let log = try filled()
        let images = CrashImages(of: log.path, in: log.temporary.path)
        try images.watch {
            _ = log.directory.cleaner.cleanFilthiest(
                of: [log.partition], nowMs: log.clock.nowMs)
        }
        images.take()
        #expect(images.paths.count >= 15)
        var seen: Set<String> = []
        for path in images.paths {
            for name in names(in: "\(path)/orders-0") {
                for suffix in [".log.cleaned", ".log.swap", ".log.deleted", ".index.swap"]
                where name.hasSuffix(suffix) {
                    seen.insert(suffix)
                }
            }
        }
        #expect(seen.count == 4, "the images show every step: \(seen)")
        for path in images.paths { try verify(path, "\(path)", clock: log.clock.logClock) }
    }

    @Test func `while the start after a crash finishes a swap, is finished by the next`() throws {
        let log = try filled()
        let images = CrashImages(of: log.path, in: log.temporary.path)
        try images.watch {
            _ = log.directory.cleaner.cleanFilthiest(
                of: [log.partition], nowMs: log.clock.nowMs)
        }
        var count = 0
        for path in images.paths
        where names(in: "\(path)/orders-0").contains(where: { $0.hasSuffix(".swap") }) {
            let place = "\(path)-opening"
            precondition(unsafe mkdir(place, 0o755) == 0)
            let openings = CrashImages(of: path, in: place)
            try openings.watch {
                let directory = try LogDirectory(path: path, clock: log.clock.logClock)
                directory.abandon()
            }
            for opening in openings.paths {
                try verify(opening, "\(opening)", clock: log.clock.logClock)
                removeTree(opening)
            }
            count += openings.paths.count
        }
        #expect(count > 20)
    }

    @Test func `while a cleaned segment is written leaves a part of it that is not believed`()
        throws
    {
        let log = try filled()
        let images = CrashImages(of: log.path, in: log.temporary.path)
        try images.watch {
            _ = log.directory.cleaner.cleanFilthiest(
                of: [log.partition], nowMs: log.clock.nowMs)
        }
        let path = try #require(
            images.paths.first { path in
                names(in: "\(path)/orders-0").contains { $0.hasSuffix(".log.cleaned") }
            })
        let file = "\(path)/orders-0/\(SegmentFileName.stem(.zero)).log.cleaned"
        let whole = readFile(file)
        for count in Set([0, 1, 59, whole.count / 2, whole.count - 1]) {
            let copy = "\(log.temporary.path)/part-\(count)"
            copyTree(path, to: copy)
            writeFile(
                "\(copy)/orders-0/\(SegmentFileName.stem(.zero)).log.cleaned",
                Array(whole.prefix(count)))
            try verify(copy, "\(count) bytes", clock: log.clock.logClock)
        }
    }

    @Test func `a swap file that the disk damaged gives way to what it was to replace`() throws {
        let log = try filled()
        let images = CrashImages(of: log.path, in: log.temporary.path)
        try images.watch {
            _ = log.directory.cleaner.cleanFilthiest(
                of: [log.partition], nowMs: log.clock.nowMs)
        }
        let stem = SegmentFileName.stem(.zero)
        let path = try #require(
            images.paths.first { path in
                let files = names(in: "\(path)/orders-0")
                return files.contains("\(stem).log.swap") && files.contains("\(stem).log")
            })
        let swap = "\(path)/orders-0/\(stem).log.swap"
        writeFile(swap, Array(readFile(swap).dropLast(5)))
        try verify(path, "damaged", clock: log.clock.logClock)
    }

    @Test func `what was dropped had been superseded by what is durable`() throws {
        let log = try TestLog.compacted(directory: ["weir.unflushed.segment.bytes": "1000000"])
        try log.partition.put("a", "1")
        try log.partition.rollNow()
        try log.partition.put("a", "2")
        try log.partition.rollNow()
        _ = log.directory.cleaner.cleanFilthiest(
            of: [log.partition], nowMs: log.clock.nowMs)
        #expect(log.partition.flushedOffset == Offset(2))
        #expect(try log.partition.texts() == ["a=2@1"])
    }
}
