import Measurement
import SeededRandom
import Testing

@testable import Reporting

@Suite struct `A limit on a difference` {
    private static let p99 = "e2e_latency_p99_us"
    private static let rate = "acked_rate_records_per_s"

    private static func limit(
        _ column: String, _ kind: DifferenceLimit.Kind = .worse, _ percent: Int = 5
    ) -> DifferenceLimit {
        DifferenceLimit(
            RunFigure.named(column)!, kind, share: Double(percent) / 100, percent: "\(percent)")
    }

    private static func outcome(
        _ limit: DifferenceLimit, _ values: [Double], _ baseline: [Double]
    ) -> DifferenceJudgement.Outcome {
        DifferenceJudgement(limit, values, baseline: baseline).outcome
    }

    /// Values around one, evenly spread over so many percent to each side.
    private static func around(_ middle: Double, _ percent: Double, _ count: Int = 5) -> [Double] {
        (0..<count).map { middle * (1 + percent / 100 * (2 * Double($0) / Double(count - 1) - 1)) }
    }

    @Test func `fails where the nearer end of the interval is beyond it`() {
        let base = Self.around(100, 1)
        let latency = Self.limit(Self.p99)
        #expect(Self.outcome(latency, Self.around(112, 1), base) == .failed)
        #expect(Self.outcome(latency, Self.around(103, 0.5), base) == .holds)
        #expect(Self.outcome(latency, Self.around(50, 1), base) == .holds, "better is not worse")
        let rate = Self.limit(Self.rate)
        #expect(Self.outcome(rate, Self.around(90, 1), base) == .failed)
        #expect(Self.outcome(rate, Self.around(200, 1), base) == .holds)
        let either = Self.limit(Self.p99, .differs)
        #expect(Self.outcome(either, Self.around(112, 1), base) == .failed)
        #expect(Self.outcome(either, Self.around(88, 1), base) == .failed)
        #expect(Self.outcome(either, Self.around(101, 1), base) == .holds)
    }

    @Test func `cannot be told where it lies in the interval, and says how many runs may tell`()
        throws
    {
        let base = Self.around(100, 5)
        guard
            case .cannotTell(let count?) = Self.outcome(
                Self.limit(Self.p99), Self.around(108, 5), base)
        else {
            Issue.record("a limit in the interval was told")
            return
        }
        #expect((6...60).contains(count))
        // As many values, spread as these are, tell.
        let more = Self.outcome(
            Self.limit(Self.p99), Self.around(108, 5, count), Self.around(100, 5, count))
        #expect(more == .failed)
        #expect(
            Self.outcome(Self.limit(Self.p99), Self.around(105, 5), base)
                == .cannotTell(repetitions: nil), "the median is the limit itself")
    }

    @Test func `is not judged with too few runs, or none, and does not pass for that`() {
        let limit = Self.limit(Self.p99)
        let few: [Double] = [100, 101, 102]
        #expect(Self.outcome(limit, few, Self.around(100, 1)) == .tooFewRepetitions)
        #expect(Self.outcome(limit, Self.around(200, 1), few) == .tooFewRepetitions)
        #expect(Self.outcome(limit, [], few) == .notMeasured)
        #expect(Self.outcome(limit, few, []) == .notMeasured)
        for values in [few, []] {
            #expect(!DifferenceJudgement(limit, values, baseline: few).isAcceptable)
        }
        let disturbed = DifferenceJudgement(
            limit, few, baseline: Self.around(100, 1), disturbed: (2, 0))
        #expect(disturbed.outcome == .disturbed && disturbed.isAcceptable)
        let open = DifferenceJudgement(
            limit, Self.around(105, 5), baseline: Self.around(100, 5))
        #expect(open.isAcceptable)
    }

    @Test func `is judged where a median is 0, to which there is no ratio`() {
        let limit = Self.limit("lag_records_max")
        let none = [Double](repeating: 0, count: 5)
        #expect(Self.outcome(limit, none, none) == .holds)
        #expect(Self.outcome(limit, [7, 8, 9, 10, 11], none) == .failed)
        #expect(Self.outcome(limit, none, [7, 8, 9, 10, 11]) == .holds)
        #expect(Self.outcome(limit, [0, 0, 0, 9, 9], none) == .cannotTell(repetitions: nil))
    }

    // MARK: Of runs that vary by chance

    private func draw(
        _ middle: Double, deviation: Double, _ count: Int, _ random: inout SeededGenerator
    ) -> [Double] {
        (0..<count).map { _ in
            // Twelve uniform numbers sum to a normal one, all but.
            let sum = (0..<12).reduce(0.0) { sum, _ in
                sum + Double.random(in: 0..<1, using: &random)
            }
            return middle * (1 + deviation * (sum - 6))
        }
    }

    @Test func `holds for runs of the same thing, whatever the noise`() {
        var random = SeededGenerator(seed: 20_261_129)
        var failed = 0
        for deviation in [0.01, 0.03, 0.10, 0.30] {
            for _ in 0..<250 {
                let base = draw(100, deviation: deviation, 5, &random)
                let same = draw(100, deviation: deviation, 5, &random)
                if Self.outcome(Self.limit(Self.p99), same, base) == .failed { failed += 1 }
            }
        }
        // A one-sided test at p < 0.05 would be wrong in 25 of a thousand, with a limit of 0.
        #expect(failed <= 15, "\(failed) of 1000")
    }

    @Test func `finds ten percent that were planted`() {
        var random = SeededGenerator(seed: 20_261_130)
        var found = 0
        var open = 0
        for _ in 0..<200 {
            let base = draw(100, deviation: 0.01, 5, &random)
            let worse = draw(110, deviation: 0.01, 5, &random)
            switch Self.outcome(Self.limit(Self.p99), worse, base) {
            case .failed: found += 1
            case .cannotTell: open += 1
            default: break
            }
        }
        #expect(found >= 195 && found + open == 200, "\(found) found, \(open) open")
    }

    @Test func `is mostly told by as many runs as it asks for`() {
        var random = SeededGenerator(seed: 20_261_131)
        var asked = 0
        var told = 0
        for _ in 0..<100 {
            let limit = Self.limit(Self.p99)
            let base = draw(100, deviation: 0.04, 5, &random)
            let worse = draw(110, deviation: 0.04, 5, &random)
            guard case .cannotTell(let count?) = Self.outcome(limit, worse, base), count < 100
            else { continue }
            asked += 1
            let more = Self.outcome(
                limit, draw(110, deviation: 0.04, count, &random),
                draw(100, deviation: 0.04, count, &random))
            if more == .failed { told += 1 }
        }
        #expect(asked > 20)
        #expect(Double(told) > 0.5 * Double(asked), "\(told) of \(asked)")
    }

    // MARK: In a comparison

    private static func compared() throws -> Comparison {
        var runs = Runs()
        runs.add("old", [p99: [100, 101, 99, 102, 98], rate: [50, 51, 49, 52, 48]])
        runs.add("new", [p99: [120, 121, 119, 122, 118], rate: [50, 51, 49, 52, 48]])
        return try Comparison(
            summaries: [runs.table],
            limits: [limit(p99), limit(rate), limit("lag_time_max_ms", .differs)])
    }

    @Test func `stands in comparison.csv with what came of it`() throws {
        let table = try CSVTable(text: try Self.compared().csv, path: "comparison.csv")
        func field(_ variant: String, _ metric: String, _ column: String) -> String? {
            table.rows.first { $0["variant"] == variant && $0["metric"] == metric }?[column]
        }
        #expect(field("new", Self.p99, "fail_if") == "worse than 5%")
        #expect(field("new", Self.p99, "fail_if_result") == "failed")
        #expect(field("new", Self.rate, "fail_if_result") == "cannot_tell")
        #expect(field("new", "lag_time_max_ms", "fail_if") == "differs by more than 5%")
        #expect(field("new", "lag_time_max_ms", "fail_if_result") == "not_measured")
        #expect(field("old", Self.p99, "fail_if_result") == nil)
    }

    @Test func `is told, with the change and its interval`() throws {
        let text = ComparisonReport.text(try Self.compared())
        #expect(text.contains("--fail-if: 2 of 3 failed, 1 undecided\n"))
        let lines = text.split(separator: "\n").map(String.init)
        let failed = try #require(lines.first { $0.contains("e2e_latency_p99 worse than 5%") })
        #expect(failed.contains("+20.0 % (+") && failed.hasSuffix("FAILED"))
        let open = try #require(lines.first { $0.contains("acked_rate worse than 5%") })
        #expect(open.contains("undecided; about "))
        let missing = try #require(lines.first { $0.contains("lag_time_max differs") })
        #expect(missing.hasSuffix("FAILED: not measured in both"))
    }

    @Test func `needs something to compare with`() {
        var runs = Runs()
        runs.add("old", [Self.p99: [1, 2, 3, 4]])
        #expect(throws: ComparisonError.nothingToCompareWith("old")) {
            try Comparison(summaries: [runs.table], limits: [Self.limit(Self.p99)])
        }
    }
}
