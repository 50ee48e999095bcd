import Foundation
import Testing

/// `weir chart` as it is typed.
@Suite struct `The command chart` {
    /// Where gnuplot is, once for all tests.
    private static let needsGnuplot = ConditionTrait.enabled(
        if: Weir.findsGnuplot, "install gnuplot-nox")

    private static let ofARun = [
        "batches", "cpu-causes", "lag", "latency", "latency-heat-map", "machine", "percentiles",
        "throughput",
    ]
    /// Drawn only if there was lag.
    private static let ofLag = "lag-by-partition"

    private func names(_ workspace: Workspace, _ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: workspace.path(folder)).sorted()
    }

    @Test(needsGnuplot) func `draws a run into its folder, as both kinds of pictures`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let ended = try workspace.weir("chart", "results/orders/latest")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errors.isEmpty)
        let expected = Self.ofARun.flatMap { ["\($0).png", "\($0).svg"] }.sorted()
        let drawn = try names(workspace, "results/orders/latest/charts")
        #expect(drawn.filter { !$0.hasPrefix(Self.ofLag) } == expected)
        let printed = ended.output.split(separator: "\n").map(String.init)
        #expect(printed.contains("results/orders/latest/charts/throughput.svg"))
        #expect(printed.count == drawn.count)
    }

    @Test(needsGnuplot) func `overlays several into a folder that it is told`() throws {
        let workspace = try Workspace()
        let first = try workspace.summary()["run_id"]
        let second = try workspace.summary()["run_id"]
        let ended = try workspace.weir(
            "chart", "results/" + first, "results/" + second, "--out", "both", "--format", "svg")
        #expect(ended.status == 0, "\(ended.errors)")
        let svg = try String(
            contentsOfFile: workspace.path("both/percentiles.svg"), encoding: .utf8)
        #expect(svg.contains(first) && svg.contains(second))
        #expect(try names(workspace, "both").contains("ratio-against-cpu.svg"))
        #expect(try names(workspace, "both").allSatisfy { $0.hasSuffix(".svg") })
    }

    @Test(needsGnuplot) func `draws from a file that was copied, and says what it lacks`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        try FileManager.default.copyItem(
            atPath: workspace.result("timeseries.csv"), toPath: workspace.path("copied.csv"))
        let ended = try workspace.weir("chart", "copied.csv", "--format", "png")
        #expect(ended.status == 0)
        #expect(ended.errors.contains("Latency by percentile: left out"))
        #expect(
            try names(workspace, "charts")
                == ["batches", "lag", "latency", "machine", "throughput"].map { $0 + ".png" })
    }

    @Test(needsGnuplot) func `draws what a run left that was killed`() throws {
        let workspace = try Workspace()
        let run = try workspace.start(["--duration", "1h"])
        try run.wait(until: "there are intervals", workspace.hasReportedIntervals)
        run.signal(SIGKILL)
        #expect(try run.ended().wasKilled)
        let ended = try workspace.weir("chart", "results/orders/latest", "--format", "svg")
        #expect(ended.status == 0, "\(ended.errors)")
        let svg = try String(
            contentsOfFile: workspace.result("charts/throughput.svg"), encoding: .utf8)
        #expect(svg.contains("no verdict"))
    }

    @Test func `without gnuplot exits with 69 and names the package`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let ended = try Weir(
            ["chart", "results/orders/latest"], in: workspace,
            environment: ["PATH": workspace.path]
        ).ended()
        #expect(ended.status == 69)
        #expect(ended.output.isEmpty)
        #expect(ended.errors.contains("apt-get install gnuplot-nox"))
        #expect(!FileManager.default.fileExists(atPath: workspace.result("charts")))
    }

    @Test(arguments: [
        ["chart"], ["chart", "a", "b"], ["chart", "a", "--format", "pdf"],
        ["chart", "a", "--format", ""],
    ])
    func `exits with 64 where it cannot be meant`(_ arguments: [String]) throws {
        let ended = try Weir(arguments, in: Workspace()).ended()
        #expect(ended.status == 64)
        #expect(!ended.errors.isEmpty)
    }

    @Test func `exits with 66 for results that are not there, and 65 for what is none`() throws {
        let workspace = try Workspace()
        #expect(try workspace.weir("chart", "nowhere").status == 66)
        let ended = try workspace.weir("chart", "orders.yaml")
        #expect(ended.status == 65)
        #expect(ended.errors.contains("orders.yaml"))
    }
}
