import Measurement
import RecordFormat
import SeededRandom
import Synchronization
import Testing

@testable import LoadGenerator

/// What members of a share group are given, in which order, and what the audit says of it.
@Suite("The audit of a share group")
struct SharedAuditTests {
    /// A part of a batch, by the places of its records.
    private struct Piece {
        var batch: [UInt8]
        var records: ClosedRange<Int64>
        var deliveryCount = 1
        /// Whether each record is named by itself.
        var isSingly = false
    }

    /// Gives one piece at a time.
    private final class Session: SharingSession {
        private var pieces: [Piece]

        init(_ pieces: [Piece]) { self.pieces = pieces.reversed() }

        func take(
            _ body: (_ partition: Int, _ batch: RawSpan, _ given: [GivenRecords]) -> Void
        ) throws(TargetError) -> Bool {
            guard let piece = pieces.popLast() else { return false }
            guard let header = try? unsafe RecordBatchHeader(piece.batch.span.bytes) else {
                throw .damaged("a test's batch")
            }
            let first = header.baseOffset.advanced(by: piece.records.lowerBound)
            let last = header.baseOffset.advanced(by: piece.records.upperBound)
            var given = [GivenRecords(offsets: first...last, deliveryCount: piece.deliveryCount)]
            if piece.isSingly {
                given = piece.records.map {
                    let offset = header.baseOffset.advanced(by: $0)
                    return GivenRecords(
                        offsets: offset...offset, deliveryCount: piece.deliveryCount)
                }
            }
            unsafe body(0, piece.batch.span.bytes, given)
            return true
        }
    }

    private struct Outcome {
        var tally: ConsumerTally
        var counts: AuditCounts
        var entriesLeft: Int
    }

    /// A hundred batches of ten records, and what is made of them.
    private func share(
        _ naming: BatchNaming, isDrained: Bool = true, hasOthers: Bool = false,
        tamper: @escaping @Sendable (Int, [UInt8]) -> [[UInt8]] = { [$1] },
        _ pieces: ([[UInt8]]) -> [Piece]
    ) throws -> Outcome {
        var profile = AuditedRun.profile(naming, batchSize: AuditedRun.ofTen)
        profile.producers.linger = AuditedRun.tenMillis
        let simulation = Simulation(profile: profile, target: MemoryTarget(tamper: tamper))
        let sent = try simulation.produce().sent
        let stored = simulation.target.state.withLock { $0.batches[0] }
        let audit = SharedAudit(
            PartitionAudit(
                ledger: simulation.ledger, partition: 0, group: 0, producerCount: 1, isShared: true)
        )
        let board = GroupBoard(
            group: "g", positions: [.zero], isPaused: false, shared: [0: audit])
        let recorder = Recorder<ConsumerTally>()
        var worker = SharingWorker(
            board: board,
            settings: ConsumerWorker.Settings(
                maxPartitionFetchBytes: 1 << 20, verifyChecksums: true,
                window: simulation.plan.window, unixOffsetNanos: simulation.plan.unixOffsetNanos),
            time: .manual(simulation.clock), session: Session(pieces(stored)), recorder: recorder)
        while worker.step() == .again {}
        let failure = worker.outcome().failure
        #expect(failure == nil)
        var tally = PhasedTally<ConsumerTally>()
        recorder.exchange(&tally)
        return Outcome(
            tally: tally.measured,
            counts: AuditCounts([(isDrained, audit.audit)], sent: sent, hasOthers: hasOthers),
            entriesLeft: simulation.ledger.partitions[0].indices.count)
    }

    private func count(_ batch: [UInt8]) -> Int64 {
        (try? unsafe RecordBatchHeader(batch.span.bytes)).map { Int64($0.recordCount) } ?? 0
    }

    @Test(
        "finds each record once, in whatever order and parts they come",
        arguments: BatchNaming.allCases, 0..<8 as Range<UInt64>)
    func anyOrder(naming: BatchNaming, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let outcome = try share(naming) { batches in
            var pieces: [Piece] = []
            for batch in batches {
                let last = count(batch) - 1
                let cut = Int64.random(in: 0...last, using: &generator)
                if cut < last { pieces.append(Piece(batch: batch, records: (cut + 1)...last)) }
                pieces.append(Piece(batch: batch, records: 0...cut))
            }
            // As of members that are some batches apart.
            for place in pieces.indices {
                let other = min(
                    place + Int.random(in: 0..<40, using: &generator), pieces.count - 1)
                pieces.swapAt(place, other)
            }
            return pieces
        }
        #expect(outcome.counts.isClean, "seed \(seed)")
        #expect(outcome.counts.unmatched == 0)
        #expect(outcome.counts.redelivered == 0)
        #expect(outcome.counts.largestDeliveryCount == 1)
        #expect(outcome.tally.records == 1_000)
        // Nothing of what has come is kept.
        #expect(outcome.entriesLeft == 0)
    }

    @Test(
        "counts what comes again, however it is cut, and how often it came",
        arguments: BatchNaming.allCases)
    func redelivery(naming: BatchNaming) throws {
        let outcome = try share(naming) { batches in
            let all = batches.map { Piece(batch: $0, records: 0...(count($0) - 1)) }
            // Half of it was had before, and a part of that before that.
            var pieces = [Piece(batch: batches[3], records: 0...4)]
            pieces += all[..<3]
            pieces.append(Piece(batch: batches[3], records: all[3].records, deliveryCount: 2))
            pieces.append(Piece(batch: batches[3], records: 4...6, deliveryCount: 3))
            pieces += all[4...]
            return pieces
        }
        #expect(outcome.counts.isClean)
        #expect(outcome.counts.redelivered == 5 + 3)
        #expect(outcome.counts.largestDeliveryCount == 3)
        #expect(outcome.tally.records == 1_000)
    }

    @Test(
        "counts as lost what nobody was given by the end, and nothing before the end",
        arguments: BatchNaming.allCases)
    func loss(naming: BatchNaming) throws {
        func given(_ batches: [[UInt8]]) -> [Piece] {
            batches.enumerated().filter { $0.offset != 7 }.map {
                Piece(
                    batch: $0.element, records: ($0.offset == 9 ? 2 : 0)...(count($0.element) - 1))
            }
        }
        let outcome = try share(naming, given)
        #expect(outcome.counts.lost == 10 + 2)
        expectFaults(outcome.counts, [.lost: 12])
        // Members may still have them.
        #expect(try share(naming, isDrained: false, given).counts.isClean)
        // Members that are not the run's may have taken them.
        let others = try share(naming, hasOthers: true, given)
        #expect(others.counts.isClean)
        #expect(others.counts.takenByOthers == 12)
        let early = try share(naming, isDrained: false, hasOthers: true, given)
        #expect(early.counts.takenByOthers == 0)
    }

    @Test("decodes a batch once whose records are named one by one, and finds each")
    func singly() throws {
        let outcome = try share(.idempotent) { batches in
            batches.map { Piece(batch: $0, records: 0...(count($0) - 1), isSingly: true) }
        }
        #expect(outcome.counts.isClean)
        #expect(outcome.tally.records == 1_000)
        #expect(outcome.entriesLeft == 0)
        // The bytes of a batch, and not those of ten parts, each rounded down.
        let whole = try share(.idempotent) { batches in
            batches.map { Piece(batch: $0, records: 0...(count($0) - 1)) }
        }
        #expect(outcome.tally.storedBytes == whole.tally.storedBytes)
    }

    @Test("counts records that cannot be read once, however many parts they come in")
    func unreadable() throws {
        let outcome = try share(.idempotent) { batches in
            batches.enumerated().flatMap { number, batch in
                guard number == 5 else { return [Piece(batch: batch, records: 0...9)] }
                var damaged = batch
                damaged[damaged.count - 1] ^= 1
                return [0...3, 7...9, 4...6].map { Piece(batch: damaged, records: $0) }
            }
        }
        #expect(outcome.counts.corrupt == 10)
    }

    @Test("gives up a batch that never comes once a later one lies before the start offset")
    func neverLanded() throws {
        var profile = AuditedRun.profile(.idempotent, batchSize: AuditedRun.ofTen)
        profile.producers.linger = AuditedRun.tenMillis
        let simulation = Simulation(profile: profile, target: MemoryTarget())
        _ = try simulation.produce()
        let stored = simulation.target.state.withLock { $0.batches[0] }
        let audit = SharedAudit(
            PartitionAudit(
                ledger: simulation.ledger, partition: 0, group: 0, producerCount: 1, isShared: true)
        )
        var visited = VisitedRecords()
        var batches = RecordBatchReader()
        var ledger = LedgerReader()
        // All but the fourth, in this order.
        for number in [0, 1, 2, 5, 4] + (6..<100) {
            let bytes = stored[number]
            let header = try unsafe RecordBatchHeader(bytes.span.bytes)
            let all = audit.claim([
                GivenRecords(
                    offsets: header.baseOffset...header.lastOffset, deliveryCount: 1)
            ])
            try unsafe visited.visit(
                bytes.span.bytes, header: header, from: header.baseOffset,
                within: all.new.ranges, verifyChecksum: true, unixOffsetNanos: 0, reader: &batches)
            try audit.observe(&visited, all.new, unread: 0, of: header, reader: &ledger)
        }
        let own = simulation.ledger.partitions[0]
        #expect(own.indices == 3..<100)
        // Those that lie before the start offset lie before the fourth, too.
        #expect(audit.follow(start: Offset(30)) == 3)
        #expect(audit.follow(start: Offset(60)) == 100)
        #expect(own.indices.isEmpty)
    }

    @Test("finds a batch that is stored twice, and a value that was changed")
    func faults() throws {
        let number = Mutex(-1)
        func all(_ batches: [[UInt8]]) -> [Piece] {
            batches.map { Piece(batch: $0, records: 0...(count($0) - 1)) }
        }
        let outcome = try share(
            .idempotent,
            tamper: { _, batch in
                let own = number.withLock {
                    $0 += 1
                    return $0
                }
                switch own {
                case 4: return [batch, batch]
                case 20: return [rebuilt(batch) { $0[3].value[0] ^= 1 }]
                default: return [batch]
                }
            }, all)
        expectFaults(outcome.counts, [.duplicated: 10, .corrupt: 1])
    }
}
