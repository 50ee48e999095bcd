import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Idempotence` {
    private func send(
        _ partition: PartitionLog, _ sequence: Int32, count: Int = 1, epoch: Int16 = 0,
        isTransactional: Bool = false
    ) throws(AppendError) -> AppendResult {
        try partition.append(
            bytes: batch(
                (0..<count).map { "\(Int(sequence) + $0)" }, producerID: 9, epoch: epoch,
                sequence: sequence, isTransactional: isTransactional))
    }

    @Test func `a repeated batch gets the offsets that it had, for the last five`() throws {
        let log = try TestLog()
        for sequence in 0..<6 { _ = try send(log.partition, Int32(sequence * 2), count: 2) }
        for sequence in 1..<6 {
            let repeated = try send(log.partition, Int32(sequence * 2), count: 2)
            #expect(repeated.isDuplicate)
            #expect(repeated.baseOffset == Offset(Int64(sequence * 2)))
            #expect(repeated.lastOffset == Offset(Int64(sequence * 2 + 1)))
        }
        #expect(log.partition.logEndOffset == Offset(12))
        // The first of the six is forgotten: it is out of order now.
        #expect(throws: outOfOrder(expected: 12, received: 0)) {
            try send(log.partition, 0, count: 2)
        }
    }

    @Test func `a gap and an overlap are out of order`() throws {
        let log = try TestLog()
        _ = try send(log.partition, 0, count: 3)
        #expect(throws: outOfOrder(expected: 3, received: 4)) { try send(log.partition, 4) }
        #expect(throws: outOfOrder(expected: 3, received: 2)) { try send(log.partition, 2) }
        #expect(try send(log.partition, 3).baseOffset == Offset(3))
    }

    @Test func `an unknown producer may start anywhere, a new epoch starts at 0`() throws {
        let log = try TestLog()
        _ = try send(log.partition, 500, epoch: 3)
        #expect(throws: outOfOrder(expected: 0, received: 501)) {
            try send(log.partition, 501, epoch: 4)
        }
        _ = try send(log.partition, 0, epoch: 4)
        let stale = AppendError.invalidProducerEpoch(
            producerID: ProducerID(9), current: ProducerEpoch(4), received: ProducerEpoch(3))
        #expect(throws: stale) { try send(log.partition, 501, epoch: 3) }
        #expect(log.partition.logEndOffset == Offset(2))
    }

    @Test func `sequences wrap from the largest to 0, between batches and within one`() throws {
        let log = try TestLog()
        _ = try send(log.partition, Int32.max - 1, count: 2)
        _ = try send(log.partition, 0, count: 1)
        #expect(try send(log.partition, Int32.max - 1, count: 2).isDuplicate)
        let other = try TestLog()
        _ = try send(other.partition, Int32.max, count: 3)
        #expect(try send(other.partition, Int32.max, count: 3).isDuplicate)
        #expect(try send(other.partition, 2).baseOffset == Offset(3))
    }

    @Test func `duplicates are known after a crash, a restart and without the snapshot`() throws {
        let log = try TestLog(["segment.bytes": "300"])
        for sequence in 0..<8 { _ = try send(log.partition, Int32(sequence)) }
        try log.crash()
        for sequence in 3..<8 { #expect(try send(log.partition, Int32(sequence)).isDuplicate) }
        try log.restart()
        // A snapshot holds each producer's last batch, as Kafka's does.
        #expect(try send(log.partition, 7).isDuplicate)
        try log.restart {
            for name in names(in: log.partitionPath) where name.hasSuffix(".snapshot") {
                removeTreeEntry("\(log.partitionPath)/\(name)")
            }
        }
        #expect(try send(log.partition, 7).isDuplicate)
        #expect(try send(log.partition, 8).baseOffset == Offset(8))
    }

    @Test func `a damaged snapshot is replaced by a look at the log`() throws {
        let log = try TestLog()
        for sequence in 0..<3 { _ = try send(log.partition, Int32(sequence)) }
        try log.restart {
            let path = log.file(3, ".snapshot")
            writeFile(path, changed(readFile(path), at: 20))
        }
        #expect(try send(log.partition, 2).isDuplicate)
        #expect(try send(log.partition, 3).baseOffset == Offset(3))
    }

    @Test func `a silent producer is forgotten after producer id expiration ms`() throws {
        let log = try TestLog(
            directory: [
                "producer.id.expiration.ms": "1000", "log.retention.check.interval.ms": "1000",
            ])
        _ = try send(log.partition, 0)
        log.clock.advance(byMs: 999)
        log.directory.performMaintenance()
        #expect(throws: outOfOrder(expected: 1, received: 5)) { try send(log.partition, 5) }
        log.clock.advance(byMs: 1)
        log.directory.performMaintenance()
        #expect(try send(log.partition, 5).baseOffset == Offset(1))
    }

    @Test func `inside a transaction only its own batches are taken`() throws {
        let log = try TestLog()
        _ = try send(log.partition, 0, isTransactional: true)
        try log.crash()
        #expect(throws: AppendError.invalidTransactionState(producerID: ProducerID(9))) {
            try send(log.partition, 1)
        }
        _ = try log.partition.appendMarker(
            TransactionMarker(
                producerID: ProducerID(9), producerEpoch: ProducerEpoch(0), isCommit: true,
                coordinatorEpoch: 0))
        try log.restart()
        #expect(try send(log.partition, 1).baseOffset == Offset(2))
    }

    @Test func `a snapshot has exactly the bytes of Kafka's format`() throws {
        let log = try TestLog()
        _ = try send(log.partition, 10, count: 3, epoch: 2, isTransactional: true)
        try log.directory.close()
        let entry: [UInt8] = [
            0, 0, 0, 0, 0, 0, 0, 9,  // producerId
            0, 2,  // epoch
            0, 0, 0, 12,  // lastSequence
            0, 0, 0, 0, 0, 0, 0, 2,  // lastOffset
            0, 0, 0, 2,  // offsetDelta
            0x00, 0x00, 0x01, 0x8B, 0xCF, 0xE5, 0x68, 0x00,  // timestamp 1,700,000,000,000
            0xFF, 0xFF, 0xFF, 0xFF,  // coordinatorEpoch
            0, 0, 0, 0, 0, 0, 0, 0,  // currentTxnFirstOffset
        ]
        let body: [UInt8] = [0, 0, 0, 1] + entry
        let checksum = unsafe body.withUnsafeBytes { unsafe CRC32C.checksum($0) }
        let bytes = readFile(log.file(3, ".snapshot"))
        #expect(bytes.prefix(2) == [0, 1])
        #expect(bytes[2..<6].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == checksum)
        #expect(Array(bytes.dropFirst(6)) == body)
        let dumped = try IndexDump.producerSnapshot(path: log.file(3, ".snapshot"))
        #expect(dumped.map(\.producerID) == [ProducerID(9)])
        #expect(dumped[0].lastSequence == 12)
        #expect(dumped[0].currentTransactionFirstOffset == .zero)
    }

    private func outOfOrder(expected: Int32, received: Int32) -> AppendError {
        .outOfOrderSequence(
            producerID: ProducerID(9), expected: expected, received: received)
    }
}

func removeTreeEntry(_ path: String) {
    try? removeFile(path)
}
