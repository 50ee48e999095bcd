import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `A CSV file` {
    private struct Row: TableRow {
        var name: String?
        var count: Int?
        var rate: Double?

        static let fileName = "rows.csv"
        static let holds = "rows"
        static let columns: [Column<Row>] = [
            .text("name", "A name, \"quoted\".") { $0.name },
            .integer("count", "A count.") { $0.count },
            .decimal("rate, odd", "A rate.") { $0.rate },
        ]
    }

    @Test func `is empty where nothing was measured`() {
        #expect(CSV.line(Row(), Row.columns) == ",,\r\n")
        #expect(CSV.line(Row(name: "", count: 0, rate: 0), Row.columns) == ",0,0.000\r\n")
    }

    @Test func `has no infinities and no thousands separators`() {
        #expect(CSV.line(Row(rate: .infinity), Row.columns) == ",,\r\n")
        #expect(CSV.line(Row(rate: .nan), Row.columns) == ",,\r\n")
        #expect(
            CSV.line(Row(count: 1_234_567, rate: 1_234_567.891), Row.columns)
                == ",1234567,1234567.891\r\n")
        #expect(CSV.line(Row(rate: 1e-9), Row.columns) == ",,0.000\r\n")
    }

    @Test func `quotes commas, quotes, line breaks and blanks at the start`() {
        #expect(
            CSV.line(["a,b", "c\"d", "e\nf", "g\rh", " i "])
                == "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\rh\",\" i \"\r\n")
    }

    @Test(.enabled(if: Python.systemInterpreter != nil, "no python3 in the search path"))
    func `is read back by Python's csv module as it was written`() throws {
        let folder = try TemporaryFolder()
        let writer = try CSVWriter<Row>(in: folder.path)
        let names = [
            "plain", "comma, and \"quotes\"", "two\nlines", "CR\r\nLF", "\"", ",", "", "ümläut — ✓",
            " blanks ", "tab\t",
        ]
        try writer.append(names.prefix(3).map { Row(name: $0, count: -5, rate: 0.125) })
        for name in names.dropFirst(3) { try writer.append(Row(name: name, count: 7)) }
        let json = try Python.run(Python.systemInterpreter!, "read_csv.py", writer.path)
        let rows = try JSONDecoder().decode([[String]].self, from: Data(json.utf8))
        #expect(rows.first == ["name", "count", "rate, odd"])
        #expect(rows.dropFirst().map { $0[0] } == names)
        #expect(rows[1] == ["plain", "-5", "0.125"])
        #expect(rows.last == ["tab\t", "7", ""])
    }

    @Test func `holds every row as soon as it was appended`() throws {
        let folder = try TemporaryFolder()
        let writer = try CSVWriter<Row>(in: folder.path)
        #expect(try folder.text("rows.csv") == "name,count,\"rate, odd\"\r\n")
        try writer.append(Row(name: "a", count: 1))
        #expect(try folder.text("rows.csv") == "name,count,\"rate, odd\"\r\na,1,\r\n")
        try writer.append([])
        try writer.append([Row(name: "b"), Row(name: "c")])
        #expect(try folder.text("rows.csv").hasSuffix("a,1,\r\nb,,\r\nc,,\r\n"))
    }

    @Test func `is never written over another`() throws {
        let folder = try TemporaryFolder()
        _ = try CSVWriter<Row>(in: folder.path)
        #expect(
            throws: ReportingError.inputOutput(
                operation: "create", path: folder.path + "/rows.csv", errno: EEXIST)
        ) {
            _ = try CSVWriter<Row>(in: folder.path)
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full here"))
    func `says which file has no room on the disk`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/full.csv"
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "/dev/full")
        let error = #expect(throws: ReportingError.self) {
            let file = try OutputFile(appendingTo: path)
            try file.append("row\n")
        }
        #expect(error == .inputOutput(operation: "write to", path: path, errno: ENOSPC))
        #expect(error?.description.contains("full.csv: No space left on device; free") == true)
    }
}

@Suite struct `The reference results` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Results/reference").standardizedFileURL

    @Test func `end every row in CR LF, as those that Weir writes`() throws {
        let files = FileManager.default.enumerator(atPath: Self.folder.path)
        let names = files?.compactMap { $0 as? String }.filter { $0.hasSuffix(".csv") } ?? []
        #expect(names.contains("orders/summary.csv"))
        for name in names {
            let bytes = try Data(contentsOf: Self.folder.appending(path: name))
            let lineFeeds = bytes.count { $0 == UInt8(ascii: "\n") }
            #expect(bytes.suffix(2) == Data("\r\n".utf8), "\(name)")
            #expect(
                String(decoding: bytes, as: UTF8.self).count { $0 == "\r\n" } == lineFeeds,
                "\(name)")
        }
    }
}

@Suite struct `The columns of results` {
    private func names<Row: TableRow>(_: Row.Type) -> [String] { Row.columns.map(\.name) }

    private var files: [String: [String]] {
        [
            SummaryRow.fileName: names(SummaryRow.self),
            TimeSeriesRow.fileName: names(TimeSeriesRow.self),
            LagRow.fileName: names(LagRow.self),
            PercentileRow.fileName: names(PercentileRow.self),
            RooflineRow.fileName: names(RooflineRow.self),
            ThresholdRow.fileName: names(ThresholdRow.self),
            SlowestRow.fileName: names(SlowestRow.self),
            PartitionRow.fileName: names(PartitionRow.self),
            BrokerRow.fileName: names(BrokerRow.self),
            ProducerGroupRow.fileName: names(ProducerGroupRow.self),
            ComparisonRow.fileName: names(ComparisonRow.self),
            MaxRateRow.fileName: names(MaxRateRow.self),
            AdviceRow.fileName: names(AdviceRow.self),
            CodecRow.fileName: names(CodecRow.self), TopicRow.fileName: names(TopicRow.self),
            CostRow.fileName: names(CostRow.self),
        ]
    }

    @Test func `have names of their own in snake_case`() {
        for (file, names) in files {
            #expect(Set(names).count == names.count, "\(file)")
            for name in names {
                #expect(name.wholeMatch(of: /[a-z0-9]+(_[a-z0-9]+)*/) != nil, "\(file): \(name)")
            }
        }
    }

    private static let readme = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Results/README.md").standardizedFileURL

    private func check<Row: TableRow>(_: Row.Type, in sections: [String: [String]]) {
        let expected = Row.columns.map { "| `\($0.name)` | \($0.meaning) |" }
        #expect(sections[Row.fileName] == expected, "\(Row.fileName)")
    }

    @Test func `are defined in the README, each one and no other`() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        var sections: [String: [String]] = [:]
        var file: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") {
                file = line.split(separator: " ").last.map(String.init)
            } else if line.hasPrefix("| `"), let file, file.hasSuffix(".csv") {
                sections[file, default: []].append(String(line))
            }
        }
        #expect(Set(sections.keys) == Set(files.keys))
        check(SummaryRow.self, in: sections)
        check(TimeSeriesRow.self, in: sections)
        check(LagRow.self, in: sections)
        check(PercentileRow.self, in: sections)
        check(RooflineRow.self, in: sections)
        check(ThresholdRow.self, in: sections)
        check(SlowestRow.self, in: sections)
        check(PartitionRow.self, in: sections)
        check(BrokerRow.self, in: sections)
        check(ProducerGroupRow.self, in: sections)
        check(ComparisonRow.self, in: sections)
        check(MaxRateRow.self, in: sections)
        check(AdviceRow.self, in: sections)
        check(CodecRow.self, in: sections)
        check(TopicRow.self, in: sections)
        check(CostRow.self, in: sections)
        for table in TableDescription.all {
            #expect(
                text.contains("\n| \(table.fileName) | \(table.holds) |\n"), "\(table.fileName)")
        }
    }

    @Test func `are known to what compares them, and to the README's list of that`() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let list = text.components(separatedBy: "### Metrics that are compared\n\n")
        let paragraphs = try #require(list.count == 2 ? list[1] : nil)
            .components(separatedBy: "\n\n").prefix(3)
            .map { $0.replacing("\n", with: " ") }
        let expected = [
            ("Higher is better", ParetoFront.Better.higher), ("Lower is better", .lower),
            ("Neither is better", nil),
        ].map { words, better in
            let columns = ComparedMetric.all.filter { $0.better == better }.map { "`\($0.column)`" }
            return "\(words): \(columns.joined(separator: ", "))."
        }
        #expect(paragraphs == expected)
        // Columns that runs do not have yet would never be compared.
        let columns = Set(names(SummaryRow.self))
        let missing = ComparedMetric.all.map(\.column).filter { !columns.contains($0) }
        #expect(Set(missing).isSubset(of: ["compress_ns_per_byte", "decompress_ns_per_byte"]))
    }
}
