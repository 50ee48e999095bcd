import Foundation
import Testing

@Suite struct `A single run, with --retries` {
    @Test func `is made again if the machine stalled, and says how often it was made`() throws {
        let workspace = try Workspace()
        let weir = try workspace.start(["--duration", "1s", "--retries", "1"])
        try weir.wait(until: "it measures") { workspace.hasReportedIntervals() }
        // What a machine does that stalls.
        weir.signal(SIGSTOP)
        usleep(400_000)
        weir.signal(SIGCONT)
        let ended = try weir.ended()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errors.contains("the machine disturbed attempt 1 of at most 2"))
        let runs = try workspace.runs
        #expect(runs.count == 2)
        #expect(try workspace.summary["attempts"] == "2")
        let first = try Table(
            String(
                contentsOfFile: workspace.path("results/orders/\(runs[0])/summary.csv"),
                encoding: .utf8))
        #expect(first.rows[0]["verdict"] == "SUSPECT")
        #expect(!first.columns.contains("attempts"))
        // One report, of the last attempt.
        #expect(ended.output.contains(runs[1]) && !ended.output.contains(runs[0]))
    }

    @Test func `is made once without any, and refuses what has no single run`() throws {
        let workspace = try Workspace()
        #expect(try workspace.summary("--retries", "0")["attempts"] == "1")
        for options in [["--retries", "-1"], ["--retries", "1", "--find-max-rate"]] {
            #expect(try workspace.start(options).ended().status == 64, "\(options)")
        }
    }
}
