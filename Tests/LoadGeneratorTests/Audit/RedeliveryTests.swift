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
        for batch in batches[..<12] + batches[7...] {
            let header = try unsafe RecordBatchHeader(batch.span.bytes)
            try unsafe visited.visit(
                batch.span.bytes, header: header, from: .zero, verifyChecksum: true,
                unixOffsetNanos: Simulation.unixStart, reader: &reader)
            try audit.observe(&visited, of: header, reader: &ledgerReader)
        }
        let counts = AuditCounts([(true, audit)], sent: sent)
        #expect(counts.isClean)
        #expect(counts.redelivered == 5)
    }
}
