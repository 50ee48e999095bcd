import Foundation
import Testing

@Suite struct `weir compare, given results` {
    /// A finished run without running: the files that a comparison reads.
    private func make(
        _ name: String, in workspace: Workspace, rate: Double = 100, settings: String = "",
        variant: String = "default", columns: [String: String] = [:], cores: Int = 2,
        checksum: String = "6ab7c4c9"
    ) throws {
        try FileManager.default.createDirectory(
            atPath: workspace.path(name), withIntermediateDirectories: true)
        var row = [
            "profile": "orders", "variant": variant, "repetition": "1", "verdict": "VALID",
            "acked_rate_records_per_s": "\(rate)", "payload_kind": "orders",
            "payload_checksum": checksum,
        ]
        row.merge(columns) { $1 }
        let names = row.keys.sorted()
        let values = names.map { "\"\(row[$0]!)\"" }
        try workspace.write(
            names.joined(separator: ",") + "\n" + values.joined(separator: ",") + "\n",
            to: "\(name)/summary.csv")
        try workspace.write(#"{"cores": \#(cores), "kernel": "L"}"#, to: "\(name)/environment.json")
        try workspace.write(
            "producers: {rate: 2k/s, config: {compression.type: lz4}}\n\(settings)",
            to: "\(name)/profile.yaml")
    }

    /// A field of what `--json` prints.
    private enum Value: Decodable, Equatable {
        case text(String)
        case number(Double)
        case list([String])
        case objects([[String: Value]])
        case truth(Bool)
        case null

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let truth = try? container.decode(Bool.self) {
                self = .truth(truth)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let list = try? container.decode([String].self) {
                self = .list(list)
            } else if let objects = try? container.decode([[String: Value]].self) {
                self = .objects(objects)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    private func rows(_ workspace: Workspace, _ file: String) throws -> [Table.Row] {
        let path = workspace.path("results/compared/latest/\(file)")
        return try Table(String(contentsOfFile: path, encoding: .utf8)).rows
    }

    private func compare(_ workspace: Workspace, _ arguments: String...) throws -> Weir.Ended {
        try Weir(["compare", "--out", "results"] + arguments, in: workspace).ended()
    }

    @Test func `checks thresholds in each run, and exits with 99 if one fails`() throws {
        let workspace = try Workspace()
        let offered = ["run_id": "a", "offered_rate_records_per_s": "200"]
        try make("a", in: workspace, rate: 100, variant: "slow", columns: offered)
        try make("b", in: workspace, rate: 199, variant: "fast", columns: offered)
        let failed = try compare(
            workspace, "a", "b", "--threshold", "acked_rate >= 0.9 offered", "--threshold",
            "verdict == VALID")
        #expect(failed.status == 99, "\(failed.errors)")
        #expect(failed.output.contains("Thresholds failed"))
        #expect(failed.output.contains("- slow: 1 of 1 runs"))
        let outcomes = try rows(workspace, "thresholds.csv")
        #expect(outcomes.map { $0["holds"] } == ["false", "true", "true", "true"])
        #expect(outcomes[0]["limit"] == "180.0000" && outcomes[0]["run_id"] == "a")
        #expect(try rows(workspace, "summary.csv").map { $0["thresholds_failed"] } == ["1", "0"])
        #expect(try compare(workspace, "a", "b", "--threshold", "acked_rate > 50/s").status == 0)
        let wrong = try compare(workspace, "a", "b", "--threshold", "acked_rte > 50/s")
        #expect(wrong.status == 65)
        #expect(wrong.errors.contains("did you mean 'acked_rate'"))
    }

    @Test func `names single runs of a comparison as that did, each setting once`() throws {
        let workspace = try Workspace()
        for codec in ["none", "zstd:3"] {
            let parts = codec.split(separator: ":")
            let level = parts.count > 1 ? ", compression.level: \(parts[1])" : ""
            try make(codec, in: workspace, variant: codec)
            try workspace.write(
                "producers: {rate: 2k/s, config: {compression.type: \(parts[0])\(level)}}\n",
                to: "\(codec)/profile.yaml")
        }
        let ended = try compare(workspace, "none", "zstd:3")
        try #require(ended.status == 0, "\(ended.errors)")
        let variants = try rows(workspace, "summary.csv").map { $0["variant"] }
        #expect(variants == ["none", "zstd:3"])
    }

    @Test func `names runs by the settings that differ, and shows what differs`() throws {
        let workspace = try Workspace()
        for (codec, runs) in [("none", 2), ("lz4", 1)] {
            for _ in 0..<runs {
                _ = try workspace.summary("--set", "compression.type=\(codec)", "--quiet")
            }
        }
        let folder = try #require(
            try? FileManager.default.contentsOfDirectory(
                atPath: workspace.path("results/orders")))
        let paths = folder.filter { $0 != "latest" }.sorted().map { "results/orders/\($0)" }
        let ended = try Weir(
            ["compare", "--out", "results"] + paths, in: workspace
        ).ended()
        try #require(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.hasPrefix("2 variants, compared with none: 1 or more repetitions"))
        #expect(ended.output.contains("No difference of any variant could be shown"))
        #expect(ended.output.contains("Results in results/compared/2"))
        let ratio = try rows(workspace, "comparison.csv").filter {
            $0["metric"] == "compression_ratio"
        }
        #expect(ratio.map { $0["variant"] } == ["none", "lz4"])
        // One that a busy machine disturbed is left out beside another.
        let excluded = ratio.map { $0["excluded"].split(separator: " ").count }
        #expect(zip(ratio, excluded).map { $0.number("repetitions")! + Double($1) } == [2, 1])
        #expect(ratio[1]["difference"] == "~")
        #expect(ratio[1].number("ratio")! > 1.2)
        let summary = try rows(workspace, "summary.csv")
        #expect(summary.map { $0["variant"] } == ["none", "none", "lz4"])
        #expect(summary.map { $0["repetition"] } == ["1", "2", "1"])
        #expect(Set(summary.map { $0["payload_checksum"] }).count == 1)
        let environment = workspace.path("results/compared/latest/environment.json")
        #expect(FileManager.default.fileExists(atPath: environment))
    }

    @Test func `tells a difference from noise, and takes a folder for the baseline`() throws {
        let workspace = try Workspace()
        for index in 0..<5 {
            try make("old/\(index)", in: workspace, rate: 100 + Double(index))
            try make(
                "new/\(index)", in: workspace, rate: 120 + Double(index),
                settings: "consumers: []")
        }
        let paths = ["old", "new"].flatMap { name in (0..<5).map { "\(name)/\($0)" } }
        let ended = try Weir(
            [
                "compare", "--out", "results", "--baseline", "new/2", "--json", "--threshold",
                "acked_rate > 100/s", "--threshold", "lost == 0",
            ] + paths, in: workspace
        ).ended()
        try #require(ended.status == 99, "\(ended.errors)")
        let rows = try JSONDecoder().decode([[String: Value]].self, from: Data(ended.output.utf8))
        try #require(rows.count == 2)
        let variants = rows.map { $0["variant"] }
        #expect(variants == [.text("orders"), .text("consumers=[]")])
        #expect(rows[0]["difference"] == .text("worse"))
        #expect(rows[0]["ratio"] == .number(0.836066))
        #expect(rows[0]["p_value"] == .number(0.007936508))
        #expect(rows[1]["difference"] == .text("baseline"))
        #expect(rows[0]["outliers"] == .list([]))
        guard case .objects(let judged)? = rows[0]["threshold_results"] else {
            Issue.record("no thresholds")
            return
        }
        // Those on the rate, and those on a figure that is not compared, of five runs.
        #expect(judged.count == 10)
        let rates = judged.filter { $0["metric"] == .text("acked_rate_records_per_s") }
        #expect(rates.map { $0["measured"] } == (0..<5).map { .number(100 + Double($0)) })
        #expect(rates.map { $0["holds"] } == [false, true, true, true, true].map { .truth($0) })
        #expect(rates.allSatisfy { $0["limit"] == .number(100) })
        guard case .text(let place)? = rows[0]["results_path"] else {
            Issue.record("no path")
            return
        }
        #expect(FileManager.default.fileExists(atPath: workspace.path(place) + "/comparison.csv"))
    }

    @Test func `takes runs of comparisons and alone for repetitions by their settings`() throws {
        let workspace = try Workspace()
        try make(
            "swept", in: workspace, variant: "lz4", columns: ["set_compression_type": "lz4"])
        try make(
            "swept2", in: workspace, variant: "none", columns: ["set_compression_type": "none"])
        try make("single", in: workspace)
        #expect(try compare(workspace, "swept", "swept2", "single").status == 0)
        let summary = try rows(workspace, "summary.csv")
        #expect(summary.map { $0["variant"] } == ["lz4", "none", "lz4"])
        #expect(summary.map { $0["repetition"] } == ["1", "1", "2"])
    }

    @Test func `calls a run alone what a comparison calls its settings`() throws {
        let workspace = try Workspace()
        for (codec, size) in [("none", "16KiB"), ("lz4", "16KiB"), ("none", "1MiB")] {
            try make(
                codec + size, in: workspace, variant: "\(codec),\(size)",
                columns: ["set_compression_type": codec, "set_producers_rate": size])
        }
        try make("single", in: workspace)
        try workspace.write(
            "producers: {rate: 16KiB, config: {compression.type: lz4}}", to: "single/profile.yaml")
        #expect(try compare(workspace, "none16KiB", "lz416KiB", "none1MiB", "single").status == 0)
        #expect(
            try rows(workspace, "summary.csv").map { $0["variant"] }
                == ["none,16KiB", "lz4,16KiB", "none,1MiB", "lz4,16KiB"])
    }

    @Test func `keeps variants apart that share a name but not their settings`() throws {
        let workspace = try Workspace()
        for (name, size) in [("a", "16KiB"), ("b", "1MiB")] {
            try make(
                name, in: workspace, variant: "small", columns: ["set_batch_size": size])
        }
        #expect(try compare(workspace, "a", "b").status == 0)
        #expect(
            try rows(workspace, "summary.csv").map { $0["variant"] } == ["small (a)", "small (b)"])
    }

    @Test func `refuses other machines and payloads unless forced, and says what differs`() throws {
        let workspace = try Workspace()
        try make("a", in: workspace)
        try make("b", in: workspace, cores: 8)
        try make("c", in: workspace, checksum: "00000000")
        let refused = try compare(workspace, "a", "b", "c")
        #expect(refused.status == 1)
        #expect(refused.output == "")
        #expect(refused.errors.contains("  cores: 2 (a, c); 8 (b)\n"))
        #expect(refused.errors.contains("  payload's bytes, by their checksum: 6ab7c4c9 (a, b); "))
        #expect(refused.errors.contains("by --force"))
        let results = workspace.path("results")
        #expect(!FileManager.default.fileExists(atPath: results))
        let forced = try compare(workspace, "a", "b", "c", "--force")
        #expect(forced.status == 0)
        #expect(forced.errors.contains("they differ and are compared because of --force"))
        // One machine is not a repetition of another.
        #expect(forced.output.contains("2 variants, compared with 2 cores: 1 or more repetitions"))
        let environment = results + "/compared/latest/environment.json"
        #expect(!FileManager.default.fileExists(atPath: environment))
    }

    @Test func `leaves unfinished runs out, and says so`() throws {
        let workspace = try Workspace()
        try make("a", in: workspace)
        try make("dead", in: workspace)
        try FileManager.default.removeItem(atPath: workspace.path("dead/summary.csv"))
        let ended = try compare(workspace, "a", "dead", "a/../a")
        #expect(ended.status == 0)
        #expect(ended.errors.contains("dead is left out: no run in it was finished"))
        #expect(ended.errors.contains("a/../a is given twice; it counts once"))
        let none = try compare(workspace, "dead")
        #expect(none.status == 1)
        #expect(none.errors.contains("there is no finished run to compare"))
    }

    @Test func `ends with a status that says what was wrong`() throws {
        let workspace = try Workspace()
        try make("a", in: workspace)
        try make("broken", in: workspace)
        try workspace.write("x,y\n1,2\n\"3,4\n", to: "broken/summary.csv")
        try FileManager.default.createDirectory(
            atPath: workspace.path("empty"), withIntermediateDirectories: false)
        let cases: [(arguments: [String], status: Int32, message: String)] = [
            (["a", "--baseline", "zstd"], 64, "no variant is called 'zstd'"),
            (["a", "--vary", "linger.ms=0,5"], 64, "go with a profile"),
            (["orders.yaml", "--force"], 64, "orders.yaml is not one"),
            (["a", "missing"], 66, "missing: there is no such file or folder"),
            (["a", "orders.yaml"], 65, "orders.yaml is not a results folder"),
            (["empty"], 65, "empty is not a results folder: it holds none of summary.csv"),
            (["a", "broken"], 65, "broken/summary.csv:3: broken CSV: a quote opens"),
        ]
        for (arguments, status, message) in cases {
            let ended = try Weir(["compare"] + arguments, in: workspace).ended()
            #expect(ended.status == status, "\(arguments)")
            #expect(ended.errors.contains(message), "\(arguments): \(ended.errors)")
        }
    }
}
