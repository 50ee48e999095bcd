import RecordFormat
import Synchronization
import Testing

@testable import CommitLog

@Suite struct `Transactions in a partition` {
    @Test func `the last stable offset is the first offset of the oldest open transaction`() throws
    {
        let log = try TestLog()
        let partition = log.partition
        var writer = TransactionWriter()
        #expect(partition.lastStableOffset == .zero)
        try writer.write(1, to: partition, isTransactional: false)
        #expect(partition.lastStableOffset == Offset(1))
        try writer.write(2, to: partition)
        try writer.write(3, to: partition)
        try writer.write(1, to: partition, isTransactional: false)
        #expect(partition.lastStableOffset == Offset(1))
        try writer.end(3, isCommit: true, in: partition)
        #expect(partition.lastStableOffset == Offset(1))
        try writer.end(2, isCommit: false, in: partition)
        #expect(partition.lastStableOffset == Offset(6))
        #expect(partition.logEndOffset == Offset(6))
    }

    @Test func `a marker is the control batch that Kafka writes, and takes one offset`() throws {
        let log = try TestLog()
        let result = try log.partition.appendMarker(
            marker(7, epoch: 3, isCommit: false, coordinatorEpoch: 5))
        #expect(result.baseOffset == .zero && result.lastOffset == .zero)
        var dump = try SegmentDump(path: log.file(0, ".log"))
        guard case .batch(let batch) = try dump.next() else {
            Issue.record("there is no batch")
            return
        }
        #expect(batch.isValid)
        #expect(batch.header.attributes.isControl && batch.header.attributes.isTransactional)
        #expect(batch.header.producerID == ProducerID(7))
        #expect(batch.header.producerEpoch == ProducerEpoch(3))
        #expect(batch.header.baseSequence == RecordBatchHeader.noSequence)
        // length, attributes, deltas, key length 4, (0, 0), value length 6, (0, 5), no headers
        let record: [UInt8] = [32, 0, 0, 0, 8, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 5, 0]
        #expect(Array(try dump.bytes(of: batch).dropFirst(61)) == record)
    }

    @Test func `older epochs and older coordinators are fenced, repetitions end nothing`() throws {
        let log = try TestLog()
        var writer = TransactionWriter()
        try writer.write(7, to: log.partition)
        _ = try log.partition.appendMarker(
            marker(7, epoch: 2, isCommit: false, coordinatorEpoch: 4))
        #expect(
            throws: AppendError.invalidProducerEpoch(
                producerID: ProducerID(7), current: ProducerEpoch(2), received: ProducerEpoch(1))
        ) {
            try log.partition.appendMarker(marker(7, epoch: 1, isCommit: true, coordinatorEpoch: 4))
        }
        #expect(
            throws: AppendError.coordinatorFenced(
                producerID: ProducerID(7), current: 4, received: 3)
        ) {
            try log.partition.appendMarker(marker(7, epoch: 2, isCommit: true, coordinatorEpoch: 3))
        }
        // The producer itself is fenced by the epoch of the marker.
        #expect(throws: AppendError.self) { try writer.write(7, to: log.partition) }
        let again = try log.partition.appendMarker(
            marker(7, epoch: 2, isCommit: false, coordinatorEpoch: 4))
        #expect(again.baseOffset == Offset(2) && !again.isDuplicate)
        #expect(log.partition.abortedTransactions(from: .zero, below: Offset(3)).count == 1)
        try log.crash()
        #expect(
            throws: AppendError.coordinatorFenced(
                producerID: ProducerID(7), current: 4, received: 3)
        ) {
            try log.partition.appendMarker(marker(7, epoch: 2, isCommit: true, coordinatorEpoch: 3))
        }
    }

    @Test func `a control batch without a marker is refused`() throws {
        let log = try TestLog()
        #expect(throws: AppendError.invalidRecord(.notAMarker)) {
            try log.partition.append(
                bytes: batch(
                    ["x"], producerID: 1, epoch: 0, isTransactional: true, isControl: true),
                origin: .coordinator)
        }
        #expect(log.partition.logEndOffset == .zero)
    }

    @Test func `staged offsets need no sequences and are part of the transaction`() throws {
        let log = try TestLog()
        for _ in 0..<2 {
            try log.partition.append(
                bytes: batch(["offsets"], producerID: 4, epoch: 1, isTransactional: true),
                origin: .coordinator)
        }
        #expect(log.partition.lastStableOffset == .zero)
        try log.restart()
        #expect(log.partition.lastStableOffset == .zero)
        #expect(throws: AppendError.self) {
            try log.partition.append(
                bytes: batch(["offsets"], producerID: 4, epoch: 0, isTransactional: true),
                origin: .coordinator)
        }
        _ = try log.partition.appendMarker(marker(4, epoch: 1, isCommit: true))
        #expect(log.partition.lastStableOffset == Offset(3))
    }

    @Test func `what may not begin a transaction is refused, what goes on is not asked`() throws {
        let log = try TestLog()
        var asked = 0
        func send(_ sequence: Int32, isTransactional: Bool = true, allow: Bool) throws {
            var bytes = batch(
                ["x"], producerID: 3, epoch: 0, sequence: sequence,
                isTransactional: isTransactional)
            try unsafe bytes.withUnsafeMutableBytes {
                _ = try unsafe log.partition.append(
                    $0,
                    mayBegin: { _, _ in
                        asked += 1
                        return allow
                    })
            }
        }
        try send(0, isTransactional: false, allow: false)
        #expect(asked == 0)
        #expect(throws: AppendError.invalidTransactionState(producerID: ProducerID(3))) {
            try send(1, allow: false)
        }
        try send(1, allow: true)
        try send(2, allow: false)
        #expect(asked == 2)
        _ = try log.partition.appendMarker(marker(3, isCommit: true))
        #expect(throws: AppendError.self) { try send(3, allow: false) }
        // A repetition of what is there is no beginning.
        try send(2, allow: false)
        #expect(log.partition.logEndOffset == Offset(4))
    }

    @Test func `a bounded read gives whole batches that end at or below the bound`() throws {
        let log = try TestLog(["segment.bytes": "500", "index.interval.bytes": "150"])
        for _ in 0..<12 { try log.partition.append(bytes: batch(["a", "b"])) }
        for bound in 0...25 {
            for start in 0..<24 {
                for maxBytes in [1, 200, 1 << 20] {
                    var cursor = FetchCursor()
                    let slice = try log.partition.read(
                        from: Offset(Int64(start)), maxBytes: maxBytes,
                        below: Offset(Int64(bound)), cursor: &cursor)
                    let firstEnd = start / 2 * 2 + 2
                    #expect((slice != nil) == (firstEnd <= bound))
                    guard let slice else { continue }
                    #expect(slice.baseOffset.rawValue == Int64(start / 2 * 2))
                    #expect(slice.nextOffset.rawValue <= Int64(bound))
                    let whole = try log.partition.read(
                        from: Offset(Int64(start)), maxBytes: maxBytes)
                    #expect(slice.byteCount <= whole?.byteCount ?? 0)
                    if maxBytes > 1000 {
                        // All that is below the bound and in the segment.
                        let end = min(bound / 2 * 2, Int(whole?.nextOffset.rawValue ?? 0))
                        #expect(slice.nextOffset.rawValue == Int64(end))
                    }
                }
            }
        }
    }

    @Test func `a bounded cursor reads on when the bound has moved`() throws {
        let log = try TestLog()
        let partition = log.partition
        var writer = TransactionWriter()
        var cursor = FetchCursor()
        try writer.write(1, to: partition, isTransactional: false)
        try writer.write(2, to: partition)
        let first = try partition.read(
            from: .zero, maxBytes: 1 << 20, below: partition.lastStableOffset, cursor: &cursor)
        #expect(first?.nextOffset == Offset(1))
        #expect(
            try partition.read(
                from: Offset(1), maxBytes: 1 << 20, below: partition.lastStableOffset,
                cursor: &cursor) == nil)
        try writer.end(2, isCommit: true, in: partition)
        let rest = try partition.read(
            from: Offset(1), maxBytes: 1 << 20, below: partition.lastStableOffset, cursor: &cursor)
        #expect(rest?.baseOffset == Offset(1) && rest?.nextOffset == Offset(3))
        #expect(throws: LogError.self) {
            try partition.read(from: Offset(9), maxBytes: 1, below: Offset(3), cursor: &cursor)
        }
    }

    @Test func `waiters for stable records are woken by markers, not by appends`() throws {
        let log = try TestLog()
        let partition = log.partition
        var writer = TransactionWriter()
        try writer.write(2, to: partition)
        let calls = LockedValue(0)
        let token = partition.whenStable(past: .zero) { calls.change { $0 += 1 } }
        #expect(token != nil)
        try writer.write(1, to: partition, isTransactional: false)
        try writer.write(3, to: partition)
        try writer.end(3, isCommit: true, in: partition)
        #expect(calls.value == 0)
        try writer.end(2, isCommit: false, in: partition)
        #expect(calls.value == 1)
        #expect(partition.whenStable(past: .zero) { calls.change { $0 += 1 } } == nil)
        // Where nothing is open an ordinary append wakes them.
        let next = partition.whenStable(past: partition.lastStableOffset) {
            calls.change { $0 += 1 }
        }
        #expect(next != nil)
        try writer.write(1, to: partition, isTransactional: false)
        #expect(calls.value == 2)
        // Closing wakes all, cancelled ones excepted.
        let last = partition.whenStable(past: Offset(100)) { calls.change { $0 += 1 } }
        let cancelled = partition.whenStable(past: Offset(100)) { calls.change { $0 += 100 } }
        if let cancelled { partition.cancel(cancelled) }
        #expect(last != nil)
        try log.directory.close()
        #expect(calls.value == 3)
    }

    @Test func `deleting records of an open transaction pushes the last stable offset along`()
        throws
    {
        let log = try TestLog()
        let partition = log.partition
        var writer = TransactionWriter()
        for _ in 0..<4 { try writer.write(2, to: partition) }
        let calls = LockedValue(0)
        #expect(partition.whenStable(past: Offset(2)) { calls.change { $0 += 1 } } != nil)
        try partition.deleteRecords(before: Offset(3))
        #expect(partition.lastStableOffset == Offset(3))
        #expect(calls.value == 1)
        try log.restart()
        #expect(log.partition.lastStableOffset == Offset(3))
        try writer.end(2, isCommit: false, in: log.partition)
        #expect(log.partition.lastStableOffset == Offset(5))
        let aborted = log.partition.abortedTransactions(from: Offset(3), below: Offset(5))
        #expect(
            aborted == [AbortedTransaction(producerID: ProducerID(2), firstOffset: .zero)])
    }

    @Test func `retention takes the transaction index with its segment`() throws {
        let log = try TestLog(["segment.bytes": "400", "retention.bytes": "800"])
        var writer = TransactionWriter()
        for producer in 0..<20 as Range<Int64> {
            try writer.write(producer, to: log.partition)
            try writer.end(producer, isCommit: false, in: log.partition)
        }
        log.directory.performMaintenance()
        let start = log.partition.logStartOffset
        #expect(start > .zero)
        let indexes = names(in: log.partitionPath).filter { $0.contains(".txnindex") }
        let bases = indexes.compactMap { SegmentFileName.offset(in: $0, extension: ".txnindex") }
        #expect(bases.count == indexes.count && bases.allSatisfy { $0 >= start })
        #expect(!indexes.isEmpty)
        #expect(
            log.partition.abortedTransactions(from: start, below: Offset(40))
                == writer.model.aborted(in: Int(start.rawValue)..<40))
    }

    @Test func `a transaction index has exactly the bytes of Kafka's format`() throws {
        let log = try TestLog()
        var writer = TransactionWriter()
        try writer.write(5, to: log.partition)
        try writer.write(9, to: log.partition)
        try writer.end(9, isCommit: false, in: log.partition)
        try writer.end(5, isCommit: true, in: log.partition)
        try log.directory.close()
        let expected: [UInt8] = [
            0, 0,  // version
            0, 0, 0, 0, 0, 0, 0, 9,  // producerId
            0, 0, 0, 0, 0, 0, 0, 1,  // firstOffset
            0, 0, 0, 0, 0, 0, 0, 2,  // lastOffset
            0, 0, 0, 0, 0, 0, 0, 0,  // lastStableOffset
        ]
        #expect(readFile(log.file(0, ".txnindex")) == expected)
        let dumped = try IndexDump.transactionIndex(path: log.file(0, ".txnindex"))
        #expect(dumped.map(\.lastOffset) == [Offset(2)])
        writeFile(log.file(0, ".txnindex"), expected + [0])
        #expect(throws: LogError.self) {
            try IndexDump.transactionIndex(path: log.file(0, ".txnindex"))
        }
    }
}
