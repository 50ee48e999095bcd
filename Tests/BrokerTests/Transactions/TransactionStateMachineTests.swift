import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A transactional id")
struct TransactionStateMachineTests {
    private let orders = TopicPartition(topic: "orders", partition: 0)
    private let payments = TopicPartition(topic: "payments", partition: 3)

    /// One that nobody has used yet.
    private func new(epoch: Int16 = -1) -> TransactionStateMachine {
        TransactionStateMachine(
            TransactionMetadata(
                producer: ProducerIdentity(id: ProducerID(7), epoch: ProducerEpoch(epoch)),
                timeoutMs: 1000, lastUpdateMs: 0))
    }

    /// One whose producer has been given its identity.
    private func initialised(epoch: Int16 = -1) -> TransactionStateMachine {
        var machine = new(epoch: epoch)
        _ = machine.initProducerID(timeoutMs: 1000, expected: nil, newProducerID: nil, nowMs: 1)
        machine.didWrite()
        return machine
    }

    private func ongoing(epoch: Int16 = -1) -> TransactionStateMachine {
        var machine = initialised(epoch: epoch)
        _ = machine.addPartitions([orders], by: machine.current.producer, nowMs: 10)
        machine.didWrite()
        return machine
    }

    private func ended(isCommit: Bool, complete: Bool = true) -> TransactionStateMachine {
        var machine = ongoing()
        _ = machine.end(machine.current.producer, isCommit: isCommit, nowMs: 20)
        machine.didWrite()
        guard complete else { return machine }
        for partition in machine.takeUnmarked() { machine.didMark(partition) }
        _ = machine.complete(nowMs: 21)
        machine.didWrite()
        return machine
    }

    private func answer(_ error: ErrorCode) -> TransactionStateMachine.Outcome { .answer(error) }

    @Test("gets epoch 0 first, and the next one with every producer that begins")
    func bumps() {
        var machine = initialised()
        #expect(machine.current.producer.epoch == ProducerEpoch(0))
        #expect(machine.current.state == .empty)
        _ = machine.initProducerID(timeoutMs: 500, expected: nil, newProducerID: nil, nowMs: 2)
        machine.didWrite()
        #expect(machine.current.producer.epoch == ProducerEpoch(1))
        #expect(machine.current.timeoutMs == 500)
    }

    @Test("is busy while something is being written, and as before where that failed")
    func isBusy() {
        var machine = initialised()
        let producer = machine.current.producer
        let before = machine.current
        _ = machine.addPartitions([orders], by: producer, nowMs: 3)
        #expect(
            machine.addPartitions([orders], by: producer, nowMs: 3)
                == answer(.concurrentTransactions))
        #expect(
            machine.end(producer, isCommit: true, nowMs: 3) == answer(.concurrentTransactions))
        #expect(
            machine.initProducerID(timeoutMs: 1, expected: nil, newProducerID: nil, nowMs: 3)
                == answer(.concurrentTransactions))
        #expect(machine.timeOut(nowMs: .max) == nil)
        #expect(machine.expire(nowMs: .max, expirationMs: 0) == nil)
        machine.didFailToWrite()
        #expect(machine.current == before)
        #expect(machine.end(producer, isCommit: true, nowMs: 3) == answer(.invalidTxnState))
    }

    @Test("takes partitions from its producer alone")
    func checksProducer() {
        var machine = initialised(epoch: 4)
        let other = ProducerIdentity(id: ProducerID(8), epoch: ProducerEpoch(5))
        let old = ProducerIdentity(id: ProducerID(7), epoch: ProducerEpoch(4))
        #expect(
            machine.addPartitions([orders], by: other, nowMs: 3)
                == answer(.invalidProducerIDMapping))
        #expect(machine.addPartitions([orders], by: old, nowMs: 3) == answer(.producerFenced))
        #expect(
            machine.end(other, isCommit: true, nowMs: 3) == answer(.invalidProducerIDMapping))
        #expect(machine.end(old, isCommit: true, nowMs: 3) == answer(.producerFenced))
    }

    @Test("begins its time with the first partition and writes down only what is new")
    func addsPartitions() {
        var machine = ongoing()
        let producer = machine.current.producer
        #expect(machine.current.startMs == 10)
        #expect(machine.addPartitions([orders], by: producer, nowMs: 11) == answer(.none))
        guard
            case .write(let next) = machine.addPartitions(
                [orders, payments], by: producer, nowMs: 12)
        else {
            Issue.record("nothing is written")
            return
        }
        #expect(next.partitions == [orders, payments])
        #expect(next.startMs == 10 && next.lastUpdateMs == 12)
    }

    @Test(
        "answers a repeated end with success and the opposite one with INVALID_TXN_STATE",
        arguments: [true, false])
    func repeatsEnds(isCommit: Bool) {
        var preparing = ended(isCommit: isCommit, complete: false)
        let producer = preparing.current.producer
        #expect(
            preparing.end(producer, isCommit: isCommit, nowMs: 30)
                == answer(.concurrentTransactions))
        #expect(
            preparing.end(producer, isCommit: !isCommit, nowMs: 30) == answer(.invalidTxnState))
        #expect(
            preparing.addPartitions([orders], by: producer, nowMs: 30)
                == answer(.concurrentTransactions))
        var machine = ended(isCommit: isCommit)
        #expect(machine.current.state == (isCommit ? .completeCommit : .completeAbort))
        #expect(machine.current.partitions.isEmpty)
        #expect(machine.end(producer, isCommit: isCommit, nowMs: 30) == answer(.none))
        #expect(
            machine.end(producer, isCommit: !isCommit, nowMs: 30) == answer(.invalidTxnState))
    }

    @Test("is over once every partition has its marker, and not before")
    func marks() {
        var machine = ongoing()
        let producer = machine.current.producer
        _ = machine.addPartitions([payments], by: producer, nowMs: 11)
        machine.didWrite()
        #expect(machine.takeUnmarked().isEmpty)
        _ = machine.end(producer, isCommit: true, nowMs: 12)
        #expect(machine.takeUnmarked().isEmpty)
        machine.didWrite()
        #expect(machine.marker(coordinatorEpoch: 0).isCommit)
        #expect(machine.takeUnmarked() == [orders, payments])
        #expect(machine.takeUnmarked().isEmpty)
        machine.didMark(orders)
        #expect(machine.complete(nowMs: 13) == nil)
        machine.didFailToMark(payments)
        #expect(machine.complete(nowMs: 13) == nil)
        #expect(machine.takeUnmarked() == [payments])
        machine.didMark(payments)
        guard case .write(let next) = machine.complete(nowMs: 14) else {
            Issue.record("it is not over")
            return
        }
        #expect(next.state == .completeCommit && next.startMs == 10)
    }

    @Test("ends the transaction of a predecessor with a fence before a new producer begins")
    func fences() {
        var machine = ongoing()
        let old = machine.current.producer
        guard
            case .write(let next) = machine.initProducerID(
                timeoutMs: 1000, expected: nil, newProducerID: nil, nowMs: 20)
        else {
            Issue.record("nothing is written")
            return
        }
        #expect(next.state == .prepareAbort && next.producer.epoch == ProducerEpoch(1))
        machine.didWrite()
        #expect(machine.end(old, isCommit: true, nowMs: 21) == answer(.producerFenced))
        #expect(
            machine.initProducerID(timeoutMs: 1000, expected: nil, newProducerID: nil, nowMs: 22)
                == answer(.concurrentTransactions))
        for partition in machine.takeUnmarked() { machine.didMark(partition) }
        _ = machine.complete(nowMs: 23)
        machine.didWrite()
        _ = machine.initProducerID(timeoutMs: 1000, expected: nil, newProducerID: nil, nowMs: 24)
        machine.didWrite()
        #expect(machine.current.producer.epoch == ProducerEpoch(2))
    }

    @Test("lets a producer raise its own epoch, and repeat that, but not one that was replaced")
    func raisesOwnEpoch() {
        var machine = initialised()
        let first = machine.current.producer
        _ = machine.initProducerID(timeoutMs: 1000, expected: first, newProducerID: nil, nowMs: 2)
        machine.didWrite()
        let second = machine.current.producer
        #expect(second.epoch == ProducerEpoch(1))
        // The answer was lost: the same question gets the same answer.
        _ = machine.initProducerID(timeoutMs: 1000, expected: first, newProducerID: nil, nowMs: 3)
        machine.didWrite()
        #expect(machine.current.producer == second)
        // Another producer takes over: the first is fenced.
        _ = machine.initProducerID(timeoutMs: 1000, expected: nil, newProducerID: nil, nowMs: 4)
        machine.didWrite()
        for old in [first, second] {
            #expect(
                machine.initProducerID(
                    timeoutMs: 1000, expected: old, newProducerID: nil, nowMs: 5)
                    == answer(.producerFenced))
        }
        let foreign = ProducerIdentity(id: ProducerID(99), epoch: machine.current.producer.epoch)
        #expect(
            machine.initProducerID(
                timeoutMs: 1000, expected: foreign, newProducerID: nil, nowMs: 5)
                == answer(.producerFenced))
    }

    @Test("gets another producer id when its epochs are used up")
    func exhausts() {
        var machine = initialised(epoch: Int16.max - 2)
        let last = machine.current.producer
        #expect(last.epoch == ProducerEpoch(Int16.max - 1))
        #expect(machine.needsProducerID(nil) && machine.needsProducerID(last))
        _ = machine.initProducerID(
            timeoutMs: 1000, expected: last, newProducerID: ProducerID(50), nowMs: 2)
        machine.didWrite()
        let fresh = ProducerIdentity(id: ProducerID(50), epoch: ProducerEpoch(0))
        #expect(machine.current.producer == fresh)
        // And the same one for the same question.
        #expect(!machine.needsProducerID(last))
        _ = machine.initProducerID(timeoutMs: 1000, expected: last, newProducerID: nil, nowMs: 3)
        machine.didWrite()
        #expect(machine.current.producer == fresh)
    }

    @Test("can be fenced even at the last epoch of a producer")
    func fencesLastEpoch() {
        var machine = ongoing(epoch: Int16.max - 2)
        guard case .write(let next)? = machine.timeOut(nowMs: 1011) else {
            Issue.record("it has not timed out")
            return
        }
        #expect(next.producer.epoch == ProducerEpoch(Int16.max))
        machine.didWrite()
        for partition in machine.takeUnmarked() { machine.didMark(partition) }
        _ = machine.complete(nowMs: 1012)
        machine.didWrite()
        #expect(machine.needsProducerID(nil))
    }

    @Test("times out after its timeout, not before, and only while it is ongoing")
    func timesOut() {
        var machine = ongoing()
        #expect(machine.timeOut(nowMs: 1010) == nil)
        guard case .write(let next)? = machine.timeOut(nowMs: 1011) else {
            Issue.record("it has not timed out")
            return
        }
        #expect(next.state == .prepareAbort && next.producer.epoch == ProducerEpoch(1))
        var idle = initialised()
        #expect(idle.timeOut(nowMs: .max) == nil)
        var decided = ended(isCommit: true, complete: false)
        #expect(decided.timeOut(nowMs: .max) == nil)
    }

    @Test("expires when it is idle for so long")
    func expires() {
        var machine = ended(isCommit: true)
        #expect(machine.expire(nowMs: 120, expirationMs: 100) == nil)
        guard case .write(let next)? = machine.expire(nowMs: 121, expirationMs: 100) else {
            Issue.record("it has not expired")
            return
        }
        #expect(next.state == .dead)
        #expect(TransactionStateRecord("id", next).metadata == nil)
        var busy = ongoing()
        #expect(busy.expire(nowMs: .max, expirationMs: 0) == nil)
    }
}
