import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

@Suite("The delivery audit finds what a target did to records")
struct DeliveryAuditTests {
    /// 1,000 records, each a batch of its own, through a target that does something to some.
    private func audit(
        batchSize: Int = 1, _ tamper: @escaping @Sendable (Int, [UInt8]) -> [[UInt8]]
    ) throws -> AuditCounts {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { batch in
            tamper(
                number.withLock {
                    $0 += 1
                    return $0 - 1
                }, batch)
        })
        let profile = Simulation.profile(
            rate: .constant(.perSecond(1_000)), duration: .seconds(1), batchSize: batchSize)
        let simulation = Simulation(profile: profile, target: target)
        let produced = try simulation.produce()
        return simulation.consume(against: produced.ledgers).audit
    }

    @Test func `an honest target is clean`() throws {
        #expect(try audit { _, batch in [batch] } == AuditCounts())
    }

    @Test(arguments: [0, 1, 500, 999]) func `one lost record is found, wherever it was`(
        victim: Int
    ) throws {
        let counts = try audit { number, batch in number == victim ? [] : [batch] }
        #expect(counts.lost == 1)
        #expect(counts.duplicated == 0 && counts.reordered == 0 && counts.corrupt == 0)
    }

    @Test func `a loss of everything is found`() throws {
        #expect(try audit { _, _ in [] }.lost == 1_000)
    }

    @Test func `one duplicated record is found`() throws {
        let counts = try audit { number, batch in number == 7 ? [batch, batch] : [batch] }
        #expect(counts.duplicated == 1)
        #expect(counts.lost == 0 && counts.reordered == 0 && counts.corrupt == 0)
    }

    @Test func `two swapped records are one reordered record, and none is lost`() throws {
        let held = Mutex<[UInt8]>([])
        let counts = try audit { number, batch in
            switch number {
            case 20:
                held.withLock { $0 = batch }
                return []
            case 21: return [batch, held.withLock { $0 }]
            default: return [batch]
            }
        }
        #expect(counts.reordered == 1)
        #expect(counts.lost == 0 && counts.duplicated == 0 && counts.corrupt == 0)
    }

    @Test func `a flipped bit in a value fails the batch's checksum`() throws {
        let counts = try audit { number, batch in
            guard number == 3 else { return [batch] }
            var damaged = batch
            damaged[damaged.count / 2] ^= 0x10
            return [damaged]
        }
        #expect(counts.corrupt == 1)
        // It never arrived whole.
        #expect(counts.lost == 1)
    }

    @Test func `a value damaged before its batch was sealed is found by the record's own check`()
        throws
    {
        let counts = try audit { number, batch in
            guard number == 3 else { return [batch] }
            var damaged = batch
            damaged[damaged.count / 2] ^= 0x10
            unsafe damaged.withUnsafeMutableBytes { bytes in
                unsafe RecordBatchHeader.patchChecksum(in: bytes)
            }
            return [damaged]
        }
        #expect(counts.corrupt == 1)
        #expect(counts.lost == 0)
    }

    @Test func `records of another run are skipped, and no fault`() throws {
        let target = MemoryTarget()
        let profile = Simulation.profile(rate: .constant(.perSecond(100)), duration: .seconds(1))
        _ = try Simulation(profile: profile, target: target).produce()
        let later = Simulation(
            profile: profile, target: target, unixStart: Simulation.unixStart + 60_000_000_000)
        let produced = try later.produce()
        let consumed = later.consume(against: produced.ledgers)
        #expect(consumed.audit.foreign == 100)
        #expect(consumed.audit.isClean)
        #expect(consumed.tally.records == produced.tally.ackedRecords)
        #expect(consumed.tally.logicalBytes == produced.tally.logicalBytes)
    }

    @Test func `records of an earlier run are told apart even where its number is the same`()
        throws
    {
        let target = MemoryTarget()
        let profile = Simulation.profile(rate: .constant(.perSecond(100)), duration: .seconds(1))
        let earlier = Simulation(profile: profile, target: target)
        _ = try earlier.produce()
        // The number is folded from 32 bits of microseconds: it comes again after 71 minutes.
        let later = Simulation(
            profile: profile, target: target, unixStart: Simulation.unixStart + 1_000 * (1 << 32))
        #expect(later.plan.run.id == earlier.plan.run.id)
        let consumed = later.consume(against: try later.produce().ledgers)
        #expect(consumed.audit.foreign == 100)
        #expect(consumed.audit.isClean)
        #expect(consumed.tally.records == 100)
    }

    @Test func `records that nobody came to read are not lost, and gaps before them are`() throws {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { batch in
            number.withLock {
                $0 += 1
                return $0 == 5 ? [] : [batch]
            }
        })
        let profile = Simulation.profile(rate: .constant(.perSecond(100)), duration: .seconds(1))
        let simulation = Simulation(profile: profile, target: target)
        let produced = try simulation.produce()
        let counts = simulation.consume(against: produced.ledgers, steps: 50).audit
        #expect(counts.lost == 1)
        #expect(simulation.consume(against: produced.ledgers).audit.lost == 1)
    }

    @Test func `sequence audits agree with a model on random deliveries`() {
        let seed = UInt64.random(in: 0...(.max))
        var random = RandomGenerator(seed: seed)
        for _ in 0..<200 {
            let sent = UInt64(1 + random.next(below: 60))
            var deliveries: [UInt64] = []
            for number in 0..<sent where random.next(below: 5) > 0 {
                deliveries.append(number)
                if random.next(below: 6) == 0 { deliveries.append(number) }
            }
            for _ in 0..<3 where deliveries.count > 1 {
                let place = Int(random.next(below: deliveries.count - 1))
                deliveries.swapAt(place, place + 1)
            }
            var audit = SequenceAudit()
            for number in deliveries { audit.observe(number) }
            // The model: a set, and the largest number so far.
            var seen: Set<UInt64> = []
            var largest: UInt64?
            var (duplicated, reordered): (UInt64, UInt64) = (0, 0)
            for number in deliveries {
                if !seen.insert(number).inserted {
                    duplicated += 1
                } else if let largest, number < largest {
                    reordered += 1
                }
                largest = max(largest ?? 0, number)
            }
            let lost = sent - UInt64(seen.count)
            #expect(audit.duplicated == duplicated, "seed \(seed)")
            #expect(audit.reordered == reordered, "seed \(seed)")
            #expect(audit.lost(before: sent, unacknowledged: []) == lost, "seed \(seed)")
        }
    }

    @Test func `records that were never acknowledged are not lost`() {
        var audit = SequenceAudit()
        audit.observe(0)
        audit.observe(5)
        #expect(audit.lost(before: 10, unacknowledged: [2..<4, 8..<10]) == 4)
    }

    @Test func `a stamp survives its encoding at the edges of its fields`() {
        for (producer, sequence) in [
            (UInt16(0), UInt64(0)), (.max, (1 << 48) - 1), (513, 0x0102_0304_0506),
        ] {
            let headers = StampedHeaders(run: 0xABCD, producer: producer)
            let bytes = unsafe headers.stamped(
                sequence: sequence, check: 0x1234, intendedUnixNanos: -2)
            let stamp = unsafe AuditStamp(
                RawSpan(_unsafeBytes: bytes).extracting(
                    droppingFirst: bytes.count - AuditStamp.byteCount))
            #expect(
                stamp
                    == AuditStamp(
                        run: 0xABCD, producer: producer, sequence: sequence, check: 0x1234,
                        intendedUnixNanos: -2))
        }
    }
}
