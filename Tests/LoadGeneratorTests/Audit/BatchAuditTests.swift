import RecordFormat
import SeededRandom
import Synchronization
import Testing

@testable import LoadGenerator

@Suite("The delivery audit finds what a target did to whole batches")
struct BatchAuditTests {
    @Test(arguments: BatchNaming.allCases) func `an honest target is clean`(naming: BatchNaming)
        throws
    {
        #expect(try AuditedRun.audit(naming) { _, batch in [batch] } == AuditCounts())
        #expect(
            try AuditedRun.audit(naming, batchSize: AuditedRun.ofTen) { _, batch in [batch] }
                == AuditCounts())
    }

    @Test(arguments: BatchNaming.allCases, [0, 1, 500, 999])
    func `one lost record is found, wherever it was`(naming: BatchNaming, victim: Int) throws {
        let counts = try AuditedRun.audit(naming) { number, batch in number == victim ? [] : [batch]
        }
        expectFaults(counts, [.lost: 1])
        #expect(
            counts.firstPlace(of: .lost)
                == RecordPlace(
                    partition: TopicPartition(topic: "memory", partition: 0), producer: 0,
                    sequence: UInt64(victim)))
    }

    @Test(arguments: BatchNaming.allCases) func `a loss of everything is found`(naming: BatchNaming)
        throws
    {
        expectFaults(try AuditedRun.audit(naming) { _, _ in [] }, [.lost: 1_000])
    }

    @Test(arguments: BatchNaming.allCases) func `a loss of many in a row is counted exactly`(
        naming: BatchNaming
    ) throws {
        let counts = try AuditedRun.audit(naming) { number, batch in
            (300..<700).contains(number) ? [] : [batch]
        }
        expectFaults(counts, [.lost: 400])
        #expect(counts.firstPlace(of: .lost)?.sequence == 300)
    }

    @Test(arguments: BatchNaming.allCases, [AuditedRun.single, AuditedRun.ofTen])
    func `a batch that is stored twice is duplicated`(naming: BatchNaming, batchSize: Int) throws {
        let records = UInt64(batchSize == AuditedRun.single ? 1 : 10)
        let counts = try AuditedRun.audit(naming, batchSize: batchSize) { number, batch in
            number == 7 ? [batch, batch] : [batch]
        }
        expectFaults(counts, [.duplicated: records])
        let place = try #require(counts.firstPlace(of: .duplicated))
        #expect(place.offset == Offset(Int64(8 * records)))
        #expect(place.sequence == 7 * records)
    }

    @Test(arguments: BatchNaming.allCases)
    func `a batch that comes again some batches later is duplicated`(naming: BatchNaming) throws {
        let kept = Mutex<[UInt8]>([])
        let counts = try AuditedRun.audit(naming) { number, batch in
            if number == 7 { kept.withLock { $0 = batch } }
            return number == 40 ? [batch, kept.withLock { $0 }] : [batch]
        }
        expectFaults(counts, [.duplicated: 1])
    }

    @Test func `a named batch is known as duplicated however much later it comes`() throws {
        let kept = Mutex<[UInt8]>([])
        let counts = try AuditedRun.audit(.idempotent) { number, batch in
            if number == 7 { kept.withLock { $0 = batch } }
            return number == 900 ? [batch, kept.withLock { $0 }] : [batch]
        }
        expectFaults(counts, [.duplicated: 1])
    }

    @Test(arguments: BatchNaming.allCases)
    func `two swapped batches are one that is reordered, and none is lost`(naming: BatchNaming)
        throws
    {
        let held = Mutex<[UInt8]>([])
        let counts = try AuditedRun.audit(naming) { number, batch in
            switch number {
            case 20:
                held.withLock { $0 = batch }
                return []
            case 21: return [batch, held.withLock { $0 }]
            default: return [batch]
            }
        }
        expectFaults(counts, [.reordered: 1])
        #expect(counts.firstPlace(of: .reordered)?.sequence == 20)
        #expect(counts.firstPlace(of: .reordered)?.offset == Offset(21))
    }

    /// Batches of two producers of one partition, of which the second's are held back from some on, and
    /// stored when more of the first's have passed them than the audit waits for.
    @Test(arguments: BatchNaming.allCases)
    func `a producer whose batches come late, and in order, is no fault`(naming: BatchNaming) throws
    {
        struct State {
            var held: [[UInt8]] = []
            var batches = 0
            var passed = 0
        }
        let enough = LedgerPlace.skippedHorizon + 100
        let state = Mutex(State())
        let target = MemoryTarget(tamper: { _, batch in
            // Those of the two take turns.
            state.withLock { state in
                let turn = state.batches
                state.batches += 1
                let isSecond = turn % 2 == 1
                if isSecond, turn > 100, state.passed < enough {
                    state.held.append(batch)
                    return []
                }
                if !isSecond, turn > 100 { state.passed += 1 }
                defer { if state.passed >= enough { state.held = [] } }
                return state.passed >= enough ? state.held + [batch] : [batch]
            }
        })
        var profile = AuditedRun.profile(naming, batchSize: AuditedRun.single, records: 8_800)
        profile.producers.count = 2
        let simulation = Simulation(profile: profile, target: target)
        let counts = simulation.consume(against: try simulation.produce().sent).audit
        #expect(state.withLock { $0.held.isEmpty })
        #expect(counts == AuditCounts())
    }

    /// All values are equal, so batches of one millisecond are, too. The second producer's come up to
    /// 20 batches late, in order.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `equal batches of two producers are taken for those that are in order`(seed: UInt64) throws
    {
        let state = Mutex((random: SeededGenerator(seed: seed), held: [[UInt8]](), isSecond: false))
        let target = MemoryTarget(
            willStore: { producer in state.withLock { $0.isSecond = producer == 1 } },
            tamper: { _, batch in
                state.withLock { state in
                    if state.isSecond { state.held.append(batch) }
                    let late = Int.random(in: 0...20, using: &state.random)
                    let due = state.held.prefix(max(state.held.count - late, 0))
                    state.held.removeFirst(due.count)
                    return due + (state.isSecond ? [] : [batch])
                }
            })
        var profile = AuditedRun.profile(.unnamed, batchSize: AuditedRun.single)
        profile.payload.kind = .zeros
        profile.producers.rate = .poisson(.perSecond(1_500))
        profile.producers.count = 2
        let simulation = Simulation(profile: profile, target: target)
        let counts = simulation.consume(against: try simulation.produce().sent).audit
        #expect(counts.reordered == 0)
        #expect(counts.duplicated == 0)
        #expect(counts.corrupt == 0)
    }

    @Test func `after a loss of very many batches the audit finds its place again`() throws {
        let counts = try {
            let number = Mutex(0)
            let target = MemoryTarget(tamper: { _, batch in
                let place = number.withLock {
                    $0 += 1
                    return $0
                }
                return (1_000..<71_000).contains(place) ? [] : [batch]
            })
            var profile = AuditedRun.profile(
                .idempotent, batchSize: AuditedRun.single, records: 80_000)
            profile.payload.size = .fixed(10)
            let simulation = Simulation(profile: profile, target: target)
            return simulation.consume(against: try simulation.produce().sent).audit
        }()
        expectFaults(counts, [.lost: 70_000])
    }

    @Test(arguments: BatchNaming.allCases, [AuditedRun.single, AuditedRun.ofTen])
    func `a flipped bit after sealing fails the batch's checksum`(
        naming: BatchNaming, batchSize: Int
    ) throws {
        let counts = try AuditedRun.audit(naming, batchSize: batchSize) { number, batch in
            guard number == 3 else { return [batch] }
            var damaged = batch
            damaged[damaged.count / 2] ^= 0x10
            return [damaged]
        }
        let records = UInt64(batchSize == AuditedRun.single ? 1 : 10)
        // It never arrived whole.
        expectFaults(counts, [.corrupt: records, .lost: records])
        #expect(counts.firstPlace(of: .corrupt)?.offset == Offset(Int64(3 * records)))
    }
}
