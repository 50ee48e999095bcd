import Foundation
import Testing

@Suite struct `A run that is interrupted` {
    @Test(arguments: [SIGINT, SIGTERM])
    func `by a signal drains, audits and reports what it has`(_ signal: Int32) throws {
        let workspace = try Workspace()
        let weir = try workspace.start(["--duration", "1h"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        weir.signal(signal)
        let ended = try weir.ended()
        #expect(ended.status == 0)
        #expect(!ended.wasKilled)
        #expect(ended.errors.contains("ending the run"))
        let row = try workspace.summary
        row.expectCleanAudit()
        let acked = try #require(row.number("acked_records"))
        #expect(acked > 0)
        #expect(row.number("consumed_records") == acked)
        #expect(try #require(row.number("duration_s")) < 3_600)
        #expect(!FileManager.default.fileExists(atPath: workspace.result("data")))
    }

    @Test func `in its drain ends that, and reports what was read`() throws {
        let workspace = try Workspace()
        // Eight groups read many times what a debug build drains in the time that a signal takes.
        let groups = (1...8).map { "{group: g\($0)}" }.joined(separator: ", ")
        let weir = try workspace.start([
            "--set", "backlog={records: 200k}", "--rate", "max", "--set", "consumers=[\(groups)]",
            "--set", "drain.timeout=1h", "--set", "interval=20ms",
            // The disk is the limit, not the generator of a debug build.
            "--set", "flush.messages=1",
        ])
        try weir.wait(until: "the drain has begun") {
            (try? workspace.table("timeseries.csv"))?.rows.contains { $0["phase"] == "drain" }
                == true
        }
        weir.signal(SIGINT)
        let ended = try weir.ended()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(!ended.wasKilled)
        #expect(ended.errors.contains("cutting the drain short"))
        let row = try workspace.summary
        #expect(row["verdict"] == "SUSPECT")
        #expect(row["verdict_reasons"].contains("the drain was cut short by the user"))
        #expect(row["acked_records"] == "200000")
        #expect(row["lost"] == "0")
        #expect(try #require(row.number("consumed_records")) < 8 * 200_000)
    }

    @Test func `by SIGKILL leaves readable results, and a log that the next run recovers`() throws {
        let workspace = try Workspace()
        let keepsLog = ["--set", "data.dir=data"]
        let weir = try workspace.start(keepsLog + ["--duration", "1h"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        weir.signal(SIGKILL)
        #expect(try weir.ended().wasKilled)

        // Reading it checks that every row is whole.
        let series = try workspace.table("timeseries.csv")
        let acknowledged = series.sum("acked_records")
        #expect(acknowledged > 0)
        _ = try workspace.table("lag.csv")
        #expect(FileManager.default.fileExists(atPath: workspace.result("profile.yaml")))
        #expect(!FileManager.default.fileExists(atPath: workspace.result("summary.csv")))

        let row = try workspace.summary("--set", "data.dir=data")
        row.expectCleanAudit()
        #expect(row["consumed_records"] == "1000")
        // The machine did not die, so nothing that was acknowledged may be missing.
        var kept = 0.0
        for segment in try workspace.segments(of: "data") {
            let dump = try workspace.weir("dump-log", "--verify", segment)
            #expect(dump.status == 0, "\(dump.output)")
            kept += try #require(recordCount(dump.output))
        }
        #expect(kept - 1000 >= acknowledged)
    }
}

/// The number before "records" in the line that `dump-log` ends a segment with.
func recordCount(_ dump: String) -> Double? {
    let words = dump.split(separator: " ")
    guard let place = words.lastIndex(of: "records,"), place > 0 else { return nil }
    return Double(words[place - 1])
}
