import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// Transactions of the second version (KIP-890), as a state machine.
@Suite("An end that raises the epoch")
struct RaisingEndTests {
    private typealias Machine = TransactionStateMachine

    private let orders = TopicPartition(topic: "orders", partition: 0)
    private let newID = ProducerID(50)

    /// In a state in which the producer has id 7 and this epoch. `write` applies what is proposed.
    private func machine(
        _ state: TransactionState, epoch: Int16 = 3, version: TransactionVersion = .second
    ) -> Machine {
        var metadata = TransactionMetadata(
            producer: ProducerIdentity(id: ProducerID(7), epoch: ProducerEpoch(epoch)),
            timeoutMs: 1000, lastUpdateMs: 0)
        metadata.state = state
        metadata.clientVersion = version
        if state == .ongoing || state.isPreparing {
            metadata.partitions = [orders]
            metadata.startMs = 5
        }
        return Machine(metadata)
    }

    private func producer(_ epoch: Int16, id: Int64 = 7) -> ProducerIdentity {
        ProducerIdentity(id: ProducerID(id), epoch: ProducerEpoch(epoch))
    }

    private func end(
        _ machine: inout Machine, _ producer: ProducerIdentity, isCommit: Bool,
        newProducerID: ProducerID? = nil
    ) -> Machine.Outcome {
        machine.endRaisingEpoch(
            producer, isCommit: isCommit, newProducerID: newProducerID, nowMs: 20)
    }

    /// What is proposed, which is then written.
    private func written(
        _ machine: inout Machine, _ outcome: Machine.Outcome,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> TransactionMetadata {
        guard case .write(let next) = outcome else {
            throw Unexpected(outcome: "\(outcome)")
        }
        machine.didWrite()
        return next
    }

    private struct Unexpected: Error { var outcome: String }

    private func finished(_ machine: inout Machine) throws {
        for partition in machine.takeUnmarked() { machine.didMark(partition) }
        let outcome = machine.complete(nowMs: 30)
        _ = try written(&machine, try #require(outcome))
    }

    @Test("has the new epoch in the decision and in the markers", arguments: [true, false])
    func raises(isCommit: Bool) throws {
        var machine = machine(.ongoing)
        let next = try written(&machine, end(&machine, producer(3), isCommit: isCommit))
        #expect(next.state == (isCommit ? .prepareCommit : .prepareAbort))
        #expect(next.producer == producer(4) && next.producerAfterEnd == producer(4))
        #expect(next.startMs == 5 && next.partitions == [orders] && next.clientVersion == .second)
        let marker = machine.marker(coordinatorEpoch: 0)
        #expect(marker.producerEpoch == ProducerEpoch(4) && marker.isCommit == isCommit)
        try finished(&machine)
        #expect(machine.current.producer == producer(4))
        #expect(machine.current.state == (isCommit ? .completeCommit : .completeAbort))
    }

    @Test("answers each end as Kafka's table says")
    func table() {
        let fenced = Machine.Outcome.answer(.producerFenced)
        let invalid = Machine.Outcome.answer(.invalidTxnState)
        // The outcome of abort and commit, by the epoch before and by the current one; nil where
        // the epoch is raised.
        let table: [(TransactionState, [Machine.Outcome?])] = [
            (.empty, [fenced, nil, fenced, invalid]),
            (.completeAbort, [.answer(.none), nil, invalid, invalid]),
            (.completeCommit, [invalid, nil, .answer(.none), invalid]),
        ]
        for (state, outcomes) in table {
            for (index, expected) in outcomes.enumerated() {
                var machine = machine(state)
                let epoch: Int16 = index % 2 == 0 ? 2 : 3
                let outcome = end(&machine, producer(epoch), isCommit: index >= 2)
                if let expected {
                    #expect(outcome == expected, "\(state) \(index)")
                } else if case .write(let next) = outcome {
                    #expect(next.state == .prepareAbort && next.producer == producer(4))
                    #expect(next.partitions.isEmpty && next.startMs == 20)
                } else {
                    Issue.record("\(state) \(index): \(outcome)")
                }
            }
        }
    }

    @Test("may be repeated while its markers are written, and not be turned into its opposite")
    func repeatsWhilePreparing() {
        for (state, isCommit) in [(TransactionState.prepareCommit, true), (.prepareAbort, false)] {
            var machine = machine(state, epoch: 4)
            #expect(
                end(&machine, producer(3), isCommit: isCommit) == .answer(.concurrentTransactions))
            #expect(end(&machine, producer(3), isCommit: !isCommit) == .answer(.invalidTxnState))
            for epoch: Int16 in [2, 4, 5] {
                #expect(
                    end(&machine, producer(epoch), isCommit: isCommit) == .answer(.producerFenced))
            }
        }
    }

    @Test("is refused to every other producer, in every state")
    func refusesOthers() {
        for state in TransactionState.allCases {
            for isCommit in [true, false] {
                var machine = machine(state)
                #expect(
                    end(&machine, producer(3, id: 8), isCommit: isCommit)
                        == .answer(.invalidProducerIDMapping))
                for epoch: Int16 in [-1, 0, 1, 4, 5, .min, .max] {
                    #expect(
                        end(&machine, producer(epoch), isCommit: isCommit)
                            == .answer(.producerFenced), "\(state) \(epoch)")
                }
            }
        }
    }

    @Test("waits for what is being written")
    func isBusy() {
        var machine = machine(.ongoing)
        _ = end(&machine, producer(3), isCommit: true)
        #expect(end(&machine, producer(3), isCommit: true) == .answer(.concurrentTransactions))
        machine.didFailToWrite()
        #expect(machine.current.producer == producer(3))
        #expect(
            machine.addPartitions([orders], by: producer(3), version: .second, nowMs: 21)
                == .answer(.none))
    }

    @Test("gives the producer another id when its epochs are used up, and the same one again")
    func exhausts() throws {
        let last = Int16.max - 1
        var machine = machine(.ongoing, epoch: last)
        #expect(end(&machine, producer(last), isCommit: true) == .needsProducerID)
        let next = try written(
            &machine, end(&machine, producer(last), isCommit: true, newProducerID: newID))
        #expect(next.producer == producer(.max) && next.nextProducerID == newID)
        let fresh = producer(0, id: 50)
        #expect(next.producerAfterEnd == fresh)
        #expect(machine.marker(coordinatorEpoch: 0).producerEpoch == ProducerEpoch(.max))
        // The client may be faster than the markers, under either id.
        #expect(
            end(&machine, producer(last), isCommit: true) == .answer(.concurrentTransactions))
        #expect(
            machine.addPartitions([orders], by: fresh, version: .second, nowMs: 21)
                == .answer(.concurrentTransactions))
        try finished(&machine)
        #expect(machine.current.producer == fresh && machine.current.nextProducerID == .none)
        #expect(end(&machine, producer(last), isCommit: true) == .answer(.none))
        #expect(end(&machine, producer(last), isCommit: false) == .answer(.invalidTxnState))
        #expect(machine.current.producer == fresh)
        // Once the new id is used, the old one is unknown.
        _ = try written(
            &machine, machine.addPartitions([orders], by: fresh, version: .second, nowMs: 40))
        #expect(
            end(&machine, producer(last), isCommit: true) == .answer(.invalidProducerIDMapping))
        let after = try written(&machine, end(&machine, fresh, isCommit: true))
        #expect(after.producer == producer(1, id: 50))
    }

    @Test("is not open to a producer that was fenced", arguments: [3, Int16.max - 1])
    func fences(epoch: Int16) throws {
        var machine = machine(.ongoing, epoch: epoch)
        let outcome = machine.timeOut(nowMs: 2000)
        let next = try written(&machine, try #require(outcome))
        #expect(next.producer.epoch > ProducerEpoch(epoch))
        for _ in 0..<2 {
            for isCommit in [true, false] {
                #expect(
                    end(&machine, producer(epoch), isCommit: isCommit)
                        == .answer(.producerFenced))
            }
            if machine.current.state == .prepareAbort { try finished(&machine) }
        }
        #expect(machine.current.state == .completeAbort)
    }

    @Test("of the first version leaves the epoch, next to the second")
    func bothVersions() throws {
        var machine = machine(.ongoing, version: .first)
        let first = try written(&machine, machine.end(producer(3), isCommit: true, nowMs: 20))
        #expect(first.producer == producer(3) && first.clientVersion == .first)
        try finished(&machine)
        _ = try written(
            &machine,
            machine.addPartitions([orders], by: producer(3), version: .second, nowMs: 31))
        #expect(machine.current.clientVersion == .second && machine.current.startMs == 31)
        let second = try written(&machine, end(&machine, producer(3), isCommit: false))
        #expect(second.producer == producer(4))
        try finished(&machine)
        #expect(machine.end(producer(3), isCommit: false, nowMs: 40) == .answer(.producerFenced))
        #expect(machine.end(producer(4), isCommit: false, nowMs: 40) == .answer(.none))
    }

    @Test("lets a producer ask for its identity with the one before")
    func initialisesAgain() throws {
        var machine = machine(.ongoing)
        _ = try written(&machine, end(&machine, producer(3), isCommit: true))
        #expect(
            machine.initProducerID(
                timeoutMs: 1000, expected: producer(3), newProducerID: nil, nowMs: 21)
                == .answer(.concurrentTransactions))
        try finished(&machine)
        let next = try written(
            &machine,
            machine.initProducerID(
                timeoutMs: 1000, expected: producer(3), newProducerID: nil, nowMs: 31))
        // The end that raised the epoch may have had no answer.
        #expect(next.producer == producer(4) && next.state == .empty)
        #expect(
            machine.initProducerID(
                timeoutMs: 1000, expected: producer(2), newProducerID: nil, nowMs: 31)
                == .answer(.producerFenced))
    }

    @Test("finds partitions in the transaction, or not")
    func verifies() {
        let other = TopicPartition(topic: "orders", partition: 1)
        #expect(
            machine(.ongoing).verify([orders, other], by: producer(3))
                == [.none, .transactionAbortable])
        #expect(machine(.empty).verify([orders], by: producer(3)) == [.transactionAbortable])
        #expect(machine(.ongoing).verify([orders], by: producer(2)) == [.producerFenced])
        #expect(
            machine(.ongoing).verify([orders], by: producer(3, id: 9))
                == [.invalidProducerIDMapping])
        #expect(
            machine(.prepareAbort).verify([orders], by: producer(3)) == [.concurrentTransactions])
    }
}
