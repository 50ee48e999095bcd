import Testing

@testable import Reporting

@Suite struct `Text for a spreadsheet` {
    static let formulas = [
        "=1+1", "=HYPERLINK(\"http://x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)",
        "-inf", "-x", "\t=1", "\r=1", "\n=1", "--5", "-1.", "-.5",
    ]
    static let harmless = [
        "", "orders", "zstd:3", "==", "=", "-", "+", "--", "'-", "-1.5", "-1", "+3", "-2e-9",
        "+1.25E+10", "0", "1=1", "a-b", "'", "'x",
        "''", "it's", "' =1", "2026-11-29", "ü=", " =1",
    ]

    @Test(arguments: formulas)
    func `that it would run has an apostrophe in front, and is read back without`(text: String)
        throws
    {
        #expect(SpreadsheetText.marked(text) == "'" + text)
        #expect(SpreadsheetText.unmarked("'" + text) == text)
        let line = CSV.line(["x", text])
        let table = try CSVTable(text: CSV.line(["a", "b"]) + line, path: "x")
        #expect(table.rows.first?.fields == ["x", text])
        // Written again, it is as it was.
        #expect(table.text == CSV.line(["a", "b"]) + line)
    }

    @Test(arguments: harmless)
    func `that it would not run, and numbers, are as they are`(text: String) throws {
        #expect(SpreadsheetText.marked(text) == text)
        #expect(SpreadsheetText.unmarked(text) == text)
        let table = try CSVTable(text: CSV.line(["a", "b"]) + CSV.line([text, "1"]), path: "x")
        #expect(table.rows.first?.fields == [text, "1"])
    }

    @Test func `that has an apostrophe of its own keeps it`() throws {
        for text in ["'=1", "''-x", "'-1.5"] {
            #expect(SpreadsheetText.marked(text) == "'" + text)
            #expect(SpreadsheetText.unmarked("'" + text) == text)
            let table = try CSVTable(text: CSV.line(["a"]) + CSV.line([text]), path: "x")
            #expect(table.rows.first?.fields == [text])
        }
    }

    @Test func `comes back from a row of every kind of text`() throws {
        var row = Fixture.summary
        row.run.profile = "=cmd|' /C calc'!A0"
        row.run.variant = "-x=1"
        row.verdictReasons = ["@home"]
        row.notes = ["+1 for it"]
        let text = CSVTable.text(of: [row])
        for formula in ["=cmd", "-x=1", "@home", "+1 for"] {
            #expect(text.contains("'" + formula))
            #expect(!text.contains("," + formula))
        }
        let back = try #require(CSVTable(text: text, path: "x").rows.first)
        #expect(back["profile"] == row.run.profile && back["variant"] == row.run.variant)
        #expect(back["verdict_reasons"] == "@home" && back["notes"] == "+1 for it")
    }
}
