import Testing

@testable import Reporting

@Suite struct `The table of a comparison` {
    private static let metrics: [String: Double] = [
        "acked_rate_records_per_s": 1_590_000, "logical_rate_mb_per_s": 1_630,
        "compression_ratio": 3.31, "response_latency_p50_us": 2_720,
        "response_latency_p99_us": 5_190, "e2e_latency_p50_us": 2_750,
        "e2e_latency_p99_us": 5_220, "e2e_latency_p999_us": 15_980, "cpu_s_per_logical_gb": 18.6,
        "codec_cpu_s_per_logical_gb": 2.5, "compress_ns_per_byte": 1.93,
        "decompress_ns_per_byte": 0.51,
        "records_per_batch_mean": 20.5, "bytes_per_batch_mean": 65_400, "lag_records_max": 12_345,
    ]

    private func runs(_ names: [String], repetitions: Int = 5) -> Runs {
        var runs = Runs()
        for (place, name) in names.enumerated() {
            let scale = 1 + 0.1 * Double(place)
            runs.add(
                name,
                Self.metrics.mapValues { value in
                    (0..<repetitions).map { value * scale * (1 + 0.01 * Double($0)) }
                })
        }
        return runs
    }

    @Test func `shows a single variant without a baseline`() throws {
        var runs = Runs()
        runs.add(
            "default",
            [
                "acked_rate_records_per_s": [49_900, 50_000, 49_960, 50_040, 50_100],
                "compression_ratio": [3.31, 3.31, 3.31, 3.31, 3.31],
                "cpu_s_per_logical_gb": [18.1, 18.6, 18.9, 25, 18.5],
            ])
        let text = ComparisonReport.text(
            try Comparison(summaries: [runs.table]), resultsPath: "Results/x")
        #expect(
            text == """
                default: 5 repetitions each

                Throughput                   acked  ratio
                  default   50.0 k/s [49.9 … 50.1]   3.31

                Cost                           CPU
                  default  18.6 s/GB [18.1 … 25.0]

                All 5 runs are VALID.

                Medians with their bootstrapped 95 % intervals.

                Results in Results/x

                """)
    }

    @Test func `marks the baseline and what differs from it`() throws {
        var runs = Runs()
        runs.add("none", ["acked_rate_records_per_s": [100e3, 101e3, 99e3, 102e3, 98e3]])
        runs.add("lz4", ["acked_rate_records_per_s": [110e3, 111e3, 112e3, 113e3, 109e3]])
        runs.add("zstd:3", ["acked_rate_records_per_s": [97e3, 101e3, 99e3, 102e3, 98e3]])
        runs.add("zstd:9", ["acked_rate_records_per_s": [30e3, 31e3, 32e3, 33e3, 29e3]])
        let text = ComparisonReport.text(try Comparison(summaries: [runs.table]))
        try expectGolden(text, "comparison-marks.txt")
    }

    @Test func `says once what is the same in all`() throws {
        var runs = Runs()
        for (name, cost) in [("none", 10.0), ("lz4", 20)] {
            runs.add(
                name,
                [
                    "acked_rate_records_per_s": [1000, 1000, 1000, 1000, 1000],
                    "cpu_s_per_logical_gb": (0..<5).map { cost + 0.1 * Double($0) },
                ])
        }
        let text = ComparisonReport.text(try Comparison(summaries: [runs.table]))
        #expect(text.contains("The same in all: acked 1.00 k/s."))
        #expect(!text.contains("Throughput"))
    }

    @Test func `stays within the width with twelve variants, each in each section`() throws {
        let names = ["none", "lz4", "zstd:1", "zstd:3"].flatMap { codec in
            ["16KiB", "64KiB", "1MiB"].map { "\(codec),\($0)" }
        }
        let text = ComparisonReport.text(try Comparison(summaries: [runs(names).table]))
        let lines = text.split(separator: "\n")
        for line in lines { #expect(line.count <= SummaryReport.width, "\(line)") }
        for section in ["Throughput", "Latency", "Cost", "Batches and lag"] {
            #expect(lines.contains { $0.hasPrefix(section) })
        }
        for metric in ComparedMetric.all where metric.section != nil {
            #expect(text.contains("  \(metric.title)"), "\(metric.title)")
        }
        try expectGolden(text, "comparison-twelve-variants.txt")
    }

    @Test func `keeps a name whole, however long`() throws {
        let name = String(repeating: "long", count: 40)
        let text = ComparisonReport.text(try Comparison(summaries: [runs(["none", name]).table]))
        #expect(text.contains("  \(name)  "))
    }

    @Test func `says what too few repetitions cannot show`() throws {
        func text(_ repetitions: Int) throws -> String {
            let table = runs(["none", "lz4"], repetitions: repetitions).table
            return ComparisonReport.text(try Comparison(summaries: [table]))
                .replacing("\n", with: " ")
        }
        let powerless = "No difference of any variant could be shown, however large"
        for repetitions in 1...3 { #expect(try text(repetitions).contains(powerless)) }
        #expect(try !text(4).contains("could be shown, however large"))
        #expect(try text(1).contains("A single repetition has no interval"))
        #expect(try text(2).contains("contains the true median in 50 % of cases"))
        #expect(try text(3).contains("contains the true median in 75 % of cases"))
        #expect(try !text(5).contains("whole range"))
        #expect(try !text(3).contains("▲ 1"))
    }

    @Test func `says how many repetitions one of many metrics takes to be shown`() throws {
        var runs = Runs()
        for (name, cost) in [("none", 10.0), ("lz4", 20)] {
            var metrics = Self.metrics.mapValues { value in
                [0.99, 1, 1.01, 1.02].map { Optional($0 * value) }
            }
            metrics["cpu_s_per_logical_gb"] = [1, 1.01, 1.02, 1.03].map { $0 * cost }
            runs.add(name, metrics)
        }
        let comparison = try Comparison(summaries: [runs.table])
        // Four against four reach p = 0.029. The first of 15 needs one below 0.05/15, which takes six.
        #expect(comparison.rows.allSatisfy { !$0.isShown })
        let text = ComparisonReport.text(comparison).replacing("\n", with: " ")
        #expect(
            text.contains(
                "A difference of any variant in one metric alone could not be shown, however large: among "
                    + "so many metrics that takes at least 6 repetitions against 6."), "\(text)")
    }

    @Test func `groups the digits of all ends of a count's interval`() throws {
        var runs = Runs()
        runs.add("default", ["lag_records_max": [12_345, 12_500, 12_684, 12_839]])
        let text = ComparisonReport.text(try Comparison(summaries: [runs.table]))
        #expect(text.contains("12,592 [12,345 … 12,839]"), "\(text)")
    }

    @Test func `warns of closed loops and of generators that were the limit`() throws {
        var runs = Runs()
        runs.add(
            "default", ["acked_rate_records_per_s": [1e6, 1.1e6]],
            verdicts: [2: .generatorBound], loop: "closed")
        let text = ComparisonReport.text(try Comparison(summaries: [runs.table]))
        #expect(text.contains("GENERATOR_BOUND: the throughput is a lower bound."))
        #expect(text.contains("Closed loop (rate: max): latencies are the target's"))
    }

    @Test func `says which variants failed thresholds, since that is what the status tells`()
        throws
    {
        var runs = Runs()
        runs.add("none", ["acked_rate_records_per_s": [1, 2, 3], "thresholds_failed": [0, 0, 0]])
        runs.add("lz4", ["acked_rate_records_per_s": [1, 2, 3], "thresholds_failed": [2, 0, 1]])
        let text = ComparisonReport.text(try Comparison(summaries: [runs.table]))
        #expect(
            text.contains(
                "\n\nThresholds failed; see thresholds.csv for which and by how much\n"
                    + "  - lz4: 2 of 3 runs\n\n"))
        #expect(!text.contains("- none:"))
    }

    @Test func `takes no variant without a valid run for one with a single repetition`() throws {
        var runs = Runs()
        let rates: [Double] = [1, 2, 3, 4, 5]
        runs.add("none", ["acked_rate_records_per_s": rates.map(Optional.some)])
        runs.add("lz4", ["acked_rate_records_per_s": [1]], verdicts: [1: .invalid])
        let text = ComparisonReport.text(try Comparison(summaries: [runs.table]))
        #expect(text.contains("left out of the medians"))
        #expect(!text.contains("A single repetition"))
    }

    @Test func `survives absurd values`() throws {
        let absurd: [Double] = [
            1e308, -1e308, 0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -1,
        ]
        var runs = Runs()
        for name in ["none", "lz4"] {
            runs.add(name, Self.metrics.mapValues { _ in absurd })
            runs.add(name + " twice", Self.metrics.mapValues { _ in absurd + absurd.reversed() })
        }
        let comparison = try Comparison(summaries: [runs.table])
        #expect(ComparisonReport.text(comparison).contains("All 42 runs are VALID."))
        let table = try CSVTable(text: comparison.csv, path: "comparison.csv")
        #expect(table.rows.count == 4 * Self.metrics.count)
        for row in table.rows {
            #expect(!row.fields.contains { $0.contains("inf") || $0.contains("nan") })
        }
    }
}
