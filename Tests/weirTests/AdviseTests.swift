import Foundation
import Testing

@Suite struct `Advice on a sample` {
    private static let quick = [
        "--quick", "--rate", "1k/s", "--duration", "200ms", "--repetitions", "2",
        "--vary", "compression.type=none,zstd:3", "--budget", "300ms", "--out", "results",
    ]

    private static func workspace() throws -> Workspace {
        let workspace = try Workspace()
        let lines = (0..<2_000).map { "2026-11-21 order \($0) of customer \($0 % 97) was shipped" }
        try workspace.write(lines.joined(separator: "\n") + "\n", to: "app.log")
        return workspace
    }

    @Test func `runs settings on it, and can be given again of what was measured`() throws {
        let workspace = try Self.workspace()
        let ended = try Weir(["advise", "app.log"] + Self.quick, in: workspace).ended()
        #expect([0, 99].contains(ended.status), "\(ended.errors)")
        #expect(ended.output.contains("results/advise-app.log/"))
        let rows = try workspace.csv("results/advise-app.log/latest/summary.csv").rows
        #expect(rows.count == 4)
        #expect(rows.allSatisfy { $0["payload_kind"] == "corpus" })
        let ratios = rows.filter { $0["variant"] == "zstd:3" }.compactMap {
            $0.number("compression_ratio")
        }
        #expect(ratios.allSatisfy { $0 > 1.2 })

        // The folder is that of a comparison, with the advice on it.
        let folder = "results/advise-app.log/latest/"
        #expect(try workspace.csv(folder + "comparison.csv").rows.count > 10)
        let advice = try workspace.csv(folder + "advice.csv").rows
        #expect(Set(advice.map { $0["variant"] }) == ["none", "zstd:3"])
        #expect(advice.allSatisfy { $0["budget"].hasPrefix("99 % of the rate") })
        let comparison = try workspace.csv(folder + "comparison.csv").rows
        #expect(Set(advice.map { $0["run_id"] }) == Set(comparison.map { $0["run_id"] }))
        let conclusion = try #require(advice.first)["conclusion"]
        let printed = ended.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(printed.contains(conclusion.prefix(40)))
        #expect(printed.hasPrefix("With 10 records a batch, "))
        #expect(try workspace.csv(folder + "codecs.csv").rows.count == 54)
        let package = try String(
            contentsOfFile: workspace.path(folder + "datapackage.json"), encoding: .utf8)
        for file in ["summary.csv", "timeseries.csv", "comparison.csv", "advice.csv", "codecs.csv"]
        {
            #expect(package.contains("\"path\": \"\(file)\""), "\(file)")
        }

        let again = try workspace.weir("advise", "results/advise-app.log/latest")
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output.contains("All settings, from the least CPU"))
        #expect(again.output.contains("zstd:3"))
        for options in [
            ["--rate", "5k/s"], ["--quick"], ["--vary", "linger.ms=1ms"], ["--codecs"],
        ] {
            let idle = try Weir(
                ["advise", "results/advise-app.log/latest"] + options, in: workspace
            ).ended()
            #expect(idle.status == 64 && idle.errors.contains("go with a sample"))
        }
        let bounded = try workspace.weir(
            "advise", "results/advise-app.log/latest", "--cpu", "0.000001")
        #expect(bounded.status == 99)
        #expect(bounded.output.contains("CPU <= 1e-06 s/GB does not hold without compression"))
        #expect(try workspace.weir("report", folder).status == 0)
        let page = try String(
            contentsOfFile: workspace.path(folder + "report.html"), encoding: .utf8)
        #expect(page.contains("does not hold without compression"))

        // An advice on fewer runs does not hold any more.
        let resumed = try workspace.weir(
            "compare", "--resume", folder, "--repetitions", "3", "--quiet", "--no-report")
        #expect([0, 97].contains(resumed.status), "\(resumed.errors)")
        #expect(!FileManager.default.fileExists(atPath: workspace.path(folder + "advice.csv")))
        let later = try String(
            contentsOfFile: workspace.path(folder + "datapackage.json"), encoding: .utf8)
        #expect(!later.contains("advice.csv"))
    }

    @Test(arguments: [
        (["nowhere.log"], 66), (["app.log", "--latency", "e2e_latency_p99 < soon"], 65),
        (["app.log", "--latency", "lost == 0"], 65), (["app.log", "--rate", "fast"], 65),
        (["app.log", "--cpu", "-3"], 64), (["app.log", "--repetitions", "1"], 64),
        (["short.log"], 65), (["."], 65),
    ])
    func `is not given where there is nothing to go by`(
        _ options: [String], _ status: Int
    ) throws {
        let workspace = try Self.workspace()
        try workspace.write("one line\n", to: "short.log")
        let ended = try Weir(["advise"] + options, in: workspace).ended()
        #expect(Int(ended.status) == status, "\(ended.errors)")
        #expect(!ended.errors.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: workspace.path("Results")))
    }

    @Test func `of a finished comparison has nothing that did not carry the rate`() throws {
        let workspace = try Workspace()
        try FileManager.default.createDirectory(
            atPath: workspace.path("done"), withIntermediateDirectories: true)
        let variants = [("none", 1000, 1, 9), ("zstd:9", 700, 4, 5)]
        let rows = variants.flatMap { name, rate, ratio, cost in
            (1...5).map { "\(name),\($0),VALID,1000,\(rate),\(ratio),\(cost)" }
        }
        try workspace.write(
            "variant,repetition,verdict,offered_rate_records_per_s,acked_rate_records_per_s,"
                + "compression_ratio,cpu_s_per_logical_gb\n" + rows.joined(separator: "\n") + "\n",
            to: "done/summary.csv")
        let ended = try workspace.weir("advise", "done")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.hasPrefix("none: "))
        #expect(ended.output.contains("- zstd:9: 99 % of the rate: 700"))
        let reason = "none that fits is shown to compress better or to cost less CPU"
        #expect(
            try String(contentsOfFile: workspace.path("done/advice.csv"), encoding: .utf8)
                .replacing("\r\n", with: "\n") == """
                    run_id,variant,place,reason,budget,conclusion
                    done,none,advised,\(reason),99 % of the rate,none: \(reason).
                    done,zstd:9,excluded,99 % of the rate: 700 /s,99 % of the rate,none: \(reason).

                    """)
    }
}
