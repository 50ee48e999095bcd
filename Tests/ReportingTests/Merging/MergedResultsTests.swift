import Foundation
import Measurement
import Testing

@testable import Reporting

/// Folders of made-up runs in a directory of one test.
private final class MadeRuns {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(component: "weir-merged-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A finished run with some rows in its time series.
    func add(
        _ name: String, series: String, summary: String? = nil, log: String? = nil,
        settings: [(column: String, value: String)] = []
    ) throws -> MergedResults.Run {
        let folder = path + "/runs/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(series, "runs/\(name)/timeseries.csv")
        try write(summary ?? "run_id,variant\n\(name),\(name)\n", "runs/\(name)/summary.csv")
        if let log { try write(log, "runs/\(name)/latency.hlog") }
        return MergedResults.Run(folder: folder, label: name, settings: settings)
    }

    func write(_ text: String, _ name: String) throws {
        try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
    }

    /// With LF for whatever ends a row.
    func read(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
            .replacing("\r\n", with: "\n")
    }

    func merged() -> MergedResults {
        MergedResults(folder: path, startedAtUnixNanos: 1_000_000_000_000, origin: "test")
    }
}

@Suite struct `Merged results` {
    @Test func `have each run's rows once, in the order of the runs`() throws {
        let runs = try MadeRuns()
        var merged = runs.merged()
        try merged.rebuild([])
        var all = [try runs.add("a", series: "run_id,x\na,1\na,2\n")]
        try merged.add(lastOf: all, failed: [])
        all.append(try runs.add("b", series: "run_id,x\nb,3\n"))
        try merged.add(lastOf: all, failed: [])
        #expect(try runs.read("timeseries.csv") == "run_id,x\na,1\na,2\nb,3\n")
        #expect(try runs.read("summary.csv") == "run_id,variant\na,a\nb,b\n")
    }

    @Test func `keep rows as they are, whatever ends them`() throws {
        let runs = try MadeRuns()
        var merged = runs.merged()
        var all = [try runs.add("a", series: "run_id,x\r\na,1\r\na,")]
        try merged.rebuild(all)
        all.append(try runs.add("b", series: "run_id,x\r\nb,2\r\n"))
        try merged.add(lastOf: all, failed: [])
        let text = try String(contentsOfFile: runs.path + "/timeseries.csv", encoding: .utf8)
        #expect(Array(text.utf8) == Array("run_id,x\r\na,1\r\nb,2\r\n".utf8))
    }

    @Test func `have what was varied as columns, empty where a variant did not set it`() throws {
        let runs = try MadeRuns()
        var merged = runs.merged()
        let all = [
            try runs.add("a", series: "x\n", settings: [("set_batch_size", "16KiB")]),
            try runs.add("b", series: "x\n", settings: [("set_compression_type", "zstd:3")]),
        ]
        try merged.rebuild(all)
        #expect(
            try runs.read("summary.csv")
                == "run_id,variant,set_batch_size,set_compression_type\na,a,16KiB,\nb,b,,zstd:3\n")
    }

    @Test func `are put right after a kill: torn rows, rows ahead of the summary, leftovers`()
        throws
    {
        let runs = try MadeRuns()
        let all = [try runs.add("a", series: "run_id,x\na,1\n")]
        try runs.write("run_id,x\na,1\nb,2\nb,", "timeseries.csv")
        try runs.write("run_id,va", "summary.csv")
        try runs.write("half", ".summary.csv.new")
        var merged = runs.merged()
        try merged.rebuild(all)
        #expect(try runs.read("timeseries.csv") == "run_id,x\na,1\n")
        #expect(try runs.read("summary.csv") == "run_id,variant\na,a\n")
        let names = try FileManager.default.contentsOfDirectory(atPath: runs.path)
        #expect(!names.contains { $0.hasSuffix(".new") })
    }

    @Test func `of versions with other columns are one table`() throws {
        let runs = try MadeRuns()
        var merged = runs.merged()
        var all = [try runs.add("a", series: "run_id,x\na,1\n")]
        try merged.rebuild(all)
        all.append(try runs.add("b", series: "run_id,x,y\nb,2,\"3,5\"\n"))
        try merged.add(lastOf: all, failed: [])
        #expect(try runs.read("timeseries.csv") == "run_id,x,y\na,1,\nb,2,\"3,5\"\n")
        all.append(try runs.add("c", series: "run_id,x,y\nc,4,5\n"))
        try merged.add(lastOf: all, failed: [])
        #expect(try runs.read("timeseries.csv").hasSuffix("b,2,\"3,5\"\nc,4,5\n"))
    }

    @Test func `have the run's name first, where the version that wrote a run left it out, too`()
        throws
    {
        let runs = try MadeRuns()
        var merged = runs.merged()
        var all = [try runs.add("a", series: "variant,x\r\na,1\r\n")]
        try merged.rebuild(all)
        #expect(try runs.read("timeseries.csv") == "run_id,variant,x\na,a,1\n")
        all.append(try runs.add("b", series: "run_id,variant,x,y\nb,b,2,3\n"))
        try merged.add(lastOf: all, failed: [])
        #expect(try runs.read("timeseries.csv") == "run_id,variant,x,y\na,a,1,\nb,b,2,3\n")
        all.append(try runs.add("c", series: "variant,x,y,run_id\nc,4,5,c\n"))
        try merged.rebuild(all)
        #expect(
            try runs.read("timeseries.csv")
                == "run_id,variant,x,y\na,a,1,\nb,b,2,3\nc,c,4,5\n")
    }

    @Test func `leave out a row that the disk had no room for, and files that are not there`()
        throws
    {
        let runs = try MadeRuns()
        var merged = runs.merged()
        let all = [
            try runs.add("a", series: "run_id,x\na,1\na,"), try runs.add("b", series: ""),
        ]
        try merged.rebuild(all)
        #expect(try runs.read("timeseries.csv") == "run_id,x\na,1\n")
        #expect(!FileManager.default.fileExists(atPath: runs.path + "/lag.csv"))
    }

    @Test func `list a run whose process died, with the reason and without figures`() throws {
        let runs = try MadeRuns()
        let merged = runs.merged()
        let identity = RunIdentity(
            runID: "p/1/runs/a/1", startedAtUnixNanos: 0, profile: "p", variant: "a",
            repetition: 1, target: "embedded")
        let failed = MergedResults.FailedRun(
            identity: identity,
            labels: try RunLabels(label: "=after", tags: ["disk=nvme", "n=1"]),
            reason: "its process was killed, by signal 9",
            settings: [("set_x", "1")])
        try merged.writeSummary([], failed: [failed])
        let row = try #require(try CSVTable(path: runs.path + "/summary.csv").rows.first)
        #expect(row["verdict"] == "INVALID")
        #expect(row["verdict_reasons"] == "its process was killed, by signal 9")
        #expect(row["set_x"] == "1")
        #expect(row["label"] == "=after")
        #expect(row["tags"] == "disk=nvme; n=1")
        #expect(row["acked_records"] == nil)
    }

    @Test func `have all histograms, told apart by run and on one clock`() throws {
        let runs = try MadeRuns()
        let legend = "\"StartTimestamp\",\"Interval_Length\"\n"
        let first =
            "#[StartTime: 1010.500 (seconds since epoch), x]\n\(legend)Tag=t:g,0.250,1.000,2.000,AAA=\n"
        let second =
            "#[StartTime: 1020.000 (seconds since epoch), x]\nTag=t,1.000,1.000,2.000,BBB=\nTag=t,cut"
        var merged = runs.merged()
        var all = [try runs.add("a/1", series: "x\n", log: first)]
        try merged.rebuild(all)
        all.append(try runs.add("b/1", series: "x\n", log: second))
        try merged.add(lastOf: all, failed: [])
        let lines = try runs.read("latency.hlog").split(separator: "\n").filter {
            $0.hasPrefix("Tag")
        }
        #expect(
            lines == [
                "Tag=a/1/t:g,10.750,1.000,2.000,AAA=", "Tag=b/1/t,21.000,1.000,2.000,BBB=",
            ])
    }
}
