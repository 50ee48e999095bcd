import Foundation
import Testing

@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
struct `A full standard output` {
    private func ended(_ arguments: [String], in workspace: Workspace) throws -> Weir.Ended {
        try Weir(arguments, in: workspace, outputPath: "/dev/full").ended()
    }

    private func expectFailure(
        _ ended: Weir.Ended, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(ended.status == 74, "\(ended.errors)", sourceLocation: sourceLocation)
        #expect(
            ended.errors.contains("cannot write to standard output: No space left on device"),
            sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ["--help"], ["--version"], ["run", "--help"], ["profiles", "."], ["profiles", "explain"],
        ["profiles", "show", "orders.yaml"], ["--generate-completion-script", "bash"],
        ["serve", "--data-dir", "data", "--listen", "127.0.0.1:0"], ["clean"],
    ])
    func `ends a command with 74`(_ arguments: [String]) throws {
        let workspace = try Workspace()
        expectFailure(try ended(arguments, in: workspace))
    }

    @Test func `ends a run with 74, which is stored all the same`() throws {
        let workspace = try Workspace()
        for options in [[], ["--json"]] {
            let arguments = ["run", "orders.yaml", "--out", "results"] + options
            expectFailure(try ended(arguments, in: workspace))
            try workspace.summary.expectCleanAudit()
        }
        #expect(try workspace.runs.count == 2)
        let folder = "results/orders/latest"
        for command in ["metrics", "report", "hgrm"] {
            expectFailure(try ended([command, folder], in: workspace))
        }
        expectFailure(try ended(["ls", "results"], in: workspace))
    }

    @Test func `ends a comparison with 74, whose runs are stored all the same`() throws {
        let workspace = try Workspace()
        let arguments = [
            "compare", "orders.yaml", "--out", "results", "--vary", "compression.type=none,lz4",
            "--repetitions", "1", "--duration", "200ms",
        ]
        expectFailure(try ended(arguments, in: workspace))
        #expect(try workspace.table("summary.csv").rows.count == 2)
        #expect(FileManager.default.fileExists(atPath: workspace.result("comparison.csv")))
        let folders = try workspace.runs.map { "results/orders/\($0)" }
        expectFailure(try ended(["compare", "--out", "results"] + folders, in: workspace))
    }

    @Test func `ends dump-log with 74, at once`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary("--set", "data.dir=data")
        let segments = try workspace.segments(of: "data")
        expectFailure(try ended(["dump-log", "--records"] + segments, in: workspace))
    }

    @Test func `hides no graver status`() throws {
        let workspace = try Workspace()
        let run = ["run", "orders.yaml", "--out", "results", "--threshold", "acked_records == 1"]
        #expect(try ended(run, in: workspace).status == 99)
        #expect(try workspace.summary["thresholds_failed"] == "1")
    }
}
