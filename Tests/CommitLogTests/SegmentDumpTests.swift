import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Dumping a segment` {
    @Test func `shows every batch of an open log and whether it holds`() throws {
        let log = try TestLog()
        try log.partition.append("a", "b")
        try log.partition.append("c")
        var dump = try SegmentDump(path: log.file(0, ".log"))
        var batches: [SegmentDump.Batch] = []
        while let entry = try dump.next() {
            guard case .batch(let batch) = entry else {
                Issue.record("\(entry)")
                return
            }
            batches.append(batch)
        }
        #expect(batches.map(\.header.baseOffset) == [.zero, Offset(2)])
        #expect(batches.map(\.position) == [0, batch(["a", "b"]).count])
        #expect(batches.map(\.isValid) == [true, true])
        let bytes = try dump.bytes(of: batches[1])
        let records = try unsafe decode(bytes.span.bytes)
        #expect(records.map(\.1) == ["c"])
    }

    @Test func `goes on after a wrong checksum and ends where no batch is`() throws {
        let log = try TestLog()
        for value in ["a", "b", "c"] { try log.partition.append(value) }
        let one = batch(["a"]).count
        let whole = readFile(log.file(0, ".log"))
        let path = log.temporary.path + "/00000000000000000000.log"
        writeFile(path, Array(changed(whole, at: one + 65)[..<(3 * one - 1)]))
        var dump = try SegmentDump(path: path)
        var verdicts: [String] = []
        while let entry = try dump.next() {
            switch entry {
            case .batch(let batch): verdicts.append(batch.isValid ? "valid" : "invalid")
            case .unused: verdicts.append("unused")
            case .damage(let position, let byteCount, let reason):
                verdicts.append("\(position) \(byteCount)")
                #expect(reason.contains("\(one) needed"))
            }
        }
        #expect(verdicts == ["valid", "invalid", "\(2 * one) \(one - 1)"])
    }

    @Test func `an index with Kafka's preallocated zeros ends before them, a torn one is an error`()
        throws
    {
        let temporary = TemporaryDirectory()
        let path = temporary.path + "/00000000000000000100.index"
        writeFile(path, [0, 0, 0, 5, 0, 0, 1, 0] + [UInt8](repeating: 0, count: 80))
        #expect(
            try IndexDump.offsetIndex(path: path)
                == [IndexDump.OffsetEntry(offset: Offset(105), position: 256)])
        writeFile(path, [0, 0, 0, 5, 0, 0, 1])
        #expect(throws: LogError.self) { try IndexDump.offsetIndex(path: path) }
        writeFile(path, [0, 0, 0, 5, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 2, 0])
        #expect(throws: LogError.self) { try IndexDump.offsetIndex(path: path) }
    }
}
