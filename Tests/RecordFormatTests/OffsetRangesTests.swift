import RecordFormat
import Testing

@Suite("Ranges of offsets")
struct OffsetRangesTests {
    private func range(_ first: Int64, _ last: Int64) -> OffsetRanges.Range {
        Offset(first)...Offset(last)
    }

    @Test("are joined where they overlap or touch, and cut where something is taken out")
    func joining() {
        var set = OffsetRanges([range(10, 19), range(0, 4), range(5, 6), range(21, 21)])
        #expect(set.ranges == [range(0, 6), range(10, 19), range(21, 21)])
        set.insert(range(20, 20))
        #expect(set.ranges == [range(0, 6), range(10, 21)])
        set.remove(range(3, 12))
        #expect(set.ranges == [range(0, 2), range(13, 21)])
        set.remove(range(15, 15))
        #expect(set.ranges == [range(0, 2), range(13, 14), range(16, 21)])
        #expect(set.count == 11)
    }

    @Test("may reach up to the largest offset")
    func limits() {
        var set = OffsetRanges([range(0, .max)])
        #expect(set.count == .max)
        set.insert(range(5, .max))
        set.remove(range(.max, .max))
        #expect(set.ranges == [range(0, .max - 1)])
        #expect(set.missing(in: range(.max - 1, .max)) == [range(.max, .max)])
    }

    @Test("do what a set of single offsets does", arguments: 0..<20 as Range<UInt64>)
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var set = OffsetRanges()
        var model: Set<Int64> = []
        for _ in 0..<200 {
            let first = Int64.random(in: 0...60, using: &generator)
            let last = first + Int64.random(in: 0...8, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0:
                set.remove(range(first, last))
                model.subtract(first...last)
            default:
                set.insert(range(first, last))
                model.formUnion(first...last)
            }
            let offsets = set.ranges.flatMap { $0.lowerBound.rawValue...$0.upperBound.rawValue }
            #expect(offsets == model.sorted(), "seed \(seed)")
            for (one, other) in zip(set.ranges, set.ranges.dropFirst()) {
                #expect(other.lowerBound - one.upperBound > 1)
            }
            let asked = range(first, last + 5)
            let all = Set(first...(last + 5))
            let found = set.intersection(asked).flatMap {
                $0.lowerBound.rawValue...$0.upperBound.rawValue
            }
            let missing = set.missing(in: asked).flatMap {
                $0.lowerBound.rawValue...$0.upperBound.rawValue
            }
            #expect(found == all.intersection(model).sorted(), "seed \(seed)")
            #expect(missing == all.subtracting(model).sorted(), "seed \(seed)")
            #expect(set.contains(range(first, last)) == model.isSuperset(of: first...last))
        }
    }
}
