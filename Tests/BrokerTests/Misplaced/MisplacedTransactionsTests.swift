import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// Of 50 partitions, `tx-zstd` is in 22 where Weir 0.1.0 put it, and Kafka looks in 26.
@Suite struct `Transactional ids in the partition where Weir 0_1_0 put them` {
    private static let id = "tx-zstd"
    private static let time: Int64 = 1_700_000_000_000

    private func record(_ producer: Int64, epoch: Int16) -> TransactionStateRecord {
        TransactionStateRecord(
            Self.id,
            TransactionMetadata(
                producer: ProducerIdentity(id: ProducerID(producer), epoch: ProducerEpoch(epoch)),
                timeoutMs: 60_000, lastUpdateMs: Self.time))
    }

    private func writer(_ log: LogDirectory) -> InternalTopicWriter {
        InternalTopicWriter(log: log, topic: TransactionStateTopic.name, partitionCount: 50)
    }

    private func directory(_ body: (InternalTopicWriter) throws -> Void) throws -> String {
        let path = TestBroker.temporaryDirectory()
        let log = try LogDirectory(path: path)
        try TransactionStateTopic.create(in: log, config: TransactionConfig())
        try body(writer(log))
        try log.close()
        return path
    }

    /// What an id has after its next InitProducerId.
    private func begin(_ broker: TestBroker) throws -> ProducerIdentity {
        while true {
            let promise = broker.broker.coordinatorLoop.makePromise(
                of: (ErrorCode, ProducerIdentity).self)
            broker.broker.transactions.initProducerID(
                Self.id, timeoutMs: 60_000, expected: nil
            ) { promise.succeed(($0, $1)) }
            let (error, identity) = try promise.futureResult.wait()
            // Until the topic has been read.
            if error != .coordinatorLoadInProgress { return identity }
        }
    }

    @Test func `are moved, once, and go on`() throws {
        let path = try directory { writer in
            #expect(writer.former(Self.id) == 22 && writer.right(Self.id) == 26)
            try writer.append(record(4000, epoch: 3), to: 22, at: Self.time)
        }
        let broker = try TestBroker(directory: path)
        #expect(
            try begin(broker)
                == ProducerIdentity(id: ProducerID(4000), epoch: ProducerEpoch(4)))
        let writer = writer(broker.broker.log)
        #expect(try writer.lastRecords(of: 22).values.allSatisfy(\.isMoved))
        #expect(try writer.partition(22).logEndOffset == Offset(2))
        #expect(try writer.partition(26).logEndOffset == Offset(2))
    }

    @Test(arguments: [(1, 3), (-1, 9)])
    func `count against those in the right place by their time`(later: Int64, epoch: Int16) throws {
        let path = try directory { writer in
            try writer.append(record(4000, epoch: 9), to: 26, at: Self.time)
            try writer.append(record(4000, epoch: 3), to: 22, at: Self.time + later)
        }
        let broker = try TestBroker(directory: path)
        #expect(try begin(broker).epoch == ProducerEpoch(epoch + 1))
    }

    @Test func `need no second look`() throws {
        let path = try directory { writer in
            try writer.append(record(4000, epoch: 3), to: 22, at: Self.time)
        }
        let log = try LogDirectory(path: path)
        let writer = writer(log)
        let partitions = try (0..<50).map { try writer.partition($0) }
        let (first, report) = try TransactionStateReplay.read(partitions, nowMs: Self.time + 9)
        #expect(report.movedCount == 1 && report.names == [Self.id])
        #expect(report.partitions == [22, 26])
        let (second, nothing) = try TransactionStateReplay.read(partitions, nowMs: Self.time + 10)
        #expect(nothing == MisplacedRecords.Report())
        #expect(first.metadata == second.metadata && first.metadata.count == 1)
        try log.close()
    }
}
