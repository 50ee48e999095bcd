import Foundation
import Testing

@testable import Reporting

@Suite struct `Prices` {
    @Test func `say what a month costs, and where another setting would cost the same`() throws {
        let prices = try CodecPrices("core_hour: 0.05 # a core\n\ngb_month: 0.1\nzone_gb: 0.02\n")
        let load = CodecBill.Load(
            recordsPerSecond: 50_000, replication: 3, retentionDays: 7, consumers: 2)
        let bill = try #require(CodecBill(`Codecs alone`.rows, load))
        let months = bill.months(prices)
        #expect(months.map(\.setting) == ["none", "lz4:9", "zstd:3", "zstd:19", "zstd:15"])
        let zstd = months[2]
        // 0.03 cores for 730 hours; 1,814.4 GB; 1 MB/s to two replicas.
        #expect(abs(zstd.cpu - 0.03 * 730 * 0.05) < 1e-9)
        #expect(abs(zstd.disk - 181.44) < 1e-6)
        #expect(abs(zstd.zones - 2 * 730 * 3.6 * 0.02) < 1e-6)
        let price = try #require(CodecBill.breakEven(zstd, months[1]))
        var other = prices
        other.coreHour = price
        let even = bill.months(other)
        #expect(abs(even[2].total - even[1].total) < 1e-6)
        #expect(CodecBill.breakEven(zstd, zstd) == nil)
        #expect(bill.months(at: prices, width: 100).contains("costs least at these prices"))
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
