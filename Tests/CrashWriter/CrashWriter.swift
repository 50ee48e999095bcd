public import CommitLog
import Glibc
import RecordFormat

/// Appends durably, as fast as it can, until somebody kills it: `CrashWriter <directory> <life>`.
///
/// After each flush it prints `<partition> <base offset> <life> <thread> <batch>`. What it printed must
/// survive. With a third argument, `topics`, it administers topics instead. It ends by itself only with an error, which it prints, and status 1.
@main
public struct CrashWriter {
    public static let topic = "crash"
    public static let partitionCount = 3
    static let threadCount = 3

    public static func main() {
        if CommandLine.arguments.count == 4, CommandLine.arguments[3] == "topics",
            let life = Int(CommandLine.arguments[2])
        {
            CrashAdministrator.run(CommandLine.arguments[1], life: life)
        }
        guard CommandLine.arguments.count == 3, let life = Int(CommandLine.arguments[2]) else {
            fail("usage: CrashWriter <directory> <life>")
        }
        do throws(LogError) {
            try write(to: CommandLine.arguments[1], life: life)
        } catch {
            fail(error.description)
        }
    }

    private static func write(to path: String, life: Int) throws(LogError) {
        let directory = try openDirectory(path)
        let logs = (0..<Int32(partitionCount)).compactMap {
            directory.partition(TopicPartition(topic: topic, partition: $0))
        }
        let threads = (1..<threadCount).map { thread in
            startThread { append(to: logs, life: life, thread: thread) }
        }
        append(to: logs, life: life, thread: 0)
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Small segments and frequent checkpoints, so that a kill also hits rolls and checkpoint writes.
    ///
    /// - Parameter segmentByteCount: of the topic, where there is none yet.
    public static func openDirectory(
        _ path: String, segmentByteCount: Int = 50_000
    ) throws(LogError) -> LogDirectory {
        let directory = try LogDirectory(
            path: path,
            config: LogDirectoryConfig(overrides: ["log.flush.offset.checkpoint.interval.ms": "3"]))
        if directory.topics.isEmpty {
            try directory.createTopic(
                topic, partitions: partitionCount,
                config: [
                    "flush.messages": "1", "segment.bytes": "\(segmentByteCount)",
                    "index.interval.bytes": "500", "retention.ms": "-1",
                ])
        }
        return directory
    }

    private static func append(to logs: [PartitionLog], life: Int, thread: Int) {
        for batch in 0... {
            let partition = (thread + batch) % logs.count
            do {
                let bytes = try bytes(life: life, thread: thread, batch: batch)
                let result = try append(bytes, to: logs[partition])
                if let offset = result.flushThrough { try logs[partition].flush(through: offset) }
                acknowledge("\(partition) \(result.baseOffset) \(life) \(thread) \(batch)\n")
            } catch {
                fail("\(error)")
            }
        }
    }

    private static func append(
        _ bytes: [UInt8], to log: PartitionLog
    ) throws(AppendError) -> AppendResult {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { unsafe buffer.deallocate() }
        unsafe buffer.copyBytes(from: bytes)
        return try unsafe log.append(buffer, validation: .trusted)
    }

    /// One sealed batch.
    private static func bytes(
        life: Int, thread: Int, batch: Int
    ) throws(RecordFormatError) -> [UInt8] {
        var builder = try RecordBatchBuilder(batchSize: 64 << 10)
        for index in 0..<CrashRecord.recordCount(life: life, thread: thread, batch: batch) {
            let value = CrashRecord(life: life, thread: thread, batch: batch, index: index).value
            _ = builder.append(timestamp: Int64(life), key: nil, value: value)
        }
        try builder.seal()
        return unsafe Array(builder.sealedBytes)
    }

    /// One line, written whole: the reader of the pipe sees all of it or nothing.
    static func acknowledge(_ line: String) {
        let bytes = Array(line.utf8)
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress, $0.count) }
        // Nobody listens any more.
        if count != bytes.count { exit(0) }
    }

    static func fail(_ message: String) -> Never {
        let bytes = Array((message + "\n").utf8)
        unsafe _ = bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
        exit(1)
    }
}

private final class ThreadBody {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

private func startThread(_ run: @escaping () -> Void) -> pthread_t {
    var thread = pthread_t()
    let body = unsafe Unmanaged.passRetained(ThreadBody(run)).toOpaque()
    let result = unsafe pthread_create(
        &thread, nil,
        { argument in
            guard let argument = unsafe argument else { return nil }
            unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, body)
    precondition(result == 0)
    return thread
}
