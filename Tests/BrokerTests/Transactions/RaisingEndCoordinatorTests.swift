import CommitLog
import Foundation
import KafkaProtocol
import RecordFormat
import Synchronization
import Testing

@testable import Broker

@Suite("Transactions of the second version")
struct RaisingEndCoordinatorTests {
    private let orders = TopicPartition(topic: "orders", partition: 0)
    private let payments = TopicPartition(topic: "payments", partition: 1)

    @Test(
        "show what was committed, with a new epoch for each",
        arguments: [false, true])
    func commitsAndAborts(isDurable: Bool) async throws {
        let bench = try await TransactionBench(isDurable: isDurable)
        var producer = try await bench.started("tx")
        let first = producer
        for (round, isCommit) in [true, false, true].enumerated() {
            for partition in [orders, payments] {
                #expect(await bench.addImplicitly([partition], "tx", producer) == .none)
                let error = try bench.produce(
                    "\(round)", to: partition, "tx", producer, sequence: 0)
                #expect(error == nil)
            }
            let answer = await bench.endRaisingEpoch("tx", producer, isCommit: isCommit)
            #expect(answer.error == .none && answer.producer.id == first.id)
            #expect(answer.producer.epoch.rawValue == producer.epoch.rawValue + 1)
            // The answer was lost.
            let again = await bench.endRaisingEpoch("tx", producer, isCommit: isCommit)
            #expect(again.error == .none && again.producer == answer.producer)
            // What is still on its way does not get into the next transaction.
            #expect(
                try bench.produce("late", to: orders, "tx", producer, sequence: 1)
                    == .invalidProducerEpoch)
            producer = answer.producer
        }
        #expect(try bench.committed(orders) == ["0", "2"])
        #expect(try bench.committed(payments) == ["0", "2"])
        #expect(bench.log.partition(orders)?.openTransactions == [])
        let opposite = await bench.endRaisingEpoch("tx", producer, isCommit: true)
        #expect(opposite.error == .invalidTxnState && opposite.producer == .none)
    }

    @Test("go on beside those of the first", arguments: [false, true])
    func bothVersions(isClean: Bool) async throws {
        let bench = try await TransactionBench()
        let old = try await bench.started("old")
        var new = try await bench.started("new")
        for round: Int32 in 0..<3 {
            #expect(await bench.add([orders], "old", old) == .none)
            #expect(
                try bench.produce("old \(round)", to: orders, "old", old, sequence: round) == nil)
            #expect(await bench.addImplicitly([orders], "new", new) == .none)
            #expect(try bench.produce("new \(round)", to: orders, "new", new, sequence: 0) == nil)
            try await bench.restart(isClean: isClean)
            #expect(await bench.end("old", old, isCommit: true) == .none)
            new = await bench.endRaisingEpoch("new", new, isCommit: round != 1).producer
            try await bench.restart(isClean: isClean)
        }
        #expect(
            try bench.committed(orders) == ["old 0", "new 0", "old 1", "old 2", "new 2"])
        // A client may be replaced by one of the other version.
        #expect(await bench.add([orders], "new", new) == .none)
        #expect(await bench.end("new", new, isCommit: true) == .none)
        #expect(await bench.addImplicitly([orders], "old", old) == .none)
        #expect(await bench.endRaisingEpoch("old", old, isCommit: true).error == .none)
    }

    @Test(
        "end under the epoch of a higher coordinator that has written a marker",
        arguments: [true, false])
    func higherCoordinator(isKnown: Bool) async throws {
        let bench = try await TransactionBench()
        let producer = try await bench.started("tx")
        #expect(await bench.addImplicitly([orders], "tx", producer) == .none)
        #expect(try bench.produce("ended", to: orders, "tx", producer, sequence: 0) == nil)
        _ = try bench.log.partition(orders)?.appendMarker(
            TransactionMarker(
                producerID: producer.id, producerEpoch: producer.epoch, isCommit: false,
                coordinatorEpoch: 4))
        #expect(try bench.produce("open", to: orders, "tx", producer, sequence: 1) == nil)
        if isKnown {
            #expect(await bench.endRaisingEpoch("tx", producer, isCommit: true).error == .none)
            try await bench.settle()
        } else {
            try bench.log.deleteTopic("__transaction_state")
            try await bench.restart()
        }
        #expect(bench.log.partition(orders)?.openTransactions == [])
        #expect(try bench.committed(orders) == (isKnown ? ["open"] : []))
    }

    @Test(
        "are never ended by the marker of the one before, when power fails and takes its end away")
    func staleDecision() async throws {
        let bench = try await TransactionBench(isDurable: true)
        let producer = try await bench.started("tx")
        #expect(await bench.addImplicitly([orders], "tx", producer) == .none)
        #expect(try bench.produce("first", to: orders, "tx", producer, sequence: 0) == nil)
        let (state, decided) = (bench.path + "/__transaction_state-0", temporaryPath())
        let flushes = Mutex(0)
        bench.gate.observe {
            let count = flushes.withLock { count in
                count += 1
                return count
            }
            // The decision is in the log, and the end is not.
            if count == 2 { try? FileManager.default.copyItem(atPath: state, toPath: decided) }
        }
        let next = await bench.endRaisingEpoch("tx", producer, isCommit: true).producer
        try await bench.settle()
        bench.gate.observe(nil)
        #expect(await bench.addImplicitly([orders], "tx", next) == .none)
        #expect(try bench.produce("later", to: orders, "tx", next, sequence: 0) == nil)
        let image = temporaryPath()
        try FileManager.default.copyItem(atPath: bench.path, toPath: image)
        try FileManager.default.removeItem(atPath: image + "/__transaction_state-0")
        try FileManager.default.moveItem(
            atPath: decided, toPath: image + "/__transaction_state-0")

        let after = try await TransactionBench(isDurable: true, image: image)
        try await after.settle()
        #expect(after.log.partition(orders)?.openTransactions == [])
        #expect(try after.committed(orders) == ["first"])
    }

    @Test("wait for the one before to be over")
    func waits() async throws {
        let bench = try await TransactionBench(isDurable: true)
        let producer = try await bench.started("tx")
        #expect(await bench.addImplicitly([orders], "tx", producer) == .none)
        let next = ProducerIdentity(
            id: producer.id, epoch: ProducerEpoch(producer.epoch.rawValue + 1))
        let flushes = Mutex(0)
        let added = AsyncStream<ErrorCode>.makeStream()
        let (coordinator, payments) = (bench.coordinator, payments)
        bench.gate.observe {
            let count = flushes.withLock { count in
                count += 1
                return count
            }
            // The decision is durable, and the marker is not.
            guard count == 2 else { return }
            coordinator.addImplicitly([payments], to: "tx", by: next) {
                added.continuation.yield($0)
            }
        }
        #expect(await bench.endRaisingEpoch("tx", producer, isCommit: true).producer == next)
        var answers = added.stream.makeAsyncIterator()
        #expect(await answers.next() == ErrorCode.none)
        bench.gate.observe(nil)
        #expect(try bench.produce("v", to: payments, "tx", next, sequence: 0) == nil)
        #expect(await bench.endRaisingEpoch("tx", next, isCommit: true).error == .none)
        #expect(try bench.committed(payments) == ["v"])
        #expect(await bench.addImplicitly([orders], "", next) == .invalidRequest)
        #expect(await bench.addImplicitly([orders], "nobody", next) == .invalidProducerIDMapping)
        #expect(await bench.addImplicitly([orders], "tx", producer) == .producerFenced)
    }

    @Test(
        "end after a crash at any of their flushes, with a new producer id at the end of the epochs",
        arguments: [(true, 5), (false, 5), (true, Int16.max - 1), (false, Int16.max - 1)])
    func survivesCrashes(isCommit: Bool, epoch: Int16) async throws {
        let bench = try await TransactionBench(isDurable: true)
        let begun = try await bench.started("tx")
        let producer = ProducerIdentity(id: begun.id, epoch: ProducerEpoch(epoch))
        try await bench.restart(
            with: TransactionMetadata(producer: producer, timeoutMs: 60_000, lastUpdateMs: 0),
            of: "tx")
        let all: Set = [orders, payments]
        #expect(await bench.addImplicitly(all, "tx", producer) == .none)
        for partition in all {
            #expect(try bench.produce("v", to: partition, "tx", producer, sequence: 0) == nil)
        }
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
        let ended = await bench.endRaisingEpoch("tx", producer, isCommit: isCommit)
        #expect(ended.error == .none)
        if epoch == Int16.max - 1 {
            #expect(ended.producer.id != producer.id && ended.producer.epoch == ProducerEpoch(0))
        } else {
            #expect(ended.producer.id == producer.id)
            #expect(ended.producer.epoch == ProducerEpoch(epoch + 1))
        }
        try await bench.settle()
        bench.gate.observe(nil)
        let taken = images.withLock { $0 }
        // The decision, two markers, the end.
        #expect(taken.count == 4)
        for image in taken {
            try? FileManager.default.removeItem(atPath: "\(image)/.lock")
            let revived = try await TransactionBench(image: image)
            try await revived.settle()
            for partition in all {
                #expect(try revived.committed(partition) == (isCommit ? ["v"] : []))
                #expect(revived.log.partition(partition)?.openTransactions == [])
            }
            let opposite = await revived.endRaisingEpoch("tx", producer, isCommit: !isCommit)
            #expect(opposite.error == .invalidTxnState)
            let again = await revived.endRaisingEpoch("tx", producer, isCommit: isCommit)
            #expect(again.error == .none && again.producer == ended.producer)
            #expect(await revived.addImplicitly([orders], "tx", ended.producer) == .none)
            #expect(
                try revived.produce("w", to: orders, "tx", ended.producer, sequence: 0) == nil)
            let next = await revived.endRaisingEpoch("tx", ended.producer, isCommit: true)
            #expect(next.error == .none)
            #expect(try revived.committed(orders) == (isCommit ? ["v", "w"] : ["w"]))
        }
    }

    @Test("are fenced when they time out, and their producer does not come back by ending them")
    func timesOut() async throws {
        let bench = try await TransactionBench()
        let producer = try await bench.started("tx", timeoutMs: 1000)
        #expect(await bench.addImplicitly([orders], "tx", producer) == .none)
        #expect(try bench.produce("late", to: orders, "tx", producer, sequence: 0) == nil)
        bench.advance(byMs: 1001)
        let coordinator = bench.coordinator
        coordinator.eventLoop.execute { coordinator.abortTimedOut() }
        try await bench.settle()
        for isCommit in [true, false] {
            let ended = await bench.endRaisingEpoch("tx", producer, isCommit: isCommit)
            #expect(ended.error == .producerFenced)
        }
        #expect(try bench.committed(orders) == [])
        #expect(bench.log.partition(orders)?.openTransactions == [])
    }

    @Test("are listed and described")
    func describes() async throws {
        let bench = try await TransactionBench()
        let open = try await bench.started("open")
        _ = try await bench.started("idle")
        #expect(await bench.addImplicitly([orders], "open", open) == .none)
        bench.advance(byMs: 50)
        func list(_ filter: TransactionCoordinator.ListFilter) async -> [String] {
            await withCheckedContinuation { continuation in
                bench.coordinator.list(filter) { _, found in
                    continuation.resume(returning: found.map(\.transactionalID))
                }
            }
        }
        #expect(await list(.init()) == ["idle", "open"])
        #expect(await list(.init(states: [.ongoing], hasStates: true)) == ["open"])
        #expect(await list(.init(states: [], hasStates: true)) == [])
        #expect(await list(.init(producerIDs: [open.id])) == ["open"])
        #expect(await list(.init(durationMs: 49)).contains("open"))
        #expect(await list(.init(durationMs: 50)).contains("open") == false)
        #expect(await list(.init(pattern: try TopicPattern("o.*"))) == ["open"])
        #expect(await list(.init(pattern: try TopicPattern("o"))) == [])
        let described = await withCheckedContinuation { continuation in
            bench.coordinator.describe(["open", "", "nobody"]) {
                continuation.resume(returning: $0)
            }
        }
        #expect(try described[0].get().partitions == [orders])
        #expect(described[1] == .failure(TransactionRefusal(code: .invalidRequest)))
        #expect(described[2] == .failure(TransactionRefusal(code: .transactionalIDNotFound)))
        try await bench.coordinator.close().get()
        let closed = await withCheckedContinuation { continuation in
            bench.coordinator.describe(["open"]) { continuation.resume(returning: $0) }
        }
        #expect(closed == [.failure(TransactionRefusal(code: .coordinatorNotAvailable))])
    }
}
