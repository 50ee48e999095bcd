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
            case .done: return (search.answer, tried)
            }
        }
    }

    @Test(arguments: [3, 17, 950, 7_000, 49_999, 61_234, 99_000, 100_001, 180_000, 3_141_592])
    func `ends within its tolerance of the limit, wherever that is`(_ limit: Int) throws {
        let (answer, tried) = Self.search(closedLoop: Double(limit) * 0.9) {
            $0 <= Double(limit)
        }
        let safe = try #require(answer.safe)
        #expect(abs(safe.rate - Double(limit)) <= max(Double(limit) * 0.03, 1))
        // An edge without any width is a hair's breadth above the rate where nine in ten hold.
        #expect(safe.interval.upperBound >= Double(limit) * 0.99)
        #expect(safe.interval.lowerBound <= Double(limit))
        #expect(safe.width <= max(0.05, 1 / safe.interval.lowerBound) + 1e-9)
        #expect(answer.isConfirmed, "\(tried)")
        #expect(safe.tally.mostHold)
        #expect(safe.tally.runs >= 5)
        let bestCase = try #require(answer.bestCase)
        #expect(bestCase.rate >= safe.rate)
        // Below twenty a second one record more or less is as much as the tolerance.
        #expect(tried.count <= (limit < 20 ? 50 : 40), "\(tried)")
    }

    @Test func `begins with the closed loop and halves what is open`() {
        var search = RateSearch()
        #expect(search.next == .probeClosedLoop)
        search.closedLoop(reached: 100_000)
        var tried: [Double] = []
        while case .probe(let rate) = search.next, tried.count < 6 {
            tried.append(rate)
            search.probed(rate, rate <= 71_000 ? .sustained : .notSustained)
        }
        #expect(tried.contains { $0 <= 71_000 } && tried.contains { $0 > 71_000 }, "\(tried)")
        #expect(tried.allSatisfy { (10_000...1_000_000).contains($0) }, "\(tried)")
    }

    @Test func `goes back where a probe was lucky`() throws {
        var wasLucky = false
        let (answer, _) = Self.search { rate in
            // A rate that is too high holds once, and never again.
            if rate > 62_000, !wasLucky {
                wasLucky = true
                return true
            }
            return rate <= 60_000
        }
        #expect(wasLucky)
        #expect(abs(try #require(answer.safe).rate - 60_000) <= 3_000)
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
        #expect(abs(try #require(answer.safe).rate - 90_000) <= 4_500)
    }

    @Test func `learns little from a run that failed beside a disturbance`() throws {
        func upper(_ outcome: RateSearch.Outcome, times: Int) -> Double {
            var search = RateSearch()
            search.closedLoop(reached: 100_000)
            search.probed(50_000, .sustained)
            for _ in 0..<times { search.probed(70_000, outcome) }
            return search.answer.safe!.interval.upperBound
        }
        #expect(upper(.disturbed, times: 1) > upper(.notSustained, times: 1) * 1.05)
        // What comes back each time comes with the rate.
        #expect(upper(.disturbed, times: 20) < upper(.disturbed, times: 1) * 0.8)
    }

    @Test func `counts how the runs ended, and which were the machine's`() {
        var search = RateSearch()
        search.closedLoop(reached: 100_000)
        search.probed(50_000, .sustained)
        search.probed(70_000, .disturbed)
        search.probed(70_000, .notSustained)
        search.probed(90_000, .generatorBound)
        #expect(search.tally == .init(held: 1, failed: 2, failedByMachine: 1))
        #expect(
            search.tally(of: 70_000...70_000) == .init(held: 0, failed: 1, failedByMachine: 1))
        #expect(search.answer.notSustained?.rate == 90_000)
    }

    @Test func `ends though every probe is disturbed`() {
        var search = RateSearch()
        search.closedLoop(reached: 100_000)
        while case .probe(let rate) = search.next { search.probed(rate, .disturbed) }
        #expect(search.tally.runs <= 60)
        #expect(search.answer.safe == nil)
        #expect(!search.answer.isConfirmed)
    }

    @Test func `does not confirm a rate whose runs just below it failed`() throws {
        let bad = RateSearch.Tally(held: 4, failed: 7)
        #expect(!bad.mostHold)
        #expect(!RateSearch.Tally(held: 5, failed: 1, failedByMachine: 4).mostHold)
        #expect(RateSearch.Tally(held: 6, failed: 1, failedByMachine: 4).mostHold)
    }

    @Test func `says at least where the generator was the limit`() throws {
        var search = RateSearch()
        search.closedLoop(reached: 100_000)
        while case .probe(let rate) = search.next {
            search.probed(rate, rate <= 80_000 ? .sustained : .generatorBound)
        }
        let answer = search.answer
        #expect(abs(try #require(answer.safe).rate - 80_000) <= 4_000)
        #expect(answer.isLimitedByGenerator)
        #expect(!answer.isConfirmed)
    }

    @Test func `soon leaves a closed loop behind that was far too slow`() throws {
        let (answer, tried) = Self.search(closedLoop: 650) { $0 <= 70_000 }
        #expect(abs(try #require(answer.safe).rate - 70_000) <= 3_500)
        #expect(tried.count <= 40, "\(tried)")
    }

    @Test func `ends where nothing holds, and says so`() {
        let (answer, tried) = Self.search { _ in false }
        #expect(answer.safe == nil)
        #expect(answer.notSustained != nil)
        #expect(!answer.isConfirmed)
        #expect(tried.count <= 20)
    }

    @Test func `ends where everything holds, unconfirmed`() throws {
        let (answer, tried) = Self.search { _ in true }
        #expect(answer.notSustained == nil)
        #expect(!answer.isConfirmed)
        #expect(try #require(answer.safe).rate > 1_000_000)
        #expect(tried.count <= 30)
    }

    @Test func `foresees how many probes are left`() throws {
        var generator = SeededGenerator(seed: 7)
        var search = RateSearch()
        #expect(search.probesLeft(using: &generator) == nil)
        search.closedLoop(reached: 100_000)
        let before = try #require(search.probesLeft(using: &generator))
        #expect((10...60).contains(before.middle))
        #expect(before.middle <= before.most)
        while case .probe(let rate) = search.next {
            search.probed(rate, rate <= 80_000 ? .sustained : .notSustained)
        }
        #expect(try #require(search.probesLeft(using: &generator)).most == 0)
    }
}
