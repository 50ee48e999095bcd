import Foundation
import Testing

@testable import Reporting

@Suite struct `Charts of what is left of results` {
    private func plan(_ tables: [SavedResults.Table: CSVTable]) -> Charts.Plan {
        Charts.plan([SavedResults(name: "orders", path: "orders", tables: tables)])
    }

    @Test func `are none, with a word, where all files are empty`() {
        let empty = CSVTable(columns: [], rows: [])
        let plan = plan([.summary: empty, .timeSeries: empty, .percentiles: empty, .lag: empty])
        #expect(plan.charts.isEmpty)
        #expect(plan.notes == ["orders: there are no rows to draw"])
    }

    @Test func `show a run that failed half-way as far as it came, and that it has no verdict`()
        throws
    {
        let whole = ChartFixture.timeSeries()
        let half = CSVTable(
            columns: whole.columns, rows: whole.rows.prefix(5).map(\.fields), isCutOff: true)
        let plan = plan([.timeSeries: half])
        #expect(plan.names == ["throughput", "latency", "lag"])
        #expect(plan.charts[0].subtitle[1].hasPrefix("no verdict: unfinished"))
        #expect(plan.notes.count == 2)
        #expect(
            plan.notes[0] == "orders/timeseries.csv ends in the middle of a row, which is left out")
        #expect(plan.notes[1].hasPrefix("Latency by percentile: left out"))
        let points = try #require(plan.chart("throughput")?.panels[0].series[1].points)
        #expect(points.count == 3)
    }

    @Test func `show a single row as a point`() throws {
        let whole = ChartFixture.timeSeries()
        let one = CSVTable(columns: whole.columns, rows: [whole.rows[0].fields])
        let plan = plan([.timeSeries: one])
        #expect(plan.names == ["throughput", "latency"])
        let script = plan.charts[0].gnuplotScript(.svg, output: "throughput.svg")
        #expect(script.contains("using 1:2 with points"))
        #expect(plan.notes.contains { $0.hasPrefix("Consumer lag over time: left out") })
    }

    @Test func `miss no lag of a run that had no consumers`() {
        let summary = CSVTable(columns: ["profile", "consumers"], rows: [["orders", "0"]])
        let whole = ChartFixture.timeSeries()
        let one = CSVTable(columns: whole.columns, rows: [whole.rows[0].fields])
        let plan = plan([.timeSeries: one, .summary: summary])
        #expect(!plan.notes.contains { $0.contains("lag") })
    }

    @Test func `do without columns that an older version had not, and say which`() {
        let latencies = Set(ChartFixture.timeSeriesColumns.filter { $0.contains("latency") })
        let older = ChartFixture.without(
            latencies.union(["phase", "interval_s", "hiccup_max_us"]), ChartFixture.timeSeries())
        let plan = plan([
            .timeSeries: older,
            .summary: ChartFixture.without(
                ["verdict", "profile"], ChartFixture.summary([.init("default")], repetitions: 1)),
        ])
        #expect(plan.names == ["throughput", "lag"])
        #expect(plan.notes[0].hasPrefix("Latency over time: left out, since it needs response_"))
        #expect(plan.charts[0].panels.allSatisfy { $0.bands.isEmpty })
        #expect(plan.charts[0].subtitle == ["orders · 50.0 k/s", "no verdict"])
    }

    @Test func `of summaries without a column leave that chart out`() {
        let summary = ChartFixture.summary(ChartFixture.variants(3), repetitions: 2)
        let older = ChartFixture.without(["cpu_s_per_logical_gb"], summary)
        let plan = plan([.summary: older])
        #expect(plan.names == ["throughput-by-variant", "ratio-by-variant", "latency-by-variant"])
        #expect(plan.notes.count(where: { $0.contains("cpu_s_per_logical_gb") }) == 2)
    }

    @Test func `do not stumble over figures that are absurd`() {
        for figure in ["-1", "0", "1e308", "nan", "1e-320", "-0.0", "99999999999999999999", "x"] {
            for column in ChartFixture.timeSeriesColumns.indices.dropFirst(2) {
                let rows = ChartFixture.timeSeries().rows.map { row in
                    var fields = row.fields
                    fields[column] = figure
                    return fields
                }
                let series = CSVTable(columns: ChartFixture.timeSeriesColumns, rows: rows)
                let plan = plan([.timeSeries: series])
                for chart in plan.charts {
                    let script = chart.gnuplotScript(.svg, output: "chart.svg")
                    #expect(!script.contains("inf"), "\(figure) \(column)")
                }
            }
        }
    }

    @Test func `are drawn from a single file under whatever name`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/copy of the series.txt"
        let table = ChartFixture.timeSeries()
        let text = CSV.line(table.columns) + table.rows.map { CSV.line($0.fields) }.joined()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let saved = try SavedResults(folderOrFile: path)
        #expect(saved.name == "copy of the series")
        #expect(Charts.plan([saved]).names == ["throughput", "latency", "lag"])

        try "a,b\n1,2\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: ReportingError.self) { try SavedResults(folderOrFile: path) }
    }
}
