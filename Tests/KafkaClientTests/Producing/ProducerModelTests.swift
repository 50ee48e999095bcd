import KafkaProtocol
import NIOCore
import RecordFormat
import SeededRandom
import Testing

@testable import KafkaClient

/// A broker's side of idempotence, as Kafka has it, small enough to be checked by eye.
private struct ModelLog {
    private(set) var batches: [PendingBatch.ID] = []
    private var recent: [(sequence: BatchSequence, last: Int32)] = []

    mutating func append(_ batch: PendingBatch) -> ErrorCode {
        guard let sequence = batch.sequence else { return .invalidRecord }
        let last = BatchSequence.next(after: sequence.base, count: batch.recordCount - 1)
        if recent.contains(where: { $0.sequence == sequence && $0.last == last }) { return .none }
        if let newest = recent.last {
            let known = newest.sequence.identity
            if known.id == sequence.identity.id {
                if sequence.identity.epoch < known.epoch { return .invalidProducerEpoch }
                let expected =
                    sequence.identity.epoch > known.epoch
                    ? 0 : BatchSequence.next(after: newest.last, count: 1)
                guard sequence.base == expected else { return .outOfOrderSequenceNumber }
            }
        } else if sequence.base != 0 {
            return .unknownProducerID
        }
        batches.append(batch.id)
        recent =
            recent.filter { $0.sequence.identity == sequence.identity }.suffix(4)
            + [(sequence, last)]
        return .none
    }
}

/// Random faults between a producer's state machine and logs that check sequences.
@Suite("An idempotent producer under random faults")
struct ProducerModelTests {
    @Test(
        "loses nothing that was acknowledged, and keeps order without duplicates", arguments: 1...40
    )
    func model(round: UInt64) {
        var random = SeededGenerator(salt: round)
        var bench = ProducerBench {
            $0.retries = round % 3 == 0 ? 2 : .max
            $0.maxInFlightRequestsPerConnection = Int64(1 + round % 5)
            $0.deliveryTimeoutMs = 20_000
        }
        var logs = [ModelLog](repeating: ModelLog(), count: 4)
        var owners: [PendingBatch.ID: Int] = [:]
        var onWire: [Int32: [ProduceSend]] = [:]
        var nextID: Int64 = 7
        var asked = 0

        for turn in 0..<2000 {
            let faulty = turn < 1500
            if faulty, bench.state.unfinishedCount < 30 {
                let partition = Int32.random(in: 0..<4, using: &random)
                let id = bench.add(partition, records: .random(in: 1...20, using: &random))
                owners[id] = Int(partition)
            }
            for send in bench.step() { onWire[send.nodeID, default: []].append(send) }
            if bench.initCount > asked {
                asked = bench.initCount
                nextID += 1
                bench.state.receive(
                    ProducerIdentity(id: ProducerID(nextID), epoch: ProducerEpoch(0)))
            }
            bench.now = bench.now + .milliseconds(Int64.random(in: 0...60, using: &random))
            let node = Int32.random(in: 1...2, using: &random)
            guard let send = onWire[node]?.first else { continue }
            let chance = faulty ? Int.random(in: 0..<100, using: &random) : 99
            if chance < 6 {
                // The connection is lost; the broker may have handled some of what was on it.
                let handled = Int.random(in: 0...(onWire[node]?.count ?? 0), using: &random)
                for (index, lost) in (onWire.removeValue(forKey: node) ?? []).enumerated() {
                    if index < handled {
                        for part in lost.parts {
                            _ = logs[Int(part.partition.partition)].append(part.batch)
                        }
                    }
                    bench.perform(
                        bench.state.fail(lost.id, .lost(), now: bench.now, jitter: 0.5))
                }
                continue
            }
            onWire[node]?.removeFirst()
            var codes: [Int32: ErrorCode] = [:]
            for part in send.parts {
                let index = part.partition.partition
                switch faulty ? Int.random(in: 0..<100, using: &random) : 99 {
                case 0..<5: codes[index] = .notEnoughReplicas
                case 5..<8: codes[index] = .messageTooLarge
                case 8..<12:
                    let code = logs[Int(index)].append(part.batch)
                    codes[index] = code == .none ? .requestTimedOut : code
                default: codes[index] = logs[Int(index)].append(part.batch)
                }
            }
            for next in bench.answer(send, .none, { $0.errorCode = codes[$0.index] ?? .none }) {
                onWire[next.nodeID, default: []].append(next)
            }
        }

        #expect(bench.state.unfinishedCount == 0)
        #expect(bench.outcomes.count == owners.count)
        for (partition, log) in logs.enumerated() {
            let own = bench.outcomes.filter { owners[$0.key] == partition }
            let stored = Set(log.batches)
            #expect(log.batches == stored.sorted(), "partition \(partition)")
            for (id, outcome) in own {
                switch outcome {
                case .acknowledged: #expect(stored.contains(id), "batch \(id)")
                case .failed: #expect(!stored.contains(id), "batch \(id): \(outcome)")
                case .inDoubt: break
                }
            }
        }
    }
}
