import Foundation
import Testing

@Suite struct `A label` {
    private static let given = ["--label", "after", "--tag", "disk=nvme 2 TB", "--tag=note=-1"]
    private static let tags = "disk=nvme 2 TB; note=-1"

    @Test func `names a run in its results, beside what made it and where`() throws {
        let workspace = try Workspace()
        let ended = try Weir(
            ["run", "orders.yaml", "--out", "results", "--quiet"] + Self.given, in: workspace
        ).ended()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains(" on embedded, after, "))
        let row = try workspace.summary
        #expect(row["label"] == "after")
        #expect(row["tags"] == Self.tags)
        let text = try String(
            contentsOfFile: workspace.result("environment.json"), encoding: .utf8)
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let environment = try #require(parsed as? [String: Any])
        for column in ["weir_version", "host", "kernel", "cpu_model"] {
            #expect(row[column] == environment[column] as? String ?? "", "\(column)")
        }
        let versions = try #require(environment["codec_versions"] as? [String: String])
        for codec in ["zstd", "lz4", "zlib", "snappy"] {
            #expect(row["\(codec)_version"] == versions[codec] ?? "", "\(codec)")
        }
        #expect(!row["zstd_version"].isEmpty)
        let listing = try Weir(["ls", "results"], in: workspace).ended().output
        #expect(listing.contains("label") && listing.contains("after"))
        // Every row of every file can be joined by the run's name.
        for file in ["timeseries.csv", "lag.csv", "percentiles.csv"] {
            let table = try workspace.table(file)
            #expect(table.columns.first == "run_id", "\(file)")
            #expect(Set(table.rows.map { $0["run_id"] }) == [row["run_id"]], "\(file)")
        }
    }

    @Test func `of a comparison is that of each of its runs`() throws {
        let workspace = try Workspace()
        let ended = try workspace.compare(
            [
                "--duration", "200ms", "--out", "results", "--vary", "acks=0,1",
                "--repetitions", "1",
            ] + Self.given)
        #expect(ended.status == 0, "\(ended.errors)")
        let summary = try workspace.table("summary.csv")
        #expect(summary.rows.map { $0["label"] } == ["after", "after"])
        #expect(summary.rows.map { $0["tags"] } == [Self.tags, Self.tags])
        let series = try workspace.table("timeseries.csv")
        #expect(Set(series.rows.map { $0["run_id"] }) == Set(summary.rows.map { $0["run_id"] }))
        let comparison = try workspace.table("comparison.csv")
        let names = Set(comparison.rows.map { $0["run_id"] })
        #expect(names.count == 1)
        #expect(
            FileManager.default.fileExists(
                atPath: workspace.path("results/\(names.first ?? "")/comparison.csv")))
    }

    @Test func `that is no word is refused, and so is one for what is finished`() throws {
        let workspace = try Workspace()
        for (arguments, message) in [
            (["run", "orders.yaml", "--label", "two words"], "is not a label"),
            (["compare", "orders.yaml", "--tag", "disk"], "write key=value"),
            (["compare", "--resume", "latest", "--label", "x"], "follows its plan"),
            (["compare", ".", ".", "--label", "x"], "go with a profile"),
            (["run", "--find-max-rate", "--resume", "latest", "--tag", "a=b"], "follows its plan"),
        ] {
            let ended = try Weir(arguments, in: workspace).ended()
            #expect(ended.status == 64, "\(arguments): \(ended.errors)")
            #expect(ended.errors.contains(message), "\(arguments): \(ended.errors)")
        }
    }
}
