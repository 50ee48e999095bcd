import Measurement
import Testing

@testable import Reporting

@Suite struct `A run that the machine disturbed` {
    private let rate = "acked_rate_records_per_s"

    /// Runs of one variant: a verdict, and whether the machine was why.
    private func runs(_ verdicts: [(Verdict, disturbed: String?)]) -> CSVTable {
        CSVTable(
            columns: [
                "variant", "repetition", "verdict", "verdict_reasons", "machine_disturbed", rate,
                "attempts",
            ],
            rows: verdicts.enumerated().map { index, run in
                [
                    "none", "\(index + 1)", run.0.rawValue, run.0 == .valid ? "" : "why",
                    run.disturbed ?? "", "\(100 + index)", run.disturbed == "true" ? "3" : "1",
                ]
            })
    }

    private func row(_ table: CSVTable) throws -> ComparisonRow {
        try #require(try Comparison(summaries: [table]).row(variant: "none", metric: rate))
    }

    @Test func `counts only if its variant has no undisturbed one, and that is said`() throws {
        let table = runs([
            (.valid, "false"), (.suspect, "true"), (.generatorBound, "false"), (.suspect, nil),
        ])
        #expect(try row(table).values == [100, 102])
        #expect(try row(table).excluded == [2, 4])
        let text = ComparisonReport.text(try Comparison(summaries: [table]))
        #expect(text.contains("- none 2 is SUSPECT, made 3 times, left out of the medians: why"))
        #expect(text.contains("2 runs that the machine disturbed were made again; the last"))
    }

    @Test func `counts beside others like it, and that is said`() throws {
        let table = runs([(.suspect, "true"), (.suspect, "true"), (.invalid, nil)])
        #expect(try row(table).values == [100, 101])
        #expect(try row(table).excluded == [3])
        let text = ComparisonReport.text(try Comparison(summaries: [table]))
        #expect(
            text.contains("- none 1 is SUSPECT, made 3 times, counted because its variant has no"))
    }

    @Test func `is another thing than one that is suspect for what the target did`() throws {
        let table = runs([(.valid, "false"), (.suspect, "false"), (.valid, "true")])
        #expect(try row(table).values == [100, 101, 102])
        #expect(try row(table).excluded == [])
    }

    @Test func `is so also where the generator was the limit, as a busy machine makes it`() throws {
        let table = runs([
            (.suspect, "true"), (.generatorBound, "true"), (.suspect, "true"),
        ])
        #expect(try row(table).values == [100, 101, 102])
        let some = runs([(.valid, "false"), (.generatorBound, "true"), (.generatorBound, nil)])
        #expect(try row(some).values == [100, 102])
    }

    @Test(arguments: ["1e300", "-7", "nan", "x", "2.5"])
    func `whose attempts are no count is a run all the same`(_ attempts: String) throws {
        let table = CSVTable(
            columns: ["variant", "verdict", "attempts"],
            rows: (0..<3).map { _ in ["none", "VALID", attempts] })
        #expect(ComparisonReport.text(try Comparison(summaries: [table])).contains("3 runs"))
    }
}
