import Testing

@testable import Reporting

@Suite struct `A finding` {
    private static let metrics: [String: [Double]] = [
        "compression_ratio": [1, 1, 1, 1, 1],
        "cpu_s_per_logical_gb": [10.0, 10.1, 9.9, 10.2, 9.8],
        "e2e_latency_p99_us": [5_000, 5_100, 4_900, 5_200, 4_800],
        "acked_rate_records_per_s": [1_000, 1_001, 999, 1_002, 998],
        "logical_rate_mb_per_s": [10, 11, 12, 13, 14],
    ]

    private static func comparison(
        _ changes: [String: (Double) -> Double], repetitions: Int = 5
    ) throws -> Comparison {
        var runs = Runs()
        let base = metrics.mapValues { Array($0.prefix(repetitions)) }
        runs.add("none", base.mapValues { $0.map(Optional.some) })
        runs.add(
            "zstd:1",
            Dictionary(
                uniqueKeysWithValues: base.map { name, values in
                    (name, values.map { value in changes[name]?(value) ?? value })
                }))
        return try Comparison(summaries: [runs.table])
    }

    @Test func `says what is shown, by how much, and what is not`() throws {
        let comparison = try Self.comparison([
            "compression_ratio": { $0 * 4.7 }, "cpu_s_per_logical_gb": { $0 * 1.26 },
            "logical_rate_mb_per_s": { $0 + 20 },
        ])
        let sentence = try #require(comparison.findings.first).sentence
        #expect(
            sentence.hasPrefix(
                "zstd:1 stores 4.70 times less than none for 1.26 × the CPU [1.2"),
            "\(sentence)")
        #expect(sentence.contains("acknowledged rate") && sentence.contains("not shown to differ"))
        #expect(sentence.contains("(a change of so much or more would have been)."))
        #expect(ComparisonReport.text(comparison).contains("zstd:1 stores 4.70 times less"))
    }

    @Test func `claims no single one of many where five repetitions are all there is`() throws {
        // Five against five reach p = 0.008, which of four tests is enough for one.
        let one = try Self.comparison(["cpu_s_per_logical_gb": { $0 * 2 }])
        let row = try #require(one.row(variant: "zstd:1", metric: "cpu_s_per_logical_gb"))
        #expect(row.difference == .worse)
        #expect(abs(try #require(row.adjustedP) - 4 * 2.0 / 252) < 1e-9)
        let few = try Self.comparison(["cpu_s_per_logical_gb": { $0 * 2 }], repetitions: 4)
        #expect(
            few.row(variant: "zstd:1", metric: "cpu_s_per_logical_gb")?.difference == .notShown)
        #expect(try #require(few.findings.first).sentence.contains("nor could so few repetitions"))
    }

    @Test func `says of what nothing could show that it is not shown either`() throws {
        func part(_ column: String, _ detectable: Double?, _ repetitions: Int) throws
            -> Finding.Part
        {
            Finding.Part(
                metric: try #require(ComparedMetric.all.first { $0.column == column }),
                difference: "~",
                ratio: 1.01, detectable: detectable, repetitions: repetitions)
        }
        let known = try part("e2e_latency_p99_us", 0.08, 5)
        let vague = try part("acked_rate_records_per_s", nil, 5)
        #expect(
            Finding("lz4", against: "none", [known, vague])?.sentence
                == "lz4: against none, end-to-end latency p99 is not shown to differ (a change of 8.00 % or "
                + "more would have been), nor is acknowledged rate.")
        let few = try part("acked_rate_records_per_s", nil, 4)
        #expect(
            Finding("lz4", against: "none", [few])?.sentence
                == "lz4: against none, acknowledged rate is not shown to differ, nor could so few "
                + "repetitions show it.")
    }

    @Test func `stores more where the ratio is below the baseline's`() throws {
        let comparison = try Self.comparison(["compression_ratio": { $0 / 2 }])
        #expect(
            try #require(comparison.findings.first).sentence.hasPrefix(
                "zstd:1 stores 2.00 times more than none; "))
    }

    @Test func `is the same from the file`() throws {
        let comparison = try Self.comparison(["compression_ratio": { $0 * 3 }])
        let table = try CSVTable(text: comparison.csv, path: "comparison.csv")
        let metrics = ComparedMetric.key(of: ComparedMetric.all).map(\.column)
        let parts = table.rows.filter { row in
            row["variant"] == "zstd:1" && metrics.contains(row["metric"] ?? "")
        }.compactMap { Finding.Part($0) }
        let read = try #require(Finding("zstd:1", against: "none", parts))
        #expect(read.sentence == comparison.findings.first?.sentence)
    }
}

@Suite struct `The width of lines` {
    @Test(
        arguments: [
            ("120", 80, 120), (nil, 80, 80), (nil, 0, 100), ("10", 0, 60), ("wide", 90, 90),
            ("99999", 0, 400),
        ] as [(String?, Int, Int)])
    func `is what COLUMNS or the terminal says`(
        _ environment: String?, _ asked: Int, _ width: Int
    ) {
        #expect(TerminalWidth.of(environment: environment, asked: asked) == width)
    }
}
