import Foundation
import Testing

@Suite struct `What a killed run leaves` {
    /// A run that is killed once it has a log.
    private func kill(in workspace: Workspace, _ options: [String] = []) throws {
        let weir = try workspace.start(["--duration", "1h"] + options)
        let hasOwnLog = options.contains { $0.hasPrefix("data.dir=") }
        try weir.wait(until: "some intervals are over") {
            (hasOwnLog || workspace.scratch().count == 1) && workspace.hasReportedIntervals()
        }
        weir.signal(SIGKILL)
        #expect(try weir.ended().wasKilled)
    }

    @Test func `is told by the next run, listed by clean, and removed by force`() throws {
        let workspace = try Workspace()
        try kill(in: workspace)
        let left = try #require(workspace.scratch().first)
        #expect(workspace.result("data").hasSuffix("/data"))

        let next = try workspace.run()
        #expect(next.status == 0)
        #expect(next.errors.contains("a folder of a run that was killed"))
        #expect(next.errors.contains("weir clean results"))

        let listed = try workspace.weir("clean", "results")
        #expect(listed.status == 0)
        #expect(listed.output.contains(left))
        #expect(listed.output.contains("weir clean --force results"))
        #expect(workspace.scratch() == [left])

        let removed = try workspace.weir("clean", "--force", "results")
        #expect(removed.status == 0)
        #expect(removed.output == "removed \(left)\n")
        #expect(workspace.scratch().isEmpty)
        // What it had measured stays.
        let folder = left.dropLast("/data".count)
        #expect(FileManager.default.fileExists(atPath: workspace.path("\(folder)/timeseries.csv")))
        #expect(try workspace.weir("clean", "results").output == "nothing was left in results\n")
    }

    @Test func `turns latest back to the last one that was not killed`() throws {
        let workspace = try Workspace()
        let finished = try workspace.summary()["run_id"]
        try kill(in: workspace)
        let cleaned = try workspace.weir("clean", "-f", "results")
        #expect(cleaned.status == 0)
        #expect(cleaned.output.contains("results/orders/latest pointed at "))
        #expect(try workspace.summary["run_id"] == finished)
    }

    @Test func `is never a run that goes on, nor a log in a data.dir`() throws {
        let workspace = try Workspace()
        try kill(in: workspace, ["--set", "data.dir=results/orders/kept"])
        let running = try workspace.start(["--duration", "1h"])
        try running.wait(until: "it has a log") {
            workspace.scratch().count == 1 && workspace.hasReportedIntervals()
        }
        let cleaned = try workspace.weir("clean", "--force", "results")
        #expect(cleaned.status == 0)
        #expect(cleaned.errors.contains("is in use by process \(running.processID), and stays"))
        #expect(cleaned.output == "nothing was left in results\n")
        #expect(workspace.scratch().count == 1)
        #expect(try !workspace.segments(of: "results/orders/kept").isEmpty)
        let listed = try workspace.weir("ls", "results")
        #expect(listed.output.contains(" RUNNING "))
        running.signal(SIGINT)
        #expect(try running.ended().status == 130)
        try workspace.summary.expectCleanAudit()
    }

    @Test func `becomes a log of its user's once it is named as one`() throws {
        let workspace = try Workspace()
        try kill(in: workspace)
        let left = try #require(workspace.scratch().first)
        #expect(try workspace.run("--set", "data.dir=\(left)").status == 0)
        #expect(try workspace.weir("clean", "--force", "results").status == 0)
        #expect(try !workspace.segments(of: left).isEmpty)
    }

    @Test func `is nothing where a roofline was interrupted`() throws {
        let workspace = try Workspace()
        let weir = try Weir(["roofline", "--out", "results"], in: workspace)
        try weir.wait(until: "it measures") { weir.errors.contains("measuring") }
        weir.signal(SIGTERM)
        let ended = try weir.ended()
        #expect(ended.status == 130)
        #expect(workspace.scratch().isEmpty)
    }

    @Test func `is looked for where there are results, and nowhere that there is not`() throws {
        let workspace = try Workspace()
        for command in ["ls", "clean"] {
            let ended = try workspace.weir(command, "nowhere")
            #expect(ended.status == 66)
            #expect(ended.errors.contains("nowhere: there is no such file or folder"))
        }
        #expect(try workspace.weir("clean").output == "nothing was left in Results\n")
        #expect(try workspace.weir("ls").status == 0)
    }
}

@Suite struct `weir ls` {
    @Test func `lists runs and comparisons with verdict, figures and size`() throws {
        let workspace = try Workspace()
        let row = try workspace.summary()
        let ended = try workspace.weir("ls", "results")
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix("results/\(row["run_id"]) "))
        #expect(lines[1].contains(" \(row["verdict"]) "))
        #expect(lines[1].contains(" k/s "))
    }
}
