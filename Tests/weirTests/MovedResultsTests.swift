import Foundation
import Testing

@Suite struct `A results folder that was renamed` {
    private static let files = [
        "summary.csv", "timeseries.csv", "lag.csv", "percentiles.csv", "comparison.csv",
    ]

    /// What the rows of its files are called, without the runs' own parts.
    private func names(_ workspace: Workspace, in folder: String) throws -> Set<String> {
        var names: Set<String> = []
        for file in Self.files {
            let table = try workspace.csv("\(folder)/\(file)")
            for row in table.rows {
                names.insert(row["run_id"].split(separator: "/").prefix(2).joined(separator: "/"))
            }
        }
        return names
    }

    @Test func `keeps its run_id, also when it is continued, and every command reads it`() throws {
        let workspace = try Workspace()
        let options = [
            "--vary", "compression.type=none,lz4", "--repetitions", "1", "--duration", "200ms",
            "--retries", "0", "--out", "results",
        ]
        let first = try workspace.compare(options)
        try #require(first.status == 0, "\(first.errors)")
        let time = try #require(try workspace.runs.first)
        try FileManager.default.moveItem(
            atPath: workspace.path("results/orders/\(time)"), toPath: workspace.path("moved"))
        let resumed = try workspace.weir(
            "compare", "--resume", "moved", "--repetitions", "2", "--out", "results")
        try #require(resumed.status == 0, "\(resumed.errors)")
        #expect(try workspace.csv("moved/summary.csv").rows.count == 4)
        #expect(try names(workspace, in: "moved") == ["orders/\(time)"])

        let listed = try workspace.weir("ls", "moved")
        #expect(listed.status == 0 && listed.output.contains("moved"))
        let compared = try workspace.weir("compare", "moved", "--out", "results")
        #expect(compared.status == 0, "\(compared.errors)")
        let rows = try workspace.csv("results/compared/latest/summary.csv").rows
        #expect(rows.count == 4)
        #expect(rows.allSatisfy { $0["run_id"].hasPrefix("orders/\(time)/runs/") })
        #expect(try workspace.weir("report", "moved").status == 0)
    }
}
