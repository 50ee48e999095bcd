import Foundation
import Testing

@Suite struct `A run of a comparison that the machine disturbed` {
    private static let runs = ["none/1", "lz4/1", "none/2", "lz4/2"]

    /// A finished comparison, in which the verdicts of its runs are what the test says and not what the
    /// machine was like.
    private func finished(in workspace: Workspace, disturbed: [String], retries: Int) throws {
        let ended = try workspace.compare([
            "--duration", "200ms", "--out", "results", "--repetitions", "2", "--retries", "0",
            "--vary", "compression.type=none,lz4",
        ])
        try #require(ended.status == 0, "\(ended.errors)")
        for run in Self.runs {
            let isDisturbed = disturbed.contains(run)
            try change(
                "runs/\(run)/summary.csv", in: workspace,
                [
                    "verdict": isDisturbed ? "SUSPECT" : "VALID",
                    "machine_disturbed": "\(isDisturbed)",
                    "verdict_reasons": isDisturbed ? "the machine stalled for 999 ms" : "",
                ])
        }
        let plan = try String(contentsOfFile: workspace.result("plan.json"), encoding: .utf8)
        let changed = plan.replacing("\"retries\" : 0", with: "\"retries\" : \(retries)")
        try #require(changed != plan)
        try changed.write(toFile: workspace.result("plan.json"), atomically: true, encoding: .utf8)
    }

    /// Changes fields of a file's only row.
    private func change(
        _ file: String, in workspace: Workspace, _ fields: [String: String]
    ) throws {
        let table = try workspace.table(file)
        let row = table.columns.map { column in
            let field = fields[column] ?? table.rows[0][column]
            return "\"" + field.replacing("\"", with: "\"\"") + "\""
        }
        let text = [table.columns.joined(separator: ","), row.joined(separator: ",")]
        try text.map { $0 + "\r\n" }.joined().write(
            toFile: workspace.result(file), atomically: true, encoding: .utf8)
    }

    private func resume(_ workspace: Workspace) throws -> Weir.Ended {
        try workspace.weir("compare", "--resume", "latest", "--out", "results")
    }

    @Test func `is made again, and every row is of the last attempt`() throws {
        let workspace = try Workspace()
        try finished(in: workspace, disturbed: ["lz4/2"], retries: 1)
        let before = try workspace.table("runs/lz4/2/summary.csv").rows[0]
        let ended = try resume(workspace)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errors.contains("the machine disturbed 1 of 4 runs: made again"))
        #expect(ended.errors.contains("again 1/1 lz4 #2"))
        #expect(ended.output.contains("1 run that the machine disturbed was made again"))
        let earlier = try workspace.table("runs/lz4/2.disturbed-1/summary.csv").rows[0]
        #expect(earlier["started_at"] == before["started_at"])
        let rows = try workspace.table("summary.csv").rows
        #expect(rows.count == 4)
        for row in rows {
            let isAgain = row["variant"] == "lz4" && row["repetition"] == "2"
            #expect(row["attempts"] == (isAgain ? "2" : "1"))
            if isAgain { #expect(row["started_at"] != before["started_at"]) }
        }
        for file in ["timeseries.csv", "lag.csv", "percentiles.csv"] {
            let parts = try Self.runs.map { try workspace.table("runs/\($0)/\(file)").rows.count }
            #expect(try workspace.table(file).rows.count == parts.reduce(0, +), "\(file)")
        }
        // It has had its retry, however the machine was then.
        let again = try resume(workspace)
        #expect(!again.errors.contains("made again"))
        #expect(try workspace.table("summary.csv").rows.map { $0["attempts"] }.contains("2"))
    }

    @Test func `is not made again if the machine disturbed most of them`() throws {
        let workspace = try Workspace()
        try finished(in: workspace, disturbed: ["none/1", "lz4/1", "lz4/2"], retries: 2)
        let ended = try resume(workspace)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(
            ended.errors.contains("the machine disturbed 3 of 4 runs: it is not quiet, so none is"))
        let ratio = try workspace.table("comparison.csv").rows.filter {
            $0["metric"] == "compression_ratio"
        }
        #expect(ratio.map { $0["repetitions"] } == ["1", "2"])
        #expect(ratio.map { $0["excluded"] } == ["1", ""])
        #expect(ended.output.contains("lz4 1 is SUSPECT, counted because its variant has"))
    }

    @Test func `is not made again without retries`() throws {
        let workspace = try Workspace()
        let ended = try workspace.compare([
            "--duration", "200ms", "--out", "results", "--repetitions", "1", "--retries", "0",
            "--vary", "compression.type=none,lz4",
        ])
        #expect(ended.status == 0)
        #expect(!ended.errors.contains("made again"))
        let refused = try workspace.compare(["--retries", "-1"])
        #expect(refused.status == 64)
    }
}
