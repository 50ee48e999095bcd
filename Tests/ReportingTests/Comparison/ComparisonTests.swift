import Foundation
import Measurement
import Testing

@testable import Reporting

/// Rows of `summary.csv`, written down by their few fields that matter.
struct Runs {
    private(set) var columns = ["variant", "repetition", "verdict", "verdict_reasons", "loop"]
    private(set) var rows: [[String: String]] = []

    /// Adds a run for each value of the metrics, which all have as many.
    mutating func add(
        _ variant: String, _ metrics: [String: [Double?]], verdicts: [Int: Verdict] = [:],
        loop: String = "open"
    ) {
        for name in metrics.keys.sorted() where !columns.contains(name) { columns.append(name) }
        for index in 0..<(metrics.values.map(\.count).max() ?? 0) {
            let verdict = verdicts[index + 1] ?? .valid
            var row = [
                "variant": variant, "repetition": "\(index + 1)", "verdict": verdict.rawValue,
                "loop": loop,
                "verdict_reasons": verdict == .valid ? "" : "the reason, in words",
            ]
            for (name, values) in metrics { row[name] = values[index].map { "\($0)" } }
            rows.append(row)
        }
    }

    var table: CSVTable {
        CSVTable(columns: columns, rows: rows.map { row in columns.map { row[$0] ?? "" } })
    }
}

@Suite struct `A comparison` {
    private let rate = "acked_rate_records_per_s"
    private let ratio = "compression_ratio"
    private let cost = "cpu_s_per_logical_gb"
    private let p99 = "response_latency_p99_us"

    @Test func `claims none of less than a thousandth, however surely it is there`() throws {
        var runs = Runs()
        runs.add("none", [rate: [40_000, 40_001, 40_002, 40_003, 40_004]])
        runs.add("gzip", [rate: [39_990, 39_991, 39_992, 39_993, 39_994]])
        runs.add("zstd:9", [rate: [39_950, 39_951, 39_952, 39_953, 39_954]])
        let comparison = try Comparison(summaries: [runs.table])
        let gzip = try #require(comparison.row(variant: "gzip", metric: rate))
        #expect(gzip.difference == .notShown)
        #expect(try #require(gzip.p) < 0.01, "the file has p all the same")
        #expect(comparison.row(variant: "zstd:9", metric: rate)?.difference == .worse)
    }

    @Test func `claims a difference only where the test holds`() throws {
        var runs = Runs()
        runs.add("none", [rate: [100, 101, 99, 102, 98], p99: [50, 51, 52, 53, 54]])
        runs.add("lz4", [rate: [110, 112, 111, 113, 109], p99: [40, 41, 42, 43, 44]])
        runs.add("zstd:9", [rate: [90, 91, 97, 105, 96], p99: [150, 151, 152, 153, 154]])
        let comparison = try Comparison(summaries: [runs.table])
        #expect(comparison.baselines == ["none"])
        #expect(comparison.variants.map(\.name) == ["none", "lz4", "zstd:9"])
        let base = try #require(comparison.row(variant: "none", metric: rate))
        #expect(base.difference == .baseline)
        #expect(base.median == 100)
        #expect(base.interval == 98...102)
        #expect(base.ratio == nil && base.p == nil)
        let lz4 = try #require(comparison.row(variant: "lz4", metric: rate))
        #expect(lz4.difference == .better)
        #expect(abs(lz4.ratio! - 1.11) < 1e-12)
        #expect(abs(lz4.p! - 2.0 / 252) < 1e-12)
        #expect(lz4.ratioInterval!.contains(1.11) && lz4.ratioInterval!.lowerBound > 1)
        #expect(comparison.row(variant: "lz4", metric: p99)?.difference == .better)
        #expect(comparison.row(variant: "zstd:9", metric: rate)?.difference == .notShown)
        #expect(comparison.row(variant: "zstd:9", metric: p99)?.difference == .worse)
        #expect(comparison.row(variant: "zstd:9", metric: cost) == nil)
    }

    @Test func `takes the baseline that it is told, and no other`() throws {
        var runs = Runs()
        runs.add("none", [rate: [1, 2]])
        runs.add("lz4", [rate: [3, 4]])
        let comparison = try Comparison(summaries: [runs.table], baseline: "lz4")
        #expect(comparison.row(variant: "none", metric: rate)?.ratio == 1.5 / 3.5)
        #expect(comparison.row(variant: "none", metric: rate)?.baseline == "lz4")
        let error = #expect(throws: ComparisonError.self) {
            try Comparison(summaries: [runs.table], baseline: "lz5")
        }
        #expect(error == .unknownBaseline("lz5", variants: ["none", "lz4"]))
        #expect(error?.description.hasSuffix("takes one of none, lz4") == true)
        #expect(throws: ComparisonError.noRuns) {
            try Comparison(summaries: [CSVTable(columns: ["variant"], rows: [])])
        }
    }

    @Test func `holds each variant against its own baseline, where it has one`() throws {
        var runs = Runs()
        for name in ["lz4 (old)", "none (old)", "lz4 (new)", "none (new)", "zstd (new)"] {
            runs.add(name, [rate: name.hasPrefix("lz4") ? [1, 2] : [10, 20]])
        }
        let comparison = try Comparison(
            summaries: [runs.table],
            counterparts: ["lz4 (new)": "lz4 (old)", "none (new)": "none (old)"])
        #expect(comparison.baselines == ["lz4 (old)", "none (old)"])
        func row(_ variant: String) -> ComparisonRow? {
            comparison.row(variant: variant, metric: rate)
        }
        #expect(row("lz4 (new)")?.ratio == 1 && row("none (new)")?.ratio == 1)
        #expect(row("none (new)")?.baseline == "none (old)")
        // Nothing is like it.
        #expect(row("zstd (new)")?.ratio == nil && row("zstd (new)")?.difference == .baseline)
        let text = ComparisonReport.text(comparison)
        #expect(text.contains("5 variants, compared with lz4 (old), none (old): "))
        #expect(text.contains("  lz4 (old) * ") && text.contains("* is a baseline;"))
        #expect(!text.contains("  zstd (new) *"))
        #expect(throws: ComparisonError.self) {
            try Comparison(summaries: [runs.table], counterparts: ["lz4 (new)": "gone"])
        }
    }

    @Test func `leaves the figures of invalid runs out, and says so`() throws {
        var runs = Runs()
        runs.add(
            "none", [rate: [100, 900, 101, 102]], verdicts: [2: .invalid, 3: .generatorBound])
        runs.add("lz4", [rate: [5, 6]], verdicts: [1: .invalid, 2: .invalid])
        let comparison = try Comparison(summaries: [runs.table])
        let row = try #require(comparison.row(variant: "none", metric: rate))
        #expect(row.values == [100, 101, 102])
        #expect(row.excluded == [2])
        let lost = try #require(comparison.row(variant: "lz4", metric: rate))
        #expect(lost.median == nil && lost.difference == nil && lost.excluded == [1, 2])
        let text = ComparisonReport.text(comparison)
        #expect(text.contains("none   2 VALID, 1 GENERATOR_BOUND, 1 INVALID"))
        #expect(
            text.contains("- none 2 is INVALID, left out of the medians: the reason, in words"))
        #expect(text.contains("- none 3 is GENERATOR_BOUND: the reason, in words"))
    }

    @Test func `flags outliers by their repetition, and counts them`() throws {
        var runs = Runs()
        runs.add("none", [rate: [100, 101, nil, 99, 500, 100]])
        let row = try #require(
            try Comparison(summaries: [runs.table]).row(variant: "none", metric: rate))
        #expect(row.outliers == [5])
        #expect(row.values.count == 5)
        #expect(row.interval == 99...500)
    }

    @Test func `counts repetitions anew where two runs claim the same`() throws {
        var runs = Runs()
        runs.add("none", [rate: [100, 101, 99, 100, 500]])
        var more = Runs()
        more.add("none", [rate: [100, 400]])
        let row = try #require(
            try Comparison(summaries: [runs.table, more.table])
                .row(variant: "none", metric: rate))
        #expect(row.values == [100, 101, 99, 100, 500, 100, 400])
        #expect(row.outliers == [5, 7])
    }

    @Test func `marks the front of ratio and CPU cost`() throws {
        var runs = Runs()
        runs.add("none", [ratio: [1, 1], cost: [2, 2], rate: [5, 5]])
        runs.add("lz4", [ratio: [2, 2], cost: [3, 3]])
        runs.add("gzip", [ratio: [2.5, 2.5], cost: [30, 30]])
        runs.add("zstd", [ratio: [3, 3], cost: [5, 5]])
        runs.add("unmeasured", [ratio: [9, 9]])
        let comparison = try Comparison(summaries: [runs.table])
        let front = comparison.variants.map { variant in
            [ratio, cost].map {
                comparison.row(variant: variant.name, metric: $0)?.isOnParetoFront
            }
        }
        #expect(
            front == [[true, true], [true, true], [false, false], [true, true], [nil, nil]])
        #expect(comparison.row(variant: "none", metric: rate)?.isOnParetoFront == nil)
    }

    @Test func `marks the front by the CPU of the codec where all variants have it`() throws {
        let codec = "codec_cpu_s_per_logical_gb"
        var runs = Runs()
        runs.add("zstd:1", [ratio: [5, 5], codec: [3, 3], cost: [17, 17]])
        runs.add("zstd:3", [ratio: [4.9, 4.9], codec: [4, 4], cost: [16, 16]])
        let comparison = try Comparison(summaries: [runs.table])
        #expect(comparison.costMetric == codec)
        let front = ["zstd:1", "zstd:3"].map { variant in
            [ratio, codec, cost].map {
                comparison.row(variant: variant, metric: $0)?.isOnParetoFront
            }
        }
        #expect(front == [[true, true, nil], [false, false, nil]])
        runs.add("lz4", [ratio: [2, 2], cost: [14, 14]])
        #expect(try Comparison(summaries: [runs.table]).costMetric == cost)
    }

    @Test func `has no ratio to a median of nothing`() throws {
        var runs = Runs()
        runs.add("a", ["lag_records_max": [0, 0, 0, 0, 0]])
        runs.add("b", ["lag_records_max": [7, 8, 9, 10, 11]])
        let row = try #require(
            try Comparison(summaries: [runs.table]).row(variant: "b", metric: "lag_records_max"))
        #expect(row.ratio == nil && row.ratioInterval == nil)
        #expect(row.difference == .worse)
    }

    @Test func `is written to comparison.csv and read back`() throws {
        var runs = Runs()
        runs.add("none", [rate: [100, 101, 99, 102, 98], ratio: [1, 1, 1, 1, 1]])
        runs.add("zstd:3,64KiB", [rate: [110, 112, 111, 113, 999], ratio: [3, 3, 3, 3, 3]])
        let csv = try Comparison(summaries: [runs.table]).csv
        let table = try CSVTable(text: csv, path: "comparison.csv")
        #expect(table.columns == ComparisonRow.columns.map(\.name))
        #expect(table.rows.count == 4)
        let row = try #require(table.rows.first { $0["variant"] == "zstd:3,64KiB" })
        #expect(row["metric"] == rate)
        #expect(row["unit"] == "records/s")
        #expect(row["better"] == "higher")
        #expect(row.number("repetitions") == 5)
        #expect(row.number("median") == 112)
        #expect(row.number("ci_low") == 110)
        #expect(row.number("ratio") == 1.12)
        #expect(row.number("p_value") == 0.007936508)
        #expect(row["difference"] == "better")
        #expect(row["outliers"] == "5")
        #expect(row["pareto"] == nil)
    }

    @Test func `of a table without its columns compares nothing, and says no more`() throws {
        let table = CSVTable(columns: ["x"], rows: [["1"], [""]])
        let comparison = try Comparison(summaries: [table])
        #expect(comparison.rows.isEmpty)
        #expect(comparison.variants.map(\.name) == ["default"])
        #expect(ComparisonReport.text(comparison).contains("2 without a verdict"))
    }
}
