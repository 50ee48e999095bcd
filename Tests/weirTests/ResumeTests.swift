import Foundation
import Testing

@Suite struct `A comparison that was killed` {
    private static let options = [
        "--vary", "compression.type=none,lz4,zstd", "--repetitions", "2", "--duration", "200ms",
        "--out", "results", "--retries", "0",
    ]
    private static let everyRun = Set(
        ["none", "lz4", "zstd"].flatMap { variant in ["\(variant) 1", "\(variant) 2"] })

    private static func run(_ row: Table.Row) -> String { row["variant"] + " " + row["repetition"] }

    /// Kills a comparison once some runs are finished and others are left.
    private static func kill(in workspace: Workspace) throws {
        let weir = try Weir(["compare", "orders.yaml"] + options, in: workspace)
        try weir.wait(until: "two runs are finished") {
            ((try? workspace.table("summary.csv"))?.rows.count ?? 0) >= 2
        }
        weir.signal(SIGKILL)
        #expect(try weir.ended().wasKilled)
    }

    @Test func `leaves no process behind that goes on loading the machine`() throws {
        let workspace = try Workspace()
        let weir = try Weir(
            [
                "compare", "orders.yaml", "--out", "results", "--duration", "1h",
                "--vary", "compression.type=none,lz4",
            ], in: workspace)
        try weir.wait(until: "its run reports") { weir.errors.contains("p99") }
        let child = try #require(children(of: weir.processID).first)
        #expect(isAlive(child))
        weir.signal(SIGKILL)
        #expect(try weir.ended().wasKilled)
        let end = ContinuousClock.now + Weir.deadline
        while isAlive(child), ContinuousClock.now < end { usleep(5_000) }
        #expect(!isAlive(child))
        // It ended in order: its log, which nobody asked to keep, is gone with it.
        let place = workspace.result("runs/none/1.unfinished")
        #expect(FileManager.default.fileExists(atPath: place))
        #expect(!FileManager.default.fileExists(atPath: place + "/data"))
    }

    @Test func `is resumed: finished runs stay, and every row is there once`() throws {
        let workspace = try Workspace()
        try Self.kill(in: workspace)
        let before = try workspace.table("summary.csv").rows
        // What a kill may leave: a torn row, and rows ahead of the summary.
        let series = workspace.result("timeseries.csv")
        let torn = try String(contentsOfFile: series, encoding: .utf8) + "zstd,2,0.1"
        try torn.write(toFile: series, atomically: false, encoding: .utf8)

        let ended = try workspace.weir("compare", "--resume", "latest", "--out", "results")
        #expect(ended.status == 0, "\(ended.errors)")
        let after = try workspace.table("summary.csv").rows
        #expect(after.count == 6)
        #expect(Set(after.map(Self.run)) == Self.everyRun)
        for row in before {
            let same = try #require(after.first { Self.run($0) == Self.run(row) })
            #expect(same["started_at"] == row["started_at"])
            #expect(same["run_id"] == row["run_id"])
        }
        for row in after { row.expectCleanAudit() }
        for file in ["timeseries.csv", "lag.csv", "percentiles.csv"] {
            let merged = try workspace.table(file).rows
            for row in after {
                let own = try workspace.csv("results/\(row["run_id"])/\(file)").rows.count
                #expect(merged.count { Self.run($0) == Self.run(row) } == own, "\(file)")
            }
        }
        let left =
            FileManager.default.enumerator(atPath: workspace.result(""))?
            .compactMap { $0 as? String } ?? []
        #expect(!left.contains { $0.contains(".unfinished") || $0.hasSuffix("/data") })

        // Nothing is left to do; more repetitions are.
        let again = try workspace.weir("compare", "--resume", "latest", "--out", "results")
        #expect(again.status == 0)
        #expect(
            try workspace.table("summary.csv").rows.map { $0["started_at"] }
                == after.map { $0["started_at"] })
        let more = try workspace.weir(
            "compare", "--resume", "latest", "--out", "results", "--repetitions", "3")
        #expect(more.status == 0)
        #expect(try workspace.table("summary.csv").rows.count == 9)
    }

    @Test func `is resumed with the profile that it began with`() throws {
        let workspace = try Workspace()
        try Self.kill(in: workspace)
        try workspace.write("no: profile", to: "orders.yaml")
        let ended = try workspace.weir(
            "compare", "orders.yaml", "--resume", "latest", "--out", "results")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try workspace.table("summary.csv").rows.count == 6)
    }

    @Test(arguments: [nil, "", "{", "{}", #"{"format":2}"#, "[]"])
    func `cannot be resumed without its plan, and says so`(_ plan: String?) throws {
        let workspace = try Workspace()
        let folder = workspace.path("folder")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        if let plan { try workspace.write(plan, to: "folder/plan.json") }
        let ended = try workspace.weir("compare", "--resume", "folder")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("folder"))
        #expect(ended.errors.contains("plan.json"))
    }

    @Test func `cannot be resumed where there is none`() throws {
        let workspace = try Workspace()
        let ended = try workspace.weir("compare", "--resume", "latest", "--out", "results")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("no comparison"))
    }
}

/// Processes whose parent is another one.
private func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { stat(of: $0)?.parent == parent }
}

/// A process that has ended, but that nobody has waited for, is not alive.
private func isAlive(_ process: Int32) -> Bool {
    guard let state = stat(of: process)?.state else { return false }
    return state != "Z" && state != "X"
}

/// Of `/proc/<id>/stat`: `1234 (a name) S 1 …`.
private func stat(of process: Int32) -> (state: String, parent: Int32)? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
    return (String(fields[0]), parent)
}
