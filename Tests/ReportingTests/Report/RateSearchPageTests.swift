import Testing

@testable import Reporting

@Suite struct `The report of a search for the highest rate` {
    /// Runs at three rates, of which the highest fails its bound.
    private static func fixture(_ row: MaxRateRow) throws -> ResultsFixture {
        let fixture = try ResultsFixture()
        let columns = [
            "run_id", "profile", "variant", "repetition", "started_at", "target", "verdict", "loop",
            "offered_rate_records_per_s", "e2e_latency_p50_us", "e2e_latency_p99_us",
            "e2e_latency_max_us", "set_producers_rate", "sustained", "not_sustained_since",
            "disturbed_since", "counts",
        ]
        func run(_ rate: Int, _ number: Int, _ end: [String]) -> [String] {
            let p99 = rate > 100_000 ? "31000" : "9000"
            return [
                "orders/\(rate)-\(number)", "orders", "\(rate)/s", "\(number)",
                "2026-11-24T12:00:00Z", "embedded",
                "VALID", "open", "\(rate)", "2000", p99, "40000", "\(rate)/s",
            ] + end
        }
        let failed = ["false", "e2e_latency_p99 < 20ms does not hold: 31 ms", "", "true"]
        let disturbed = [
            "false", "e2e_latency_p99 < 20ms does not hold: 31 ms", "a stall", "false",
        ]
        let rows = [
            run(95_000, 1, ["true", "", "", "true"]), run(100_000, 1, ["true", "", "", "true"]),
            run(100_000, 2, disturbed), run(106_000, 1, failed),
        ]
        try fixture.write(CSVTable(columns: columns, rows: rows).text, to: "summary.csv")
        let thresholds = CSVTable(
            columns: ["variant", "repetition", "threshold", "metric", "limit", "unit", "holds"],
            rows: [
                [
                    "106000/s", "1", "e2e_latency_p99 < 20ms", "e2e_latency_p99_us", "20000", "us",
                    "false",
                ]
            ])
        try fixture.write(thresholds.text, to: "thresholds.csv")
        try fixture.write(CSVTable.text(of: [row]), to: "max_rate.csv")
        return fixture
    }

    private static let confirmed = `The answer of a search for the highest rate`.confirmed

    @Test func `says the answer first, and no failed threshold`() throws {
        let text = try Self.fixture(Self.confirmed).text()
        #expect(text.contains("Search for the highest rate"))
        #expect(text.contains("CONFIRMED"))
        #expect(text.contains("Answer orders sustains 100 k/s, in the best case 103 k/s."))
        #expect(text.contains("Safe rate, where 9 in 10 runs hold 100 k/s"))
        #expect(text.contains("with 95 % probability 98.0 k/s – 102 k/s"))
        #expect(text.contains("just below it 8 of 10 runs held"))
        #expect(text.contains("Best case, where half of the runs hold 103 k/s"))
        #expect(text.contains("100 k/s 2 1 0 1 e2e_latency_p99 < 20ms"))
        #expect(!text.contains("thresholds failed"))
        #expect(!text.contains("compare --resume"))
    }

    @Test func `says how far it is while the search goes on, and how it ended early`() throws {
        var row = Self.confirmed
        row.state = .running
        row.probesLeft = 9
        let running = try Self.fixture(row).text()
        #expect(running.contains("SEARCHING"))
        #expect(running.contains("about 9 more runs to come"))
        #expect(running.contains("orders sustains 100 k/s, in the best case 103 k/s, so far."))
        row.state = .interrupted
        row.answer.isConfirmed = false
        let interrupted = try Self.fixture(row).text()
        #expect(interrupted.contains("NOT CONFIRMED"))
        #expect(interrupted.contains("weir run --find-max-rate --resume"))
    }

    @Test func `has one chart, with the bound and the answer marked`() throws {
        let fixture = try Self.fixture(Self.confirmed)
        let plan = Charts.plan([try SavedResults(path: fixture.path)])
        #expect(plan.charts.map(\.name) == ["latency-against-load"])
        let panel = try #require(plan.charts.first?.panels.last)
        #expect(panel.x.range.lowerBound > 90)
        #expect(
            panel.series.map(\.name)
                == ["p50", "p99", "max", "bound of p99, 20 ms", "safe rate", "best case"])
        #expect(Set(panel.series.prefix(3).map(\.ink.colour)).count == 3)
        #expect(panel.bands == [.init(kind: .answer, range: 98...102)])
        #expect(panel.series[3].points.map(\.y) == [20_000, 20_000])
        let sizes = panel.series[0].points.map(\.size)
        #expect(sizes[1] > sizes[0])
    }

    @Test func `of two has both latency curves in one chart`() throws {
        let fixtures = [try Self.fixture(Self.confirmed), try Self.fixture(Self.confirmed)]
        let saved = try fixtures.map { try SavedResults(folderOrFile: $0.path) }
        let plan = Charts.plan(saved)
        #expect(plan.charts.map(\.name) == ["latency-against-load"])
        let panel = try #require(plan.charts.first?.panels.last)
        #expect(plan.charts.first?.subtitle.first?.contains(" of 2 results") == true)
        let names = ChartSubject.labels(of: saved)
        #expect(
            panel.series.map(\.name)
                == names.flatMap { ["\($0), p50", "\($0), p99"] }
                + ["bound of p99, 20 ms"]
                + names.map { "\($0), safe rate" })
        #expect(panel.series[1].ink.colour != panel.series[3].ink.colour)
        #expect(panel.series[1].points.map(\.x) == [95, 100, 106])
        #expect(panel.series[1].points.map(\.y) == [9_000, 9_000, 31_000])
        #expect(panel.bands.isEmpty)
    }
}
