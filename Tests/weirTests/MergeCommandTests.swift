import Foundation
import Testing

extension FileManager {
    /// What a link in a workspace points at.
    fileprivate func destinationOfSymbolicLink(
        _ workspace: Workspace, _ name: String
    ) throws -> String {
        URL(filePath: workspace.path(name)).resolvingSymlinksInPath().path
    }
}

@Suite struct `The merge command` {
    /// Two generators at the same time, each with a log and a seed of its own. They last long enough to
    /// overlap where a busy machine starts one of them seconds after the other.
    private func runTwo(in workspace: Workspace) throws -> [String] {
        let runs = try (1...2).map { number in
            try Weir(
                [
                    "run", "orders.yaml", "--out", "g\(number)", "--set", "seed=\(number)",
                    "--duration", "5s", "--quiet",
                ], in: workspace)
        }
        for run in runs { #expect(try run.ended().status == 0) }
        return ["g1/orders/latest", "g2/orders/latest"]
    }

    @Test func `makes an ordinary results folder of two runs at the same time`() throws {
        let workspace = try Workspace()
        let folders = try runTwo(in: workspace)
        let ended = try workspace.weir("merge", folders[0], folders[1], "--out", "results")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("2 generators as one"))
        let row = try workspace.summary
        #expect(row["acked_records"] == "20000")
        #expect(row["consumed_records"] == "20000")
        #expect(row["lost"] == "0")
        let series = try workspace.table("timeseries.csv")
        #expect(series.sum("acked_records") == 20_000)
        let percentiles = try workspace.table("percentiles.csv").rows
        #expect(
            percentiles.last { $0["latency"] == "response_latency" }?["total_count"] == "20000")
        #expect(try workspace.table("lag.csv").rows.last?["lag_records"] == "0")
        let names = try FileManager.default.contentsOfDirectory(atPath: workspace.result(""))
        // The slowest records and the gaps are those of each run.
        let ofOneRun = ["slowest.csv", "partitions.csv"]
        #expect(names.sorted() == Results.files.filter { !ofOneRun.contains($0) })
        // As ordinary as that other commands read it.
        #expect(try workspace.weir("hgrm", "results/orders/latest").status == 0)
    }

    @Test func `refuses runs one after the other, unless forced`() throws {
        let workspace = try Workspace()
        let first = "results/" + (try workspace.summary()["run_id"])
        let second = "results/" + (try workspace.summary()["run_id"])
        let refused = try workspace.weir("merge", first, second, "--out", "merged")
        #expect(refused.status == 65)
        #expect(refused.errors.contains("did not run at the same time"))
        #expect(refused.errors.contains("--force"))
        #expect(!FileManager.default.fileExists(atPath: workspace.path("merged")))
        let forced = try workspace.weir("merge", first, second, "--out", "merged", "--force")
        #expect(forced.status == 0, "\(forced.errors)")
        #expect(forced.output.contains("SUSPECT"))
    }

    @Test func `refuses a folder and its copy, forced or not`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let folder = "results/orders/latest"
        try FileManager.default.copyItem(
            atPath: FileManager.default.destinationOfSymbolicLink(workspace, folder),
            toPath: workspace.path("copy"))
        for options in [[], ["--force"]] {
            let ended = try Weir(
                ["merge", folder, "copy", "--out", "merged"] + options, in: workspace
            ).ended()
            #expect(ended.status == 65 && ended.output.isEmpty)
            #expect(ended.errors.contains("copy would count twice: \(folder) is the same run"))
        }
        let compared = try workspace.weir("compare", folder, "copy", "--out", "results", "--force")
        #expect(compared.status == 0 && compared.output.contains("1 repetition"))
        #expect(compared.errors.contains("copy repeats the run orders/"))
        let metrics = try workspace.weir("metrics", folder, "copy")
        #expect(metrics.status == 0)
        #expect(metrics.output == (try workspace.weir("metrics", folder).output))
    }

    @Test func `says what is wrong with what it was given`() throws {
        let workspace = try Workspace()
        #expect(try workspace.weir("merge", "one").status == 64)
        let missing = try workspace.weir("merge", "nowhere", "neither")
        #expect(missing.status == 66)
        #expect(missing.errors.contains("nowhere"))
        #expect(try workspace.weir("merge", ".", "orders.yaml").status == 65)
    }
}
