import Foundation

@testable import Reporting

/// Results to draw: small, exact, and as the files would hold them.
enum ChartFixture {
    /// One run of five seconds: a second of warm-up, a stall in the third, a drain at the end.
    static func timeSeries(
        variant: String = "default", repetition: Int = 1, rate: Double = 50_000,
        groups: [String] = ["readers"]
    ) -> CSVTable {
        var rows: [[String]] = []
        let phases = ["warmup", "run", "run", "run", "drain"]
        for (index, phase) in phases.enumerated() {
            let hiccup = index == 2 ? "31500.000" : "71.000"
            let share = phase == "drain" ? 0.5 : 1
            let common = [variant, String(repetition), "\(index).000", "1.000", phase]
            let produced = "\(rate * share)"
            rows.append(
                common + ["producer", "", "\(rate)", produced, "", "27.300", "8.500"]
                    + ["2800.0", "5200.0", "8\(index)00.0", "", "", "", "", hiccup])
            for (place, group) in groups.enumerated() {
                rows.append(
                    common + ["consumer", group, "", "", "\(rate - 100 * Double(place))", "27.2"]
                        + ["8.4", "", "", "", "2900.0", "5300.0", "9\(index)00.0"]
                        + ["\(index * 10)", hiccup])
            }
        }
        return CSVTable(columns: timeSeriesColumns, rows: rows)
    }

    static let timeSeriesColumns = [
        "variant", "repetition", "elapsed_s", "interval_s", "phase", "role", "group",
        "offered_rate_records_per_s", "acked_rate_records_per_s", "consumed_rate_records_per_s",
        "logical_rate_mb_per_s", "stored_rate_mb_per_s", "response_latency_p50_us",
        "response_latency_p99_us", "response_latency_max_us", "e2e_latency_p50_us",
        "e2e_latency_p99_us", "e2e_latency_max_us", "lag_records", "hiccup_max_us",
    ]

    /// Two partitions, sampled at each second.
    static func lag(variant: String = "default", repetition: Int = 1) -> CSVTable {
        var rows: [[String]] = []
        for second in 0..<5 {
            for partition in 0..<2 {
                let lag = second * 10 + partition
                rows.append(
                    [variant, "\(repetition)", "\(second).000", "readers", "orders"]
                        + ["\(partition)", "\(lag)", "\(second).500"])
            }
        }
        return CSVTable(
            columns: [
                "variant", "repetition", "elapsed_s", "group", "topic", "partition", "lag_records",
                "lag_time_ms",
            ], rows: rows)
    }

    /// - Parameter factor: how much slower than the others.
    static func percentiles(
        variant: String = "default", repetition: Int = 1, factor: Double = 1
    ) -> CSVTable {
        let places: [(percentile: String, axis: String, micros: Double)] = [
            ("0.000000", "1.00", 0), ("50.000000", "2.00", 2_800), ("90.000000", "10.00", 5_000),
            ("99.000000", "100.00", 5_200), ("99.900000", "1000.00", 6_000),
            ("100.000000", "", 9_100),
        ]
        let kinds = [("response_latency", "", 1.0), ("e2e_latency", "readers", 1.1)]
        let rows = kinds.flatMap { kind, group, slower in
            places.map { place in
                [
                    variant, String(repetition), kind, group, place.percentile,
                    "\(place.micros * slower * factor)", "150000", place.axis,
                ]
            }
        }
        return CSVTable(
            columns: [
                "variant", "repetition", "latency", "group", "percentile", "value_us",
                "total_count", "one_by_one_minus_percentile",
            ], rows: rows)
    }

    /// A run as its folder holds it.
    static func run(name: String = "orders/20261121T104500Z", verdict: String = "VALID")
        -> SavedResults
    {
        var variant = Variant("default")
        variant.verdict = verdict
        return SavedResults(
            name: name, path: "/results/\(name)",
            tables: [
                .summary: summary([variant], repetitions: 1), .timeSeries: timeSeries(),
                .lag: lag(), .percentiles: percentiles(),
            ])
    }

    // MARK: Comparisons

    struct Variant {
        var name: String
        var ratio = 3.0
        var cpu = 5.0
        var offered = 50_000.0
        var p99 = 5_000.0
        var verdict = "VALID"

        init(
            _ name: String, ratio: Double = 3, cpu: Double = 5, offered: Double = 50_000,
            p99: Double = 5_000
        ) {
            self.name = name
            self.ratio = ratio
            self.cpu = cpu
            self.offered = offered
            self.p99 = p99
        }
    }

    /// Repetition r lies r − 1 percent above the first.
    static func summary(_ variants: [Variant], repetitions: Int) -> CSVTable {
        let rows = variants.flatMap { variant in
            (1...repetitions).map { repetition in
                let more = 1 + Double(repetition - 1) / 100
                let reasons = variant.verdict == "VALID" ? "" : "the machine stalled for 150 ms"
                return [
                    "orders/20261121T104500Z", "orders", variant.name, String(repetition),
                    variant.verdict, reasons, "\(variant.offered)", "\(variant.offered * more)",
                    "\(variant.ratio * more)", "\(variant.cpu * more)", "\(variant.p99 / 2)",
                    "\(variant.p99 * more)", "\(variant.p99 * 2)", variant.name,
                ]
            }
        }
        return CSVTable(
            columns: [
                "run_id", "profile", "variant", "repetition", "verdict", "verdict_reasons",
                "offered_rate_records_per_s", "acked_rate_records_per_s", "compression_ratio",
                "cpu_s_per_logical_gb", "e2e_latency_p50_us", "e2e_latency_p99_us",
                "e2e_latency_max_us", "set_producers_rate",
            ], rows: rows)
    }

    static func comparison(_ variants: [Variant], repetitions: Int = 5) -> SavedResults {
        let runs = variants.enumerated().flatMap { index, variant in
            (1...repetitions).map { (index: index, name: variant.name, repetition: $0) }
        }
        return SavedResults(
            name: "compression/20261121T104500Z", path: "/results/compression",
            tables: [
                .summary: summary(variants, repetitions: repetitions),
                .timeSeries: joined(
                    runs.map {
                        timeSeries(
                            variant: $0.name, repetition: $0.repetition,
                            rate: 50_000 - 1_000 * Double($0.index))
                    }),
                .lag: joined(runs.map { lag(variant: $0.name, repetition: $0.repetition) }),
                .percentiles: joined(
                    runs.map {
                        percentiles(
                            variant: $0.name, repetition: $0.repetition,
                            factor: Double($0.repetition))
                    }),
            ])
    }

    /// So many variants of a compression sweep.
    static func variants(_ count: Int) -> [Variant] {
        (0..<count).map { index in
            Variant("zstd:\(index)", ratio: 1 + Double(index) / 4, cpu: 3 + Double(index))
        }
    }

    static func joined(_ tables: [CSVTable]) -> CSVTable {
        CSVTable(columns: tables[0].columns, rows: tables.flatMap { $0.rows.map(\.fields) })
    }

    /// The same table as an older version wrote it.
    static func without(_ columns: Set<String>, _ table: CSVTable) -> CSVTable {
        let kept = table.columns.indices.filter { !columns.contains(table.columns[$0]) }
        return CSVTable(
            columns: kept.map { table.columns[$0] },
            rows: table.rows.map { row in kept.map { row.fields[$0] } })
    }
}

extension Charts.Plan {
    func chart(_ name: String) -> Chart? { charts.first { $0.name == name } }
    var names: [String] { charts.map(\.name) }
}
