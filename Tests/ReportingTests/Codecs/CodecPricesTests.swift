import Foundation
import Testing

@testable import Reporting

@Suite struct `Prices` {
    @Test func `say what a month costs, and where another setting would cost the same`() throws {
        let prices = try CodecPrices("core_hour: 0.05 # a core\n\ngb_month: 0.1\nzone_gb: 0.02\n")
        let load = CodecBill.Load(
            recordsPerSecond: 50_000, replication: 3, retentionDays: 7, consumers: 2)
        let bill = try #require(CodecBill(`Codecs alone`.rows, load))
        let rows = bill.costRows(at: prices)
        #expect(rows.map(\.setting) == ["none", "lz4:9", "zstd:3", "zstd:19", "zstd:15"])
        let zstd = rows[2]
        // 0.02 cores of the producers and 0.01 of the consumers for 730 hours; 1,814.4 GB; 1 MB/s to two
        // replicas.
        let parts = [zstd.producerCost, zstd.consumerCost, zstd.diskCost, zstd.zoneCost]
        let expected: [Double] = [0.73, 0.365, 181.44, 105.12]
        for (part, expected) in zip(parts, expected) {
            #expect(abs(try #require(part) - expected) < 1e-6)
        }
        let price = try #require(CostRow.breakEven(zstd, rows[1]))
        var other = prices
        other.coreHour = price
        let even = bill.costRows(at: other)
        let totals = [1, 2].compactMap { even[$0].total }
        #expect(totals.count == 2 && abs(totals[0] - totals[1]) < 1e-6)
        #expect(CostRow.breakEven(zstd, zstd) == nil)
        let text = bill.months(at: prices, width: 100)
        #expect(text.contains("zstd:3 costs least at these prices. zstd:19 would cost the same at"))
        #expect(bill.costRows(at: nil).allSatisfy { $0.total == nil && $0.coreHours >= 0 })
    }

    /// `costs.csv` of the bill above.
    private static func saved(_ prices: CodecPrices?, topics: [String?] = [nil]) throws
        -> SavedResults
    {
        let load = CodecBill.Load(
            recordsPerSecond: 50_000, replication: 3, retentionDays: 7, consumers: 2)
        let rows = topics.flatMap { topic in
            let codecs = `Codecs alone`.rows.map { codec in
                var row = codec
                row.topic = topic
                return row
            }
            return CodecBill(codecs, load)?.costRows(at: prices) ?? []
        }
        let table = try CSVTable(text: CSVTable.text(of: rows), path: CostRow.fileName)
        return SavedResults(name: "app", path: "app", tables: [.costs: table])
    }

    @Test func `of a small log keep their digits in costs.csv`() throws {
        let load = CodecBill.Load(
            recordsPerSecond: 1, replication: 3, retentionDays: 7, consumers: 2)
        let prices = try CodecPrices("core_hour: 0.05\ngb_month: 0.1\nzone_gb: 0.02\n")
        let rows = try #require(CodecBill(`Codecs alone`.rows, load)).costRows(at: prices)
        let table = try CSVTable(text: CSVTable.text(of: rows), path: CostRow.fileName)
        for (row, saved) in zip(rows, table.rows) where row.setting != "none" {
            let cores = try #require(saved.number("producer_cores"))
            #expect(cores > 0 && abs(cores / row.costs.producerCores - 1) < 0.001)
            let cost = try #require(saved.number("producer_cost_per_month"))
            #expect(cost > 0 && abs(cost / (row.producerCost ?? 0) - 1) < 0.001)
        }
    }

    @Test func `are a chart of who pays, each part beside the other`() throws {
        let prices = try CodecPrices("core_hour: 0.05\ngb_month: 0.1\nzone_gb: 0.02\n")
        let chart = try #require(Charts.plan([try Self.saved(prices)]).charts.first)
        #expect(chart.name == "who-pays" && chart.panels.count == 1)
        let panel = chart.panels[0]
        #expect(panel.categories == ["none", "lz4:9", "zstd:3", "zstd:19", "zstd:15"])
        #expect(
            panel.series.map(\.name)
                == ["producers' CPU", "consumers' CPU", "disk", "between zones"])
        let zstd = panel.series.compactMap { series in
            series.points.first { $0.y == 2 }?.xInterval
        }
        let parts: [Double] = [0.73, 0.365, 181.44, 105.12]
        var sum = 0.0
        for (bar, part) in zip(zstd, parts) {
            #expect(abs(bar.lowerBound - sum) < 0.002 && abs(bar.upperBound - sum - part) < 0.002)
            sum += part
        }
        #expect(zstd.count == 4)
        // A codec that takes no CPU has no bar for it.
        #expect(panel.series[0].points.count == 4 && panel.series[2].points.count == 5)
        #expect(chart.finding == "zstd:3 costs least, 288 a month; none costs most, 1433.")
        #expect(chart.subtitle == ["app · core-hour 0.05 · GB-month 0.1 · GB between zones 0.02"])
        let cores = try #require(Charts.plan([try Self.saved(nil)]).charts.first)
        #expect(cores.panels[0].series.map(\.name) == ["producers' CPU", "consumers' CPU"])
        #expect(cores.panels[0].x.label == "CPU cores")
    }

    @Test func `are a point on a chart of where two settings cost the same`() throws {
        let prices = try CodecPrices("core_hour: 0.05\ngb_month: 0.0001\nzone_gb: 0\n")
        let plan = Charts.plan([try Self.saved(prices, topics: ["a", "b"])])
        #expect(plan.charts.map(\.name) == ["who-pays", "equal-cost"] && plan.notes.isEmpty)
        let chart = plan.charts[1]
        #expect(chart.panels.map(\.title) == ["a", "b"])
        #expect(chart.finding.hasPrefix("At these prices "))
        let panel = chart.panels[0]
        let disc = try #require(panel.series.last)
        #expect(disc.points.map(\.x) == [0.05] && disc.points.map(\.y) == [0.0001])
        let lines = panel.series.dropLast()
        #expect(!lines.isEmpty)
        // On the line both cost the same.
        let line = try #require(lines.first)
        let names = line.name.components(separatedBy: " costs as much as ")
        for point in line.points {
            var there = prices
            (there.coreHour, there.gbMonth) = (point.x, try #require(point.y))
            let load = CodecBill.Load(
                recordsPerSecond: 50_000, replication: 3, retentionDays: 7, consumers: 2)
            let rows = try #require(CodecBill(`Codecs alone`.rows, load)).costRows(at: there)
            let costs = names.compactMap { name in rows.first { $0.setting == name }?.total }
            #expect(costs.count == 2 && abs(costs[0] / costs[1] - 1) < 0.001)
        }
        let free = try CodecPrices("core_hour: 0\ngb_month: 1\n")
        let without = Charts.plan([try Self.saved(free)])
        #expect(without.charts.map(\.name) == ["who-pays"] && without.notes.count == 1)
    }

    @Test func `of a log's topics are at the rate at which each was written`() throws {
        func topic(_ name: String, seconds: Double?) -> TopicSavings {
            var row = TopicRow(topic: name)
            (row.storedBytes, row.storedRatio, row.spanSeconds) = (1_000_000_000, 2, seconds)
            let codecs = `Codecs alone`.rows.map { codec in
                var row = codec
                (row.topic, row.batchRecords, row.storedBatches) = (name, nil, 1)
                return row
            }
            return TopicSavings(row, codecs: codecs, samplingReach: 0)
        }
        let prices = try CodecPrices("core_hour: 0.05\ngb_month: 0.1\nzone_gb: 0.02\n")
        let costs = TopicCosts(
            [topic("orders", seconds: 1_000), topic("clicks", seconds: nil)], at: prices,
            replication: 3, consumers: 2)
        #expect(Set(costs.rows.map(\.topic)) == ["orders"])
        let zstd = try #require(costs.rows.first { $0.setting == "zstd:3" })
        // 2 GB before compression in 1,000 s, of which zstd:3 stores a fifth.
        let values = [
            zstd.costs.producerCores, zstd.costs.consumerCores, zstd.diskGB, zstd.zoneGB,
        ]
        let expected: [Double] = [0.008, 0.004, 1.2, 2_102.4]
        for (value, expected) in zip(values, expected) { #expect(abs(value - expected) < 1e-6) }
        let text = costs.text(width: 100).replacing("\n", with: " ")
        #expect(text.contains("orders, written at 2.00 MB/s before compression, a month"))
        #expect(text.contains("clicks: no cost, since the timestamps of its records tell no rate"))
        // 3 GB and 5,256 GB between zones.
        #expect(text.contains("disk and zones alone cost 105 as it is stored now"))
    }

    @Test(arguments: [
        ("core_hour: -1", "line 1: core_hour is a number of 0 or more"),
        ("core_hour: 1", "no price of gb_month"), ("", "no price of core_hour"),
        ("core_hour: 1\ncore_hour: 2", "line 2: core_hour is given twice"),
        ("cores: 1", "line 1: not a price"), ("core_hour: inf", "is a number of 0 or more"),
    ])
    func `are refused where they are wrong or missing`(_ text: String, _ message: String) {
        let error = #expect(throws: CodecPrices.Fault.self) { try CodecPrices(text) }
        #expect(error?.description.contains(message) == true)
    }

    @Test func `of the example can be read`() throws {
        let path = #filePath.components(separatedBy: "/Tests/")[0] + "/Profiles/prices.txt"
        let prices = try CodecPrices(String(contentsOfFile: path, encoding: .utf8))
        #expect(prices.zoneGB > 0)
    }
}
