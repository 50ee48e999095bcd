import Foundation
import Testing

@testable import Reporting

@Suite struct `Charts by variant` {
    private typealias Variant = ChartFixture.Variant

    @Test func `are rings of the repetitions beside their median and its interval`() throws {
        let plan = Charts.plan([ChartFixture.comparison(ChartFixture.variants(3))])
        let panel = try #require(plan.chart("throughput-by-variant")?.panels.first)
        #expect(panel.categories == ["zstd:0", "zstd:1", "zstd:2"])
        // No length stands for a value, so the axis is around the values.
        #expect(panel.x.range.lowerBound > 40 && panel.x.range.contains(52))
        #expect(panel.x.label == "acknowledged (k records/s)")
        #expect(panel.series.map(\.mark) == [.rings, .discs, .rings, .discs, .rings, .discs])
        #expect(panel.series[0].points.map(\.x) == [50, 50.5, 51, 51.5, 52])
        let point = panel.series[1].points[0]
        #expect(point.x == 51)
        // Of five values the interval is their range.
        #expect(point.xInterval == 50...52)
        #expect(panel.notes[0].text == "51.0")
        #expect(panel.series.map { $0.points[0].y?.rounded() } == [2, 2, 1, 1, 0, 0])
        // Rings above, the interval below, so that neither hides the other.
        let ring = try #require(panel.series[0].points[0].y)
        #expect(ring > 2 && 2 > point.y ?? 2)
    }

    @Test func `have p50, p99 and p99.9 in one picture, on a logarithmic axis`() throws {
        var tables = ChartFixture.comparison([Variant("a"), Variant("b", p99: 90_000)]).tables
        let summary = try #require(tables[.summary])
        tables[.summary] = CSVTable(
            columns: summary.columns + ["e2e_latency_p999_us"],
            rows: summary.rows.map { $0.fields + [$0["e2e_latency_max_us"] ?? ""] })
        let plan = Charts.plan([SavedResults(name: "a", path: "a", tables: tables)])
        let chart = try #require(plan.chart("latency-by-variant"))
        let panel = chart.panels[0]
        #expect(panel.x.isLogarithmic)
        #expect(
            panel.series.filter { $0.mark == .discs }.map(\.name)
                == ["p50", "p99", "p99.9", "p50", "p99", "p99.9"])
        #expect(panel.notes.map(\.text).suffix(3) == ["45.0 ms", "91.8 ms", "180 ms"])
        #expect(chart.finding == "p99 is from 5.10 ms with a to 91.8 ms with b.")
    }

    @Test func `do not fill the picture with a difference that nobody would act on`() throws {
        let plan = Charts.plan([
            ChartFixture.comparison([Variant("a"), Variant("b")], repetitions: 1)
        ])
        let chart = try #require(plan.chart("throughput-by-variant"))
        let range = chart.panels[0].x.range
        #expect(range.lowerBound < 49.1 && range.upperBound > 50.9)
        #expect(chart.finding == "Throughput is 50.0 k records/s with all.")
    }

    @Test func `say how many repetitions count where the verdict leaves some out`() throws {
        var tables = ChartFixture.comparison([Variant("a"), Variant("b")]).tables
        let summary = try #require(tables[.summary])
        tables[.summary] = CSVTable(
            columns: summary.columns,
            rows: summary.rows.map { row in
                let isBad = row["variant"] == "a" && row["repetition"] == "5"
                return row.fields.map { isBad && $0 == "VALID" ? "INVALID" : $0 }
            })
        let plan = Charts.plan([SavedResults(name: "a", path: "a", tables: tables)])
        let chart = try #require(plan.chart("throughput-by-variant"))
        #expect(chart.table.rows.map(\.last) == ["4 of 5", "5"])
        #expect(chart.panels[0].series[0].points.count == 4)
        #expect(chart.caption.contains("9 of 10 repetitions count"))
    }

    @Test func `show what producers felt where nobody consumed`() throws {
        let consumed = ChartFixture.comparison(ChartFixture.variants(2))
        let bars = try #require(Charts.plan([consumed]).chart("latency-by-variant"))
        #expect(bars.panels[0].x.label.hasPrefix("end-to-end latency"))
        var tables = consumed.tables
        let summary = try #require(tables[.summary])
        tables[.summary] = CSVTable(
            columns: summary.columns.map { $0.replacing("e2e_", with: "response_") },
            rows: summary.rows.map(\.fields))
        let plan = Charts.plan([SavedResults(name: "a", path: "a", tables: tables)])
        let alone = try #require(plan.chart("latency-by-variant"))
        #expect(alone.panels[0].x.label.hasPrefix("response latency"))
        #expect(!plan.notes.contains { $0.contains("e2e_") })
    }

    @Test func `take medians and intervals from comparison.csv where it is there`() throws {
        var tables = ChartFixture.comparison(ChartFixture.variants(2)).tables
        tables[.comparison] = CSVTable(
            columns: ["variant", "metric", "median", "ci_low", "ci_high", "pareto"],
            rows: [
                ["zstd:0", "compression_ratio", "7", "6.5", "7.5", ""],
                ["zstd:1", "cpu_s_per_logical_gb", "9", "", "", "true"],
            ])
        let plan = Charts.plan([SavedResults(name: "a", path: "a", tables: tables)])
        let point = try #require(plan.chart("ratio-by-variant")?.panels[0].series[1].points[0])
        #expect(point.x == 7)
        #expect(point.xInterval == 6.5...7.5)
        let cpu = try #require(plan.chart("cpu-by-variant")?.panels[0].series[3].points[0])
        #expect(cpu.x == 9)
        #expect(cpu.xInterval == nil)
        let table = try #require(plan.chart("ratio-against-cpu")?.table)
        #expect(table.rows.map(\.last) == ["", "yes"])
    }

    @Test func `have the Pareto front by the cost of which comparison.csv says it`() throws {
        var tables = ChartFixture.comparison(ChartFixture.variants(2)).tables
        tables[.comparison] = CSVTable(
            columns: ["variant", "metric", "median", "ci_low", "ci_high", "pareto"],
            rows: [
                ["zstd:0", "codec_cpu_s_per_logical_gb", "3", "", "", "false"],
                ["zstd:1", "codec_cpu_s_per_logical_gb", "2", "", "", "true"],
            ])
        let plan = Charts.plan([SavedResults(name: "a", path: "a", tables: tables)])
        let chart = try #require(plan.chart("ratio-against-cpu"))
        #expect(chart.panels[0].x.label == "CPU cost of the codec (CPU-s per logical GB)")
        #expect(chart.table.rows.map { $0[2] } == ["3.00", "2.00"])
        #expect(chart.table.rows.map(\.last) == ["", "yes"])
    }

    @Test func `have the Pareto front as a staircase of what none beats in both`() throws {
        let variants = [
            Variant("none", ratio: 1, cpu: 3), Variant("lz4", ratio: 2.4, cpu: 4),
            Variant("gzip", ratio: 2.2, cpu: 20), Variant("zstd", ratio: 3, cpu: 6),
        ]
        let plan = Charts.plan([ChartFixture.comparison(variants, repetitions: 1)])
        let chart = try #require(plan.chart("ratio-against-cpu"))
        let front = chart.panels[0].series[0]
        #expect(front.points.map(\.x) == [3, 4, 4, 6, 6])
        #expect(front.points.map(\.y) == [1, 1, 2.4, 2.4, 3])
        #expect(chart.table.rows.map(\.last) == ["yes", "yes", "", "yes"])
        #expect(chart.panels[0].notes.map(\.text) == variants.map(\.name))
        // A legend for the front and for the discs, and no dashes that whiskers could lie on.
        #expect(
            chart.panels[0].series.map(\.name).filter { !$0.isEmpty }
                == ["Pareto front", "a variant's median, 95 % interval"])
        #expect(front.ink.dash == .solid && front.mark == .line(width: 5))
        #expect(chart.panels[0].title.contains("↖ better"))
        #expect(
            chart.finding == "On the front are none, lz4 and zstd; the other one is beaten in both."
        )
    }

    @Test func `draw latency against the offered rate, where nothing else differs`() throws {
        let variants = [80_000.0, 20_000, 50_000].map {
            Variant("\($0)", offered: $0, p99: $0 / 10)
        }
        let plan = Charts.plan([ChartFixture.comparison(variants, repetitions: 1)])
        let panel = try #require(plan.chart("latency-against-load")?.panels.first)
        #expect(panel.title == "End-to-end latency")
        #expect(panel.x.label == "offered rate (k records/s)")
        #expect(panel.series.map(\.name) == ["p50", "p99", "max"])
        #expect(panel.series[1].points.map(\.x) == [20, 50, 80])
        #expect(panel.series[1].points.map(\.y) == [2_000, 5_000, 8_000])
    }

    @Test func `do not join loads of different settings to a curve`() {
        var tables = ChartFixture.comparison([
            Variant("a", offered: 20_000), Variant("b", offered: 50_000),
        ]).tables
        let summary = tables[.summary]!
        tables[.summary] = CSVTable(
            columns: summary.columns + ["compression_type"],
            rows: summary.rows.map { $0.fields + [$0["variant"] == "a" ? "lz4" : "zstd"] })
        let plan = Charts.plan([SavedResults(name: "a", path: "a", tables: tables)])
        #expect(plan.chart("latency-against-load") == nil)
        #expect(plan.notes.contains { $0.contains("differ in the offered rate alone") })
    }

    @Test func `of a lone summary.csv with one row are bars without intervals`() throws {
        let summary = ChartFixture.summary([Variant("default")], repetitions: 1)
        let plan = Charts.plan([
            SavedResults(name: "summary", path: "summary.csv", tables: [.summary: summary])
        ])
        #expect(
            plan.names == [
                "throughput-by-variant", "ratio-by-variant", "cpu-by-variant",
                "latency-by-variant",
            ])
        #expect(plan.charts[0].panels[0].series[0].points[0].xInterval == nil)
        #expect(!plan.charts[0].caption.contains("95 %"))
        // What a summary alone has no figures for is said.
        #expect(plan.notes.count == 2)
    }

    @Test func `keep names clear of each other`() throws {
        let variants = (0..<6).map { Variant("variant-\($0)", ratio: 3, cpu: 5 + Double($0) / 50) }
        let plan = Charts.plan([ChartFixture.comparison(variants, repetitions: 1)])
        let notes = try #require(plan.chart("ratio-against-cpu")?.panels[0].notes)
        #expect(Set(notes.map(\.side)).count == notes.count)
    }

    @Test func `keep a name off the lines of its interval`() {
        let panel = Chart.Panel(
            x: .fromZero("", maximum: 10), y: .fromZero("", maximum: 10),
            series: [
                Chart.Series(
                    name: "", mark: .discs, ink: Palette.variant(0),
                    points: [Chart.Point(5, 5, xInterval: 1...9, yInterval: 1...9)])
            ])
        let placed = NotePlacement.place([.init(text: "zstd:3,1MiB", x: 5, y: 5)], in: panel)
        // Between the arms of the cross.
        let corners: [Chart.Note.Side] = [.aboveRight, .belowRight, .aboveLeft, .belowLeft]
        #expect(placed.allSatisfy { corners.contains($0.side) })
    }

    @Test func `of many variants name those of the front alone, and say so`() throws {
        // Ever more ratio for ever more CPU, and as many that are worse in both.
        let variants = (0..<10).flatMap { place in
            let place = Double(place)
            return [
                Variant("front-\(Int(place))", ratio: 2 + place / 10, cpu: 10 + place),
                Variant("worse-\(Int(place))", ratio: 1, cpu: 30 + place),
            ]
        }
        let plan = Charts.plan([ChartFixture.comparison(variants, repetitions: 1)])
        let chart = try #require(plan.chart("ratio-against-cpu"))
        let names = chart.panels[0].notes.map(\.text)
        #expect(names.count == 10 && names.allSatisfy { $0.hasPrefix("front-") })
        #expect(chart.caption.contains("The names of the others are in the table of values"))
        #expect(chart.table.rows.count == 20)
    }
}
