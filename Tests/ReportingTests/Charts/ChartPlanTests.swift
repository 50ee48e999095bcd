import Foundation
import Testing

@testable import Reporting

@Suite struct `A plan of charts` {
    static let overTime = ["throughput", "latency", "lag"]
    static let byVariant = [
        "throughput-by-variant", "ratio-by-variant", "cpu-by-variant", "latency-by-variant",
        "ratio-against-cpu",
    ]

    @Test func `of a run has its course and its percentiles, and no word is needed`() {
        let plan = Charts.plan([ChartFixture.run()])
        #expect(plan.names == Self.overTime + ["lag-by-partition", "percentiles"])
        #expect(plan.notes.isEmpty)
        #expect(plan.charts.allSatisfy { $0.subtitle == ["orders · 50.0 k/s", "VALID"] })
    }

    @Test func `says in each picture what was loaded how, where, when and with which verdict`() {
        let row = [
            "profile": "orders", "loop": "open", "offered_rate_records_per_s": "50000",
            "compression_type": "zstd", "compression_level": "3", "batch_size_bytes": "65536",
            "linger_ms": "5.000", "payload_kind": "orders", "payload_value_size_mean_bytes": "512",
            "target": "broker", "cpu_model": "AMD EPYC", "weir_version": "0.2.0",
            "started_at": "2026-11-21T10:45:00.000Z", "verdict": "SUSPECT",
            "verdict_reasons": "the machine stalled for 150 ms", "acked_rate_records_per_s": "1",
        ]
        func subtitle(_ rows: [[String: String]]) -> [String] {
            let columns = row.keys.sorted() + ["variant", "repetition"]
            let table = CSVTable(
                columns: columns, rows: rows.map { row in columns.map { row[$0] ?? "" } })
            let plan = Charts.plan([
                SavedResults(name: "a", path: "a", tables: [.summary: table])
            ])
            return plan.charts[0].subtitle
        }
        #expect(
            subtitle([row]) == [
                "orders · 50.0 k/s · zstd:3 · batch 64 KiB, linger 5 ms · orders of 512 B · broker",
                "AMD EPYC · 2026-11-21 · Weir 0.2.0 · SUSPECT",
            ])
        let runs = (0..<20).map { index in
            row.merging([
                "variant": "\(index / 5)", "repetition": "\(index % 5)", "loop": "closed",
                "compression_type": ["none", "gzip", "lz4", "snappy"][index / 5],
                "compression_level": "", "verdict": index < 13 ? "VALID" : "SUSPECT",
            ]) { $1 }
        }
        let lines = subtitle(runs)
        #expect(lines[0].hasPrefix("orders · rate: max · none, gzip and 2 more · batch 64 KiB"))
        #expect(lines[0].hasSuffix(" · 20 runs of 4 variants"))
        #expect(lines[1].hasSuffix(" · 13 of 20 VALID"))
        // The reasons are on the page, once.
        #expect(!lines.joined().contains("stalled"))
    }

    @Test func `has throughput in a unit of its size, from zero, in the middle of intervals`()
        throws
    {
        let plan = Charts.plan([ChartFixture.run()])
        let panel = try #require(plan.chart("throughput")?.panels.first)
        #expect(panel.y.label == "k records/s")
        #expect(panel.y.range.lowerBound == 0)
        #expect(panel.y.range.contains(50))
        #expect(panel.series.map(\.name) == ["offered", "acknowledged", "consumed by readers"])
        #expect(panel.series.map(\.ink.colour) == [.grey, .blue, .orange])
        #expect(panel.series[1].points.map(\.x) == [-0.5, 0.5, 1.5, 2.5, 3.5])
        #expect(panel.series[1].points.map(\.y) == [50, 50, 50, 50, 25])
    }

    @Test func `shades warm-up, drain, and the interval in which the machine stalled`() throws {
        let panel = try #require(
            Charts.plan([ChartFixture.run()]).chart("latency")?.panels.first)
        #expect(
            panel.bands == [
                .init(kind: .warmup, range: -1...0), .init(kind: .hiccup, range: 1...2),
                .init(kind: .drain, range: 3...4),
            ])
    }

    @Test func `leaves out the rate of a remainder of an interval`() throws {
        var rows = ChartFixture.timeSeries().rows.map(\.fields)
        for index in rows.indices.suffix(2) { rows[index][3] = "0.004" }
        let series = CSVTable(columns: ChartFixture.timeSeriesColumns, rows: rows)
        let results = SavedResults(name: "a", path: "a", tables: [.timeSeries: series])
        let panel = try #require(Charts.plan([results]).chart("throughput")?.panels.first)
        #expect(panel.series[1].points.count == 4)
    }

    @Test func `adds lag up over partitions, and takes the oldest record of any`() throws {
        let chart = try #require(Charts.plan([ChartFixture.run()]).chart("lag"))
        #expect(chart.panels.map(\.series.count) == [1, 1])
        #expect(chart.panels[0].series[0].points.map(\.y) == [1, 21, 41, 61, 81])
        #expect(chart.panels[1].series[0].points.map(\.y) == [0.5, 1.5, 2.5, 3.5, 4.5])
        #expect(chart.panels[1].y.label == "ms")
    }

    @Test func `puts percentiles on the axis of nines, and the maximum at the last record`() throws
    {
        let chart = try #require(Charts.plan([ChartFixture.run()]).chart("percentiles"))
        let panel = chart.panels[0]
        #expect(panel.x.isLogarithmic && panel.y.isLogarithmic)
        #expect(panel.series.map(\.name) == ["response", "end-to-end of readers"])
        let points = panel.series[0].points
        #expect(points.map(\.x) == [1, 2, 10, 100, 1_000, 150_000])
        // A latency of zero has no place on a logarithmic axis.
        #expect(points.map(\.y) == [nil, 2_800, 5_000, 5_200, 6_000, 9_100])
        #expect(
            chart.table.rows[0] == ["response", "2.80 ms", "5.00 ms", "5.20 ms", "6.00 ms"]
                + ["", "9.10 ms"])
    }

    @Test func `of two runs has a line each in a colour of its own`() throws {
        let first = ChartFixture.run(name: "orders/20261121T104500Z")
        let second = ChartFixture.run(name: "orders/20261121T110000Z")
        let plan = Charts.plan([first, second])
        #expect(plan.names == Self.overTime + ["percentiles"] + Self.byVariant)
        for chart in plan.charts.prefix(4) {
            for panel in chart.panels {
                #expect(panel.series.map(\.name) == [first.name, second.name], "\(chart.name)")
                #expect(panel.series.map(\.ink.colour) == [.blue, .orange], "\(chart.name)")
            }
        }
    }

    @Test func `of the same folder twice tells the two apart`() throws {
        let plan = Charts.plan([ChartFixture.run(), ChartFixture.run()])
        let names = try #require(plan.chart("percentiles")?.panels[0].series.map(\.name))
        #expect(names == ["orders/20261121T104500Z", "orders/20261121T104500Z (2)"])
    }

    @Test(arguments: [2, 5, 12])
    func `of a comparison has a panel a variant, with the repetitions' median and range`(
        _ count: Int
    ) throws {
        let variants = ChartFixture.variants(count)
        let plan = Charts.plan([ChartFixture.comparison(variants)])
        #expect(plan.names == Self.overTime + ["lag-time", "percentiles"] + Self.byVariant)
        let chart = try #require(plan.chart("throughput"))
        #expect(chart.panels.map(\.title) == variants.map(\.name))
        for panel in chart.panels {
            #expect(panel.series.map(\.mark).prefix(3) == [.area, .area, .area])
            let names = ["offered", "acknowledged", "consumed by readers"]
            #expect(panel.series.map(\.name).suffix(3) == names[...])
        }
        #expect(Set(chart.panels.map(\.y.range)).count == 1)
        let percentiles = try #require(plan.chart("percentiles"))
        // Of repetitions with the factors 1…5 the third has the median p99.
        #expect(percentiles.panels[0].series.allSatisfy { $0.points[1].y == 8_400 })
        let inks = percentiles.panels[0].series.map { "\($0.ink)" }
        #expect(Set(inks).count == count)
    }

    @Test func `says which charts have more variants than can be seen`() {
        let plan = Charts.plan([ChartFixture.comparison(ChartFixture.variants(70), repetitions: 1)])
        #expect(plan.names == ["ratio-against-cpu"])
        #expect(plan.notes.count == 8)
        #expect(plan.notes.allSatisfy { $0.contains("70 variants are too many") })
    }

    @Test func `says where only the first consumer groups have a panel`() throws {
        let groups = (1...6).map { "group \($0)" }
        let few = ChartFixture.timeSeries(groups: Array(groups.prefix(4)))
        let many = ChartFixture.timeSeries(groups: groups)
        func plan(_ tables: CSVTable...) -> Charts.Plan {
            Charts.plan(
                tables.enumerated().map { index, table in
                    SavedResults(name: "\(index)", path: "\(index)", tables: [.timeSeries: table])
                })
        }
        let told = "Of 6 consumer groups the first 4 have a panel; the CSV files have all."
        let latency = try #require(plan(many).chart("latency"))
        #expect(latency.panels.count == 5)
        #expect(latency.subtitle.last == told)
        // All six are lines of one panel.
        #expect(plan(many).chart("throughput")?.subtitle.last != told)
        #expect(plan(many, many).chart("throughput")?.subtitle.last == told)
        #expect(plan(few).charts.allSatisfy { $0.subtitle.last != told })
    }
}
