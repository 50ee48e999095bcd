import Measurement
import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

@Suite struct `Records that a group gets twice` {
    @Test(arguments: BatchNaming.allCases)
    func `of one offset are redelivered, and no fault`(naming: BatchNaming) throws {
        let profile = AuditedRun.profile(naming, batchSize: AuditedRun.single, records: 20)
        let simulation = Simulation(profile: profile, target: MemoryTarget())
        let sent = try simulation.produce().sent
        let batches = simulation.target.state.withLock { $0.batches[0] }
        var audit = PartitionAudit(
            ledger: simulation.ledger, partition: 0, group: 0, producerCount: 1)
        var visited = VisitedRecords()
        var reader = RecordBatchReader()
        var ledgerReader = LedgerReader()
        // The group goes back from 12 to 7.
        for (number, batch) in (batches[..<12] + batches[7...]).enumerated() {
            let header = try unsafe RecordBatchHeader(batch.span.bytes)
            try unsafe visited.visit(
                batch.span.bytes, header: header, from: .zero, verifyChecksum: true,
                unixOffsetNanos: Simulation.unixStart, reader: &reader)
            let isNew = try audit.observe(&visited, of: header, reader: &ledgerReader)
            #expect(isNew == !(12..<17).contains(number))
        }
        let counts = AuditCounts([(true, audit)], sent: sent)
        #expect(counts.isClean)
        #expect(counts.redelivered == 5)
    }

    /// Gives all batches at once, some of them twice.
    private final class Session: ConsumerSession {
        private var batches: [[UInt8]]

        init(_ batches: some Sequence<[UInt8]>) { self.batches = Array(batches) }

        func begin(at positions: [(partition: Int, offset: Offset)]) {}
        func takeReady() -> [Int]? { nil }
        func arm(_ partition: Int, past offset: Offset) -> Bool { true }

        func fetch(
            from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
        ) -> Fetched {
            let byteCount = batches.reduce(0) { $0 + $1.count }
            for batch in batches { unsafe body(batch.span.bytes) }
            batches = []
            return Fetched(byteCount: byteCount)
        }
    }

    @Test func `are read once where other programs sent them, too`() throws {
        let profile = AuditedRun.profile(.idempotent, batchSize: AuditedRun.single, records: 20)
        let simulation = Simulation(profile: profile, target: MemoryTarget())
        _ = try simulation.produce()
        let batches = simulation.target.state.withLock { $0.batches[0] }
        let board = GroupBoard(
            group: "g", positions: [.zero], isPaused: false, recordLimit: 21)
        let recorder = Recorder<ConsumerTally>()
        var worker = ConsumerWorker(
            audits: [
                PartitionAudit(
                    ledger: simulation.ledger, partition: 0, group: 0, producerCount: 1)
            ], board: board,
            settings: ConsumerWorker.Settings(
                maxPartitionFetchBytes: 1 << 20, verifyChecksums: true,
                window: MeasuredWindow(startNanos: 0, endNanos: .max),
                unixOffsetNanos: Simulation.unixStart, readsOthers: true),
            time: .manual(simulation.clock),
            session: Session(batches[..<12] + batches[7...]), recorder: recorder)
        #expect(worker.step() == .again)
        // What has come twice does not bring the end of the run nearer.
        #expect(board.readRecords == 20)
        #expect(!board.isStopped)
    }
}
