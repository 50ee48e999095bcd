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
                search.probed(rate, holds(rate) ? .sustained : .notSustained)
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
        // Whole records below fifty a second are coarser than half of the tolerance.
        #expect(higher - rate <= max(rate * 0.025, 1))
        #expect(answer.isConfirmed)
        #expect(tried.count { $0 == rate } == 2)
        #expect(tried.count { $0 == higher } == 5)
    }

    @Test func `begins with the closed loop and takes few probes`() {
        var search = RateSearch()
        #expect(search.next == .probeClosedLoop)
        search.closedLoop(reached: 123_456)
        #expect(search.next == .probe(rate: 123_500))
        let (_, tried) = Self.search(closedLoop: 100_000) { $0 <= 71_000 }
        #expect(tried.count <= 22, "\(tried)")
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

    @Test func `goes back where probes were unlucky`() throws {
        var unlucky = 2
        let (answer, _) = Self.search { rate in
            if rate < 60_000, unlucky > 0 {
                unlucky -= 1
                return false
            }
            return rate <= 90_000
        }
        #expect(unlucky == 0)
        #expect(try #require(answer.rate) > 87_000)
        #expect(try #require(answer.rate) <= 90_000)
        #expect(answer.isConfirmed)
    }

    @Test func `probes a rate again before it turns away from it`() {
        var search = RateSearch()
        search.closedLoop(reached: 100_000)
        search.probed(100_000, .notSustained)
        #expect(search.next == .probe(rate: 100_000))
        search.probed(100_000, .notSustained)
        #expect(search.next == .probe(rate: 50_000))
    }

    @Test func `does not count a disturbed probe, unless it is disturbed each time`() {
        var search = RateSearch()
        search.closedLoop(reached: 100_000)
        for _ in 0..<3 {
            let counts = search.probed(100_000, .disturbed)
            #expect(!counts)
            #expect(search.next == .probe(rate: 100_000))
            #expect(search.tally(of: 100_000) == (0, 0))
        }
        let counts = search.probed(100_000, .disturbed)
        #expect(counts)
        #expect(search.tally(of: 100_000) == (0, 1))
        search.probed(100_000, .sustained)
        #expect(search.tally(of: 100_000) == (1, 1))
    }

    @Test func `ends though every probe is disturbed`() {
        var search = RateSearch()
        search.closedLoop(reached: 100_000)
        var probes = 0
        while case .probe(let rate) = search.next {
            search.probed(rate, .disturbed)
            probes += 1
        }
        #expect(probes <= 60)
        guard case .done(let answer) = search.next else { return }
        #expect(answer.rate == nil)
        #expect(!answer.isConfirmed)
    }

    @Test func `steps over a rate at the limit itself, where probes never agree`() throws {
        var failures = 0
        let (answer, tried) = Self.search(closedLoop: 100_000) { rate in
            guard rate > 69_500, rate < 71_500 else { return rate < 70_000 }
            // Three fail for each that holds.
            failures += 1
            return failures % 4 == 3
        }
        let rate = try #require(answer.rate)
        let higher = try #require(answer.notSustained)
        #expect(rate <= 69_500)
        #expect(higher >= 71_500)
        #expect(answer.isConfirmed == (higher - rate <= rate * 0.05), "\(tried)")
    }

    @Test func `says at least where the generator was the limit`() throws {
        var search = RateSearch()
        search.closedLoop(reached: 100_000)
        while case .probe(let rate) = search.next {
            search.probed(rate, rate <= 80_000 ? .sustained : .generatorBound)
        }
        guard case .done(let answer) = search.next else { return }
        #expect(try #require(answer.rate) > 77_000)
        #expect(answer.isLimitedByGenerator)
        #expect(!answer.isConfirmed)
    }

    @Test func `soon leaves a closed loop behind that was far too slow`() throws {
        let (answer, tried) = Self.search(closedLoop: 650) { $0 <= 70_000 }
        #expect(try #require(answer.rate) > 68_000)
        #expect(tried.count <= 30, "\(tried)")
    }

    @Test func `ends where nothing holds, and says so`() {
        let (answer, tried) = Self.search { _ in false }
        #expect(answer.rate == nil)
        #expect(answer.notSustained != nil)
        #expect(!answer.isConfirmed)
        #expect(tried.allSatisfy { $0 >= 100 })
    }

    @Test func `ends where everything holds, unconfirmed`() throws {
        let (answer, tried) = Self.search { _ in true }
        #expect(answer.notSustained == nil)
        #expect(!answer.isConfirmed)
        #expect(answer.rate == tried.max())
        #expect(tried.count == 60)
    }
}
