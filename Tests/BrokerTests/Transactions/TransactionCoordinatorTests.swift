import CommitLog
import Foundation
import KafkaProtocol
import RecordFormat
import Synchronization
import Testing

@testable import Broker

@Suite("The transaction coordinator")
struct TransactionCoordinatorTests {
    private let orders = TopicPartition(topic: "orders", partition: 0)
    private let payments = TopicPartition(topic: "payments", partition: 1)
    private let offsets = TopicPartition(topic: "__consumer_offsets", partition: 0)

    @Test(
        "shows what was committed in all partitions, and nothing of what was aborted",
        arguments: [false, true])
    func commitsAndAborts(isDurable: Bool) async throws {
        let bench = try await TransactionBench(isDurable: isDurable)
        let producer = try await bench.started("tx")
        for (round, isCommit) in [true, false, true].enumerated() {
            #expect(await bench.add([orders, payments], "tx", producer) == .none)
            for partition in [orders, payments] {
                let error = try bench.produce(
                    "\(round)", to: partition, "tx", producer, sequence: Int32(round))
                #expect(error == nil)
            }
            #expect(await bench.end("tx", producer, isCommit: isCommit) == .none)
            #expect(await bench.end("tx", producer, isCommit: isCommit) == .none)
        }
        #expect(try bench.committed(orders) == ["0", "2"])
        #expect(try bench.committed(payments) == ["0", "2"])
        #expect(bench.log.partition(orders)?.openTransactions == [])
    }

    @Test("takes no batch that belongs to no ongoing transaction")
    func refusesStrays() async throws {
        let bench = try await TransactionBench()
        let producer = try await bench.started("tx")
        #expect(
            try bench.produce("x", to: orders, "tx", producer, sequence: 0) == .invalidTxnState)
        #expect(await bench.add([orders], "tx", producer) == .none)
        #expect(
            try bench.produce("x", to: payments, "tx", producer, sequence: 0) == .invalidTxnState)
        #expect(
            try bench.produce("x", to: orders, "other", producer, sequence: 0)
                == .invalidProducerIDMapping)
        #expect(
            try bench.produce("x", to: orders, nil, producer, sequence: 0)
                == .invalidProducerIDMapping)
        let stranger = ProducerIdentity(id: ProducerID(999), epoch: ProducerEpoch(0))
        #expect(
            try bench.produce("x", to: orders, "tx", stranger, sequence: 0)
                == .invalidProducerIDMapping)
        #expect(try bench.produce("x", to: orders, "tx", producer, sequence: 0) == nil)
        #expect(await bench.end("tx", producer, isCommit: true) == .none)
        #expect(
            try bench.produce("y", to: orders, "tx", producer, sequence: 1) == .invalidTxnState)
        #expect(try bench.produce("plain", to: orders, nil, .none, sequence: -1) == nil)
        #expect(try bench.committed(orders) == ["x", "plain"])
    }

    @Test("fences a producer whose successor has begun, and aborts what it had open")
    func fences() async throws {
        let bench = try await TransactionBench()
        let old = try await bench.started("tx")
        #expect(await bench.add([orders], "tx", old) == .none)
        #expect(try bench.produce("lost", to: orders, "tx", old, sequence: 0) == nil)
        #expect(await bench.begin("tx").0 == .concurrentTransactions)
        let new = try await bench.started("tx")
        #expect(new.id == old.id && new.epoch > old.epoch)
        #expect(await bench.add([orders], "tx", old) == .producerFenced)
        #expect(await bench.end("tx", old, isCommit: true) == .producerFenced)
        #expect(
            try bench.produce("lost", to: orders, "tx", old, sequence: 1)
                == .invalidProducerEpoch)
        #expect(await bench.add([orders], "tx", new) == .none)
        #expect(try bench.produce("kept", to: orders, "tx", new, sequence: 0) == nil)
        #expect(await bench.end("tx", new, isCommit: true) == .none)
        #expect(try bench.committed(orders) == ["kept"])
    }

    @Test("refuses ids and times that are none, and ids that it does not know")
    func refuses() async throws {
        let bench = try await TransactionBench()
        #expect(await bench.begin("").0 == .invalidRequest)
        #expect(await bench.begin("tx", timeoutMs: 0).0 == .invalidTransactionTimeout)
        #expect(await bench.begin("tx", timeoutMs: 900_001).0 == .invalidTransactionTimeout)
        let nobody = ProducerIdentity(id: ProducerID(1), epoch: ProducerEpoch(0))
        #expect(await bench.add([orders], "tx", nobody) == .invalidProducerIDMapping)
        #expect(await bench.end("tx", nobody, isCommit: true) == .invalidProducerIDMapping)
        #expect(
            bench.log.partition(TopicPartition(topic: "__transaction_state", partition: 0)) == nil)
    }

    @Test("aborts a transaction that times out, and fences its producer")
    func timesOut() async throws {
        let bench = try await TransactionBench(
            config: TransactionConfig(abortCheckIntervalMs: 10))
        let producer = try await bench.started("tx", timeoutMs: 1000)
        #expect(await bench.add([orders], "tx", producer) == .none)
        #expect(try bench.produce("late", to: orders, "tx", producer, sequence: 0) == nil)
        bench.advance(byMs: 1001)
        let partition = try #require(bench.log.partition(orders))
        try #require(await becomesTrue { partition.openTransactions.isEmpty })
        #expect(await bench.end("tx", producer, isCommit: true) == .producerFenced)
        #expect(
            try bench.produce("later", to: orders, "tx", producer, sequence: 1)
                == .invalidProducerEpoch)
        #expect(try bench.committed(orders) == [])
    }

    @Test("forgets an id that nobody uses, and its producer with it")
    func expires() async throws {
        let bench = try await TransactionBench(
            config: TransactionConfig(transactionalIDExpirationMs: 5000, expiryCheckIntervalMs: 10))
        let old = try await bench.started("tx")
        bench.advance(byMs: 5000)
        let coordinator = bench.coordinator
        try #require(
            await becomesTrue {
                coordinator.ongoing.refusal(of: old, transactionalID: "tx", for: orders)
                    == .unknownProducer
            })
        #expect(await bench.add([orders], "tx", old) == .invalidProducerIDMapping)
        try await bench.restart()
        #expect(await bench.add([orders], "tx", old) == .invalidProducerIDMapping)
        #expect(try await bench.started("tx").id != old.id)
    }

    @Test("tells the groups of each marker in __consumer_offsets")
    func tellsGroups() async throws {
        let bench = try await TransactionBench()
        let producer = try await bench.started("tx")
        for isCommit in [true, false] {
            #expect(await bench.add([offsets, orders], "tx", producer) == .none)
            #expect(await bench.end("tx", producer, isCommit: isCommit) == .none)
        }
        #expect(
            bench.ended.withLock { $0 } == ["\(producer.id) true 0", "\(producer.id) false 0"])
    }

    @Test("needs no marker in a topic that was deleted")
    func survivesDeletion() async throws {
        let bench = try await TransactionBench()
        let producer = try await bench.started("tx")
        #expect(await bench.add([orders, payments], "tx", producer) == .none)
        try bench.log.deleteTopic("payments")
        #expect(await bench.end("tx", producer, isCommit: true) == .none)
        #expect(await bench.add([orders], "tx", producer) == .none)
    }

    @Test("goes on after a restart where it was", arguments: [false, true])
    func restarts(isClean: Bool) async throws {
        let bench = try await TransactionBench()
        let idle = try await bench.started("idle")
        let open = try await bench.started("open")
        #expect(await bench.add([orders], "open", open) == .none)
        #expect(try bench.produce("a", to: orders, "open", open, sequence: 0) == nil)
        let late = try await bench.started("late", timeoutMs: 1000)
        #expect(await bench.add([payments], "late", late) == .none)
        try await bench.restart(isClean: isClean)
        #expect(bench.log.partition(orders)?.openTransactions.count == 1)
        #expect(try bench.produce("b", to: orders, "open", open, sequence: 1) == nil)
        #expect(await bench.end("open", open, isCommit: true) == .none)
        #expect(try bench.committed(orders) == ["a", "b"])
        #expect(await bench.add([orders], "idle", idle) == .none)
        // An ongoing transaction keeps the time at which it began.
        bench.advance(byMs: 1001)
        bench.coordinator.eventLoop.execute { bench.coordinator.abortTimedOut() }
        try await bench.settle()
        #expect(await bench.end("late", late, isCommit: true) == .producerFenced)
    }

    @Test("aborts at start what is open and known to no transactional id")
    func abortsOrphans() async throws {
        let bench = try await TransactionBench()
        let producer = try await bench.started("tx")
        #expect(await bench.add([orders], "tx", producer) == .none)
        #expect(try bench.produce("orphan", to: orders, "tx", producer, sequence: 0) == nil)
        #expect(try bench.produce("plain", to: orders, nil, .none, sequence: -1) == nil)
        // What a failure of power may leave: the data, and not the coordinator's records.
        try bench.log.deleteTopic("__transaction_state")
        try await bench.restart()
        #expect(try bench.committed(orders) == ["plain"])
    }

    @Test(
        "ends a decided transaction after a crash at any of its flushes",
        arguments: [true, false])
    func survivesCrashes(isCommit: Bool) async throws {
        let bench = try await TransactionBench(isDurable: true)
        let producer = try await bench.started("tx")
        let all = Set(TransactionBench.partitions)
        #expect(await bench.add(all, "tx", producer) == .none)
        for partition in all {
            #expect(try bench.produce("v", to: partition, "tx", producer, sequence: 0) == nil)
        }
        // A copy of the directory as a kill before each flush would leave it.
        let images = Mutex<[String]>([])
        let path = bench.path
        bench.gate.observe {
            // Background work may take a file away in the middle of the copy.
            for _ in 0..<100 {
                let image = temporaryPath()
                if (try? FileManager.default.copyItem(atPath: path, toPath: image)) != nil {
                    return images.withLock { $0.append(image) }
                }
                try? FileManager.default.removeItem(atPath: image)
            }
        }
        #expect(await bench.end("tx", producer, isCommit: isCommit) == .none)
        // The answer comes before the end of the transaction is written.
        try await bench.settle()
        bench.gate.observe(nil)
        let taken = images.withLock { $0 }
        // The decision, four markers, the end.
        #expect(taken.count == 6)
        for (flush, image) in taken.enumerated() {
            try? FileManager.default.removeItem(atPath: "\(image)/.lock")
            let revived = try await TransactionBench(image: image)
            try await revived.settle()
            for partition in all {
                let log = try #require(revived.log.partition(partition))
                #expect(
                    try revived.committed(partition) == (isCommit ? ["v"] : []),
                    """
                    flush \(flush), \(partition): \(log.logStartOffset) to \(log.logEndOffset), \
                    \(log.abortedTransactions(from: .zero, below: log.logEndOffset))
                    """)
                #expect(revived.log.partition(partition)?.openTransactions == [])
            }
            #expect(await revived.end("tx", producer, isCommit: isCommit) == .none)
            #expect(await revived.end("tx", producer, isCommit: !isCommit) == .invalidTxnState)
            #expect(await revived.add([orders], "tx", producer) == .none)
        }
    }

    private func becomesTrue(_ condition: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if condition() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return condition()
    }
}
