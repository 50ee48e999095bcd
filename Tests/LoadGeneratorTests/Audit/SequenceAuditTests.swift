import Testing

@testable import LoadGenerator

@Suite("The audit of a producer's sequence numbers")
struct SequenceAuditTests {
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
            let excused = (0..<3).map { _ in
                let start = random.next(below: Int(sent))
                return UInt64(start)..<UInt64(start + random.next(below: 8))
            }
            let missing = (0..<sent).filter { number in
                !seen.contains(number) && !excused.contains { $0.contains(number) }
            }
            let lost = audit.lost(before: sent, excusing: excused)
            #expect(audit.duplicated == duplicated, "seed \(seed)")
            #expect(audit.reordered == reordered, "seed \(seed)")
            #expect(lost.count == UInt64(missing.count), "seed \(seed)")
            #expect(lost.first == missing.first, "seed \(seed)")
        }
    }

    @Test func `records that were never acknowledged are not lost`() {
        var audit = SequenceAudit()
        audit.observe(0)
        audit.observe(5)
        let lost = audit.lost(before: 10, excusing: [8..<10, 2..<4])
        #expect(lost.count == 4)
        #expect(lost.first == 1)
    }

    @Test func `says how many of some numbers have arrived`() {
        var audit = SequenceAudit()
        for range: Range<UInt64> in [0..<10, 15..<20, 30..<40] { audit.observe(range) }
        #expect(audit.arrivedCount(of: 0..<10) == 10)
        #expect(audit.arrivedCount(of: 8..<17) == 4)
        #expect(audit.arrivedCount(of: 10..<15) == 0)
        #expect(audit.arrivedCount(of: 0..<100) == 25)
        #expect(audit.arrivedCount(of: 40..<50) == 0)
        #expect(audit.arrivedCount(of: 50..<60) == 0)
    }
}
