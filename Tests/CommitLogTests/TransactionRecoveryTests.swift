import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Recovery of transactions` {
    /// Compares everything that readers are told with the model's first `count` offsets.
    private func expect(
        _ partition: PartitionLog, _ model: TransactionModel, _ count: Int? = nil,
        _ comment: String
    ) {
        let count = count ?? model.entries.count
        #expect(partition.logEndOffset == Offset(Int64(count)), "\(comment)")
        #expect(
            partition.lastStableOffset == Offset(Int64(model.lastStableOffset(count))),
            "\(comment)")
        let open = Dictionary(
            uniqueKeysWithValues: partition.openTransactions.map {
                ($0.producerID.rawValue, Int($0.firstOffset.rawValue))
            })
        #expect(open == model.open(count), "\(comment)")
        let starts = stride(from: 0, through: count, by: max(count / 7, 1))
        for start in starts {
            for end in starts where end >= start {
                #expect(
                    partition.abortedTransactions(
                        from: Offset(Int64(start)), below: Offset(Int64(end)))
                        == model.aborted(in: start..<end, count), "\(comment): \(start)..<\(end)")
            }
        }
    }

    private func mixed(_ log: TestLog) throws -> TransactionWriter {
        var writer = TransactionWriter()
        let partition = log.partition
        for producer in [1, 2, 3] as [Int64] { try writer.write(producer, to: partition) }
        try writer.write(9, to: partition, isTransactional: false)
        try writer.end(2, isCommit: false, in: partition)
        try writer.write(2, to: partition)
        try writer.end(1, isCommit: true, in: partition)
        try writer.write(3, to: partition)
        try writer.end(2, isCommit: true, in: partition)
        try writer.end(3, isCommit: false, in: partition)
        try writer.write(1, to: partition)
        return writer
    }

    @Test(arguments: [false, true])
    func `every truncation point leaves the transactions of the whole batches`(
        hadClosed: Bool
    ) throws {
        let log = try TestLog()
        let model = try mixed(log).model
        try (hadClosed ? log.restart : log.crash) {}
        let whole = readFile(log.file(0, ".log"))
        let index = readFile(log.file(0, ".txnindex"))
        var ends: [Int] = []
        var dump = try SegmentDump(path: log.file(0, ".log"))
        while case .batch(let batch)? = try dump.next() {
            ends.append(batch.position + batch.header.sizeInBytes)
        }
        for end in stride(from: 0, through: whole.count, by: 1)
        where end % 5 == 0 || ends.contains(end) || ends.contains(end + 1) || ends.contains(end - 1)
        {
            try (hadClosed ? log.restart : log.crash) {
                writeFile(log.file(0, ".log"), Array(whole[..<end]))
                // The index of what is no more must not be believed.
                if hadClosed { writeFile(log.file(0, ".txnindex"), index) }
            }
            expect(log.partition, model, ends.count { $0 <= end }, "cut at \(end)")
        }
    }

    @Test func `torn, foreign and missing indexes of sealed segments are made again`() throws {
        let log = try TestLog(["segment.bytes": "400"])
        var writer = try mixed(log)
        for producer in 10..<16 as Range<Int64> {
            try writer.write(producer, to: log.partition)
            try writer.end(producer, isCommit: producer % 2 == 0, in: log.partition)
        }
        log.directory.performMaintenance()
        try log.restart()
        let indexes = names(in: log.partitionPath).filter { $0.hasSuffix(".txnindex") }
        #expect(indexes.count > 2)
        for name in indexes {
            let path = "\(log.partitionPath)/\(name)"
            let good = readFile(path)
            let damages: [[UInt8]] = [
                good.dropLast(), [1], good + good, good.map { _ in 0x55 },
                [UInt8](repeating: 0, count: 34 * 3),
            ]
            for damage in damages {
                for restart in [log.restart, log.crash] {
                    try restart { writeFile(path, damage) }
                    expect(log.partition, writer.model, nil, "\(name) as \(damage.count) bytes")
                }
                try log.restart()
                #expect(readFile(path) == good)
            }
        }
    }

    @Test func `an index that a crash kept from being written is made from the log`() throws {
        let log = try TestLog(["segment.bytes": "400"])
        let model = try mixed(log).model
        for _ in 0..<3 {
            try log.crash {
                for name in names(in: log.partitionPath)
                where name.hasSuffix(".txnindex") || name.hasSuffix(".snapshot") {
                    removeTreeEntry("\(log.partitionPath)/\(name)")
                }
                removeTreeEntry("\(log.path)/recovery-point-offset-checkpoint")
            }
            expect(log.partition, model, nil, "after a crash")
        }
    }

    @Test func `a marker whose record is damaged hides its transaction and holds up nobody`() throws
    {
        let log = try TestLog()
        var writer = TransactionWriter()
        try writer.write(1, to: log.partition)
        let markerPosition = log.partition.byteCount
        try writer.end(1, isCommit: true, in: log.partition)
        try writer.write(2, to: log.partition, isTransactional: false)
        try log.restart {
            // Durable, so recovery keeps it; without the snapshot it must be read.
            let bytes = readFile(log.file(0, ".log"))
            writeFile(log.file(0, ".log"), changed(bytes, at: markerPosition + 68))
            removeTreeEntry(log.file(3, ".snapshot"))
        }
        #expect(log.partition.lastStableOffset == Offset(3))
    }

    @Test func `random transactions, crashes and restarts agree with a list`() throws {
        var random = SeededGenerator()
        for _ in 0..<12 {
            let log = try TestLog(["segment.bytes": "\(Int.random(in: 250...1500, using: &random))"]
            )
            var writer = TransactionWriter()
            for step in 0..<80 {
                let producer = Int64.random(in: 1...5, using: &random)
                switch Int.random(in: 0..<12, using: &random) {
                case 0...5: try writer.write(producer, to: log.partition)
                case 6:
                    try writer.write(producer + 100, to: log.partition, isTransactional: false)
                case 7, 8: try writer.end(producer, isCommit: true, in: log.partition)
                case 9, 10: try writer.end(producer, isCommit: false, in: log.partition)
                default:
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: try log.crash()
                    case 1: try log.restart()
                    case 2: log.directory.performMaintenance()
                    default: try log.partition.flush()
                    }
                }
                if step % 9 == 0 {
                    expect(log.partition, writer.model, nil, "seed \(random.seed) step \(step)")
                }
            }
            try (Bool.random(using: &random) ? log.crash : log.restart) {}
            expect(log.partition, writer.model, nil, "seed \(random.seed) at the end")
        }
    }
}
