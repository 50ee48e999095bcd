import CrashWriter
import Glibc
import RecordFormat
import Testing

@testable import CommitLog

/// What one life of the writer was told to be durable.
private struct Acknowledgement: Hashable {
    var partition: Int32
    var baseOffset: Int64
    var life: Int
    var thread: Int
    var batch: Int

    init?(_ line: Substring) {
        let fields = line.split(separator: " ").compactMap { Int($0) }
        guard fields.count == 5 else { return nil }
        partition = Int32(fields[0])
        baseOffset = Int64(fields[1])
        (life, thread, batch) = (fields[2], fields[3], fields[4])
    }
}

@Suite struct `A killed process` {
    /// A child appends durably with several threads to several partitions, with small segments and
    /// frequent checkpoints, and is killed at a random moment, again and again, always on the same
    /// directory. After each life everything that it acknowledged must be where it said, and whatever
    /// else is there must be whole batches that it really wrote, in the order of its threads.
    ///
    /// Large segments have space and zeros ahead of their end.
    @Test(arguments: [50_000, 700_000])
    func `loses nothing that it acknowledged, in 120 lives`(segmentByteCount: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("A killed process: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let temporary = TemporaryDirectory()
        var audit = Audit()
        var acknowledged = 0
        var truncated = 0
        try CrashWriter.openDirectory(temporary.log, segmentByteCount: segmentByteCount).close()
        for life in 0..<120 {
            let lines = try liveAndDie(temporary.log, life, &random)
            acknowledged += lines.count
            let directory = try CrashWriter.openDirectory(temporary.log)
            truncated += directory.recovery.truncatedByteCount
            #expect(
                directory.recovery.partitions.allSatisfy { !$0.lostBelowRecoveryPoint },
                "life \(life), seed \(seed)")
            for partition in 0..<Int32(CrashWriter.partitionCount) {
                let topicPartition = TopicPartition(
                    topic: CrashWriter.topic, partition: partition)
                let log = try #require(directory.partition(topicPartition))
                let mine = lines.filter { $0.partition == partition }
                try audit.check(log, mine, "life \(life), seed \(seed)")
            }
            // The next life begins after a crash, or after a clean close.
            if Bool.random(using: &random) { directory.abandon() } else { try directory.close() }
        }
        print("A killed process: \(acknowledged) acknowledged batches, \(truncated) torn bytes cut")
        #expect(acknowledged > 120)
    }

    /// One life of the writer; returns what it had acknowledged when it was killed.
    private func liveAndDie(
        _ path: String, _ life: Int, _ random: inout SeededGenerator
    ) throws -> [Acknowledgement] {
        let child = try ChildProcess(
            crashWriterPath, [path, "\(life)"], capturing: .standardOutput)
        // Some die while they still start, most of them in the middle of their work.
        let diesEarly = life > 0 && Int.random(in: 0..<10, using: &random) == 0
        var output: [UInt8] = diesEarly ? [] : child.read()
        usleep(UInt32.random(in: 0...15_000, using: &random))
        child.kill()
        while true {
            let more = child.read()
            if more.isEmpty { break }
            output += more
        }
        #expect(child.wait() == .signalled(SIGKILL))
        // A line is written whole; the last is torn only if the kill hit the write itself.
        let text = String(decoding: output, as: UTF8.self)
        return text.split(separator: "\n").compactMap { Acknowledgement($0) }
    }
}

/// What is known of the partitions so far: how far they were checked and whose batches they hold.
private struct Audit {
    private var checked: [TopicPartition: Offset] = [:]
    /// The last batch of each thread and life in each partition.
    private var lastBatch: [[Int]: Int] = [:]

    mutating func check(
        _ log: PartitionLog, _ acknowledgements: [Acknowledgement], _ context: String
    ) throws {
        let start = checked[log.topicPartition] ?? .zero
        #expect(log.logEndOffset >= start, "\(context)")
        var found: [Int64: CrashRecord] = [:]
        var next = start
        var window = MappedWindow()
        while let slice = try log.read(from: next, maxBytes: 1 << 20) {
            #expect(slice.baseOffset == next, "\(context)")
            try checkBatches(window.bytes(of: slice), log, &next, &found, context)
        }
        #expect(next == log.logEndOffset, "\(context)")
        checked[log.topicPartition] = next
        for acknowledgement in acknowledgements {
            let expected = CrashRecord(
                life: acknowledgement.life, thread: acknowledgement.thread,
                batch: acknowledgement.batch, index: 0)
            #expect(found[acknowledgement.baseOffset] == expected, "\(context)")
        }
    }

    /// Checks each record of each batch, and that the batches follow each other.
    private mutating func checkBatches(
        _ bytes: borrowing RawSpan, _ log: PartitionLog, _ next: inout Offset,
        _ found: inout [Int64: CrashRecord], _ context: String
    ) throws {
        var position = 0
        while position < bytes.byteCount {
            let rest = bytes.extracting(position..<bytes.byteCount)
            let header = try RecordBatchHeader(rest)
            #expect(header.baseOffset == next, "\(context)")
            let records = try values(of: rest, header).map { CrashRecord($0) }
            let first = try #require(records.first ?? nil, "\(context)")
            let expected =
                (0..<CrashRecord.recordCount(
                    life: first.life, thread: first.thread, batch: first.batch)).map {
                    CrashRecord(
                        life: first.life, thread: first.thread, batch: first.batch, index: $0)
                }
            #expect(records == expected, "\(context)")
            let writer = [Int(log.topicPartition.partition), first.life, first.thread]
            #expect(first.batch > lastBatch[writer] ?? -1, "\(context)")
            lastBatch[writer] = first.batch
            found[header.baseOffset.rawValue] = first
            next = header.nextOffset
            position += header.sizeInBytes
        }
    }

    private func values(
        of batch: borrowing RawSpan, _ header: RecordBatchHeader
    ) throws -> [[UInt8]] {
        var reader = RecordBatchReader()
        var values: [[UInt8]] = []
        try reader.withRecords(of: batch, header: header, verifyChecksum: true) {
            (iterator) throws(RecordFormatError) in
            while let record = try iterator.next() {
                values.append(
                    unsafe iterator.bytes.bytes(of: record.value).withUnsafeBytes {
                        unsafe Array($0)
                    })
            }
        }
        return values
    }
}
