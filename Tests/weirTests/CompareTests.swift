import Foundation
import Testing

@Suite struct `A comparison` {
    /// Runs of a fifth of a second.
    private static let tiny = ["--duration", "200ms", "--out", "results", "--retries", "0"]

    @Test func `runs its variants in turns and gathers their rows, with what varied as columns`()
        throws
    {
        let workspace = try Workspace()
        let ended = try workspace.compare(
            Self.tiny + ["--vary", "compression.type=none,lz4", "--repetitions", "2"])
        #expect(ended.status == 0, "\(ended.errors)")
        let summary = try workspace.table("summary.csv")
        #expect(summary.rows.map { $0["repetition"] } == ["1", "1", "2", "2"])
        #expect(summary.rows.prefix(2).map { $0["variant"] } == ["none", "lz4"])
        for row in summary.rows {
            row.expectCleanAudit()
            #expect(row["set_compression_type"] == row["variant"])
            #expect(row["compression_type"] == row["variant"])
            #expect(row["profile"] == "orders")
            // The name of a run is where it lies.
            let folder = workspace.path("results/\(row["run_id"])")
            #expect(FileManager.default.fileExists(atPath: folder + "/timeseries.csv"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/data"))
        }
        for file in ["timeseries.csv", "lag.csv", "percentiles.csv"] {
            let parts = try summary.rows.map { row in
                try workspace.csv("results/\(row["run_id"])/\(file)").rows.count
            }
            let merged = try workspace.table(file)
            #expect(merged.rows.count == parts.reduce(0, +), "\(file)")
            let runs = Set(merged.rows.map { $0["variant"] + $0["repetition"] })
            #expect(runs == ["none1", "lz41", "none2", "lz42"], "\(file)")
        }
        // What each run was given is the same payload.
        let checksums = Set(summary.rows.map { $0["payload_checksum"] })
        #expect(checksums.count == 1)
        // No reader takes it for a number.
        #expect(try #require(checksums.first).wholeMatch(of: /crc32c:[0-9a-f]{8}/) != nil)
    }

    @Test func `ends with its statistics, in a table and in comparison.csv`() throws {
        let workspace = try Workspace()
        let ended = try workspace.compare(
            Self.tiny + [
                "--vary", "compression.type=none,lz4", "--repetitions", "2", "--baseline", "lz4",
            ])
        #expect(ended.output.contains("compared with lz4"))
        #expect(ended.output.contains("results/orders/"))
        let comparison = try workspace.table("comparison.csv")
        let ratio = comparison.rows.filter { $0["metric"] == "compression_ratio" }
        #expect(ratio.map { $0["variant"] } == ["none", "lz4"])
        #expect(ratio.map { $0["repetitions"] } == ["2", "2"])
        #expect(ratio.map { $0["difference"] } == ["~", "baseline"])
        let rows = try workspace.table("summary.csv").rows
        let none = rows.filter { $0["variant"] == "none" }.compactMap {
            $0.number("compression_ratio")
        }
        let median = try #require(ratio[0].number("median"))
        #expect(abs(median - none.reduce(0, +) / 2) < 0.001)
    }

    @Test func `says what is running, what is left, and how each run went`() throws {
        let workspace = try Workspace()
        let ended = try workspace.compare(
            Self.tiny + ["--vary", "compression.type=none,lz4", "--repetitions", "1"])
        let lines = ended.errors.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("1/2 none #1,") && $0.contains(" left (") })
        #expect(lines.contains { $0.hasPrefix("2/2 lz4 #1,") && $0.contains(" left (") })
        #expect(lines.contains { $0.hasPrefix("  run ") && $0.contains("p99") })
        // On a busy machine it may be any but INVALID.
        let ends = lines.filter { $0.contains(/#1  (VALID|SUSPECT|GENERATOR_BOUND)\b/) }
        #expect(ends.count == 2)
        let quiet = try workspace.compare(
            Self.tiny + ["--vary", "compression.type=lz4", "--repetitions", "1", "--quiet"])
        #expect(quiet.status == 0)
        #expect(quiet.errors.isEmpty)
    }

    @Test func `goes on after a run whose process fails, and says so in the end`() throws {
        let workspace = try Workspace()
        // No file, no directory: the log of the second variant cannot be opened.
        try workspace.write("", to: "taken")
        let ended = try workspace.compare(
            Self.tiny + ["--vary", "data.dir=taken,free", "--repetitions", "2"])
        #expect(ended.status == 69, "\(ended.errors)")
        let rows = try workspace.table("summary.csv").rows
        #expect(rows.count == 4)
        for row in rows where row["set_data_dir"] == "taken" {
            #expect(row["verdict"] == "INVALID")
            #expect(row["verdict_reasons"].contains("ended with status 69"))
            #expect(row["acked_records"] == "")
        }
        #expect(rows.count { $0["set_data_dir"] == "taken" } == 2)
        for row in rows where row["set_data_dir"] == "free" { row.expectCleanAudit() }
    }

    @Test func `that Ctrl-C ends does not count the run under way, and tells how to go on`() throws
    {
        let workspace = try Workspace()
        let weir = try Weir(
            [
                "compare", "orders.yaml", "--out", "results", "--duration", "1h",
                "--vary", "compression.type=none,lz4",
            ], in: workspace)
        try weir.wait(until: "its run reports") { weir.errors.contains("p99") }
        weir.signal(SIGINT)
        let ended = try weir.ended()
        #expect(ended.status == 130)
        #expect(ended.errors.contains("cut short"))
        #expect(ended.errors.contains("weir compare --resume results/orders/"))
        #expect(!FileManager.default.fileExists(atPath: workspace.result("runs/none/1")))
        #expect(!FileManager.default.fileExists(atPath: workspace.result("summary.csv")))
    }

    @Test(arguments: [
        ["compare"], ["compare", "orders.yaml", "--repetitions", "0"],
        ["compare", "--resume", "latest", "--vary", "compression.type=none,lz4"],
        ["compare", "--resume", "latest", "--duration", "1s"],
    ])
    func `that cannot be meant is refused`(_ arguments: [String]) throws {
        let ended = try Weir(arguments, in: Workspace()).ended()
        #expect(ended.status == 64)
        #expect(!ended.errors.isEmpty)
    }

    @Test(arguments: [
        ["--vary", "compression.type=none,zstd:99"], ["--baseline", "nobody"],
        ["--vary", "no.such=1,2"],
        ["--vary", "batch.size=16KiB,1MiB", "--set", "payload.kind=ratio"],
    ])
    func `of a bad profile is refused before its first run`(_ options: [String]) throws {
        let workspace = try Workspace()
        let ended = try workspace.compare(Self.tiny + options)
        #expect(ended.status == 65, "\(ended.errors)")
        #expect(!FileManager.default.fileExists(atPath: workspace.path("results")))
    }
}

extension Workspace {
    func compare(_ options: [String]) throws -> Weir.Ended {
        try Weir(["compare", "orders.yaml"] + options, in: self).ended()
    }

    func csv(_ name: String) throws -> Table {
        try Table(String(contentsOfFile: path(name), encoding: .utf8))
    }
}
