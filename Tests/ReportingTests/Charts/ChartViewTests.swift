import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `A view of a run` {
    private func plan(_ tables: [SavedResults.Table: CSVTable]) -> Charts.Plan {
        Charts.plan([SavedResults(name: "a", path: "a", tables: tables)])
    }

    private func series(
        _ columns: [String], _ rows: [[String]], phase: String = "run"
    ) -> CSVTable {
        CSVTable(
            columns: ["elapsed_s", "interval_s", "phase", "role", "group"] + columns,
            rows: rows.enumerated().map { ["\($0 + 1)", "1", phase, "producer", ""] + $1 })
    }

    @Test func `has the median of many repetitions and their range`() throws {
        let results = ChartFixture.comparison(ChartFixture.variants(1), repetitions: 3)
        var tables = results.tables
        let all = try #require(tables[.timeSeries])
        let acked = try #require(all.columns.firstIndex(of: "acked_rate_records_per_s"))
        tables[.timeSeries] = CSVTable(
            columns: all.columns,
            rows: all.rows.map { row in
                var fields = row.fields
                if !fields[acked].isEmpty, fields[4] == "run" {
                    fields[acked] = ["1": "40000", "2": "70000", "3": "50000"][fields[1]]!
                }
                return fields
            })
        let chart = try #require(plan(tables).chart("throughput"))
        let panel = chart.panels[0]
        let line = try #require(panel.series.first { $0.name == "acknowledged" })
        #expect(line.points.count == 5)
        #expect(line.points[1].y == 50)
        let area = try #require(
            panel.series.first { $0.mark == .area && $0.ink.colour == Palette.produced })
        #expect(area.points[1].yInterval == 40...70)
        // The stall of each repetition is not one of their median.
        #expect(!panel.bands.contains { $0.kind == .hiccup })
        #expect(chart.caption.contains("Lines are medians of the repetitions"))
    }

    @Test func `has latencies where the rates of the same interval are`() throws {
        let plan = Charts.plan([ChartFixture.run()])
        func times(_ name: String) -> [Double]? {
            plan.chart(name)?.panels[0].series[0].points.map(\.x)
        }
        #expect(times("latency") == times("throughput"))
    }

    @Test func `says that there was no lag, in place of an axis`() throws {
        let lag = ChartFixture.lag()
        let none = CSVTable(
            columns: lag.columns, rows: lag.rows.map { $0.fields.dropLast(2) + ["0", "0.000"] })
        let plan = plan([.timeSeries: ChartFixture.timeSeries(), .lag: none])
        let chart = try #require(plan.chart("lag"))
        #expect(
            chart.panels.map { $0.notes.map(\.text) } == [
                ["no lag: every sample was 0 records"],
                ["no lag: no record waited at the time of a sample"],
            ])
        #expect(chart.panels.allSatisfy { $0.y.label.isEmpty && $0.plotHeight == 44 })
        #expect(chart.finding == "The lag was 0 at each of 4 samples.")
        #expect(plan.chart("lag-by-partition") == nil)
    }

    @Test func `cuts off a peak that would flatten the rest, and says how high it is`() throws {
        let rates = (0..<20).map { [$0 == 15 ? "900000" : "\(1_000 + $0)"] }
        let tables = series(["acked_rate_records_per_s"], rates)
        let chart = try #require(plan([.timeSeries: tables]).chart("throughput"))
        let panel = chart.panels[0]
        #expect(panel.y.range.upperBound < 2_000)
        #expect(panel.notes.map(\.text) == ["↑ 900 k records/s"])
        #expect(panel.notes[0].side == .left)
        let steady = series(
            ["acked_rate_records_per_s"], (0..<20).map { ["\(1_000 + 50 * $0)"] })
        #expect(plan([.timeSeries: steady]).chart("throughput")?.panels[0].notes.isEmpty == true)
    }

    @Test func `marks errors, batches sent again and other leaders`() throws {
        let rows = [["1", "0", "0", "0"], ["0", "2", "1", "0"], ["0", "0", "0", "12.5"]]
        let table = series(
            [
                "acked_rate_records_per_s", "broker_errors", "retries", "leader_changes",
                "throttled_ms",
            ], rows.map { ["100"] + $0 })
        let chart = try #require(plan([.timeSeries: table]).chart("throughput"))
        #expect(
            chart.panels[0].events == [
                .init(kind: .fault, x: 0.5), .init(kind: .retry, x: 1.5),
                .init(kind: .leaderChange, x: 1.5), .init(kind: .throttle, x: 2.5),
            ])
        let layout = ChartLayout(chart)
        #expect(
            layout.legend.map(\.name)
                == [
                    "error or lost connection", "batch sent again", "another leader",
                    "throttled by a broker",
                ])
        let script = chart.gnuplotScript(.svg, output: "a.svg")
        #expect(script.contains("set label '' at first 0.5, graph 1 point pt 11"))
    }

    @Test func `shows a stall of a second in the run of an hour`() throws {
        let rows = (0..<3_600).map { ["100", $0 == 1_800 ? "50000" : "10"] }
        let table = series(["acked_rate_records_per_s", "hiccup_max_us"], rows)
        let chart = try #require(plan([.timeSeries: table]).chart("throughput"))
        let band = try #require(chart.panels[0].bands.first)
        #expect(chart.panels[0].bands.count == 1 && band.kind == .hiccup)
        // In minutes, and as broad as can be seen.
        #expect(band.range.upperBound - band.range.lowerBound > 0.15)
    }

    @Test func `has CPU, memory and how full batches were, if they were measured`() throws {
        let table = series(
            [
                "acked_records", "stored_bytes", "acked_batches", "cpu_percent",
                "other_cpu_percent", "core_wait_percent", "rss_bytes", "rss_anonymous_bytes",
            ],
            [
                ["1000", "50000", "10", "80", "5", "1", "2000000", "1000000"],
                ["3000", "90000", "20", "90", "6", "2", "4000000", "1000000"],
            ])
        let plan = plan([.timeSeries: table])
        let machine = try #require(plan.chart("machine"))
        #expect(machine.panels.map(\.title) == ["CPU of Weir", "The machine", "Memory of Weir"])
        #expect(machine.panels.map(\.y.label) == ["%", "%", "MB"])
        #expect(machine.panels[2].series[0].points.map(\.y) == [2, 4])
        #expect(machine.finding == "Weir's CPU stayed between 80.0 % and 90.0 %.")
        let batches = try #require(plan.chart("batches"))
        #expect(batches.panels[0].series[0].points.map(\.y) == [100, 150])
        #expect(batches.panels[1].series[0].points.map(\.y) == [5, 4.5])
    }

    @Test func `has the lag of each partition on one scale, the worst of many`() throws {
        let columns = ["elapsed_s", "group", "topic", "partition", "lag_records"]
        let rows = (0..<20).flatMap { partition in
            (0..<3).map { ["\($0)", "readers", "orders", "\(partition)", "\(partition * $0)"] }
        }
        let series = ChartFixture.timeSeries()
        let chart = try #require(
            plan([.timeSeries: series, .lag: CSVTable(columns: columns, rows: rows)])
                .chart("lag-by-partition"))
        #expect(chart.panels.map(\.title) == (8..<20).map { "orders-\($0)" })
        #expect(Set(chart.panels.map(\.y.range)).count == 1)
        #expect(chart.subtitle.last == "The 12 furthest behind of 20; lag.csv has all.")
        #expect(
            chart.finding == "Furthest behind was orders-19 with 38 records at 2 s; the median "
                + "partition was at most 18 records behind.")
    }

    @Test func `has CPU by what it was spent on, which adds up to the whole`() throws {
        let columns = [
            "variant", "repetition", "logical_bytes", "uncompressed_batch_bytes",
            "compress_ns_per_byte", "codec_cpu_s", "producer_cpu_s", "consumer_cpu_s",
            "cpu_s_per_logical_gb",
        ]
        let table = CSVTable(
            columns: columns,
            rows: [["a", "1", "500000000", "600000000", "5", "4", "2", "1", "18"]])
        let chart = try #require(plan([.summary: table]).chart("cpu-causes"))
        let bars = chart.panels[0].series
        #expect(
            bars.map(\.name)
                == ["producers", "compression", "consumers", "decompression", "all else"])
        // 5 ns for each of 600 MB are 3 s, of the 4 s of the codec.
        let lengths = bars.map { $0.points[0].xInterval! }.map { $0.upperBound - $0.lowerBound }
        #expect(lengths.map { ($0 * 1_000).rounded() / 1_000 } == [4, 6, 2, 2, 4])
        #expect(bars.last?.points[0].x == 18)
        #expect(
            chart.finding
                == "Of the 18.0 CPU-seconds for a logical GB, 33.3 % went on compression and 22.2 % "
                + "went on producers.")
    }

    @Test func `parts the appends to the log from the producers where a run does`() throws {
        let columns = [
            "variant", "repetition", "logical_bytes", "codec_cpu_s", "producer_cpu_s", "log_cpu_s",
            "cpu_s_per_logical_gb",
        ]
        let table = CSVTable(
            columns: columns, rows: [["a", "1", "500000000", "1", "2", "0.5", "8"]])
        let chart = try #require(plan([.summary: table]).chart("cpu-causes"))
        let bars = chart.panels[0].series
        #expect(bars.map(\.name) == ["producers", "appends", "decompression", "all else"])
        let lengths = bars.map { $0.points[0].xInterval! }.map { $0.upperBound - $0.lowerBound }
        #expect(lengths == [3, 1, 2, 2])
        #expect(chart.caption.contains("the log appends them on their threads"))
    }

    @Test func `shades the intervals in which a group paused`() throws {
        let columns = [
            "elapsed_s", "interval_s", "phase", "role", "group", "consumed_rate_records_per_s",
            "paused",
        ]
        let rows = (1...10).map { second in
            [
                "\(second)", "1", "run", "consumer", "readers", "5",
                (4...6).contains(second) ? "true" : "false",
            ]
        }
        let series = CSVTable(columns: columns, rows: rows)
        let chart = try #require(plan([.timeSeries: series]).chart("throughput"))
        #expect(chart.panels[0].bands == [.init(kind: .pause, range: 3...6)])
    }

    @Test func `has the CPU causes of one run, since medians of several do not add up`() throws {
        let columns = [
            "variant", "repetition", "logical_bytes", "codec_cpu_s", "producer_cpu_s",
            "consumer_cpu_s", "cpu_s_per_logical_gb",
        ]
        // Medians of the parts would be 2, 2, 2 and 4, which is no run's 12.
        let rows = [
            ["a", "1", "1000000000", "2", "1", "3", "10"],
            ["a", "2", "1000000000", "1", "3", "2", "12"],
            ["a", "3", "1000000000", "3", "2", "1", "14"],
        ]
        let table = CSVTable(columns: columns, rows: rows)
        let chart = try #require(plan([.summary: table]).chart("cpu-causes"))
        let lengths = chart.panels[0].series.map { $0.points[0].xInterval! }.map {
            $0.upperBound - $0.lowerBound
        }
        #expect(lengths == [3, 2, 1, 6] && lengths.reduce(0, +) == 12)
    }
}

@Suite struct `A heat map of latencies` {
    private func results(in folder: TemporaryFolder) throws -> SavedResults {
        let started: Int64 = 1_795_000_000_000_000_000
        let writer = try HistogramLogWriter(
            in: folder.path, startedAtUnixNanos: started, origin: "test")
        for second in 0..<3 {
            var histogram = LatencyHistogram()
            histogram.record(1_000_000, count: 990)
            histogram.record(second == 1 ? 80_000_000 : 20_000_000, count: 10)
            try writer.append(
                HistogramLogEntry(
                    tag: "response_latency", startSeconds: Double(second) + 2, intervalSeconds: 1,
                    histogram: histogram))
        }
        let at = UTCTime(unixNanos: started + 3_000_000_000).iso8601
        let series = CSVTable(
            columns: ["elapsed_s", "at", "interval_s", "phase", "role", "response_latency_p99_us"],
            rows: [["1.000", at, "1.000", "run", "producer", "1000"]])
        return SavedResults(name: "a", path: folder.path, tables: [.timeSeries: series])
    }

    @Test func `has a cell for each interval and latency, as dark as it has records`() throws {
        let folder = try TemporaryFolder()
        let plan = Charts.plan([try results(in: folder)])
        let chart = try #require(plan.chart("latency-heat-map"))
        let panel = try #require(chart.panels.first)
        let cells = panel.series[0].points
        // The measured part began two seconds after the log.
        #expect(cells.compactMap(\.xInterval) == [0...1, 0...1, 1...2, 1...2, 2...3, 2...3])
        #expect(cells[0].yInterval?.contains(1_000) == true)
        #expect(cells[3].yInterval?.contains(80_000) == true)
        #expect(cells[0].size > 0.95 && (0.4..<0.8).contains(cells[1].size))
        #expect(panel.series.dropFirst().map(\.name) == ["p50", "p99", "p99.9"])
        #expect(
            chart.finding == "p99.9 of the response latency was between 20.0 ms and 80.0 ms, the "
                + "highest around 1.5 s.")
        let script = chart.gnuplotScript(.svg, output: "a.svg")
        // The first byte is the transparency: that of a hundredth of the records is 0x5A.
        #expect(script.contains(" \(0x5A00_72B2)\n"))
    }

    @Test func `that cannot be read is a note`() throws {
        let folder = try TemporaryFolder()
        let results = try results(in: folder)
        try "Tag=response_latency,1,1,1,rubbish\n".write(
            toFile: folder.path + "/latency.hlog", atomically: true, encoding: .utf8)
        let plan = Charts.plan([results])
        #expect(plan.chart("latency-heat-map") == nil)
        #expect(plan.notes.contains { $0.hasPrefix("Latency heat map over time: left out, since") })
    }
}

@Suite struct `A finding of a chart` {
    private func finding(
        _ chart: String, _ column: String, _ values: [String],
        beside: (column: String, values: [String])? = nil
    ) -> String? {
        let columns = ["elapsed_s", "interval_s", "phase", "role", column]
        let rows = values.enumerated().map { index, value in
            ["\(index + 1)", "1", index == 0 ? "warmup" : "run", "producer", value]
                + (beside.map { [$0.values[index]] } ?? [])
        }
        let table = CSVTable(columns: columns + (beside.map { [$0.column] } ?? []), rows: rows)
        return Charts.plan([SavedResults(name: "a", path: "a", tables: [.timeSeries: table])])
            .chart(chart)?.finding
    }

    @Test func `says when a latency rose, and what the machine did then`() {
        #expect(
            finding(
                "latency", "response_latency_p99_us",
                ["900000", "5000", "5000", "130000", "6000", "5000"],
                beside: ("hiccup_max_us", ["10", "10", "10", "123000", "10", "10"]))
                == "p99 of the response latency was 5.00 ms in the median interval, and rose to 130 ms "
                + "at 3.5 s, with a stall of the machine of 123 ms.")
    }

    @Test func `says that it rose with a lost connection`() throws {
        let told = finding(
            "latency", "response_latency_p99_us", ["1", "5000", "5000", "90000"],
            beside: ("connections_lost", ["0", "0", "0", "1"]))
        #expect(try #require(told).hasSuffix("rose to 90.0 ms at 3.5 s, with a lost connection."))
    }

    @Test func `says between which values a steady rate was, and how far another fell`() {
        #expect(
            finding("throughput", "acked_rate_records_per_s", ["1", "1000", "1010", "990"])
                == "The acknowledged rate stayed between 990 records/s and 1010 records/s.")
        #expect(
            finding("throughput", "acked_rate_records_per_s", ["1", "1000", "200", "1000"])
                == "The acknowledged rate was 1000 records/s in the median interval, and fell to "
                + "200 records/s at 2.5 s.")
    }

    @Test func `of a comparison has the variant with the least and that with the most`() throws {
        let plan = Charts.plan([ChartFixture.comparison(ChartFixture.variants(3))])
        #expect(
            plan.chart("throughput")?.finding
                == "The acknowledged rate, in the median interval, was from 48.0 k records/s "
                + "(zstd:2) to 50.0 k records/s (zstd:0).")
        #expect(
            plan.chart("percentiles")?.finding
                == "p99 is from 17.2 ms (zstd:0) to 17.2 ms (zstd:2).")
        #expect(plan.charts.allSatisfy { !$0.finding.isEmpty })
    }

    @Test func `is there for every chart of a run, in picture and page`() throws {
        let plan = Charts.plan([ChartFixture.run()])
        for chart in plan.charts {
            #expect(chart.finding.hasSuffix("."), "\(chart.name)")
            let first = try #require(chart.finding.split(separator: " ").first)
            #expect(
                chart.gnuplotScript(.svg, output: "a.svg").contains("set label '\(first)"),
                "\(chart.name)")
        }
        #expect(
            plan.chart("percentiles")?.finding
                == "End-to-end of readers: half of the records stay within 3.08 ms, 99 % within "
                + "5.72 ms, 99.9 % within 6.60 ms; the slowest took 10.0 ms.")
    }
}
