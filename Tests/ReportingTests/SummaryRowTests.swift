import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `A summary row` {
    private func fields(_ row: SummaryRow) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: SummaryRow.columns.map { ($0.name, CSV.text($0.field(row))) })
    }

    @Test func `fills its columns in their units`() {
        let fields = fields(Fixture.summary)
        let expected = [
            "run_id": "orders/20261121T104500Z", "started_at": "2026-11-21T10:45:00.123Z",
            "verdict": "SUSPECT",
            "verdict_reasons":
                "the machine stalled for 31.5 ms; the rate had not settled: it sank by 12 %",
            "loop": "open", "duration_s": "10.000", "idempotence": "true",
            "offered_rate_records_per_s": "200000.000", "acked_records": "2000000",
            "acked_rate_records_per_s": "200000.000",
            "produced_rate_records_per_s": "200001.000", "logical_rate_mb_per_s": "80.000",
            "stored_rate_mb_per_s": "12.000", "consumed_rate_mb_per_s": "159.960",
            "compression_ratio": "7.0000", "records_per_batch_mean": "153.846",
            "send_delay_max_us": "21.000", "response_latency_p50_us": "4001.791",
            "response_latency_max_us": "31500.000", "e2e_latency_max_us": "1200000.000",
            "lag_time_max_ms": "42.500", "hiccup_max_ms": "31.500", "hiccup_p99_us": "71.000",
            "cpu_s_per_logical_gb": "10.000", "lost": "0", "share_of_write": "0.7312",
        ]
        for (name, value) in expected { #expect(fields[name] == value, "\(name)") }
    }

    @Test func `knows those figures whose origin is the row, and no other`() {
        let own = RunFigure.all.filter { if case .row = $0.origin { true } else { false } }
        #expect(Set(own.map(\.column)) == Set(SummaryRow.own.keys))
    }

    @Test func `leaves empty what was not measured`() {
        let fields = fields(
            SummaryRow(run: Fixture.run, verdict: .valid, loop: .closed, durationSeconds: 1))
        let filled = fields.filter { !$0.value.isEmpty }.keys
        #expect(
            Set(filled) == [
                "run_id", "started_at", "profile", "variant", "repetition", "target", "verdict",
                "loop", "duration_s", "warmup_s", "format_version",
            ])
    }

    @Test func `says the same in JSON, numbers as numbers and null where empty`() throws {
        let text = JSON.object(Fixture.summary)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object.count == SummaryRow.columns.count)
        #expect(object["acked_records"] as? Int == 2_000_000)
        #expect(object["compression_ratio"] as? Double == 7)
        #expect(object["wire_bytes"] is NSNull)
        #expect(object["run_id"] as? String == "orders/20261121T104500Z")
        for (index, column) in SummaryRow.columns.enumerated() {
            let line = text.split(separator: "\n")[index + 1]
            #expect(line.hasPrefix("  \"\(column.name)\": "))
        }
    }

    @Test func `escapes text in JSON`() throws {
        let text = "quote \" backslash \\ tab \t bell \u{7} line\n\r ümläut"
        let decoded = try JSONDecoder().decode(
            [String].self, from: Data("[\(JSON.string(text))]".utf8))
        #expect(decoded == [text])
    }
}

@Suite struct `The provenance of a run` {
    private func fields(_ row: SummaryRow) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: SummaryRow.columns.map { ($0.name, CSV.text($0.field(row))) })
    }

    @Test func `is what made it, where, and what its user calls it`() throws {
        var row = Fixture.summary
        row.environment = Fixture.environment
        row.labels = try RunLabels(label: "after", tags: ["disk=nvme", "note=a = b"])
        let fields = fields(row)
        #expect(fields["weir_version"] == "0.1.0")
        #expect(fields["weir_build"] == "0.1.0+c64473a51db0")
        #expect(fields["host"] == "bench-1")
        #expect(fields["kernel"] == "Linux 6.12.0")
        #expect(fields["cpu_model"] == "AMD EPYC")
        #expect(fields["zstd_version"] == "1.5.4")
        #expect(fields["lz4_version"] == "1.9.4")
        #expect(fields["zlib_version"] == "1.2.13")
        #expect(fields["snappy_version"] == "")
        #expect(fields["label"] == "after")
        #expect(fields["tags"] == "disk=nvme; note=a = b")
        #expect(SummaryReport.text(row).hasPrefix("SUSPECT: orders on embedded, after, 10.0 s"))
    }

    @Test func `is empty where nothing is known of it`() {
        let fields = fields(Fixture.summary)
        for figure in RunFigure.all where figure.theme == .provenance {
            #expect(fields[figure.column] == "", "\(figure.column)")
        }
    }

    @Test func `is no formula in a spreadsheet, and reads back as it was given`() throws {
        var row = Fixture.summary
        row.labels = try RunLabels(label: "=HYPERLINK(1)", tags: ["a=1"])
        let line = CSV.line(row, SummaryRow.columns)
        #expect(line.contains(",'=HYPERLINK(1),a=1,"))
        let table = try CSVTable(text: CSV.header(SummaryRow.columns) + line, path: "summary.csv")
        #expect(table.rows.first?["label"] == "=HYPERLINK(1)")
    }
}

@Suite struct `The first column` {
    private func check<Row: TableRow>(_: Row.Type) {
        #expect(Row.columns.first?.name == "run_id", "\(Row.fileName)")
    }

    @Test func `of every file is the run's name`() {
        check(SummaryRow.self)
        check(TimeSeriesRow.self)
        check(LagRow.self)
        check(PercentileRow.self)
        check(ThresholdRow.self)
        check(RooflineRow.self)
        check(ComparisonRow.self)
        check(MaxRateRow.self)
        check(AdviceRow.self)
        check(CodecRow.self)
        check(TopicRow.self)
        check(CostRow.self)
    }

    @Test func `of a comparison is the name of its folder, once there is one`() throws {
        let table = try CSVTable(
            text:
                "variant,repetition,verdict,acked_records,acked_rate_records_per_s\na,1,VALID,9,9\n",
            path: "summary.csv")
        let comparison = try Comparison(summaries: [table])
        #expect(comparison.csv.contains("\r\n,a,"))
        let named = comparison.named("orders/20261121T104500Z")
        #expect(named.csv.contains("\r\norders/20261121T104500Z,a,"))
        #expect(named.rows.count == comparison.rows.count)
    }
}

@Suite struct `A row of a series` {
    private func fields<Row: TableRow>(_ row: Row) -> [String: String] {
        Dictionary(uniqueKeysWithValues: Row.columns.map { ($0.name, CSV.text($0.field(row))) })
    }

    @Test func `has rates over its own interval`() {
        var row = TimeSeriesRow(
            run: Fixture.runName, elapsedSeconds: 3, atUnixNanos: Fixture.startedAt + 3_000_000_000,
            intervalSeconds: 0.5, phase: .run, role: .consumer(group: "billing"))
        row.consumedRecords = 1_000
        row.logicalBytes = 2_000_000
        row.endToEndLatency = Fixture.latency([1_000, 2_000, 3_000])
        let fields = fields(row)
        #expect(fields["at"] == "2026-11-21T10:45:03.123Z")
        #expect(fields["role"] == "consumer")
        #expect(fields["group"] == "billing")
        #expect(fields["consumed_rate_records_per_s"] == "2000.000")
        #expect(fields["logical_rate_mb_per_s"] == "4.000")
        #expect(fields["e2e_latency_p50_us"] == "2.000")
        #expect(fields["acked_records"] == "")
        #expect(fields["response_latency_p50_us"] == "")
    }

    @Test func `has a producer without a group`() {
        let row = TimeSeriesRow(
            run: Fixture.runName, elapsedSeconds: -1, atUnixNanos: 0, intervalSeconds: 1,
            phase: .warmup,
            role: .producer)
        #expect(fields(row)["role"] == "producer")
        #expect(fields(row)["group"] == "")
        #expect(fields(row)["at"] == "1970-01-01T00:00:00.000Z")
        #expect(fields(row)["elapsed_s"] == "-1.000")
    }

    @Test func `counts lag from the position to the log end offset`() {
        func row(_ position: Int64?) -> [String: String] {
            fields(
                LagRow(
                    run: Fixture.runName, elapsedSeconds: 1, atUnixNanos: 0, group: "g", topic: "t",
                    partition: 3, position: position, logEndOffset: 50, lagTimeMillis: 1.5))
        }
        #expect(row(20)["lag_records"] == "30")
        #expect(row(nil)["lag_records"] == "")
        #expect(row(50)["lag_records"] == "0")
    }
}

@Suite struct `The distribution of a latency` {
    @Test func `goes as far into the tail as its count supports`() {
        #expect(PercentileRow.grid(count: 0) == [])
        #expect(PercentileRow.grid(count: 1) == [0, 100])
        #expect(PercentileRow.grid(count: 2).suffix(2) == [50, 100])
        #expect(PercentileRow.grid(count: 10).suffix(2) == [90, 100])
        #expect(PercentileRow.grid(count: 1_000).suffix(2) == [99.9, 100])
        #expect(PercentileRow.grid(count: 1_000_000_000).suffix(2) == [99.9999, 100])
        #expect(PercentileRow.grid(count: 1_000_000_000).count == 2 + 6 * 18)
    }

    @Test func `hits the percentiles that people ask for`() {
        let grid = PercentileRow.grid(count: 100_000_000)
        for percentile in [50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 99.999, 99.9999] {
            #expect(grid.contains(percentile), "\(percentile)")
        }
        #expect(grid == grid.sorted())
    }

    @Test func `counts the records at or below each value`() {
        let histogram = Fixture.histogram(Array(1...1_000))
        let rows = PercentileRow.distribution(
            of: histogram, kind: .endToEndLatency, group: "g", run: Fixture.runName)
        for row in rows {
            #expect(Int64(row.countAtOrBelow) == row.valueNanos)
            #expect(row.valueNanos == max(Int64((row.percentile * 10).rounded(.up)), 1))
        }
        #expect(rows.last?.countAtOrBelow == 1_000)
        let median = rows.first { $0.percentile == 50 }!
        #expect(
            CSV.line(median, PercentileRow.columns)
                == "orders/20261121T104500Z,default,1,e2e_latency,g,50.000000,0.500,500,2.00\r\n")
        #expect(
            CSV.line(rows.last!, PercentileRow.columns)
                == "orders/20261121T104500Z,default,1,e2e_latency,g,100.000000,1.000,1000,\r\n")
    }
}
