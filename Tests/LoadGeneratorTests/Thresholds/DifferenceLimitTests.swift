import Measurement
import Testing

@testable import LoadGenerator

@Suite struct `A limit on a difference` {
    @Test(
        arguments: [
            ("e2e_latency_p99 worse than 5%", "e2e_latency_p99_us", .worse, 0.05),
            ("  e2e_latency_p99_us  worse than  5 % ", "e2e_latency_p99_us", .worse, 0.05),
            ("acked_rate worse than 0.5%", "acked_rate_records_per_s", .worse, 0.005),
            ("acked_rate worse than 99%", "acked_rate_records_per_s", .worse, 0.99),
            ("lag_records_max worse than 100000%", "lag_records_max", .worse, 1_000),
            (
                "bytes_per_batch_mean differs by more than 2%", "bytes_per_batch_mean", .differs,
                0.02
            ),
            ("compression_ratio differs by more than 0.1%", "compression_ratio", .differs, 0.001),
            ("consumed_rate worse than 5%", "consumed_rate_records_per_s", .worse, 0.05),
            ("consumed_rate_mb_per_s worse than 5%", "consumed_rate_mb_per_s", .worse, 0.05),
        ] as [(String, String, DifferenceLimit.Kind, Double)])
    func `is read with its figure, its kind and its share`(
        text: String, column: String, kind: DifferenceLimit.Kind, share: Double
    ) throws {
        let limit = try DifferenceLimit(text)
        #expect(limit.column == column)
        #expect(limit.kind == kind)
        #expect(abs(limit.share - share) < 1e-12)
        // What comparison.csv says of it can be given again.
        #expect(try DifferenceLimit("\(column) \(limit.words)") == limit)
    }

    static let faults = [
        ("", "expected '<metric> worse than N%'"),
        ("worse than 5%", "expected '<metric> worse than N%'"),
        ("e2e_latency_p99", "did you mean 'e2e_latency_p99 worse than 5%'?"),
        ("e2e_latency_p99 worse than", "did you mean 'e2e_latency_p99 worse than 5%'?"),
        ("e2e_latency_p99 slower by 12%", "did you mean 'e2e_latency_p99 worse than 12%'?"),
        ("e2e_latency_p99 > 5%", "did you mean 'e2e_latency_p99 worse than 5%'?"),
        ("e2e_latency_p98 worse than 5%", "did you mean 'e2e_latency_p9"),
        ("e2e_latency_p99 worse than 5", "did you mean 'e2e_latency_p99 worse than 5%'?"),
        ("e2e_latency_p99 worse than 0.07", "did you mean 'e2e_latency_p99 worse than 7%'?"),
        ("e2e_latency_p99 worse than 5ms", "is not a share; write one such as 5%"),
        ("e2e_latency_p99 worse than -5%", "is not a share; write one such as 5%"),
        ("e2e_latency_p99 worse than nan%", "is not a share; write one such as 5%"),
        ("e2e_latency_p99 worse than 1e3%", "is not a share; write one such as 5%"),
        ("e2e_latency_p99 worse than 0%", "did you mean 'e2e_latency_p99 worse than 0.1%'?"),
        ("e2e_latency_p99 worse than 0.05%", "a limit is at least 0.1%, not 0.05%"),
        ("e2e_latency_p99 worse than 100001%", "is more than 100000%"),
        ("acked_rate worse than 100%", "cannot fall by 100%"),
        ("acked_rate worse than 250", "did you mean 'acked_rate worse than 99%'?"),
        ("bytes_per_batch_mean worse than 5%", "did you mean 'bytes_per_batch_mean differs by"),
        ("lost worse than 5%", "variants are not compared by 'lost'"),
        ("verdict worse than 5%", "variants are not compared by 'verdict'"),
        ("no_such_thing_at_all worse than 5%", "there is no metric 'no_such_thing_at_all'"),
        ("lag_records_mx differs by more than 3%", "did you mean 'lag_records_max differs by"),
    ]

    @Test(arguments: faults)
    func `that is wrong says what, and how it was meant`(text: String, part: String) throws {
        let error = try #require(throws: ProfileError.self) { try DifferenceLimit(text) }
        #expect(error.description.hasPrefix("--fail-if \(text): "))
        #expect(error.description.contains(part), "\(error)")
        for suggestion in error.suggestions {
            #expect(throws: Never.self, "\(suggestion)") { try DifferenceLimit(suggestion) }
        }
    }

    @Test func `of every figure that is compared can be written by its name and by its column`()
        throws
    {
        let figures = RunFigure.all.filter { $0.compared != nil }
        #expect(figures.count > 20)
        for figure in figures {
            for name in [DifferenceLimit.figures.name(of: figure), figure.column] {
                let limit = try DifferenceLimit("\(name) differs by more than 5%")
                #expect(limit.column == figure.column)
            }
            let error = #expect(throws: ProfileError.self) {
                try DifferenceLimit("\(figure.column) wrse than 5")
            }
            for suggestion in error?.suggestions ?? [] {
                #expect(try DifferenceLimit(suggestion).column == figure.column)
            }
        }
    }

    @Test func `is no threshold of a run, and says where it belongs`() {
        let error = #expect(throws: ProfileErrors.self) {
            try Profile(yaml: "{}", thresholds: ["acked_rate worse than 5%"])
        }
        #expect(error?.description.contains("weir compare as --fail-if") == true)
    }
}
