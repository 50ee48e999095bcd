import Testing

@testable import Reporting

@Suite struct `A probe of a rate` {
    private static func outcome(
        _ changes: [String: String] = [:], thresholds: CSVTable? = nil, lags: [Double] = [],
        arrivesByChance: Bool = false
    ) -> ProbeOutcome {
        var fields = [
            "verdict": "VALID", "offered_rate_records_per_s": "1000",
            "acked_rate_records_per_s": "999.5", "duration_s": "100", "verdict_reasons": "",
        ]
        fields.merge(changes) { $1 }
        let columns = fields.keys.sorted()
        let summary = CSVTable(columns: columns, rows: [columns.map { fields[$0]! }])
        let series = CSVTable(
            columns: ["phase", "role", "group", "elapsed_s", "lag_records"],
            rows: lags.enumerated().map { second, lag in
                ["run", "consumer", "readers", "\(second + 1)", "\(lag)"]
            })
        return ProbeOutcome(
            summary: summary.rows[0], thresholds: thresholds, timeSeries: series,
            arrivesByChance: arrivesByChance)
    }

    private static func thresholds(holds: String) -> CSVTable {
        CSVTable(
            columns: ["threshold", "metric", "limit", "measured", "unit", "holds"],
            rows: [
                ["lag_time_max < 1s", "lag_time_max_ms", "1000", "12", "ms", "true"],
                [
                    "e2e_latency_p99 < 10ms", "e2e_latency_p99_us", "10000", "14250.5", "us", holds,
                ],
            ])
    }

    @Test func `is sustained where all was acknowledged and every bound holds`() {
        #expect(Self.outcome().isSustained)
        #expect(Self.outcome(thresholds: Self.thresholds(holds: "true")).isSustained)
        // The machine's hiccups are no limit of the target's.
        #expect(Self.outcome(["verdict": "SUSPECT"]).isSustained)
    }

    @Test func `names the bound that does not hold, and what was measured`() {
        let outcome = Self.outcome(thresholds: Self.thresholds(holds: "false"))
        #expect(outcome.limit == .bound("e2e_latency_p99 < 10ms", measured: "14.3 ms"))
    }

    @Test func `is not sustained where less was acknowledged than was offered`() {
        let missed = Self.outcome(["acked_rate_records_per_s": "950"])
        #expect(missed.limit == .acknowledged(share: 0.95))
        #expect(!Self.outcome(["acked_rate_records_per_s": ""]).isSustained)
        #expect(!Self.outcome(["offered_rate_records_per_s": ""]).isSustained)
    }

    @Test func `allows for the chance in few Poisson arrivals`() {
        let few = ["duration_s": "1", "acked_rate_records_per_s": "950"]
        #expect(Self.outcome(few, arrivesByChance: true).isSustained)
        #expect(!Self.outcome(few).isSustained)
    }

    @Test func `is not sustained where the generator was the limit, or the run means nothing`() {
        #expect(Self.outcome(["verdict": "GENERATOR_BOUND"]).limit == .generator)
        let lost = ["verdict": "INVALID", "verdict_reasons": "3 records were lost"]
        #expect(Self.outcome(lost).limit == .invalid(reason: "3 records were lost"))
        #expect(!Self.outcome(["verdict": ""]).isSustained)
        #expect(!Self.outcome(["verdict": "SPLENDID"]).isSustained)
    }

    @Test func `is not sustained where a group falls ever farther behind`() {
        let growing = (1...30).map { Double($0) * 20 }
        #expect(Self.outcome(lags: growing).limit == .growingLag(recordsPerSecond: 20))
        // At the same lag all the time, or in one stall, nobody falls behind.
        #expect(Self.outcome(lags: [Double](repeating: 500, count: 30)).isSustained)
        var stall = [Double](repeating: 0, count: 30)
        stall[28] = 5_000
        #expect(Self.outcome(lags: stall).isSustained)
        #expect(Self.outcome(lags: [0, 90_000]).isSustained)
    }

    @Test func `is disturbed where it failed while the machine stood still or was taken away`() {
        let stalled = Self.outcome(
            ["hiccup_max_ms": "130"], thresholds: Self.thresholds(holds: "false"))
        #expect(stalled.disturbance == .stall(milliseconds: 130))
        #expect(stalled.outcome == .disturbed)
        #expect(!stalled.isSustained)
        let stolen = Self.outcome(
            ["acked_rate_records_per_s": "950", "cpu_steal_percent": "8"])
        #expect(stolen.disturbance == .steal(share: 0.08))
        let starved = Self.outcome(["verdict": "GENERATOR_BOUND", "hiccup_max_ms": "101"])
        #expect(starved.outcome == .disturbed)
    }

    @Test func `is disturbed where the machine alone was late enough to break the bound`() {
        let bound = Self.thresholds(holds: "false")
        let late = Self.outcome(["hiccup_p99_us": "5000"], thresholds: bound)
        #expect(
            late.disturbance == .lateness(milliseconds: 5, bound: "e2e_latency_p99 < 10ms"))
        // A single stall is not 1 % of the time.
        let once = Self.outcome(
            ["hiccup_p99_us": "4900", "hiccup_max_ms": "60"], thresholds: bound)
        #expect(once.outcome == .notSustained)
        // The bound that failed counts, not the wider one that held.
        #expect(Self.outcome(["hiccup_p99_us": "5000"]).outcome == .sustained)
    }

    @Test func `is never disturbed where it held, or where records were lost`() {
        let machine = ["hiccup_max_ms": "130", "cpu_steal_percent": "8", "verdict": "SUSPECT"]
        #expect(Self.outcome(machine).outcome == .sustained)
        let lost = machine.merging(["verdict": "INVALID"]) { $1 }
        #expect(Self.outcome(lost).outcome == .notSustained)
    }

    @Test func `tells the search that the rate was never offered`() {
        #expect(Self.outcome(["verdict": "GENERATOR_BOUND"]).outcome == .generatorBound)
    }
}
