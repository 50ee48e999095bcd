import Foundation
import Measurement

@testable import Reporting

/// A results folder as a run or a comparison leaves it, to be damaged as a test wants.
final class ResultsFixture {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    /// Text that would run, or break out of its place, in a page that does not escape.
    static let hostile =
        #""><script>alert("1")</script><img src=x onerror="alert(2)"> '&amp; {{heading}} "#
        + "\"\u{301} onclick=\"alert(3)\" \u{202E}\u{0}"

    static let profile = """
        # orders, with every default
        description: "What does it cost, \\"really\\"?"
        target: embedded
        payload:
          kind: corpus
          file: data/app.log

        """

    init() throws { folder = try TemporaryFolder() }

    /// The folder of one run, with intervals of a warm-up and of the measured part.
    static func run(_ row: SummaryRow? = Fixture.summary, group: String = "billing") throws
        -> ResultsFixture
    {
        let fixture = try ResultsFixture()
        if let row { try CSVWriter<SummaryRow>(in: fixture.path).append(row) }
        try CSVWriter<TimeSeriesRow>(in: fixture.path).append(intervals(group: group))
        try fixture.write(profile, to: "profile.yaml")
        try fixture.write(
            #"{"cpu_model": "AMD EPYC", "cores": 2, "memory_bytes": 25276510208, "#
                + #""codec_versions": {"zstd": "1.5.4"}, "is_optimized_build": true, "#
                + #""command_line": ["weir", "run", "it's.yaml", "--rate", "200k/s"]}"#,
            to: "environment.json")
        return fixture
    }

    private static func intervals(group: String) -> [TimeSeriesRow] {
        (-1...4).flatMap { second -> [TimeSeriesRow] in
            [TimeSeriesRow.Role.producer, .consumer(group: group)].map { role in
                var row = TimeSeriesRow(
                    run: Fixture.runName, elapsedSeconds: Double(second + 1),
                    atUnixNanos: Fixture.startedAt + Int64(second + 1) * 1_000_000_000,
                    intervalSeconds: 1, phase: second < 0 ? .warmup : .run, role: role)
                if case .producer = role {
                    row.offeredRecords = 1_000
                    row.ackedRecords = 1_000
                    row.responseLatency = Fixture.latency([1_000_000, 5_000_000])
                } else {
                    row.consumedRecords = 990
                }
                return row
            }
        }
    }

    /// A comparison: the first variant is the baseline, the second better in its ratio, and in the
    /// latency no difference is shown.
    static func comparison(
        variants: [String] = ["none", "zstd:3"], repetitions: Int = 2
    ) throws -> ResultsFixture {
        let fixture = try run(nil)
        var rows: [SummaryRow] = []
        for repetition in 1...repetitions {
            for variant in variants {
                var row = Fixture.summary
                row.verdict = .valid
                row.verdictReasons = []
                row.run.variant = variant
                row.run.repetition = repetition
                row.run.startedAtUnixNanos += Int64(rows.count) * 60_000_000_000
                rows.append(row)
            }
        }
        try CSVWriter<SummaryRow>(in: fixture.path).append(rows)
        try fixture.write(comparisonCSV(variants, repetitions), to: "comparison.csv")
        return fixture
    }

    static let comparisonColumns = [
        "variant", "metric", "unit", "better", "repetitions", "median", "ci_low", "ci_high",
        "baseline", "ratio", "ratio_ci_low", "ratio_ci_high", "p_value", "difference", "outliers",
        "pareto",
    ]

    private static func comparisonCSV(_ variants: [String], _ repetitions: Int) -> String {
        var text = CSV.line(comparisonColumns)
        for (index, variant) in variants.enumerated() {
            let isBaseline = index == 0
            let ratio = Double(index + 1)
            text += CSV.line([
                variant, "compression_ratio", "", "higher", "\(repetitions)", "\(ratio)",
                "\(ratio - 0.1)", "\(ratio + 0.1)", variants[0], isBaseline ? "" : "\(ratio)",
                "", "", isBaseline ? "" : "0.008", isBaseline ? "baseline" : "better",
                isBaseline ? "" : "2", "true",
            ])
            text += CSV.line([
                variant, "e2e_latency_p99_us", "us", "lower", "\(repetitions)",
                "\(5_000 + index)", "4000", "6000", variants[0], isBaseline ? "" : "1.0002",
                "0.8", "1.2", isBaseline ? "" : "0.5", isBaseline ? "baseline" : "~", "", "",
            ])
        }
        return text
    }

    func write(_ text: String, to name: String) throws {
        let url = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + name)
    }

    func page() throws -> String { Report.html(try SavedResults(path: path)) }

    /// The page without its style and without tags, blanks run together: what is read.
    func text() throws -> String {
        let html = try page()
        let body = String(html[html.firstRange(of: "<body>")!.upperBound...])
        return body.replacing(/<[^>]*>/, with: " ").replacing(/\s+/, with: " ")
            .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }
}
