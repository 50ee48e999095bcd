import Foundation
import Testing

@testable import Reporting

@Suite struct `A time series that is too long for a page` {
    private static let columns = [
        "variant", "repetition", "elapsed_s", "interval_s", "phase", "role", "group",
        "acked_rate_records_per_s", "response_latency_max_us", "lag_records",
    ]

    private func read(_ rows: [[String]]) throws -> CSVTable {
        let folder = try TemporaryFolder()
        let path = folder.path + "/timeseries.csv"
        let text = CSV.line(Self.columns) + rows.map(CSV.line).joined()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try CSVTable(thinningTimeSeries: path) { _ in }
    }

    private func row(
        _ second: Int, rate: Double, latency: Double = 5, role: String = "producer",
        phase: String = "run"
    ) -> [String] {
        [
            "default", "1", "\(second)", "1", phase, role, role == "producer" ? "" : "g", "\(rate)",
            "\(latency)", "",
        ]
    }

    @Test func `of as many rows as there are stretches stays as it is`() throws {
        let rows = (0..<900).map { row($0, rate: Double($0 % 7)) }
        let table = try read(rows)
        #expect(table.rows.map(\.fields) == rows)
        #expect(table.rows.allSatisfy { !$0.isExtreme } && table.wholeRowCount == 900)
    }

    @Test func `keeps its peaks, its ends and its order, and few rows`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func random(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        var rows: [[String]] = []
        for second in 0..<60_000 {
            let phase = second < 3_000 ? "warmup" : "run"
            rows.append(row(second, rate: Double(random(1_000)), phase: phase))
            rows.append(
                row(
                    second, rate: Double(random(500)), latency: Double(random(100)),
                    role: "consumer", phase: phase))
        }
        // One second of an hour.
        rows[70_001][7] = "99999"
        rows[80_000][8] = "123456.5"
        rows[90_000][7] = "-3"
        let table = try read(rows)
        #expect(table.wholeRowCount == 120_000)
        #expect((1_000...30_000).contains(table.rows.count), "\(table.rows.count), seed \(seed)")
        let fields = table.rows.map(\.fields)
        for index in [70_001, 80_000, 90_000, 0, 1, 119_998, 119_999] {
            #expect(fields.contains(rows[index]), "\(index), seed \(seed)")
        }
        let times = table.rows.compactMap { $0.number("elapsed_s") }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(Set(table.rows.map { $0["phase"] }) == ["warmup", "run"])
        // The rows that are no extremes are a fair sample: uniform figures have their median.
        let sample = table.rows.filter { !$0.isExtreme && $0["role"] == "producer" }
            .compactMap { $0.number("acked_rate_records_per_s") }.sorted()
        #expect(sample.count > 200 && abs(sample[sample.count / 2] - 500) < 150, "seed \(seed)")
    }

    @Test func `of many series keeps some of each`() throws {
        let rows = (0..<200).flatMap { second in
            (0..<300).map { variant in
                var row = row(second, rate: Double(second))
                row[0] = "v\(variant)"
                return row
            }
        }
        let table = try read(rows)
        #expect(Set(table.rows.compactMap { $0["variant"] }).count == 300)
        #expect(table.rows.count < 60_000 / 4)
    }

    @Test func `of lag is over all partitions of a group, as its charts are`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lag.csv"
        var text = "variant,repetition,elapsed_s,group,topic,partition,lag_records,lag_time_ms\n"
        for second in 0..<5 {
            for group in ["a", "b"] {
                for partition in 0..<3 {
                    text +=
                        "default,1,\(second).0,\(group),t,\(partition),\(second + partition),"
                        + "\(partition == 1 ? "9.5" : "")\n"
                }
            }
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let table = try CSVTable(thinningLag: path) { _ in }
        #expect(table.rows.count == 10 && table.wholeRowCount == 30)
        let ofA = table.rows.filter { $0["group"] == "a" }
        #expect(ofA.map { $0["lag_records"] } == ["3", "6", "9", "12", "15"])
        #expect(ofA.allSatisfy { $0["lag_time_ms"] == "9.500" })
    }

    @Test func `is said on the page to be a part`() throws {
        let table = CSVTable(
            columns: Self.columns,
            rows: [(row(1, rate: 5), false), (row(2, rate: 9), true), (row(3, rate: 7), false)],
            isCutOff: false, wholeRowCount: 1_064_000)
        let saved = SavedResults(name: "r", path: "r", tables: [.timeSeries: table])
        let plan = Charts.plan([saved])
        #expect(
            plan.notes.contains {
                $0.hasPrefix("r/timeseries.csv has 1064000 rows, of which charts")
            })
        let values = try #require(plan.chart("throughput")?.table.rows.first)
        // The median is over the sample, the ends are over all.
        #expect(values.dropFirst().map { $0.prefix(1) } == ["5", "5", "9"])
        #expect(Report.html(saved).contains("1064000 rows"))
    }
}
