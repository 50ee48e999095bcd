import Foundation
import Testing

@testable import Reporting

@Suite struct `The file of a report` {
    private func names(_ fixture: ResultsFixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.path).sorted()
    }

    @Test func `takes the place of the one before, and leaves nothing else`() throws {
        let fixture = try ResultsFixture.run()
        let before = try names(fixture)
        let path = try Report.write(SavedResults(path: fixture.path))
        #expect(path == fixture.path + "/report.html")
        try fixture.write("old", to: "report.html")
        try Report.write(SavedResults(path: fixture.path))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == fixture.page())
        #expect(try names(fixture) == (before + ["report.html"]).sorted())
    }

    @Test func `is the same however often it is written`() throws {
        let fixture = try ResultsFixture.comparison()
        #expect(try fixture.page() == fixture.page())
    }

    @Test func `is not written over a folder, nor into one that is not there`() throws {
        let fixture = try ResultsFixture.run()
        let before = try names(fixture)
        let results = try SavedResults(path: fixture.path)
        let cases: [(String, Int32)] = [
            (fixture.path, EISDIR), (fixture.path + "/none/page.html", ENOENT),
        ]
        for (path, code) in cases {
            #expect(
                throws: ReportingError.inputOutput(operation: "write", path: path, errno: code)
            ) { try Report.write(results, to: path) }
        }
        #expect(try names(fixture) == before)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full here"))
    func `does not take the place of a device`() throws {
        let fixture = try ResultsFixture.run()
        // A link of our own: what goes wrong here must not cost the machine its device.
        let link = fixture.path + "/full"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/full")
        #expect(
            throws: ReportingError.inputOutput(operation: "write to", path: link, errno: ENOSPC)
        ) { try Report.write(SavedResults(path: fixture.path), to: link) }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/full")
    }
}
