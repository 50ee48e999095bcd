import Foundation
import Testing

@Suite struct `A threshold` {
    /// A rate at which the whole run has no record, which is not valid.
    private static let silence = "{steps: [{rate: 0/s, for: 1h}, {rate: 1/s}]}"

    @Test func `that holds changes nothing but the results`() throws {
        let workspace = try Workspace()
        let ended = try workspace.run(
            "--threshold", "lost == 0", "--threshold", "acked_rate > 1/s")
        #expect(ended.status == 0)
        #expect(ended.output.contains("Thresholds: all hold"))
        let row = try workspace.summary
        #expect(row["thresholds"] == "2" && row["thresholds_failed"] == "0")
        #expect(try workspace.table("thresholds.csv").rows.map { $0["holds"] } == ["true", "true"])
        #expect(try workspace.summary("--quiet")["thresholds_failed"] == "")
        #expect(!FileManager.default.fileExists(atPath: workspace.result("thresholds.csv")))
    }

    @Test func `that fails, of the profile or an option, is told and gives status 99`() throws {
        let workspace = try Workspace()
        try workspace.write(
            Workspace.profile + "\nthresholds: [e2e_latency_p99 < 1us, lost == 0]",
            to: "orders.yaml")
        let ended = try workspace.run("--threshold", "acked_rate >= 2 offered", "--json")
        #expect(ended.status == 99)
        let object = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
        let summary = try #require(object as? [String: Any])
        #expect(summary["thresholds_failed"] as? Int == 2)
        let judged = try #require(summary["threshold_results"] as? [[String: Any]])
        #expect(
            judged.map { $0["threshold"] as? String }
                == ["e2e_latency_p99 < 1us", "lost == 0", "acked_rate >= 2 offered"])
        #expect(judged.map { $0["holds"] as? Bool } == [false, true, false])
        #expect(judged[2]["limit"] as? Double == 4000)
        let place = try #require(summary["results_path"] as? String)
        #expect(FileManager.default.fileExists(atPath: workspace.path(place) + "/summary.csv"))
        let rows = try workspace.table("thresholds.csv").rows
        #expect(rows.map { $0["holds"] } == ["false", "true", "false"])
        #expect(rows[2]["limit"] == "4000.0000")
        let told = try workspace.run()
        #expect(told.status == 99)
        #expect(told.output.contains("Thresholds: 1 of 2 failed"))
        #expect(try workspace.run("--set", "thresholds=[]").status == 0)
    }

    @Test func `of any metric is measured as the summary's column says`() throws {
        let workspace = try Workspace()
        let explained = try workspace.weir("profiles", "explain", "thresholds").output
        let list = try #require(explained.split(separator: "units: ").last?.prefix { $0 != "." })
        // What the machine's limits are is measured for minutes.
        let metrics = list.split(separator: ", ").filter { !$0.hasPrefix("share_of_") }
        #expect(metrics.count > 50)
        let columns = try Set(workspace.summary().columns)
        let limits = [
            ("_records_per_s", "> 0/s"), ("_mb_per_s", "> 0B/s"), ("_us", "> 0us"),
            ("_ms", "> 0us"), ("_s", "> 0us"), ("_bytes", "> 0B"), ("_percent", "> 0%"),
        ]
        var options: [String] = []
        for metric in metrics {
            let column = ([""] + limits.map(\.0)).map { metric + $0 }.first(where: columns.contains)
            let name = try #require(column, "\(metric)")
            let limit = limits.first { name.hasSuffix($0.0) }?.1 ?? "> 0"
            options += ["--threshold", metric + (metric == "verdict" ? " == VALID" : " " + limit)]
        }
        let ended = try workspace.start(options).ended()
        #expect([0, 99].contains(ended.status), "\(ended.errors)")
        let row = try workspace.summary
        for threshold in try workspace.table("thresholds.csv").rows {
            let column = threshold["metric"]
            guard let measured = threshold.number("measured") else {
                #expect(threshold["measured"] == row[column], "\(column)")
                continue
            }
            // The summary may write fewer digits.
            let written = try #require(row.number(column), "\(column)")
            #expect(abs(measured - written) <= 0.00051, "\(column)")
        }
    }

    @Test func `that is mistyped gives status 65 before anything runs`() throws {
        let workspace = try Workspace()
        let ended = try workspace.run("--threshold", "e2e_latency_p99 < 10")
        #expect(ended.status == 65)
        #expect(ended.errors.contains("--threshold e2e_latency_p99 < 10: "))
        #expect(ended.errors.contains("has no unit"))
        #expect(!FileManager.default.fileExists(atPath: workspace.path("results")))
    }

    @Test func `ends a run early where it is to, and the run is audited all the same`() throws {
        let workspace = try Workspace()
        let ended = try workspace.run(
            "--duration", "1h",
            "--threshold", "{that: acked_records < 100, abort: true, after: 200ms}")
        #expect(ended.status == 99)
        #expect(ended.output.contains("; ended the run after "))
        let row = try workspace.summary
        row.expectCleanAudit()
        let seconds = try #require(
            try workspace.table("thresholds.csv").rows[0].number("ended_run_after_s"))
        #expect(seconds >= 0.2 && seconds < 3_600)
        #expect(try #require(row.number("duration_s")) >= seconds - 0.1)
    }

    @Test func `fails where a run is not valid, but the graver status is told`() throws {
        let workspace = try Workspace()
        let invalid = try workspace.run(
            "--rate", Self.silence, "--threshold", "acked_rate > 1k/s")
        #expect(invalid.status == 97)
        #expect(try workspace.summary["thresholds_failed"] == "1")
    }

    @Test func `failed by one of several profiles is told by the status of all`() throws {
        let workspace = try Workspace()
        try workspace.write(
            Workspace.profile + "\nthresholds: [acked_rate > 1M/s]", to: "fast.yaml")
        try workspace.write(
            Workspace.profile.replacing("rate: 2k/s", with: "rate: \(Self.silence)"),
            to: "empty.yaml")
        let both = try workspace.weir("run", "fast.yaml", "orders.yaml", "--out", "results")
        #expect(both.status == 99)
        let graver = try workspace.weir("run", "fast.yaml", "empty.yaml", "--out", "results")
        #expect(graver.status == 97)
    }
}
