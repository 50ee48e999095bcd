import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `A results folder` {
    private func create(in root: String, profile: String = "orders") throws -> ResultsFolder {
        try ResultsFolder.create(
            in: root, profile: profile, startedAtUnixNanos: Fixture.startedAt)
    }

    @Test func `is named for the profile and the time`() throws {
        let root = try TemporaryFolder()
        let folder = try create(in: root.path + "/deep/Results")
        #expect(folder.runID == "orders/20261121T104500Z")
        #expect(folder.path == root.path + "/deep/Results/orders/20261121T104500Z")
        try folder.writeProfile("name: orders\n")
        #expect(
            try root.text("deep/Results/orders/20261121T104500Z/profile.yaml")
                == "name: orders\n")
    }

    @Test func `never takes the place of another`() throws {
        let root = try TemporaryFolder()
        let names = try (0..<3).map { _ in try create(in: root.path).runID }
        #expect(
            names == [
                "orders/20261121T104500Z", "orders/20261121T104500Z-2",
                "orders/20261121T104500Z-3",
            ])
        let latest = try FileManager.default.destinationOfSymbolicLink(
            atPath: root.path + "/orders/latest")
        #expect(latest == "20261121T104500Z-3")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root.path + "/orders").sorted()
                == ["20261121T104500Z", "20261121T104500Z-2", "20261121T104500Z-3", "latest"])
    }

    @Test(arguments: [
        ("a b/../c", "a-b-..-c"), ("..", "run"), ("", "run"), ("zstd_1.2", "zstd_1.2"),
    ])
    func `stays inside its root whatever the profile is called`(
        name: String, folderName: String
    ) throws {
        let root = try TemporaryFolder()
        let folder = try create(in: root.path, profile: name)
        #expect(folder.path == root.path + "/\(folderName)/20261121T104500Z")
    }

    @Test func `names the path that cannot be written`() throws {
        let root = try TemporaryFolder()
        let blocked = root.path + "/file"
        try "not a folder".write(toFile: blocked, atomically: true, encoding: .utf8)
        let error = #expect(throws: ReportingError.self) { _ = try create(in: blocked) }
        #expect(error?.description == "cannot create \(blocked)/orders: Not a directory")
        let file = try OutputFile(creating: root.path + "/orders")
        try file.append("nor is this")
        let inFile = #expect(throws: ReportingError.self) { _ = try create(in: root.path) }
        #expect(inFile?.description.hasSuffix("/20261121T104500Z: Not a directory") == true)
    }

    @Test func `holds the environment as JSON`() throws {
        let root = try TemporaryFolder()
        let folder = try create(in: root.path)
        let environment = EnvironmentSnapshot.take(
            dataDirectory: root.path, weirVersion: "0.1.0", codecVersions: ["libzstd": "1.5.4"])
        try folder.writeEnvironment(environment)
        let text = try String(contentsOfFile: folder.path + "/environment.json", encoding: .utf8)
        #expect(
            try JSONDecoder().decode(EnvironmentSnapshot.self, from: Data(text.utf8))
                == environment)
        #expect(text.contains("\"weir_version\" : \"0.1.0\""))
    }

    @Test func `opens each of its files with a header`() throws {
        let root = try TemporaryFolder()
        let folder = try create(in: root.path)
        try folder.csv(SummaryRow.self).append(Fixture.summary)
        _ = try folder.csv(TimeSeriesRow.self)
        _ = try folder.csv(LagRow.self)
        _ = try folder.csv(PercentileRow.self)
        _ = try folder.histogramLog(startedAtUnixNanos: Fixture.startedAt, origin: "weir 0.1.0")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(
            names == [
                "lag.csv", "latency.hlog", "percentiles.csv", "summary.csv", "timeseries.csv",
            ])
        let summary = try String(contentsOfFile: folder.path + "/summary.csv", encoding: .utf8)
        #expect(summary.hasPrefix("run_id,started_at,profile,variant,"))
        #expect(summary.contains("\r\norders/20261121T104500Z,2026-11-21T10:45:00.123Z,orders,"))
    }
}

@Suite struct `A time in UTC` {
    @Test func `is spelt for files and for folders`() {
        let time = UTCTime(unixNanos: Fixture.startedAt)
        #expect(time.iso8601 == "2026-11-21T10:45:00.123Z")
        #expect(time.folderName == "20261121T104500Z")
        #expect(UTCTime(unixNanos: -1).iso8601 == "1969-12-31T23:59:59.999Z")
        #expect(UTCTime(unixNanos: 951_782_400_000_000_000).iso8601 == "2000-02-29T00:00:00.000Z")
    }
}
