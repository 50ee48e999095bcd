import Foundation
import Testing

@Suite struct `The hgrm command` {
    /// The value, in milliseconds, of the first line at or past a percentile.
    private func value(at percentile: Double, in text: String) throws -> Double {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        let found = lines.first { $0.count >= 3 && Double($0[1]) ?? -1 >= percentile }
        return try #require(found.flatMap { Double($0[0]) })
    }

    @Test func `writes a file for each latency, which says what percentiles.csv does`() throws {
        let workspace = try Workspace()
        let row = try workspace.summary()
        let folder = "results/orders/latest"
        let ended = try workspace.weir("hgrm", folder)
        #expect(ended.status == 0, "\(ended.errors)")
        let kinds = ["send_delay", "service_latency", "response_latency", "e2e_latency"]
        #expect(
            ended.output.split(separator: "\n").map(String.init)
                == kinds.map { "\(folder)/\($0).hgrm" })
        for kind in kinds {
            let text = try String(contentsOfFile: workspace.result("\(kind).hgrm"), encoding: .utf8)
            let median = try #require(row.number("\(kind)_p50_us"))
            // To a microsecond, which three digits of milliseconds are.
            #expect(abs(try value(at: 0.5, in: text) - median / 1_000) <= 0.001)
            #expect(text.contains("Total count    =         1000"))
        }
        // It may be made again, in another unit.
        #expect(try workspace.weir("hgrm", folder, "--unit", "us").status == 0)
    }

    @Test func `names the files of several runs for their runs`() throws {
        let workspace = try Workspace()
        let first = try workspace.summary()["run_id"].replacing("/", with: "-")
        let second = try workspace.summary()["run_id"].replacing("/", with: "-")
        let folders = ["results/orders/" + first.dropFirst(7), "results/orders/latest"]
        let ended = try workspace.weir("hgrm", folders[0], folders[1], "--out", "a/plots")
        #expect(ended.status == 0, "\(ended.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: workspace.path("a/plots"))
        #expect(names.count == 8)
        for run in [first, second] {
            #expect(names.contains("\(run).response_latency.hgrm"), "\(names)")
        }
    }

    @Test func `writes a run once, though it is given with its copy`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let folder = "results/orders/latest"
        let original = URL(filePath: workspace.path(folder)).resolvingSymlinksInPath().path
        try FileManager.default.copyItem(atPath: original, toPath: workspace.path("copy"))
        let ended = try workspace.weir("hgrm", folder, "copy", "--out", "plots")
        #expect(ended.status == 0 && ended.errors.contains("copy repeats the run orders/"))
        #expect(ended.output.split(separator: "\n").count == 4)
    }

    @Test func `writes a file for each tag of a log of another program`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let lines = try String(contentsOfFile: workspace.result("latency.hlog"), encoding: .utf8)
            .split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("Tag=response_latency,") })
            .dropFirst("Tag=response_latency,".count)
        try workspace.write(
            "#[jHiccup]\r\nTag=GET /a,\(line)\r\n\(line)\r\nTag=GET-/a,\(line)\r\n", to: "other.log"
        )
        let ended = try workspace.weir("hgrm", "other.log", "--out", "plots")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(
            ended.output.split(separator: "\n").map(String.init)
                == ["plots/other.GET--a.hgrm", "plots/other.hgrm", "plots/other.GET--a-2.hgrm"])
        let beside = try workspace.weir("hgrm", "other.log")
        #expect(beside.output.hasPrefix("./GET--a.hgrm\n./other.hgrm\n"), "\(beside.output)")
    }

    @Test func `says what is wrong with what it was given`() throws {
        let workspace = try Workspace()
        #expect(try workspace.weir("hgrm", "nowhere").status == 66)
        let profile = try workspace.weir("hgrm", "orders.yaml")
        #expect(profile.status == 65)
        #expect(profile.errors.contains("orders.yaml:1: not a line of a histogram log"))
        #expect(try workspace.weir("hgrm", ".").status == 65)
        #expect(try workspace.weir("hgrm").status == 64)
        #expect(try workspace.weir("hgrm", ".", "--unit", "s").status == 64)
    }

    @Test func `gives each variant of a comparison its files, all repetitions together`() throws {
        let workspace = try Workspace()
        let compared = try Weir(
            ["compare", "orders.yaml", "--duration", "200ms", "--repetitions", "2"]
                + ["--vary", "compression.type=none,zstd:1", "--out", "results"], in: workspace
        ).ended()
        try #require(compared.status == 0, "\(compared.errors)")
        let ended = try workspace.weir("hgrm", "results/orders/latest")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.split(separator: "\n").count == 8)
        let records = try workspace.csv("results/orders/latest/summary.csv").rows.filter {
            $0["variant"] == "zstd:1"
        }.compactMap { $0.number("consumed_records") }
        #expect(records.count == 2)
        let text = try String(
            contentsOfFile: workspace.result("zstd-1.e2e_latency.hgrm"), encoding: .utf8)
        let count = try #require(
            text.firstMatch(of: /Total count    = +([0-9]+)/).flatMap { Double($0.1) })
        // Those of the drain are latencies, too.
        #expect(count >= records.reduce(0, +) && count <= 2 * 2 * 400)
    }
}
