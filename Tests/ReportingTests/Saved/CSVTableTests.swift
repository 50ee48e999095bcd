import Foundation
import Testing

@testable import Reporting

@Suite struct `A CSV table` {
    private func table(_ text: String) throws -> CSVTable {
        try CSVTable(text: text, path: "a.csv")
    }

    @Test func `finds fields by the names of their columns`() throws {
        let table = try table("name,count,rate_per_s\nlz4,7,0.125\n,0,\n")
        #expect(table.columns == ["name", "count", "rate_per_s"])
        #expect(table.rows[0]["name"] == "lz4")
        #expect(table.rows[0].number("count") == 7)
        #expect(table.rows[0].number("rate_per_s") == 0.125)
        #expect(table.rows[1].number("count") == 0)
        #expect(table.rows.count == 2)
    }

    @Test func `has nothing where a field is empty, missing or no number`() throws {
        let row = try #require(try table("a,b,c,d\n,x,nan,1e999\n").rows.first)
        #expect(row["a"] == nil)
        #expect(row["other"] == nil)
        #expect(row["b"] == "x")
        for column in ["a", "b", "c", "d", "other"] { #expect(row.number(column) == nil) }
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `takes any end of a line, and a last line without one`(end: String) throws {
        let lines = ["a,b", "1,2", "", "3,"]
        for text in [lines.joined(separator: end), lines.joined(separator: end) + end] {
            #expect(try table(text).rows.map(\.fields) == [["1", "2"], ["3", ""]])
        }
    }

    @Test func `reads quotes, line breaks in fields and a byte order mark`() throws {
        let table = try table("\u{FEFF}a,\"b,c\"\n\"x\ny\",\"say \"\"no\"\"\"\n\"\",\" i\"\n")
        #expect(table.columns == ["a", "b,c"])
        #expect(table.rows.map(\.fields) == [["x\ny", "say \"no\""], ["", " i"]])
    }

    @Test func `reads back whatever the writer wrote`() throws {
        let values = [
            "plain", "comma, \"quotes\"", "two\nlines", "CR\r\nLF", "\r", "\"", "\"\"", ",", "",
            "ümläut — ✓", " blank", "blank ", "\ttab", "🏳️‍🌈", "zstd:3,64KiB", "1e3",
        ]
        let text = CSV.line(["a", "b"]) + values.map { CSV.line([$0, "x" + $0]) }.joined()
        #expect(try table(text).rows.map(\.fields) == values.map { [$0, "x" + $0] })
    }

    @Test func `is empty where the file is, or has only its header`() throws {
        #expect(try table("") == CSVTable(columns: [], rows: []))
        #expect(try table("a,b\n") == CSVTable(columns: ["a", "b"], rows: []))
        #expect(try table("a,b") == CSVTable(columns: ["a", "b"], rows: []))
    }

    @Test func `leaves out the half row that a dying run left, and says so`() throws {
        let table = try table("a,b,c\n1,2,3\n4,")
        #expect(table.rows.map(\.fields) == [["1", "2", "3"]])
        #expect(table.isCutOff)
        #expect(try !self.table("a,b,c\n1,2,3\n").isCutOff)
    }

    @Test func `names the line at which a file is broken`() throws {
        let faults: [(text: String, line: Int, reason: String)] = [
            ("a,b\n1,2\n3\n4,5\n", 3, "1 fields under 2 columns"),
            ("a,b\n1,2\n3,4,5\n", 3, "3 fields under 2 columns"),
            ("a,b\n\"x\ny\",2\n3,4,5", 4, "3 fields under 2 columns"),
            ("a,b\n1,2\n3,\"open\n4,5\n", 3, "a quote opens and never closes"),
            ("a,b\n1,\"", 2, "a quote opens and never closes"),
            ("\"", 1, "a quote opens and never closes"),
            ("a,b,a\n", 1, "two columns are named a"),
        ]
        for fault in faults {
            #expect(
                throws: ReportingError.malformedCSV(
                    path: "a.csv", line: fault.line, reason: fault.reason)
            ) { try table(fault.text) }
        }
        let error = #expect(throws: ReportingError.self) { try table("a,b\n1,2\n3,x\"y\n") }
        #expect(error?.description.hasPrefix("a.csv:3: broken CSV: ") == true)
    }

    @Test func `reads a file piece by piece as it reads a text`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/long.csv"
        // Longer than two pieces, so that some end in quotes, between CR and LF, and in characters.
        let rows = (0..<60_000).map { ["\($0)", "a \"quoted\" – x,y\r\nz \($0)", "ü\($0 % 7)"] }
        let text = CSV.line(["a", "b", "c"]) + rows.map(CSV.line).joined()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let table = try CSVTable(path: path)
        #expect(table.rows.map(\.fields) == rows)
        #expect(table == (try self.table(text)))
    }

    @Test func `names a file of UTF-16 as one`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/wide.csv"
        try #require("a,b\n1,2\n".data(using: .utf16)).write(to: URL(filePath: path))
        let error = #expect(throws: ReportingError.self) { try CSVTable(path: path) }
        #expect(error?.description.contains("UTF-16, not UTF-8; save it as UTF-8") == true)
    }

    @Test func `survives every truncation of a file`() throws {
        let text = "a,b\n\"x, \"\"y\"\"\",1\nz,2\n"
        for count in 0...text.count {
            let cut = String(text.prefix(count))
            do {
                let rows = try table(cut).rows
                #expect(rows.count <= 2, "\(cut.debugDescription)")
            } catch ReportingError.malformedCSV(_, let line, _) {
                #expect((1...3).contains(line), "\(cut.debugDescription)")
            }
        }
    }

    @Test func `says which file cannot be read`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/none.csv"
        #expect(
            throws: ReportingError.inputOutput(operation: "read", path: path, errno: ENOENT)
        ) { try CSVTable(path: path) }
        try Data([0x61, 0x0A, 0xFF, 0xFE]).write(to: URL(filePath: path))
        let error = #expect(throws: ReportingError.self) { try CSVTable(path: path) }
        #expect(error?.description.contains("none.csv:2: broken CSV: the file is not") == true)
    }
}
