import Measurement
import Testing

@testable import Reporting

@Suite struct `The answer of a search for the highest rate` {
    static let confirmed = MaxRateRow(
        runID: "orders/20261124T120000Z", profile: "orders", state: .done,
        answer: .init(
            safe: .init(
                rate: 100_000, interval: 98_000...102_000,
                tally: .init(held: 8, failed: 1, failedByMachine: 1)),
            bestCase: .init(
                rate: 103_000, interval: 101_000...105_000, tally: .init(held: 5, failed: 4)),
            notSustained: .init(rate: 106_000, tally: .init(held: 0, failed: 4)),
            machineShare: 0.03, isLimitedByGenerator: false, isConfirmed: true),
        tally: .init(held: 12, failed: 8, failedByMachine: 1),
        limit: .bound("e2e_latency_p99 < 20ms", measured: "31 ms"), tolerance: 0.05,
        bounds: ["e2e_latency_p99 < 20ms"], closedLoopRate: 120_000)

    @Test func `is two rates with their intervals, and what the runs below them said`() throws {
        let text = Self.confirmed.text(resultsPath: "Results/x")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("orders sustains 100 k/s, in the best case 103 k/s"))
        #expect(text.contains("with 95 % probability 98.0 k/s – 102 k/s"))
        #expect(text.contains("held just below it: 8 of 10 runs (1 failed during a disturbance)"))
        #expect(text.contains("106 k/s held in 0 of 4 runs: e2e_latency_p99 < 20ms does not hold"))
        #expect(text.contains("21 runs at offered rates: 12 held, 8 failed, 1 failed during"))
        #expect(!text.contains("confirmed"))
        let table = try CSVTable(text: CSVTable.text(of: [Self.confirmed]), path: "max_rate.csv")
        let row = table.rows[0]
        #expect(row.number("max_rate_records_per_s") == 100_000)
        #expect(row.number("safe_rate_low_records_per_s") == 98_000)
        #expect(row.number("best_case_rate_records_per_s") == 103_000)
        #expect(row.number("interval_percent") == 4.08)
        #expect(row.number("max_rate_failed_by_machine") == 1)
        #expect(row.number("not_sustained_failed") == 4)
        #expect(row["is_at_least"] == "false")
        #expect(row["state"] == "done")
    }

    @Test func `is told as a lower bound where the generator was the limit`() {
        var row = Self.confirmed
        row.answer.isLimitedByGenerator = true
        row.answer.isConfirmed = false
        let text = row.text(resultsPath: "Results/x")
        #expect(text.contains("orders sustains at least 100 k"))
        #expect(text.contains("the target may sustain more"))
    }

    @Test func `says why it is not confirmed`() {
        var row = Self.confirmed
        row.answer.isConfirmed = false
        row.answer.safe?.interval = 90_000...110_000
        #expect(row.doubt?.contains("22.2 % wide, more than 5.00 %") == true)
        row.answer.safe?.tally = .init(held: 4, failed: 7)
        #expect(row.doubt?.contains("no more than half of the runs held") == true)
        row.state = .outOfTime
        #expect(row.doubt?.hasPrefix("--max-time is over; ") == true)
        row.answer.safe = nil
        #expect(row.text(resultsPath: "").contains("sustains no rate that was tried"))
    }

    @Test func `says what fails whatever the rate is`() {
        var row = Self.confirmed
        row.answer.machineShare = 0.28
        let text = row.text(resultsPath: "").split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        #expect(text.contains("28.0 % of the runs fail at any rate"))
    }

    @Test func `is told while the search goes on`() {
        var row = Self.confirmed
        row.state = .running
        row.probesLeft = 9
        #expect(row.progress == "safe rate 98.0 k/s – 102 k/s so far, about 9 more runs")
        row.answer.safe = nil
        row.probesLeft = nil
        #expect(row.progress == "no rate has held yet")
    }
}
