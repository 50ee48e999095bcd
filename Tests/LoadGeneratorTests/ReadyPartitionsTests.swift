import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("A consumer worker whose session knows what has come")
struct ReadyPartitionsTests {
    /// Gives nothing but what the test says, and counts what it is asked for.
    private final class Session: ConsumerSession {
        var begun: [Int] = []
        var ready: [Int] = []
        var fetched: [Int] = []

        func begin(at positions: [(partition: Int, offset: Offset)]) {
            begun += positions.map(\.partition)
        }

        func takeReady() -> [Int]? {
            defer { ready = [] }
            return ready
        }

        func fetch(
            from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
        ) -> Fetched {
            fetched.append(partition)
            return Fetched(nextOffset: offset.advanced(by: 3))
        }

        func arm(_ partition: Int, past offset: Offset) -> Bool {
            Issue.record("nobody asks for each partition")
            return true
        }
    }

    @Test("begins at all partitions at once, and then looks only at those in which something is")
    func ready() {
        let count = 1_000
        let simulation = Simulation(
            profile: Simulation.profile(rate: .max, duration: .seconds(1)),
            target: MemoryTarget(partitions: count))
        let board = GroupBoard(
            group: "g", positions: (0..<count).map { _ in .zero }, isPaused: false)
        let session = Session()
        var worker = ConsumerWorker(
            audits: (0..<count).map {
                PartitionAudit(
                    ledger: simulation.ledger, partition: $0, group: 0, producerCount: 1)
            }, board: board,
            settings: ConsumerWorker.Settings(
                maxPartitionFetchBytes: 1 << 20, verifyChecksums: true,
                window: simulation.plan.window, unixOffsetNanos: 0),
            time: .manual(simulation.clock), session: session, recorder: Recorder())
        #expect(worker.step() == .wait)
        #expect(session.begun == Array(0..<count) && session.fetched == [])
        session.ready = [7, 512]
        #expect(worker.step() == .wait)
        #expect(worker.step() == .wait)
        #expect(session.begun.count == count && session.fetched == [7, 512])
        #expect(board.positions[7] == Offset(3) && board.positions[8] == .zero)
    }

    @Test("finds each partition in the inbox once for what came, and again for what it left")
    func inbox() {
        let inbox = KafkaInbox(partitionCount: 3)
        inbox.reach(Offset(5), of: 1)
        inbox.reach(Offset(5), of: 1)
        inbox.reach(Offset(6), of: 2)
        #expect(inbox.takeReady() == [1, 2])
        #expect(inbox.takeReady() == [])
        inbox.reach(Offset(6), of: 2)
        #expect(inbox.takeReady() == [])
        inbox.fail(.noPosition(TopicPartition(topic: "t", partition: 0), nil), of: 0)
        #expect(inbox.takeReady() == [0])
    }
}
