import Testing

@testable import Reporting

@Suite struct `The answer of a search for the highest rate` {
    private static let confirmed = MaxRateRow(
        runID: "orders/20261124T120000Z", profile: "orders", rate: 100_000,
        notSustainedRate: 102_000, rateTally: .init(held: 3, failed: 1),
        notSustainedTally: .init(held: 0, failed: 5),
        limit: .bound("e2e_latency_p99 < 20ms", measured: "31 ms"), isAtLeast: false,
        isConfirmed: true, tolerance: 0.05, bounds: ["e2e_latency_p99 < 20ms"],
        closedLoopRate: 120_000, probes: 21, disturbedProbes: 2)

    @Test func `is an interval, with what the probes of both ends said`() throws {
        let text = Self.confirmed.text(resultsPath: "Results/x")
        #expect(text.contains("orders sustains 100 k"))
        #expect(text.contains("its limit is below 102 k"))
        #expect(text.contains("held in 3 of 4 runs"))
        #expect(text.contains("failed in 5 of 5 runs: e2e_latency_p99 < 20ms does not hold"))
        #expect(text.contains("2 of them disturbed by the machine and made again"))
        #expect(!text.contains("confirmed"))
        let table = try CSVTable(text: CSVTable.text(of: [Self.confirmed]), path: "max_rate.csv")
        #expect(table.rows[0].number("interval_percent") == 2)
        #expect(table.rows[0].number("not_sustained_failed") == 5)
        #expect(table.rows[0]["is_at_least"] == "false")
    }

    @Test func `is told as a lower bound where the generator was the limit`() {
        var row = Self.confirmed
        row.limit = .generator
        row.isAtLeast = true
        row.isConfirmed = false
        let text = row.text(resultsPath: "Results/x")
        #expect(text.contains("orders sustains at least 100 k"))
        #expect(text.contains("the target may sustain more"))
    }

    @Test func `says why it is not confirmed`() {
        var row = Self.confirmed
        row.isConfirmed = false
        row.notSustainedRate = 110_000
        #expect(row.text(resultsPath: "").contains("not confirmed: between the two"))
        row.notSustainedRate = nil
        #expect(row.text(resultsPath: "").contains("no higher rate was shown"))
        row.rate = nil
        #expect(row.text(resultsPath: "").contains("sustains no rate that was tried"))
    }
}
