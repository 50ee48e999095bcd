import Foundation
import Testing

@testable import Reporting

@Suite struct `A CSV file that is none of Weir's` {
    private func error(_ text: String, _ file: String = "summary.csv") throws -> String {
        let folder = try TemporaryFolder()
        try text.write(toFile: folder.path + "/" + file, atomically: true, encoding: .utf8)
        let whole = #expect(throws: ReportingError.self) { try SavedResults(path: folder.path) }
        let alone = #expect(throws: ReportingError.self) {
            try SavedResults(folderOrFile: folder.path + "/" + file)
        }
        #expect(whole == alone)
        return whole.map(\.description) ?? ""
    }

    @Test(arguments: SavedResults.Table.allCases)
    func `is refused by the name of its file`(table: SavedResults.Table) throws {
        let message = try error("a,b\n1,2\n", table.rawValue)
        #expect(
            message.contains("/\(table.rawValue) is not a results file: its columns are not those"))
    }

    @Test(arguments: [";", "\t"])
    func `any more, since a spreadsheet saved it, is told so`(separator: String) throws {
        for start in ["", "\u{FEFF}"] {
            let rows = [["run_id", "verdict", "compression_ratio"], ["x", "VALID", "1"]]
            let text = rows.map { $0.joined(separator: separator) }.joined(separator: "\r\n")
            let message = try error(start + text)
            let name = separator == ";" ? "semicolons" : "tabs"
            #expect(message.contains("separated by \(name)"))
            #expect(message.contains("take the file that Weir wrote"))
        }
    }

    @Test func `is told from an old one and from an empty one`() throws {
        let folder = try TemporaryFolder()
        for text in ["", "verdict,other\nVALID,1\n"] {
            try text.write(
                toFile: folder.path + "/summary.csv", atomically: true, encoding: .utf8)
            _ = try SavedResults(path: folder.path)
        }
    }
}
