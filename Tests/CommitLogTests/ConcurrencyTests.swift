import RecordFormat
import Synchronization
import Testing

@testable import CommitLog

@Suite struct `Many threads` {
    private final class Progress: Sendable {
        let nextWriter = Atomic<Int>(0)
        let nextReader = Atomic<Int>(0)
        let failures = LockedValue<[String]>([])
        func fail(_ message: String) { failures.change { $0.append(message) } }
    }

    /// Writers append to all partitions while readers at the tail wait, read and decode everything.
    /// Segments roll, some writers flush, and every reader must see every record once, in order.
    @Test func `append to many partitions while readers follow at the tail`() throws {
        let writerCount = 6
        let partitionCount = 4
        let batchCount = 60
        let log = try TestLog()
        let partitions = try log.directory.createTopic(
            "many", partitions: partitionCount,
            config: [
                "segment.bytes": "4000", "flush.messages": "50", "index.interval.bytes": "300",
            ])
        let progress = Progress()
        let expectedEnd = Offset(Int64(writerCount * batchCount * 2))
        // A reader for each partition, the rest are writers; the calling thread is one of them.
        runConcurrently(threadCount: writerCount + partitionCount) {
            let role = progress.nextReader.add(1, ordering: .relaxed).oldValue
            do {
                if role < partitionCount {
                    try follow(partitions[role], to: expectedEnd, writerCount, progress)
                } else {
                    try write(role - partitionCount, to: partitions, batchCount)
                }
            } catch {
                progress.fail("\(error)")
            }
        }
        log.directory.performMaintenance()
        #expect(progress.failures.value == [])
        #expect(log.directory.backgroundFaults == [])
        for partition in partitions {
            #expect(partition.logEndOffset == expectedEnd)
            #expect(partition.segmentCount > 3)
        }
        try log.restart()
        #expect(log.directory.recovery.truncatedByteCount == 0)
    }

    private func write(_ writer: Int, to partitions: [PartitionLog], _ batchCount: Int) throws {
        for index in 0..<batchCount {
            for partition in partitions {
                let result = try partition.append("\(writer) \(index) a", "\(writer) \(index) b")
                if let offset = result.flushThrough { try partition.flush(through: offset) }
            }
        }
    }

    private func follow(
        _ partition: PartitionLog, to end: Offset, _ writerCount: Int, _ progress: Progress
    ) throws {
        var next = Offset.zero
        var cursor = FetchCursor()
        var window = MappedWindow()
        var seen = [Int](repeating: 0, count: writerCount)
        while next < end {
            guard partition.waitForMore(than: next, timeout: .seconds(50)) else {
                progress.fail("nothing came after \(next)")
                return
            }
            guard let slice = try partition.read(from: next, maxBytes: 2000, cursor: &cursor) else {
                continue
            }
            for (offset, value) in try decode(window.bytes(of: slice)) {
                if offset != next.rawValue { progress.fail("\(offset) after \(next)") }
                next = next.advanced(by: 1)
                let fields = value.split(separator: " ")
                let writer = Int(fields[0]) ?? -1
                let expected = "\(writer) \(seen[writer] / 2) \(seen[writer] % 2 == 0 ? "a" : "b")"
                if value != expected { progress.fail("\(value) instead of \(expected)") }
                seen[writer] += 1
            }
        }
    }

    @Test func `read old segments while retention deletes them`() throws {
        let log = try TestLog(["segment.bytes": "1000", "retention.bytes": "3000"])
        let partition = log.partition
        let progress = Progress()
        let count = 1500
        runConcurrently(threadCount: 4) {
            let role = progress.nextReader.add(1, ordering: .relaxed).oldValue
            do {
                if role == 0 {
                    for _ in 0..<count { try partition.append(bytes: TestLog.hundred()) }
                    return
                }
                while partition.logEndOffset < Offset(Int64(count)) {
                    let start = partition.logStartOffset
                    do throws(LogError) {
                        guard let slice = try partition.read(from: start, maxBytes: 500) else {
                            continue
                        }
                        if slice.baseOffset != start {
                            progress.fail("\(slice.baseOffset) for \(start)")
                        }
                    } catch .offsetOutOfRange {
                        // Retention was faster: that is what a reader must be told.
                    }
                }
            } catch {
                progress.fail("\(error)")
            }
        }
        log.directory.performMaintenance()
        #expect(progress.failures.value == [])
        #expect(log.directory.backgroundFaults == [])
        #expect(partition.logStartOffset > .zero)
    }

    @Test func `idempotent producers in parallel each keep their sequence`() throws {
        let log = try TestLog()
        let partition = log.partition
        let progress = Progress()
        runConcurrently(threadCount: 6) {
            let producer = Int64(progress.nextWriter.add(1, ordering: .relaxed).oldValue)
            do {
                for sequence in 0..<80 as Range<Int32> {
                    let bytes = batch(
                        ["\(producer)"], producerID: producer, epoch: 0, sequence: sequence)
                    let first = try partition.append(bytes: bytes)
                    let again = try partition.append(bytes: bytes)
                    if !again.isDuplicate || again.baseOffset != first.baseOffset {
                        progress.fail("\(again) after \(first)")
                    }
                }
            } catch {
                progress.fail("\(error)")
            }
        }
        #expect(progress.failures.value == [])
        #expect(partition.logEndOffset == Offset(480))
    }
}
