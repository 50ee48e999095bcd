import Foundation
import Testing

@Suite struct `A run that is interrupted` {
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `by a signal drains, audits and reports what it has, and is not done`(
        _ signal: Int32
    ) throws {
        let workspace = try Workspace()
        let weir = try workspace.start(["--duration", "1h", "--threshold", "lost == 0"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        weir.signal(signal)
        let ended = try weir.ended()
        #expect(ended.status == 130)
        #expect(!ended.wasKilled)
        #expect(ended.errors.contains("ending the run"))
        #expect(ended.output.hasPrefix("SUSPECT"))
        let row = try workspace.summary
        row.expectCleanAudit()
        #expect(row["verdict"] == "SUSPECT")
        #expect(row["verdict_reasons"].contains("the run was interrupted after "))
        #expect(row["verdict_reasons"].contains(" of 3600 s"))
        #expect(row["interrupted"] == "true")
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
        #expect(ended.status == 130, "\(ended.errors)")
        #expect(!ended.wasKilled)
        #expect(ended.errors.contains("cutting the drain short"))
        let row = try workspace.summary
        #expect(row["interrupted"] == "true")
        #expect(row["verdict"] == "SUSPECT")
        #expect(row["verdict_reasons"].contains("the user cut the drain short"))
        #expect(row["acked_records"] == "200000")
        #expect(row["lost"] == "0")
        #expect(try #require(row.number("consumed_records")) < 8 * 200_000)
    }

    @Test func `in its warm-up has measured nothing, and says so`() throws {
        let workspace = try Workspace()
        let weir = try workspace.start(["--set", "warmup=1h", "--threshold", "acked_rate > 1/s"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        weir.signal(SIGINT)
        let ended = try weir.ended()
        #expect(ended.status == 130, "\(ended.errors)")
        #expect(ended.output.contains("nothing measured"))
        #expect(ended.output.contains("interrupted in its warm-up"))
        #expect(!ended.output.contains("ns"))
        let row = try workspace.summary
        #expect(row["verdict"] == "SUSPECT")
        #expect(row["interrupted"] == "true")
        #expect(row.number("duration_s") == 0)
        // What was not measured is empty.
        for column in ["acked_records", "acked_rate_records_per_s", "e2e_latency_p99_us"] {
            #expect(row[column].isEmpty, "\(column)")
        }
        #expect(row["lost"] == "0")
    }

    @Test func `is the last of those that were to be run`() throws {
        let workspace = try Workspace()
        let weir = try Weir(
            ["run", "orders.yaml", "orders.yaml", "--out", "results", "--duration", "1h"],
            in: workspace)
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        weir.signal(SIGTERM)
        #expect(try weir.ended().status == 130)
        #expect(try workspace.runs.count == 1)
    }

    @Test func `by a threshold is not interrupted`() throws {
        let workspace = try Workspace()
        let ended = try workspace.run(
            "--duration", "1h", "--threshold", "{that: acked_records < 10, abort: true}")
        #expect(ended.status == 99, "\(ended.errors)")
        let row = try workspace.summary
        #expect(row["interrupted"] == "false")
        #expect(!row["verdict_reasons"].contains("interrupted"))
    }

    @Test func `by a hangup goes on under nohup`() throws {
        let workspace = try Workspace()
        let weir = try Weir(
            ["run", "orders.yaml", "--out", "results", "--duration", "2s"], in: workspace,
            ignoresHangup: true)
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        weir.signal(SIGHUP)
        #expect(try weir.ended().status == 0)
        #expect(try workspace.summary["interrupted"] == "false")
    }

    @Test func `a second time leaves no log, and latest at the run before`() throws {
        let workspace = try Workspace()
        let before = try workspace.summary()["run_id"]
        let weir = try workspace.start(["--duration", "1h", "--rate", "max"])
        try weir.wait(until: "it has a log") {
            try workspace.runs.count == 2 && workspace.scratch().count == 1
                && weir.errors.contains("p99")
        }
        weir.signal(SIGINT)
        weir.signal(SIGTERM)
        let ended = try weir.ended()
        #expect(ended.status == 130)
        #expect(workspace.scratch().isEmpty)
        let latest = try FileManager.default.destinationOfSymbolicLink(
            atPath: workspace.path("results/orders/latest"))
        // The first may have been enough.
        if ended.errors.contains("ended at once") {
            #expect("orders/" + latest == before)
        }
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
