import Glibc
import RecordFormat
import Testing

@testable import CommitLog

/// A filesystem of 16 MiB in memory, mounted for one test and always unmounted after it.
private final class SmallDisk {
    let path: String
    private let temporary = TemporaryDirectory()

    init() throws(LogError) {
        path = temporary.path + "/disk"
        try createDirectory(path)
        guard unsafe mount("tmpfs", path, "tmpfs", 0, "size=16m") == 0 else {
            throw .fromErrno("mount", path)
        }
    }

    deinit { unsafe umount2(path, Int32(MNT_DETACH)) }

    private var ballast: String { path + "/ballast" }

    /// Leaves no page free.
    func fill() throws(LogError) {
        let file = try File(ballast, .create)
        let chunk = [UInt8](repeating: 1, count: 4096)
        var position = 0
        while (try? file.write(chunk, at: position)) != nil { position += chunk.count }
    }

    func makeRoom() throws(LogError) { try removeFile(ballast) }
}

@Suite struct `A full disk` {
    @Test(.enabled(if: geteuid() == 0, "mounting a small filesystem takes root"))
    func `fails the append clearly and costs nothing that was acknowledged`() throws {
        let disk = try SmallDisk()
        let log = "\(disk.path)/log"
        let orders = TopicPartition(topic: "orders", partition: 0)
        let directory = try LogDirectory(path: log)
        let partition = try directory.createTopic(
            "orders", partitions: 1,
            config: ["segment.bytes": "400000", "retention.ms": "-1", "flush.messages": "1"])[0]
        var acknowledged: [String] = []
        func append(_ size: Int) throws {
            let value = "\(acknowledged.count) " + String(repeating: "y", count: size)
            let result = try partition.append(bytes: batch([value]))
            try partition.flush(through: try #require(result.flushThrough))
            acknowledged.append(value)
        }
        for _ in 0..<5 { try append(30_000) }

        for round in 0..<3 {
            try disk.fill()
            // The first may still find room in the file's last page, the later ones do not; rolls
            // (every thirteenth batch) fail like writes.
            var failures = 0
            for _ in 0..<20 {
                do throws(AppendError) {
                    try partition.append(bytes: batch([String(repeating: "n", count: 30_000)]))
                } catch {
                    guard case .log(.noSpace(_, let path)) = error else { throw error }
                    #expect(path.hasPrefix(disk.path))
                    #expect(error.description.contains("No space left"))
                    failures += 1
                }
            }
            #expect(failures == 20)
            // Still readable, through the very file that could not be extended.
            #expect(try partition.values() == acknowledged, "round \(round)")
            #expect(partition.logEndOffset == Offset(Int64(acknowledged.count)))
            try disk.makeRoom()
            for _ in 0..<8 { try append(30_000) }
            #expect(try partition.values() == acknowledged, "round \(round)")
        }

        // A restart on a full disk loses nothing either, whatever it cannot write.
        try disk.fill()
        directory.abandon()
        try disk.makeRoom()
        let reopened = try LogDirectory(path: log)
        defer { reopened.abandon() }
        #expect(try reopened.partition(orders)?.values() == acknowledged)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small filesystem takes root"))
    func `lets nobody believe in a commit of group positions that was not written`() throws {
        let disk = try SmallDisk()
        let offsets = CommittedOffsets(directory: "\(disk.path)/groups")
        let orders = TopicPartition(topic: "orders", partition: 0)
        try offsets.commit([orders: Offset(5)], group: "billing")
        try disk.fill()
        #expect(throws: LogError.self) {
            try offsets.commit([orders: Offset(6)], group: "billing")
        }
        #expect(try offsets.offsets(of: "billing") == [orders: Offset(5)])
        let again = CommittedOffsets(directory: "\(disk.path)/groups")
        #expect(try again.offsets(of: "billing") == [orders: Offset(5)])
        try disk.makeRoom()
        try offsets.commit([orders: Offset(6)], group: "billing")
        #expect(names(in: "\(disk.path)/groups") == ["billing"])
    }

    @Test func `a write that fails halfway leaves no bytes for the next one`() throws {
        let log = try TestLog()
        try log.partition.append("a")
        let descriptor = try #require(try log.partition.read(from: .zero, maxBytes: 1))
            .fileDescriptor
        let size = readFile(log.file(0, ".log")).count
        // /dev/full takes neither the bytes nor the truncation that should undo them.
        try substituting("/dev/full", for: descriptor) {
            #expect(
                throws: AppendError.log(.noSpace(operation: "pwrite", path: log.file(0, ".log")))
            ) {
                try log.partition.append("lost")
            }
        }
        // As if part of the batch had reached the file.
        writeFile(
            log.file(0, ".log"), readFile(log.file(0, ".log")) + [UInt8](repeating: 7, count: 500))
        #expect(try log.partition.values() == ["a"])
        #expect(try log.partition.append("b").baseOffset == Offset(1))
        #expect(try log.partition.values() == ["a", "b"])
        #expect(readFile(log.file(0, ".log")).count == size + batch(["b"]).count)
    }
}

/// Lets `descriptor` mean another file while `body` runs.
func substituting(_ path: String, for descriptor: Int32, _ body: () throws -> Void) throws {
    let original = dup(descriptor)
    let other = try File(path, .update)
    dup2(other.descriptor, descriptor)
    defer {
        dup2(original, descriptor)
        _ = close(original)
    }
    try body()
}
