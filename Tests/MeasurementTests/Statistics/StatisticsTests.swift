import Testing

@testable import Measurement

@Suite struct `Descriptive statistics` {
    @Test func `interpolate quantiles as type 7 does`() {
        // numpy.quantile([15, 20, 35, 40, 50], [0, .05, .3, .4, .5, 1])
        let values = [35.0, 15, 50, 20, 40]
        #expect(Statistics.quantile(values, 0) == 15)
        #expect(Statistics.quantile(values, 0.05) == 16)
        #expect(abs(Statistics.quantile(values, 0.3)! - 23) < 1e-9)
        #expect(abs(Statistics.quantile(values, 0.4)! - 29) < 1e-9)
        #expect(Statistics.median(values) == 35)
        #expect(Statistics.quantile(values, 1) == 50)
        #expect(Statistics.median([1, 2, 3, 10]) == 2.5)
        #expect(Statistics.median([7]) == 7)
    }

    @Test func `spread a sample over n − 1`() {
        let values = [2.0, 4, 4, 4, 5, 5, 7, 9]
        #expect(Statistics.mean(values) == 5)
        #expect(abs(Statistics.standardDeviation(values)! - 2.138089935) < 1e-9)
        #expect(abs(Statistics.coefficientOfVariation(values)! - 0.427617987) < 1e-9)
    }

    @Test func `say nothing of too few values`() {
        #expect(Statistics.mean([]) == nil)
        #expect(Statistics.median([]) == nil)
        #expect(Statistics.standardDeviation([1]) == nil)
        #expect(Statistics.coefficientOfVariation([0, 0]) == nil)
    }
}

@Suite struct `The settling test` {
    private func judgement(
        count: Int, seed: UInt64, noise: Double, rate: (Double) -> Double
    ) -> Settling.Judgement {
        var random = SeededGenerator(seed: seed)
        let rates = (0..<count).map { index in
            rate(Double(index) / Double(count - 1)) * random.normal(mean: 1, deviation: noise)
        }
        return Settling(rates: rates).judgement
    }

    @Test(arguments: [10, 15, 60, 600])
    func `calls fewer than 1 in 100 steady rates with 10 % noise unsettled`(count: Int) {
        let tries = count > 100 ? 100 : 1_000
        let alarms = (0..<tries).count {
            judgement(count: count, seed: UInt64($0), noise: 0.1) { _ in 1e6 } == .unsettled
        }
        #expect(alarms * 100 < tries, "\(alarms) of \(tries) with \(count) intervals, seeds from 0")
    }

    @Test(arguments: [15, 60])
    func `finds a rate that climbs by a half`(count: Int) {
        let found = (0..<50).count {
            judgement(count: count, seed: UInt64($0), noise: 0.05) { 1e6 * (1 + 0.5 * $0) }
                == .unsettled
        }
        #expect(found == 50, "\(found) of 50, seeds from 0")
    }

    @Test(arguments: [10, 30, 100])
    func `finds a rate that halves in the middle of the run`(count: Int) {
        let found = (0..<50).count {
            judgement(count: count, seed: UInt64($0), noise: 0.05) { $0 < 0.5 ? 1e6 : 5e5 }
                == .unsettled
        }
        #expect(found == 50, "\(found) of 50, seeds from 0")
    }

    @Test func `is not moved by one interval that stalled`() {
        var rates = [Double](repeating: 1e6, count: 30)
        rates[28] = 0
        #expect(Settling(rates: rates).judgement == .settled)
    }

    @Test func `does not call a rate that swings around one level unsettled`() {
        let rates = (0..<60).map { $0.isMultiple(of: 2) ? 8e5 : 1.2e6 }
        #expect(Settling(rates: rates).judgement == .settled)
    }

    @Test func `does not mistake a small drift without noise for trouble`() {
        let rates = (0..<60).map { 1e6 + Double($0) * 500 }
        let settling = Settling(rates: rates)
        #expect(settling.judgement == .settled)
        #expect(settling.trendScore > 3)
        #expect(abs(settling.relativeDrift - 0.029) < 0.001)
    }

    @Test func `judges no series that is too short`() {
        #expect(Settling(rates: [1, 2, 3]).judgement == .tooShort)
        #expect(Settling(rates: []).judgement == .tooShort)
    }

    @Test func `calls a rate of nothing unsettled`() {
        #expect(Settling(rates: [Double](repeating: 0, count: 20)).judgement == .unsettled)
    }
}

extension Range<Int> {
    fileprivate func count(where holds: (Int) -> Bool) -> Int { filter(holds).count }
}
