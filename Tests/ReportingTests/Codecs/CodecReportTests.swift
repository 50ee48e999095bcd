import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `Codecs alone` {
    /// A row of 100 records a batch, 10 kB of them.
    private static func row(
        _ codec: String, _ level: Int? = nil, ratio: Double, nanos: Double?, reach: Double = 0.02
    ) -> CodecRow {
        var row = CodecRow(
            runID: "codecs-app.log/1", codec: codec, level: level, recordsPerBatch: 100,
            bytesPerBatch: 10_000, sampleShare: 1)
        row.batchRecords = 100
        row.ratio = Estimate(ratio, interval: ratio...ratio)
        row.payloadRatio = ratio * 0.9
        row.bareRatio = ratio * 1.1
        row.compressNanosPerByte = nanos.map {
            Estimate($0, interval: $0 * (1 - reach)...$0 * (1 + reach))
        }
        row.decompressNanosPerByte = nanos.map { Estimate($0 / 4) }
        row.contextByteCount = nanos == nil ? 0 : 262_144
        row.visits = nanos == nil ? 0 : 7
        row.isSettled = true
        return row
    }

    static let rows: [CodecRow] = {
        var zstd = row("zstd", 3, ratio: 5, nanos: 4)
        zstd.zstdCompressShare = 0.99
        return CodecRow.markingFront([
            row("none", ratio: 1, nanos: nil), row("snappy", ratio: 2, nanos: 2.5),
            row("lz4", 9, ratio: 2.5, nanos: 2), zstd, row("zstd", 19, ratio: 6, nanos: 200),
            row("zstd", 15, ratio: 5.9, nanos: 204),
        ])
    }()

    @Test func `have a front of what is not shown to be beaten`() {
        #expect(
            Self.rows.filter(\.isOnFront).map(\.setting) == [
                "none", "lz4:9", "zstd:3", "zstd:19", "zstd:15",
            ])
        // Batches of another size do not compete.
        var other = Self.row("zstd", 3, ratio: 50, nanos: 0.1)
        other.batchRecords = 1_000
        let marked = CodecRow.markingFront(Self.rows + [other])
        #expect(marked.filter(\.isOnFront).count == 6)
    }

    @Test func `are a table`() throws {
        let text = CodecReport(rows: Self.rows, circumstances: ["Sample: app.log."]).text
        try expectGolden(text, "codecs.txt")
        for width in [60, 80, 140] {
            let text = CodecReport(rows: Self.rows, circumstances: [], width: width).text
            let widest = text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(widest <= width && text.contains("[3.92 … 4.08]"), "\(text)")
        }
        let brief = CodecReport(rows: Self.rows, circumstances: [], isBrief: true).text
        #expect(!brief.contains("snappy"))
    }

    @Test func `have a bend that rounding does not choose`() throws {
        // On a straight line, on which rounding lifts one or the other.
        let line = (0..<5).map { place in
            Self.row(
                "zstd", place + 1, ratio: pow(1.3, Double(place)), nanos: pow(1.7, Double(place)))
        }
        #expect(CodecKnee(line)?.row.level == 1)
        #expect(CodecKnee([line[1], line[3]])?.row.level == 2)
        // Below the line there is no bend.
        let sag = [line[0], Self.row("zstd", 9, ratio: 1.01, nanos: 3), line[4]]
        #expect(CodecKnee(sag)?.row.level == 1)
        let bend = [line[0], Self.row("zstd", 9, ratio: 2, nanos: 2), line[4]]
        #expect(CodecKnee(bend)?.row.level == 9)
    }

    @Test func `at a rate leave invalid runs out`() throws {
        let columns = [
            "verdict", "acked_records", "stored_bytes", "uncompressed_batch_bytes",
            "compress_ns_per_byte", "decompress_ns_per_byte",
        ]
        let good = ["VALID", "1000", "100000", "500000", "4", "1"]
        let bad = ["INVALID", "1000", "900000", "500000", "400", "100"]
        let load = CodecBill.Load(
            recordsPerSecond: 1_000, replication: 3, retentionDays: 7, consumers: 1)
        let alone = CSVTable(columns: columns, rows: [good])
        let mixed = CSVTable(columns: columns, rows: [good, bad, bad])
        let sentence = try #require(load.sentence("zstd:3", runs: alone.rows))
        #expect(sentence.contains("0.002 cores in the producers"), "\(sentence)")
        #expect(load.sentence("zstd:3", runs: mixed.rows) == sentence)
        #expect(load.sentence("zstd:3", runs: CSVTable(columns: columns, rows: [bad]).rows) == nil)
    }

    @Test func `say where there is nothing to gain`() {
        let rows = [
            Self.row("none", ratio: 1, nanos: nil), Self.row("zstd", 19, ratio: 1.02, nanos: 9),
        ]
        let text = CodecReport(rows: rows, circumstances: []).text
        #expect(text.contains("Nothing to gain: the best ratio is 1.02, of zstd:19"))
    }

    @Test func `say who pays at a rate`() throws {
        let load = CodecBill.Load(
            recordsPerSecond: 50_000, replication: 3, retentionDays: 7, consumers: 2)
        let bill = try #require(CodecBill(Self.rows, load))
        let zstd = try #require(Self.rows.first { $0.setting == "zstd:3" })
        let costs = try #require(bill.costs(zstd))
        // 50,000 records of 100 bytes are 5 MB/s.
        #expect(abs(costs.producerCores - 0.02) < 1e-9)
        #expect(abs(costs.consumerCores - 0.01) < 1e-9)
        #expect(costs.inRate == 1e6 && costs.outRate == 2e6)
        #expect(costs.storedADay == 259.2e9 && costs.stored == 1_814.4e9)
        let words = bill.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains("zstd:3 0.020 0.010 1.00 MB/s 8.00 Mbit/s 2.00 MB/s 16.0 Mbit/s 259 GB"))
        #expect(CodecBill([], load) == nil)
    }

    @Test(
        arguments: [
            ("zstd", 3, "compression.type=zstd", "compression.type=zstd"),
            (
                "zstd", 9, "compression.type=zstd compression.zstd.level=9",
                "compression.type=zstd compression.level=9"
            ),
            ("zstd", 19, "compression.type=zstd compression.zstd.level=19", nil),
            ("zstd", -1, "compression.type=zstd compression.zstd.level=-1", nil),
            ("lz4", 9, "compression.type=lz4", "compression.type=lz4"),
            (
                "lz4", 12, "compression.type=lz4 compression.lz4.level=12",
                "compression.type=lz4 compression.level=12"
            ),
            ("gzip", 6, "compression.type=gzip", "compression.type=gzip"),
            ("snappy", nil, "compression.type=snappy", "compression.type=snappy"),
        ] as [(String, Int?, String, String?)])
    func `are spelt as clients take them`(
        _ codec: String, _ level: Int?, _ java: String, _ librdkafka: String?
    ) {
        let lines = CodecSettingLines(codec: codec, level: level)
        #expect(lines.java.joined(separator: " ") == java)
        #expect(lines.librdkafka?.joined(separator: " ") == librdkafka)
    }

    @Test func `are a chart with a curve for each codec and a panel for each size`() throws {
        var larger = Self.row("zstd", 3, ratio: 7, nanos: 3)
        larger.batchRecords = 1_000
        let text = CSVTable.text(of: CodecRow.markingFront(Self.rows + [larger]))
        let table = try CSVTable(text: text, path: CodecRow.fileName)
        let saved = SavedResults(name: "app", path: "app", tables: [.codecs: table])
        let plan = Charts.plan([saved])
        let chart = try #require(plan.charts.first)
        #expect(plan.charts.count == 1 && plan.notes.isEmpty)
        #expect(chart.panels.map(\.title) == ["100 records a batch", "1,000 records a batch"])
        // Without environment.json and a time in its name nothing is known of the machine and the day.
        #expect(chart.subtitle == ["codecs-app.log/1", "all 7 settings within 3 %"])
        let panel = chart.panels[0]
        #expect(panel.series.map(\.name) == ["Pareto front", "snappy", "lz4", "zstd"])
        #expect(panel.series[3].points.map(\.x) == [4, 200, 204])
        #expect(panel.series[3].points[0].xInterval == 3.92...4.08)
        // zstd:15 is on the front only since its interval meets that of zstd:19.
        #expect(panel.series[0].points.map(\.x) == [2, 4, 4, 200, 200])
        #expect(panel.x.isLogarithmic && chart.panels[1].x.label.contains("left is better"))
        #expect(panel.y.label.contains("up is better"))
        // Without a codec there is no place on a logarithmic axis.
        #expect(panel.notes.map(\.text) == ["lz4:9", "zstd:3", "zstd:19", "zstd:15"])
        let many = (1...9).map { records in
            var row = Self.rows[3]
            row.batchRecords = records
            return row
        }
        let crowded = try CSVTable(text: CSVTable.text(of: many), path: CodecRow.fileName)
        let bounded = Charts.plan([SavedResults(name: "a", path: "a", tables: [.codecs: crowded])])
        #expect(bounded.charts.first?.panels.count == 6 && bounded.notes.count == 1)
        let page = Report.html(saved)
        #expect(page.contains("Codecs alone") && page.contains("zstd:19"))
    }
}
