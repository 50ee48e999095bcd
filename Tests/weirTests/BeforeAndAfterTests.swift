import Foundation
import Testing

@Suite struct `A comparison of before and after` {
    private static let p99 = "e2e_latency_p99_us"

    /// A finished comparison without running: five repetitions of each variant.
    private func make(
        _ name: String, in workspace: Workspace, variants: [String: Double], version: String = "1",
        kernel: String = "L", linger: String = "5ms", repetitions: Int = 5,
        formatVersion: String = "2"
    ) throws {
        try FileManager.default.createDirectory(
            atPath: workspace.path(name), withIntermediateDirectories: true)
        var lines = [
            "run_id,started_at,profile,variant,repetition,verdict,format_version,"
                + "\(Self.p99),payload_kind,payload_checksum,set_compression_type"
        ]
        for (variant, p99) in variants.sorted(by: { $0.key < $1.key }) {
            for index in 1...repetitions {
                let value = p99 * (1 + 0.002 * Double(index - (repetitions + 1) / 2))
                let varied = variants.count > 1 ? variant : ""
                lines.append(
                    "\(name)/\(variant)/\(index),2026-11-29T10:00:00.000Z,orders,\(variant),"
                        + "\(index),VALID,\(formatVersion),\(value),orders,6ab7c4c9,\(varied)")
            }
        }
        try workspace.write(lines.joined(separator: "\r\n") + "\r\n", to: "\(name)/summary.csv")
        try workspace.write(
            #"{"cores": 2, "kernel": "\#(kernel)", "weir_version": "\#(version)"}"#,
            to: "\(name)/environment.json")
        try workspace.write(
            "producers: {config: {compression.type: lz4, linger.ms: \(linger)}}\n",
            to: "\(name)/profile.yaml")
    }

    private func compare(_ workspace: Workspace, _ arguments: String...) throws -> Weir.Ended {
        try Weir(["compare", "--out", "results"] + arguments, in: workspace).ended()
    }

    /// The rows of the p99, by variant: the baseline and what was found.
    private func found(_ workspace: Workspace) throws -> [String: (baseline: String, String)] {
        let path = workspace.path("results/compared/latest/comparison.csv")
        let rows = try Table(String(contentsOfFile: path, encoding: .utf8)).rows
        return rows.filter { $0["metric"] == Self.p99 }.reduce(into: [:]) {
            $0[$1["variant"]] = ($1["baseline"], $1["difference"])
        }
    }

    // MARK: Names

    @Test func `is not pooled: two folders of one load are two variants`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["default": 100])
        try make("new", in: workspace, variants: ["default": 110])
        let ended = try compare(workspace, "base", "new")
        try #require(ended.status == 0, "\(ended.errors)")
        let rows = try found(workspace)
        #expect(rows.keys.sorted() == ["base", "new"])
        #expect(rows["new"]! == ("base", "worse"))
    }

    @Test func `is of two folders that share a name, too`() throws {
        let workspace = try Workspace()
        try make("old/run", in: workspace, variants: ["default": 100])
        try make("new/run", in: workspace, variants: ["default": 110])
        for arguments in [["old/run", "new/run"], ["new/run", "--against", "old/run"]] {
            let ended = try Weir(
                ["compare", "--out", "results"] + arguments, in: workspace
            ).ended()
            try #require(ended.status == 0, "\(ended.errors)")
            #expect(try found(workspace)["new/run"]! == ("old/run", "worse"))
        }
    }

    @Test(arguments: [
        (["version": "2"], "weir 1", "weir 2", false), (["kernel": "M"], "L", "M", true),
    ])
    func `is named by what differs`(
        _ change: [String: String], _ old: String, _ new: String, _ isForced: Bool
    ) throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["default": 100])
        try make(
            "new", in: workspace, variants: ["default": 100], version: change["version"] ?? "1",
            kernel: change["kernel"] ?? "L")
        let force = isForced ? ["--force"] : []
        let ended = try Weir(
            ["compare", "--out", "results", "base", "new"] + force, in: workspace
        ).ended()
        try #require(ended.status == 0, "\(ended.errors)")
        let rows = try found(workspace)
        #expect(rows.keys.sorted() == [old, new].sorted())
        #expect(rows[new]! == (old, "~"))
    }

    @Test func `holds each variant against its like`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["lz4": 100, "none": 50])
        try make("new", in: workspace, variants: ["lz4": 100, "none": 60])
        for arguments in [["base", "new"], ["new", "--against", "base"]] {
            let ended = try Weir(
                ["compare", "--out", "results"] + arguments, in: workspace
            ).ended()
            try #require(ended.status == 0, "\(ended.errors)")
            let rows = try found(workspace)
            #expect(rows.count == 4)
            #expect(rows["lz4 (new)"]! == ("lz4 (base)", "~"))
            #expect(rows["none (new)"]! == ("none (base)", "worse"))
            #expect(rows["none (base)"]! == ("none (base)", "baseline"))
            #expect(ended.output.contains("4 variants, compared with lz4 (base), none (base)"))
        }
        // One of them may be the baseline of all, if somebody says so.
        #expect(try compare(workspace, "base", "new", "--baseline", "lz4 (base)").status == 0)
        #expect(try found(workspace)["none (new)"]!.baseline == "lz4 (base)")
    }

    @Test func `takes single runs for the repetitions of the side that they are on`() throws {
        let workspace = try Workspace()
        for index in 1...4 {
            let rates = Double(index)
            try make(
                "old\(index)", in: workspace, variants: ["default": 100 + rates], repetitions: 1)
            try make(
                "new\(index)", in: workspace, variants: ["default": 150 + rates], repetitions: 1)
        }
        let ended = try Weir(
            ["compare", "--out", "results", "new1", "new2", "new3", "new4", "--against"]
                + (1...4).map { "old\($0)" }, in: workspace
        ).ended()
        try #require(ended.status == 0, "\(ended.errors)")
        let rows = try found(workspace)
        #expect(rows["new1 and 3 more"]! == ("old1 and 3 more", "worse"))
        // Without sides, and without a difference, all of them are one variant.
        #expect(try compare(workspace, "old1", "old2", "old3").status == 0)
        #expect(try found(workspace).keys.sorted() == ["orders"])
    }

    @Test func `is named by the settings that were changed, where nothing else was`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["default": 100])
        try make("new", in: workspace, variants: ["default": 100], linger: "9ms")
        let ended = try compare(workspace, "new", "--against", "base")
        try #require(ended.status == 0, "\(ended.errors)")
        #expect(!ended.errors.contains("different"))
        #expect(try found(workspace)["linger.ms=9ms"]!.baseline == "linger.ms=5ms")
    }

    @Test func `of sides that have nothing in common is refused`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["lz4": 100, "none": 50])
        try make("new", in: workspace, variants: ["gzip": 100, "zstd:3": 60])
        let ended = try compare(workspace, "new", "--against", "base")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("no variant is on both sides: the baseline has lz4, none"))
    }

    // MARK: Limits

    @Test func `ends with the status of its limits`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["default": 100])
        try make("same", in: workspace, variants: ["default": 100.1])
        try make("worse", in: workspace, variants: ["default": 110])
        try make("few", in: workspace, variants: ["default": 110], repetitions: 3)
        try make("old", in: workspace, variants: ["default": 100], formatVersion: "1")
        let cases: [(arguments: [String], status: Int32, message: String)] = [
            (["worse", "worse than 5%"], 99, "1 of 1 failed"),
            (["worse", "worse than 12%"], 0, "none failed"),
            (["same", "worse than 5%"], 0, "none failed"),
            (["same", "differs by more than 5%"], 0, "none failed"),
            (["worse", "worse than 10%"], 0, "1 undecided"),
            (["few", "worse than 5%"], 99, "too few to judge; that takes 4 repetitions of each"),
            (["old", "worse than 5%"], 1, "format of summary.csv"),
        ]
        for (arguments, status, message) in cases {
            let ended = try compare(
                workspace, arguments[0], "--against", "base", "--fail-if",
                "e2e_latency_p99 \(arguments[1])")
            #expect(ended.status == status, "\(arguments): \(ended.output)\(ended.errors)")
            #expect((ended.output + ended.errors).contains(message), "\(arguments)")
        }
        // The same without a side that is told: the first folder is the baseline.
        let failing = ["--fail-if", "e2e_latency_p99 worse than 5%"]
        let ended = try Weir(
            ["compare", "--out", "results", "base", "worse"] + failing, in: workspace
        ).ended()
        #expect(ended.status == 99)
        let missing = try compare(
            workspace, "worse", "--against", "base", "--fail-if", "acked_rate worse than 5%")
        #expect(missing.status == 99)
        #expect(missing.output.contains("not measured in both"))
    }

    @Test func `that cannot be meant is refused, with what could be`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["default": 100])
        let cases: [(arguments: [String], status: Int32, message: String)] = [
            (["base", "--fail-if", "e2e_latency_p99 worse than 5"], 64, "worse than 5%'?"),
            (["base", "--fail-if", "e2e_latency_p99 worse than 5%"], 64, "of one variant, orders"),
            (["base", "--against", "base"], 1, "base is given twice"),
            (["base", "--against", "missing"], 66, "missing"),
            (["base", "--against", "base", "--baseline", "x"], 64, "remove --baseline"),
            (["orders.yaml", "--fail-if", "acked_rate worse than 5%"], 64, "of one variant"),
            (["orders.yaml", "--against", "missing"], 66, "missing"),
            (["orders.yaml", "--against", "base"], 1, "these results cannot be compared"),
            (
                [
                    "orders.yaml", "--against", "base", "--force", "--repetitions", "3",
                    "--fail-if", "acked_rate worse than 5%",
                ], 64, "takes 4 --repetitions or more"
            ),
            (["--resume", "latest", "--against", "base"], 64, "follows its plan"),
            (
                [
                    "base", "--fail-if", "acked_rate worse than 5%", "--fail-if",
                    "acked_rate differs by more than 5%",
                ], 64, "keep one of them"
            ),
        ]
        for (arguments, status, message) in cases {
            let ended = try Weir(
                ["compare", "--out", "results"] + arguments, in: workspace
            ).ended()
            #expect(ended.status == status, "\(arguments): \(ended.errors)")
            #expect(ended.errors.contains(message), "\(arguments): \(ended.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: workspace.path("results")))
    }

    // MARK: Runs

    @Test func `is made in two commands, as a CI job makes it`() throws {
        let workspace = try Workspace()
        let tiny = ["--duration", "200ms", "--repetitions", "4", "--retries", "0", "--quiet"]
        func run(_ options: [String]) throws -> Weir.Ended {
            try Weir(["compare", "orders.yaml"] + tiny + options, in: workspace).ended()
        }
        let base = try run(["--out", "base", "--label", "before"])
        try #require(base.status == 0, "\(base.errors)")
        // A batch of a tenth of the size compresses worse, surely and by much; the ratio is all but the
        // same in every run.
        let ratio = ["--fail-if", "compression_ratio worse than 5%"]
        let same = try run(["--out", "same", "--against", "base/orders/latest"] + ratio)
        #expect(same.status == 0, "\(same.output)\(same.errors)")
        #expect(same.output.contains("--fail-if: none failed"))
        let worse = try run(
            [
                "--out", "new", "--label", "after", "--against", "base/orders/latest", "--set",
                "batch.size=1KiB",
            ] + ratio)
        // A machine that is busy with other tests may leave too few runs to judge by.
        if !worse.output.contains("the machine disturbed too many runs") {
            #expect(worse.status == 99, "\(worse.output)\(worse.errors)")
            #expect(worse.output.contains("--fail-if: 1 of 1 failed"))
        }
        #expect(worse.output.contains("2 variants, compared with before: "))
        #expect(worse.errors.contains("different batch.size: 16KiB (before); 1KiB (after)"))
        let own = try workspace.csv("new/orders/latest/summary.csv").rows
        #expect(own.count == 4 && own.allSatisfy { $0["attempts"] == "1" })
        let both = try workspace.csv("new/compared/latest/summary.csv").rows
        #expect(both.count == 8)
    }

    @Test func `of two variants of a profile has limits, too`() throws {
        let workspace = try Workspace()
        let ended = try workspace.compare([
            "--duration", "200ms", "--out", "results", "--repetitions", "4", "--retries", "0",
            "--vary", "compression.type=zstd,none", "--fail-if",
            "compression_ratio worse than 5%",
        ])
        let rows = try workspace.table("comparison.csv").rows
        let ratio = rows.filter { $0["metric"] == "compression_ratio" }
        #expect(ratio.map { $0["fail_if"] } == ["", "worse than 5%"])
        if ended.output.contains("the machine disturbed too many runs") { return }
        #expect(ended.status == 99, "\(ended.output)\(ended.errors)")
        #expect(ratio.map { $0["fail_if_result"] } == ["", "failed"])
    }

    @Test func `does not pass where runs are INVALID`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["default": 100])
        try make("new", in: workspace, variants: ["default": 100])
        let path = workspace.path("new/summary.csv")
        var lines = try String(contentsOfFile: path, encoding: .utf8).components(
            separatedBy: "\r\n")
        for index in 1...2 { lines[index] = lines[index].replacing(",VALID,", with: ",INVALID,") }
        try workspace.write(lines.joined(separator: "\r\n"), to: "new/summary.csv")
        let ended = try compare(
            workspace, "new", "--against", "base", "--fail-if", "e2e_latency_p99 worse than 5%")
        #expect(ended.status == 99, "\(ended.output)\(ended.errors)")
        #expect(!ended.output.contains("the machine disturbed"))
    }

    @Test func `is refused before the first run where no variant is on both sides`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["none": 100, "lz4": 110])
        let ended = try compare(
            workspace, "orders.yaml", "--vary", "compression.type=snappy,gzip", "--against", "base",
            "--force", "--duration", "1h")
        #expect(ended.status == 1, "\(ended.errors)")
        #expect(ended.errors.contains("the baseline has lz4, none"))
        #expect(!FileManager.default.fileExists(atPath: workspace.path("results/orders")))
    }

    @Test func `takes a baseline folder by any of its paths`() throws {
        let workspace = try Workspace()
        try make("base", in: workspace, variants: ["default": 100])
        try make("new", in: workspace, variants: ["default": 110])
        let ended = try compare(workspace, "base", "new", "--baseline", "new/")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try found(workspace)["base"]?.baseline == "new")
    }
}
