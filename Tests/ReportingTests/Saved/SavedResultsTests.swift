import Foundation
import Testing

@testable import Reporting

@Suite struct `Saved results` {
    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            try text.write(toFile: folder.path + "/" + name, atomically: false, encoding: .utf8)
        }
        return folder
    }

    @Test func `are what the run has written`() throws {
        let root = try TemporaryFolder()
        let folder = try ResultsFolder.create(
            in: root.path, profile: "orders", startedAtUnixNanos: Fixture.startedAt)
        try folder.csv(SummaryRow.self).append(Fixture.summary)
        try folder.writeProfile("# a profile\n")
        let results = try SavedResults(path: root.path + "/orders/latest")
        #expect(results.name == "orders/20261121T104500Z")
        #expect(results.summary?.columns == SummaryRow.columns.map(\.name))
        let row = try #require(results.summary?.rows.first)
        #expect(row["verdict"] == "SUSPECT")
        #expect(row.number("acked_records") == 2_000_000)
        #expect(row["verdict_reasons"] == Fixture.summary.verdictReasons.joined(separator: "; "))
        #expect(results.profileYAML == "# a profile\n")
        #expect(results.timeSeries == nil)
        #expect(results.environment == nil)
    }

    @Test func `hold the environment of any version`() throws {
        let folder = try folder([
            "environment.json":
                #"{"cores": 2, "later": [true, null, {"x": "y"}], "cpu_model": "Z"}"#
        ])
        let environment = try #require(try SavedResults(path: folder.path).environment)
        #expect(environment["cores"]?.number == 2)
        #expect(environment["cpu_model"]?.text == "Z")
        #expect(
            environment["later"] == .list([.boolean(true), .null, .object(["x": .text("y")])]))
        #expect(environment["kernel"] == nil)
    }

    @Test func `read only the tables that were asked for`() throws {
        let folder = try folder(["summary.csv": "verdict\n1\n", "lag.csv": "\"broken"])
        let results = try SavedResults(path: folder.path, tables: [.summary])
        #expect(results.summary?.rows.count == 1)
        #expect(results.lag == nil)
        let error = #expect(throws: ReportingError.self) { try SavedResults(path: folder.path) }
        #expect(error?.description.contains("lag.csv:1: ") == true)
    }

    @Test func `are told from what is no results folder`() throws {
        let empty = try TemporaryFolder()
        let error = #expect(throws: ReportingError.self) { try SavedResults(path: empty.path) }
        #expect(error?.description.contains("holds none of summary.csv, ") == true)
        let missing = empty.path + "/none"
        #expect(
            throws: ReportingError.inputOutput(operation: "read", path: missing, errno: ENOENT)
        ) { try SavedResults(path: missing) }
        let folder = try folder(["summary.csv": "verdict\n", "environment.json": "{"])
        #expect(
            throws: ReportingError.malformedJSON(path: folder.path + "/environment.json")
        ) { try SavedResults(path: folder.path) }
        let file = #expect(throws: ReportingError.self) {
            try SavedResults(path: folder.path + "/summary.csv")
        }
        #expect(file?.description.contains("name the folder") == true)
    }
}
