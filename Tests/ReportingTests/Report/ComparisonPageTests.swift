import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `The report of a comparison` {
    @Test func `names the best, and where there is none`() throws {
        let text = try ResultsFixture.comparison().text()
        #expect(
            text.contains(
                "Highest compression ratio zstd:3 2.00; 2.00× the baseline's; its interval overlaps no "
                    + "other's"))
        #expect(
            text.contains(
                "Lowest end-to-end latency p99 no clear winner none has the best median, 5.00 ms; it "
                    + "is the baseline; its interval overlaps that of zstd:3"))
    }

    @Test func `says in a sentence what differs from the baseline`() throws {
        let text = try ResultsFixture.comparison(repetitions: 5).text()
        #expect(
            text.contains(
                "Answer zstd:3 stores 2.00 times less than none; end-to-end latency p99 is not shown to "
                    + "differ. "))
        #expect(!text.contains("none against none"))
        #expect(
            try ResultsFixture.comparison().text().contains("nor could so few repetitions show it.")
        )
        let unfinished = try ResultsFixture.comparison()
        try unfinished.remove("comparison.csv")
        #expect(try !unfinished.text().contains("Answer"))
    }

    @Test func `says first which limits on differences failed`() throws {
        let fixture = try ResultsFixture.comparison(repetitions: 5)
        let rows = [
            ("none", "baseline", "", ""), ("zstd:3", "worse", "worse than 5%", "failed"),
            ("lz4", "~", "worse than 5%", "cannot_tell"), ("gzip", "~", "worse than 5%", "holds"),
        ].map { "\($0),e2e_latency_p99_us,lower,5,5000,none,1.2,\($1),\($2),\($3)\r\n" }
        let header =
            "variant,metric,better,repetitions,median,baseline,ratio,difference,fail_if,fail_if_result\r\n"
        try fixture.write(header + rows.joined(), to: "comparison.csv")
        #expect(
            try fixture.text().contains(
                "Answer 1 of 3 limits of --fail-if failed: zstd:3, end-to-end latency p99 worse than 5%; "
                    + "1 undecided. zstd:3: its end-to-end latency p99 is 1.20 × that of none"))
        try fixture.write(
            header + rows.joined().replacing("failed", with: "holds"), to: "comparison.csv")
        #expect(try fixture.text().contains("Answer None of the 3 limits of --fail-if failed; 1"))
    }

    @Test func `says of many variants the first, and how many more there are`() throws {
        let variants = (1...12).map { "variant-\($0)" }
        let text = try ResultsFixture.comparison(variants: variants, repetitions: 5).text()
        #expect(text.contains("variant-2 stores 2.00 times less than variant-1"))
        #expect(text.contains("variant-9 stores 9.00 times less than variant-1"))
        #expect(!text.contains("variant-10 stores"))
        #expect(text.contains("The other 3 are in the table of the comparison."))
    }

    @Test func `that was advised on gives the advice, with why not the others`() throws {
        let fixture = try ResultsFixture.comparison()
        let rows = [
            AdviceRow(
                runID: "orders/1", variant: "zstd:3", place: .advised, reason: "it is small",
                budget: ["CPU <= 30 s/GB"], conclusion: "zstd:3: it is small."),
            AdviceRow(
                runID: "orders/1", variant: "none", place: .excluded,
                reason: "CPU <= 30 s/GB: 44", budget: ["CPU <= 30 s/GB"],
                conclusion: "zstd:3: it is small."),
        ]
        try AdviceRow.write(rows, in: fixture.path)
        let text = try fixture.text()
        #expect(text.contains("Answer zstd:3: it is small. Headline"))
        #expect(text.contains("Budget: CPU <= 30 s/GB."))
        #expect(text.contains("none excluded CPU <= 30 s/GB: 44"))
        try fixture.remove("advice.csv")
        #expect(try !fixture.text().contains("Advice"))
    }

    @Test func `names no winner by a difference that nobody would act on`() throws {
        let fixture = try ResultsFixture.comparison()
        let table = try String(contentsOfFile: fixture.path + "/comparison.csv", encoding: .utf8)
        let narrow = table.replacing("5000,4000,6000", with: "5000,4999,5000.2")
            .replacing("5001,4000,6000", with: "5001,5000.5,5002")
        #expect(narrow != table)
        try fixture.write(narrow, to: "comparison.csv")
        #expect(
            try fixture.text().contains(
                "Lowest end-to-end latency p99 no clear winner none has the best median, 5.00 ms; it "
                    + "is the baseline; less than 0.1 % from zstd:3"))
    }

    @Test func `shows medians with their intervals against the baseline`() throws {
        let text = try ResultsFixture.comparison().text()
        #expect(text.contains("2 variants 2 repetitions each baseline: none"))
        #expect(
            text.contains("zstd:3 2.00 1.90 – 2.10 2.00×, better 5.00 ms 4.00 ms – 6.00 ms ~ 1.00×")
        )
        #expect(text.contains("on it 2 VALID"))
        #expect(text.contains("0.00800 better – – 2 repetition 2 none"))
    }

    @Test func `folds its metrics behind a line for each theme`() throws {
        let rows = [
            "e2e_latency_p50_us", "e2e_latency_p99_us", "e2e_latency_p999_us", "compression_ratio",
        ].map { "none,\($0),lower,5,1,none,baseline\r\n" }
        let fixture = try ResultsFixture.comparison()
        try fixture.write(
            "variant,metric,better,repetitions,median,baseline,difference\r\n" + rows.joined(),
            to: "comparison.csv")
        let page = try fixture.page()
        let lines = page.matches(of: /<summary>([^<]*)<\/summary>/).map { String($0.1) }
        #expect(lines.contains("Latency: 3 metrics"))
        #expect(lines.count { $0.contains("latency p99") } == 0)
    }

    @Test func `says of every run that is not valid which it is`() throws {
        let fixture = try ResultsFixture.comparison()
        var row = Fixture.summary
        row.verdict = .generatorBound
        row.verdictReasons = ["it could not send faster"]
        row.run.variant = "zstd:3"
        row.run.repetition = 3
        row.run.startedAtUnixNanos += 600_000_000_000
        let summary = try OutputFile(appendingTo: fixture.path + "/summary.csv")
        try summary.append(CSV.line(row, SummaryRow.columns))
        row.verdict = .invalid
        row.verdictReasons = ["3 records were lost"]
        row["lost"] = 3
        row.run.variant = "none"
        row.run.startedAtUnixNanos += 60_000_000_000
        try summary.append(CSV.line(row, SummaryRow.columns))
        let text = try fixture.text()
        #expect(text.contains("4 of 6 VALID INVALID: The figures mean nothing"))
        #expect(text.contains("none, repetition 3: INVALID; 3 records were lost"))
        #expect(text.contains("zstd:3, repetition 3: GENERATOR_BOUND; it could not send faster"))
        #expect(text.contains("at least 200 k/s"))
        #expect(text.contains("Lost 3 acknowledged"))
    }

    @Test func `shows what became of limits, and that variants have baselines of their own`() throws
    {
        let p99 = "e2e_latency_p99_us"
        var runs = Runs()
        runs.add("lz4 (old)", [p99: [100, 101, 99, 102, 98]])
        runs.add("none (old)", [p99: [50, 51, 49, 52, 48]])
        runs.add("lz4 (new)", [p99: [120, 121, 119, 122, 118]], verdicts: [3: .suspect])
        runs.add("none (new)", [p99: [50, 51, 49, 52, 48]])
        let comparison = try Comparison(
            summaries: [runs.table],
            counterparts: ["lz4 (new)": "lz4 (old)", "none (new)": "none (old)"],
            limits: [
                DifferenceLimit(RunFigure.named(p99)!, .worse, share: 0.05, percent: "5")
            ])
        let fixture = try ResultsFixture.comparison()
        try fixture.write(runs.table.text, to: "summary.csv")
        try fixture.write(comparison.csv, to: "comparison.csv")
        let text = try fixture.text()
        #expect(text.contains("baselines: lz4 (old), none (old)"))
        #expect(text.contains("worse than 5% lz4 (new) lz4 (old) 1.2"))
        #expect(text.contains(" FAILED "))
        #expect(text.contains("worse than 5% none (new) none (old) 1.00 "))
        #expect(text.contains(" undecided "))
        #expect(text.contains("those that the machine disturbed only if their variant has no"))
        #expect(text.contains("repetition 3"))
    }

    @Test func `that is not finished shows its runs`() throws {
        let fixture = try ResultsFixture.comparison()
        try fixture.remove("comparison.csv")
        let text = try fixture.text()
        #expect(text.contains("the comparison is not finished"))
        #expect(text.contains("All 4 runs."))
        #expect(text.contains("Each run, 4 in all"))
    }

    @Test func `of which one run has ended is not taken for a run`() throws {
        let fixture = try ResultsFixture.run()
        try fixture.write("", to: "runs/zstd-3/1/lag.csv")
        let text = try fixture.text()
        #expect(text.contains("Weir · Comparison"))
        #expect(text.contains("“weir compare --resume” continues it"))
    }

    @Test func `without runs or medians is still a page`() throws {
        let fixture = try ResultsFixture.comparison()
        try fixture.remove("summary.csv")
        try fixture.write(
            CSV.line(ResultsFixture.comparisonColumns)
                + "a,compression_ratio,,higher,0,,,,b,,,,,,,\n,,,,,,,,,,,,,,,\n",
            to: "comparison.csv")
        let text = try fixture.text()
        #expect(text.contains("UNFINISHED"))
        #expect(text.contains("a – –"))
    }

    @Test func `takes a dozen variants, and counts what it does not list`() throws {
        let variants = (1...12).map { "variant-\($0)" }
        let fixture = try ResultsFixture.comparison(variants: variants, repetitions: 5)
        let text = try fixture.text()
        for variant in variants { #expect(text.contains("\(variant) ")) }
        #expect(
            text.contains(
                "its interval overlaps that of variant-2, variant-3, variant-4 and 8 more"))
        #expect(text.contains("Each run, 60 in all"))
    }

    @Test func `calls nothing better that is neither, and no interval what is none`() throws {
        let fixture = try ResultsFixture.comparison(repetitions: 1)
        try fixture.remove("comparison.csv")
        let rows = ["none", "zstd:3"].enumerated().flatMap { index, name in
            [
                "\(name),compression_ratio,,higher,1,\(index + 1),,,none,,,,,\(index == 0 ? "baseline" : "~"),,",
                "\(name),records_per_batch_mean,,,1,\(index + 20),,,none,,,,,,,",
            ]
        }
        try fixture.write(
            CSV.line(ResultsFixture.comparisonColumns) + rows.joined(separator: "\r\n") + "\r\n",
            to: "comparison.csv")
        let text = try fixture.text()
        #expect(text.contains("Compression ratio: higher is better"))
        #expect(text.contains("Records per batch variant"))
        #expect(text.contains("a single repetition shows no difference"))
        #expect(!text.contains("its interval overlaps"))
        #expect(text.contains("1 repetition each"))
    }

    @Test func `repeats with the sweep's profile`() throws {
        #expect(try ResultsFixture.comparison().text().contains(/weir compare \S+\/profile\.yaml/))
    }
}
