import Measurement
import Testing

@testable import LoadGenerator

@Suite struct `The turns of codecs` {
    private typealias Standing = CodecTurns.Standing

    private static let fewest = CodecTurns.fewestVisits

    @Test func `have every cell once a round until each has its fewest visits`() {
        var turns = CodecTurns(tolerance: 0.03, seed: 1)
        let cells = [Standing(visits: 1), Standing(visits: Self.fewest, reach: 0.5)]
        let new = (0..<20).map { _ in Standing(visits: 0) }
        let rounds = (0..<5).map { _ in turns.round(new) }
        #expect(rounds.allSatisfy { $0.sorted() == Array(0..<20) })
        #expect(Set(rounds).count == 5)
        #expect(turns.round(cells) == [0])
        var again = CodecTurns(tolerance: 0.03, seed: 1)
        #expect((0..<5).map { _ in again.round(new) } == rounds)
    }

    @Test func `go to the wider half of what is still too wide`() {
        var turns = CodecTurns(tolerance: 0.03, seed: 1)
        let reaches = [0.02, 0.2, 0.04, nil, 0.03, 0.1, 0.05]
        let cells = reaches.map { Standing(visits: Self.fewest, reach: $0) }
        #expect(Set(turns.round(cells)) == [3, 1, 5])
    }

    @Test func `end once all is known`() {
        var turns = CodecTurns(tolerance: 0.03, seed: 1)
        #expect(
            turns.round([
                Standing(visits: Self.fewest, reach: 0.03), Standing(visits: 99, reach: 0),
            ]) == [])
        #expect(turns.round([]) == [])
    }
}

@Suite struct `An interval that ends the measuring` {
    /// Times that are proportional to bytes but for a noise of 5 %, to one side more than to the other.
    private func pair(_ generator: inout RandomGenerator) -> (nanos: Double, bytes: Double) {
        let bytes = 500 + 1_000 * generator.nextUnitInterval()
        let noise = (0..<4).reduce(0) { sum, _ in sum + generator.nextUnitInterval() }
        return (bytes * 7 * (0.9 + noise * noise / (10 * (4 + 1.0 / 3))), bytes)
    }

    @Test func `contains the truth in 95 of 100 cases, though it ends at the first narrow one`() {
        var generator = RandomGenerator(seed: 29)
        let trials = 4_000
        let covered = (0..<trials).count { _ in
            var time = RatioOfSums()
            var turns = CodecTurns(tolerance: 0.03, seed: 1)
            var standing = CodecTurns.Standing(visits: 1)
            while !turns.round([standing]).isEmpty {
                let pair = pair(&generator)
                time.add(pair.nanos, over: pair.bytes)
                standing.visits += 1
                standing.reach = time.relativeReach().map { $0 * CodecTurns.widening }
            }
            return abs(time.value! - 7) <= time.reach()! * CodecTurns.widening
        }
        #expect((0.95...0.98).contains(Double(covered) / Double(trials)), "\(covered)")
    }
}

@Suite struct `A spread order` {
    @Test(arguments: [1, 2, 3, 4, 10, 89, 100, 997, 4_096])
    func `has each place once, and its beginning leaves no wide gap`(_ count: Int) {
        let order = SpreadOrder(count: count)
        let places = (0..<count).map { order[$0] }
        #expect(places.sorted() == Array(0..<count))
        #expect((count..<(2 * count)).map { order[$0] } == places)
        for length in stride(from: 1, through: count, by: max(count / 7, 1)) {
            let sorted = places.prefix(length).sorted()
            let gaps = zip(sorted, sorted.dropFirst() + [count + sorted[0]]).map { $1 - $0 }
            #expect(gaps.max()! <= 3 * count / length + 1, "\(length) of \(count)")
        }
    }
}
