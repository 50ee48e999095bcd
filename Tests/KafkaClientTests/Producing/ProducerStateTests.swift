import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("A producer")
struct ProducerStateTests {
    private typealias Bench = ProducerBench

    @Test("gathers a batch of each partition of a broker in one request")
    func gathering() {
        var bench = Bench()
        for partition: Int32 in 0..<6 { bench.add(partition) }
        let sends = bench.step()
        #expect(sends.map(\.nodeID) == [1, 2])
        #expect(sends.map(\.ids) == [[0, 2, 4], [1, 3, 5]])
        bench.answer(sends[0], offset: 12)
        #expect(
            bench.outcomes[2]
                == .acknowledged(
                    Acknowledgement(baseOffset: Offset(12), logAppendTimeMs: nil)))
    }

    @Test("keeps requests below max.request.size")
    func requestSize() {
        var bench = Bench { $0.maxRequestSize = 2000 }
        for partition: Int32 in [0, 2, 4] { bench.add(partition, byteCount: 700) }
        // 512 for the request and 38 for each batch: two fit, and three do not.
        #expect(bench.step().map(\.ids) == [[0, 1], [2]])
        let large = bench.add(0, byteCount: 1990)
        #expect(bench.step().map(\.ids) == [[large]])
        let tooLarge = bench.add(0, byteCount: 2001)
        #expect(
            bench.outcomes[tooLarge] == .failed(.tooLarge(byteCount: 2001, limit: 2000)))
    }

    @Test("has at most so many requests on the way to a broker as it may")
    func inFlight() {
        for limit in [1, 2, 5] {
            var bench = Bench { $0.maxInFlightRequestsPerConnection = Int64(limit) }
            for _ in 0..<8 { bench.add() }
            let sends = bench.step()
            #expect(sends.count == limit)
            #expect(bench.answer(sends[0]).count == 1)
        }
    }

    @Test("numbers the batches of a partition one after the other, and wraps")
    func sequences() {
        var bench = Bench()
        bench.add(records: 10)
        bench.add(records: .max)
        bench.add(records: 5)
        #expect(bench.step().map(\.sequences) == [[0], [10], [9]])
        #expect(BatchSequence.next(after: .max, count: 1) == 0)
    }

    @Test("asks for an id before it sends, and again where none came")
    func identity() {
        var bench = Bench()
        bench.state = ProducerState(settings: ProducerSettings(), backoff: bench.state.backoff)
        bench.add()
        #expect(bench.step().isEmpty)
        #expect(bench.initCount == 1)
        bench.perform(
            bench.state.failIdentity(.coordinatorLoadInProgress, now: bench.now, jitter: 0.5))
        #expect(bench.step().isEmpty)
        #expect(bench.initCount == 1)
        #expect(bench.wait(ms: 100).isEmpty)
        #expect(bench.initCount == 2)
        bench.state.receive(Bench.first)
        #expect(bench.step().map(\.epochs) == [[0]])
    }

    @Test("fails where it is refused an id")
    func refusedIdentity() {
        var bench = Bench()
        bench.state = ProducerState(settings: ProducerSettings(), backoff: bench.state.backoff)
        let first = bench.add()
        bench.step()
        bench.perform(
            bench.state.failIdentity(.clusterAuthorizationFailed, now: bench.now, jitter: 0.5))
        let second = bench.add()
        for id in [first, second] {
            #expect(bench.outcomes[id] == .failed(.producer(.clusterAuthorizationFailed)))
        }
    }

    @Test("keeps order and numbers where the first of several batches has to be sent again")
    func order() {
        var bench = Bench()
        for _ in 0..<3 { bench.add() }
        let sends = bench.step()
        #expect(bench.answer(sends[0], .notEnoughReplicas).isEmpty)
        #expect(bench.answer(sends[1], .outOfOrderSequenceNumber).isEmpty)
        #expect(bench.answer(sends[2], .outOfOrderSequenceNumber).isEmpty)
        let late = bench.add()
        var seen: [[PendingBatch.ID]] = []
        var numbers: [[Int32]] = []
        var next = bench.wait(ms: 100)
        #expect(next.map(\.ids) == [[0]])
        while !next.isEmpty {
            let send = next.removeFirst()
            seen.append(send.ids)
            numbers.append(send.sequences)
            next += bench.answer(send)
        }
        #expect(seen == [[0], [1], [2], [late]])
        #expect(numbers == [[0], [10], [20], [30]])
        #expect(bench.sends.allSatisfy { $0.epochs == [0] })
    }

    @Test("numbers no batch while the broker might forget the oldest that is not done")
    func window() {
        var bench = Bench()
        for _ in 0..<8 { bench.add() }
        let sends = bench.step()
        bench.perform(bench.state.fail(sends[0].id, .lost(), now: bench.now, jitter: 0.5))
        for send in sends.dropFirst() { bench.answer(send) }
        let again = bench.wait(ms: 100)
        #expect(again.map(\.ids) == [[0]])
        #expect(bench.answer(again[0]).map(\.ids) == [[5], [6], [7]])
    }

    @Test("starts its numbers again, under the next epoch, after a batch that is refused")
    func gap() {
        var bench = Bench()
        for _ in 0..<3 { bench.add() }
        bench.add(2)
        let sends = bench.step()
        #expect(sends.map(\.ids) == [[0, 3], [1], [2]])
        bench.answer(sends[0], .none) { if $0.index == 0 { $0.errorCode = .messageTooLarge } }
        #expect(bench.outcomes[0] == .failed(.broker(.messageTooLarge, message: nil)))
        bench.answer(sends[1], .outOfOrderSequenceNumber)
        bench.answer(sends[2], .outOfOrderSequenceNumber)
        let again = bench.wait(ms: 1000)
        #expect(again.map(\.ids) == [[1], [2]])
        #expect(again.map(\.sequences) == [[0], [10]])
        #expect(again.map(\.epochs) == [[1], [1]])
        // The other partition takes the new epoch with its next batch.
        bench.add(2)
        #expect(bench.step().map(\.epochs) == [[1]])
        #expect(bench.sends.last?.sequences == [0])
    }

    @Test("asks for a new id where its epochs are used up, or the broker does not know it")
    func newIdentity() {
        for (epoch, code) in [
            (Int16.max, ErrorCode.unknownProducerID), (0, .invalidProducerEpoch),
            (0, .invalidProducerIDMapping),
        ] {
            var bench = Bench()
            bench.state.receive(
                ProducerIdentity(id: ProducerID(7), epoch: ProducerEpoch(epoch)))
            bench.add()
            bench.answer(bench.step()[0], code)
            #expect(bench.wait(ms: 100).isEmpty)
            #expect(bench.initCount == 1, "\(code)")
            bench.state.receive(ProducerIdentity(id: ProducerID(8), epoch: ProducerEpoch(0)))
            #expect(bench.step().first?.parts[0].batch.sequence?.identity.id == ProducerID(8))
        }
    }

    @Test("takes a duplicate for what it is: a batch that is in the log")
    func duplicate() {
        var bench = Bench()
        bench.add()
        bench.answer(bench.step()[0], .duplicateSequenceNumber)
        #expect(
            bench.outcomes[0]
                == .acknowledged(
                    Acknowledgement(baseOffset: nil, logAppendTimeMs: nil)))
    }

    @Test("says that a batch has failed only where it is not in the log")
    func doubt() {
        var unsent = Bench()
        unsent.connected = []
        unsent.add()
        _ = unsent.wait(ms: 120_000)
        #expect(unsent.outcomes[0] == .failed(.timeout(ms: 120_000, lastError: nil)))

        let lost = DeliveryError.connection(.lost())
        var sent = Bench { $0.retries = 1 }
        sent.add()
        for _ in 0..<2 {
            guard let send = sent.wait(ms: 1000).first else { break }
            sent.perform(sent.state.fail(send.id, .lost(), now: sent.now, jitter: 0.5))
        }
        #expect(sent.sends.map(\.sequences) == [[0], [0]])
        #expect(sent.outcomes[0] == .inDoubt(lost))

        var never = Bench { $0.retries = 0 }
        never.add()
        let refused = ConnectionError.lost(.unreachable("refused"))
        never.perform(
            never.state.fail(never.step()[0].id, refused, now: never.now, jitter: 0.5))
        #expect(never.outcomes[0] == .failed(.connection(refused)))
    }

    @Test("asks again about a batch in doubt before it starts its numbers again")
    func doubtBeforeRestart() {
        var bench = Bench()
        bench.add()
        bench.add()
        let sends = bench.step()
        bench.answer(sends[0], .messageTooLarge)
        bench.perform(bench.state.fail(sends[1].id, .lost(), now: bench.now, jitter: 0.5))
        let again = bench.wait(ms: 100)
        #expect(again.map(\.sequences) == [[10]])
        #expect(again.map(\.epochs) == [[0]])
        // The broker has it not, since it has not the first.
        bench.answer(again[0], .outOfOrderSequenceNumber)
        #expect(bench.wait(ms: 1000).map(\.epochs) == [[1]])
    }

    @Test("leaves every batch in doubt where it asks for no acknowledgement")
    func noAcks() {
        var bench = Bench {
            $0.acks = .none
            $0.enableIdempotence = false
        }
        bench.add()
        bench.perform(bench.state.didWrite(bench.step()[0].id))
        #expect(bench.outcomes[0] == .inDoubt(.noAcknowledgement))
    }

    @Test("fails the batches of a topic that cannot be used, and waits for one that may come")
    func topics() {
        var bench = Bench()
        bench.add(9)
        #expect(bench.step().isEmpty)
        #expect(bench.refreshCount == 1)
        bench.refusals = ["orders": .topicAuthorizationFailed]
        bench.step()
        #expect(
            bench.outcomes[0] == .failed(.broker(.topicAuthorizationFailed, message: nil)))
    }

    @Test("follows the leader that a refusal names")
    func newLeader() {
        var bench = Bench()
        bench.add()
        bench.answer(bench.step()[0], .notLeaderOrFollower) {
            var leader = ProduceResponse.Leader()
            (leader.leaderID, leader.leaderEpoch) = (2, LeaderEpoch(6))
            $0.currentLeader = leader
        }
        #expect(bench.refreshCount == 1)
        #expect(bench.wait(ms: 100).map(\.nodeID) == [2])
    }

    @Test("does not believe an answer that leaves a partition out")
    func leftOut() {
        var bench = Bench { $0.retries = 0 }
        bench.add()
        let id = bench.step()[0].id
        bench.perform(
            bench.state.receive(ProduceResponse(), to: id, now: bench.now, jitter: 0))
        guard case .inDoubt(.broker(.unknownServerError, _))? = bench.outcomes[0] else {
            Issue.record("\(String(describing: bench.outcomes[0]))")
            return
        }
        // A second answer to the same request changes nothing.
        bench.perform(
            bench.state.receive(ProduceResponse(), to: id, now: bench.now, jitter: 0))
        #expect(bench.state.unfinishedCount == 0)
    }

    @Test("gives up what was not sent when it is closed, and waits for the rest")
    func closing() {
        var bench = Bench { $0.maxInFlightRequestsPerConnection = 1 }
        bench.add()
        bench.add()
        let send = bench.step()[0]
        bench.perform(bench.state.abandon(.closed))
        #expect(bench.outcomes == [1: .failed(.closed)])
        bench.answer(send, offset: 3)
        #expect(bench.state.unfinishedCount == 0)
    }
}
