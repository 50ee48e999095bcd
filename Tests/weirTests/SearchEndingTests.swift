import Foundation
import Testing

/// A search takes minutes, so it may end before its answer is confirmed, and goes on later.
@Suite struct `A search for the highest rate that ends early` {
    private static let options = [
        "run", "orders.yaml", "--find-max-rate", "--duration", "200ms", "--tolerance", "0.01",
        "--bound", "e2e_latency_p99 < 30s", "--lag-bound", "30s", "--out", "results", "--quiet",
    ]

    private static func start(_ workspace: Workspace) throws -> Weir {
        let weir = try Weir(options, in: workspace)
        try weir.wait(until: "three runs are finished") { try runs(workspace).count >= 3 }
        return weir
    }

    /// None before the first run is finished.
    private static func runs(_ workspace: Workspace) throws -> [Table.Row] {
        (try? workspace.table("summary.csv"))?.rows ?? []
    }

    private static func row(_ workspace: Workspace) throws -> Table.Row {
        try #require(workspace.table("max_rate.csv").rows.first)
    }

    /// Goes on for so long that at least one more run fits.
    private static func resume(_ workspace: Workspace) throws -> Weir.Ended {
        try workspace.weir(
            "run", "--find-max-rate", "--resume", "latest", "--out", "results", "--quiet",
            "--max-time", "8s")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `by a signal keeps what it has, says how to go on, and does`(_ signal: Int32) throws {
        let workspace = try Workspace()
        let weir = try Self.start(workspace)
        weir.signal(signal)
        let ended = try weir.ended()
        #expect(ended.status == 130, "\(ended.errors)")
        #expect(!ended.wasKilled)
        #expect(ended.output.contains("interrupted"))
        #expect(ended.errors.contains("weir run --find-max-rate --resume results/orders/"))
        let before = try Self.runs(workspace)
        let row = try Self.row(workspace)
        #expect(row["state"] == "interrupted")
        #expect(row["is_confirmed"] == "false")
        #expect(row.number("probes") == Double(before.count - 1))

        let resumed = try Self.resume(workspace)
        #expect([0, 99].contains(resumed.status), "\(resumed.errors)")
        let after = try Self.runs(workspace)
        #expect(after.count > before.count)
        #expect(
            Array(after.prefix(before.count)).map { $0["run_id"] } == before.map { $0["run_id"] })
        #expect(Set(after.map { $0["run_id"] }).count == after.count)
        // The closed loop is not made twice.
        #expect(after.count { $0["loop"] == "closed" } == 1)
        #expect(try Self.row(workspace).number("probes") == Double(after.count - 1))
    }

    @Test func `by a kill goes on from the runs that were finished`() throws {
        let workspace = try Workspace()
        let weir = try Self.start(workspace)
        weir.signal(SIGKILL)
        #expect(try weir.ended().wasKilled)
        let before = try Self.runs(workspace)
        #expect(try Self.row(workspace)["state"] == "running")
        let resumed = try Self.resume(workspace)
        #expect([0, 99].contains(resumed.status), "\(resumed.errors)")
        let after = try Self.runs(workspace)
        #expect(after.count > before.count)
        #expect(Set(before.map { $0["run_id"] }).isSubset(of: after.map { $0["run_id"] }))
        #expect(try Self.row(workspace).number("probes") == Double(after.count - 1))
    }

    @Test func `before any run has no answer, and does not say that no rate is sustained`() throws {
        let workspace = try Workspace()
        let ended = try Weir(
            Self.options + ["--max-time", "100ms", "--wait-quiet", "1h"], in: workspace
        ).ended()
        #expect(ended.status == 1, "\(ended.errors)")
        #expect(ended.output.contains("no rate was tried"))
        #expect(try Self.row(workspace)["state"] == "out_of_time")
    }

    @Test func `by its time makes no run that would not be over by then`() throws {
        let workspace = try Workspace()
        let start = ContinuousClock.now
        let ended = try Weir(Self.options + ["--max-time", "4s"], in: workspace).ended()
        // On a busy machine no run may be over by then.
        let triedNone = ended.output.contains("no rate was tried")
        #expect((triedNone ? [1] : [0, 99]).contains(ended.status), "\(ended.errors)")
        #expect(ContinuousClock.now - start < .seconds(60))
        let row = try Self.row(workspace)
        #expect(row["state"] == "out_of_time")
        #expect(ended.output.contains("--max-time is over"))
        #expect(ended.errors.contains("continue it with"))
        #expect(try Self.runs(workspace).count == Int(row.number("probes") ?? -1) + 1)
    }
}
