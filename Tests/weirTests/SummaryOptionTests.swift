import Foundation
import Testing

@Suite struct `A summary for other programs` {
    @Test func `is Markdown with the figures and the thresholds, added to a file`() throws {
        let workspace = try Workspace()
        try workspace.write("before\n", to: "step.md")
        let ended = try workspace.run(
            "--summary", "markdown=step.md", "--threshold", "lost == 0", "--threshold",
            "e2e_latency_p99 < 1us", "--quiet")
        #expect(ended.status == 99)
        #expect(ended.output.contains("Thresholds: 1 of 2 failed"))
        let text = try String(contentsOfFile: workspace.path("step.md"), encoding: .utf8)
        #expect(text.hasPrefix("before\n\n### "))
        #expect(text.contains("| figure | value |\n| --- | --- |\n"))
        #expect(text.contains("| end-to-end latency p99 | "))
        #expect(
            text.contains("**1 of 3 checks failed**") || text.contains("**1 of 2 checks failed**"))
        #expect(text.contains("| ✅ | lost == 0 | 0 | holds |"))
        #expect(text.contains("| ❌ | e2e\\_latency\\_p99 &lt; 1us | "))
        #expect(text.contains("Results in `results/orders/"))
    }

    @Test func `is JUnit's XML on standard output, a suite for each profile`() throws {
        let workspace = try Workspace()
        try workspace.write(
            Workspace.profile + "\nthresholds: [e2e_latency_p99 < 1us, lost == 0]",
            to: "second.yaml")
        let ended = try workspace.weir(
            "run", "orders.yaml", "second.yaml", "--out", "results", "--summary", "junit", "--quiet"
        )
        #expect(ended.status == 99)
        #expect(
            ended.output.hasPrefix(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weir\" tests=\"4\" failures=\"1\""
            ))
        #expect(ended.output.contains("<testsuite name=\"orders\" tests=\"1\" failures=\"0\""))
        #expect(
            ended.output.contains(
                "<testcase name=\"e2e_latency_p99 &lt; 1us\" classname=\"weir.second\" time=\"0\">\n      <failure message=\"FAILED, "
            ))
        #expect(
            ended.output.contains(
                "<testcase name=\"lost == 0\" classname=\"weir.second\" time=\"0\"/>"))
        #expect(ended.output.hasSuffix("</testsuites>\n"))
        #expect(!ended.output.contains("Throughput\n"))
    }

    @Test func `of a comparison has a row for each variant, and each run's thresholds`() throws {
        let workspace = try Workspace()
        let ended = try workspace.compare([
            "--vary", "compression.type=none,lz4", "--repetitions", "1", "--threshold", "lost == 0",
            "--summary", "markdown=step.md", "--summary", "junit=weir.xml", "--quiet",
        ])
        #expect(ended.status == 0, "\(ended.errors)")
        let text = try String(contentsOfFile: workspace.path("step.md"), encoding: .utf8)
        #expect(text.contains("### orders: 2 variants, compared with none"))
        #expect(text.contains("\n| none | ") && text.contains("\n| lz4 | "))
        let xml = try String(contentsOfFile: workspace.path("weir.xml"), encoding: .utf8)
        #expect(
            xml.contains(
                "<testcase name=\"lz4 #1: lost == 0\" classname=\"weir.orders\" time=\"0\"/>"))
        #expect(xml.contains("<testcase name=\"verdict of none #1\""))
    }

    @Test(arguments: [
        ["--summary", "pdf"], ["--summary", "junit="],
        ["--summary", "junit", "--summary", "markdown"],
        ["--summary", "junit", "--json"],
    ])
    func `that cannot be meant is refused`(_ options: [String]) throws {
        let ended = try Workspace().start(options).ended()
        #expect(ended.status == 64 && ended.errors.contains("summary"), "\(ended.errors)")
    }
}

@Suite struct `The terminal` {
    @Test func `gets colours when it is told to, and a file none`() throws {
        let workspace = try Workspace()
        let always = try workspace.run("--quiet", "--color", "always")
        #expect(always.output.hasPrefix("\u{1B}[1;3"))
        let auto = try workspace.run()
        #expect(!auto.output.contains("\u{1B}") && !auto.errors.contains("\u{1B}"))
    }

    @Test func `has lines as wide as COLUMNS says`() throws {
        let workspace = try Workspace()
        let environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "60"]) { $1 }
        let ended = try Weir(
            ["run", "orders.yaml", "--quiet", "--set", "sweep=null"], in: workspace,
            environment: environment
        ).ended()
        let verdict = ended.output.split(separator: "\n").prefix { !$0.hasPrefix("Throughput") }
        #expect(verdict.allSatisfy { $0.count <= 60 }, "\(ended.output)")
    }

    @Test func `that is a file has every group's lag in each progress line`() throws {
        let workspace = try Workspace()
        let groups = (1...12).map { "{group: a-group-with-a-long-name-\($0)}" }.joined(
            separator: ", ")
        let ended = try workspace.run("--set", "consumers=[\(groups)]")
        let lines = ended.errors.split(separator: "\n").filter { $0.hasPrefix("run ") }
        #expect(!lines.isEmpty, "\(ended.errors)")
        #expect(
            lines.allSatisfy { $0.contains("lag a-group-with-a-long-name-12 ") }, "\(ended.errors)")
    }

    @Test func `is told of the page that is drawn after the results, unless it is left out`() throws
    {
        let workspace = try Workspace()
        let drawn = try Weir(
            ["run", "orders.yaml", "--out", "results"], in: workspace, drawsPage: true
        ).ended()
        #expect(drawn.errors.contains("drawing charts and page; --no-report leaves them out\n"))
        #expect(try !workspace.run().errors.contains("drawing"))
    }
}
