import Foundation
import Testing

@Suite struct `weir report` {
    private func page(_ workspace: Workspace) throws -> String {
        try String(contentsOfFile: workspace.result("report.html"), encoding: .utf8)
    }

    @Test func `writes the page into the folder of a run, and anew`() throws {
        let workspace = try Workspace()
        let row = try workspace.summary()
        for _ in 1...2 {
            let ended = try workspace.weir("report", "results/orders/latest")
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output == "results/orders/latest/report.html\n")
            let page = try page(workspace)
            #expect(page.contains("<h2 id=\"verdict\">"))
            #expect(page.contains(row["verdict"]))
            #expect(page.contains("Half a second of orders, for tests."))
            #expect(page.hasSuffix("</html>\n"))
        }
    }

    /// The command that the page names, typed where the run was started.
    @Test func `names a command that repeats the run`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary("--rate", "1k/s")
        _ = try workspace.weir("report", "results/orders/latest")
        let page = try page(workspace)
        let commands = page.matches(of: /<code>weir (run [^<]*)<\/code>/).map { String($0.1) }
        let command = try #require(commands.first).split(separator: " ").map(String.init)
        #expect(command.count == 2)
        let again = try Weir(command + ["--out", "again"], in: workspace).ended()
        #expect(again.status == 0, "\(again.errors)")
        let profiles = try FileManager.default.contentsOfDirectory(atPath: workspace.path("again"))
        let summary = workspace.path("again/\(try #require(profiles.first))/latest/summary.csv")
        let table = try Table(String(contentsOfFile: summary, encoding: .utf8))
        #expect(table.rows.first?["acked_records"] == "500")
        #expect(page.contains("run orders.yaml --out results --rate 1k/s"))
    }

    @Test func `writes elsewhere with --out, for one folder alone`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let ended = try workspace.weir("report", "results/orders/latest", "--out", "page.html")
        #expect(ended.output == "page.html\n")
        #expect(FileManager.default.fileExists(atPath: workspace.path("page.html")))
        #expect(!FileManager.default.fileExists(atPath: workspace.result("report.html")))
        let two = try workspace.weir("report", "a", "b", "--out", "page.html")
        #expect(two.status == 64)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")))
    func `draws its charts where there are pictures of another format alone`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let folder = "results/orders/latest"
        #expect(try workspace.weir("chart", folder, "--format", "png").status == 0)
        #expect(try workspace.weir("report", folder).status == 0)
        #expect(try page(workspace).contains("<svg"))
        #expect(try !page(workspace).contains("Not drawn."))
    }

    @Test func `does without gnuplot, and says so`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let ended = try Weir(
            ["report", "results/orders/latest"], in: workspace, environment: ["PATH": "/nowhere"]
        ).ended()
        #expect(ended.status == 0)
        #expect(ended.errors.contains("gnuplot-nox"))
        #expect(try page(workspace).contains("Values of “Throughput over time”"))
    }

    @Test func `refuses what is no results folder, by name`() throws {
        let workspace = try Workspace()
        for (path, status) in [("missing", 66), (".", 65), ("orders.yaml", 65)] {
            let ended = try workspace.weir("report", path)
            #expect(Int(ended.status) == status, "\(path)")
            #expect(ended.errors.contains(path), "\(path)")
        }
        try FileManager.default.createDirectory(
            atPath: workspace.path("broken"), withIntermediateDirectories: true)
        try workspace.write("a,b\n\"1\n", to: "broken/summary.csv")
        for command in ["report", "chart", "compare", "advise", "metrics"] {
            let ended = try workspace.weir(command, "broken")
            #expect(ended.status == 65, "\(command)")
            #expect(ended.errors.contains("broken/summary.csv:2"), "\(command)")
        }
    }
}
