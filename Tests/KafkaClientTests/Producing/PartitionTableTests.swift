import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("What a producer keeps of partitions")
struct PartitionTableTests {
    private typealias Bench = ProducerBench

    /// A batch to each of so many partitions, one after the other, answered with `code`.
    private static func visit(
        _ bench: inout Bench, _ partitions: Range<Int32>, _ code: ErrorCode = .none
    ) -> [ProduceSend] {
        partitions.flatMap { partition in
            bench.leaders[Bench.place(partition)] = 1
            bench.add(partition)
            let sends = bench.step()
            for send in sends { bench.answer(send, code) }
            return sends
        }
    }

    @Test("is one number where nothing is to be done, and the numbering goes on")
    func idle() {
        var bench = Bench()
        for turn: Int32 in 0..<3 {
            let sends = Self.visit(&bench, 0..<1000)
            #expect(sends.count == 1000)
            #expect(sends.allSatisfy { $0.sequences == [turn * 10] })
            #expect(bench.state.partitions.queueCount == 0)
            #expect(bench.state.partitions.entries.count == 1)
        }
    }

    @Test("is a queue of a partition that no topic has: its number would be the length of an array")
    func farPartition() {
        var bench = Bench()
        let far: Int32 = 1 << 20
        for turn: Int32 in 0..<2 {
            for partition: Int32 in [0, far - 1, far, .max - 1] {
                let sends = Self.visit(&bench, partition..<partition + 1)
                #expect(sends.map(\.sequences) == [[turn * 10]])
            }
        }
        #expect(bench.state.partitions.queueCount == 2)
    }

    @Test("is nothing of earlier identities: under the next one numbers begin at 0")
    func identities() {
        var bench = Bench()
        _ = Self.visit(&bench, 0..<3)
        let refused = Self.visit(&bench, 3..<4, .messageTooLarge)
        #expect(refused.map(\.epochs) == [[0]])
        // Its next batch raises the epoch.
        _ = Self.visit(&bench, 3..<4)
        let raised = Self.visit(&bench, 0..<3)
        #expect(raised.map(\.epochs) == [[1], [1], [1]])
        #expect(raised.map(\.sequences) == [[0], [0], [0]])
        #expect(Self.visit(&bench, 0..<1).map(\.sequences) == [[10]])

        bench.add(1)
        let unknown = bench.step()
        bench.answer(unknown[0], .invalidProducerIDMapping)
        _ = bench.wait(ms: 1000)
        bench.state.receive(ProducerIdentity(id: ProducerID(8), epoch: ProducerEpoch(0)))
        #expect(bench.wait(ms: 1000).map(\.sequences) == [[0]])
        #expect(Self.visit(&bench, 0..<1).map(\.sequences) == [[0]])
    }

    @Test("is a queue while a batch waits, is on the wire or has left a gap")
    func busy() {
        var bench = Bench()
        bench.add(0)
        #expect(bench.state.partitions.queueCount == 1)
        let send = bench.step()[0]
        #expect(bench.state.partitions.queueCount == 1)
        bench.perform(bench.state.fail(send.id, .lost(), now: bench.now, jitter: 0.5))
        #expect(bench.state.partitions.queueCount == 1)
        let again = bench.wait(ms: 1000)[0]
        #expect(again.sequences == [0])
        bench.answer(again, .messageTooLarge)
        #expect(bench.state.partitions.queueCount == 1)
        _ = Self.visit(&bench, 0..<1)
        #expect(bench.state.partitions.queueCount == 0)
    }
}
