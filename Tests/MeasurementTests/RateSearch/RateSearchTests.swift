import Testing

@testable import Measurement

@Suite struct `The search for the highest rate` {
    /// Runs a search against something that holds a rate or does not, and returns every rate tried.
    private static func search(
        _ search: RateSearch = RateSearch(), closedLoop: Double = 100_000,
        holds: (Double) -> Bool
    ) -> (answer: RateSearch.Answer, tried: [Double]) {
        var search = search
        var tried: [Double] = []
        while true {
            switch search.next {
            case .probeClosedLoop: search.closedLoop(reached: closedLoop)
            case .probe(let rate):
                tried.append(rate)
                search.probed(rate, sustained: holds(rate))
            case .done(let answer): return (answer, tried)
            }
        }
    }

    @Test(arguments: [3, 17, 950, 7_000, 49_999, 61_234, 99_000, 100_001, 180_000, 3_141_592])
    func `ends within its tolerance below the limit, wherever that is`(_ limit: Int) throws {
        let (answer, tried) = Self.search(closedLoop: Double(limit) * 0.9) {
            $0 <= Double(limit)
        }
        let rate = try #require(answer.rate)
        #expect(rate <= Double(limit))
        let higher = try #require(answer.notSustained)
        #expect(higher > Double(limit))
        // Whole records below fifty a second are coarser than the tolerance.
        #expect(higher - rate <= max(rate * 0.02, 1))
        #expect(answer.isConfirmed)
        #expect(tried.count { $0 == rate } >= 2)
        #expect(tried.count { $0 == higher } >= 2)
    }

    @Test func `begins with the closed loop and takes few probes`() {
        var search = RateSearch()
        #expect(search.next == .probeClosedLoop)
        search.closedLoop(reached: 123_456)
        #expect(search.next == .probe(rate: 123_500))
        let (_, tried) = Self.search(closedLoop: 100_000) { $0 <= 71_000 }
        #expect(tried.count <= 14, "\(tried)")
    }

    @Test func `goes back where a probe was lucky`() throws {
        var wasLucky = false
        let (answer, _) = Self.search { rate in
            // 75,000/s holds once, and never again.
            if rate > 70_000, rate < 76_000, !wasLucky {
                wasLucky = true
                return true
            }
            return rate <= 60_000
        }
        #expect(wasLucky)
        #expect(try #require(answer.rate) > 58_500)
        #expect(try #require(answer.rate) <= 60_000)
    }

    @Test func `goes back where a probe was unlucky`() throws {
        var wasUnlucky = false
        let (answer, _) = Self.search { rate in
            if rate < 60_000, !wasUnlucky {
                wasUnlucky = true
                return false
            }
            return rate <= 90_000
        }
        #expect(wasUnlucky)
        #expect(try #require(answer.rate) > 88_000)
        #expect(try #require(answer.rate) <= 90_000)
    }

    @Test func `ends where nothing holds, and says so`() {
        let (answer, tried) = Self.search { _ in false }
        #expect(answer.rate == nil)
        #expect(answer.notSustained != nil)
        #expect(tried.allSatisfy { $0 >= 100 })
    }

    @Test func `ends where everything holds, unconfirmed`() throws {
        let (answer, tried) = Self.search { _ in true }
        #expect(answer.notSustained == nil)
        #expect(!answer.isConfirmed)
        #expect(answer.rate == tried.max())
        #expect(tried.count == 40)
    }

    @Test func `ends where chance alone decides`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let (_, tried) = Self.search { _ in Bool.random(using: &generator) }
            #expect(tried.count <= 40)
        }
    }

    @Test func `of a noisy machine comes out within 5 % of itself, nearly always`() {
        var generator = SeededGenerator(seed: 11)
        let answers = (0..<400).map { _ in
            // A closed loop says something else each time, and around the limit chance decides.
            Self.search(closedLoop: Double.random(in: 80_000...130_000, using: &generator)) {
                let excess = ($0 - 70_000) / 70_000
                let chance = min(max(0.5 - excess / 0.04, 0), 1)
                return Double.random(in: 0..<1, using: &generator) < chance
            }.answer.rate ?? 0
        }
        let isNear = answers.count { abs($0 - 70_000) <= 0.025 * 70_000 }
        #expect(Double(isNear) >= 0.95 * 400, "\(isNear) of 400")
    }
}
