import Foundation
import Testing

@Suite struct Results {
    static let files = [
        "datapackage.json", "environment.json", "lag.csv", "latency.hlog", "partitions.csv",
        "percentiles.csv", "profile.yaml", "slowest.csv", "summary.csv", "timeseries.csv",
    ]

    @Test func `of a run are all there, and nothing else`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let names = try FileManager.default.contentsOfDirectory(atPath: workspace.result(""))
        #expect(names.sorted() == Self.files)
    }

    @Test func `of several groups of producers have a row for each`() throws {
        let workspace = try Workspace()
        try workspace.write(
            """
            producers:
              - {name: orders, count: 2, rate: 400/s, topics: {name: orders, partitions: 2}}
              - {name: clicks, rate: max, topics: {name: clicks}}
            payload: {kind: orders, pool: 1MiB}
            warmup: 100ms
            records: 900
            """, to: "two.yaml")
        let ended = try Weir(["run", "two.yaml", "--out", "results", "--quiet"], in: workspace)
            .ended()
        #expect(ended.status == 0, "\(ended.errors)")
        let path = workspace.path("results/two/latest/producers.csv")
        let groups = try Table(String(contentsOfFile: path, encoding: .utf8)).rows
        #expect(groups.map { $0["producer_group"] } == ["orders", "clicks"])
        #expect(groups.map { $0["offered_records"] } == ["600", ""])
        #expect(groups.map { $0["acked_records"] } == ["600", "300"])
        #expect(groups.map { $0["topics"] } == ["orders", "clicks"])
        for group in groups {
            let points = ["p50", "p99", "p999", "max"].compactMap {
                group.number("response_latency_\($0)_us")
            }
            #expect(points.count == 4 && points == points.sorted())
        }
        let series = try Table(
            String(
                contentsOfFile: workspace.path("results/two/latest/timeseries.csv"),
                encoding: .utf8))
        #expect(series.rows.allSatisfy { $0["offered_records"].isEmpty })
    }

    @Test func `of a run and of a comparison end with a page, and with charts where gnuplot is`()
        throws
    {
        let workspace = try Workspace()
        let hasGnuplot = Weir.findsGnuplot
        for command in [["run"], ["compare", "--vary", "acks=0,1", "--repetitions", "1"]] {
            let arguments = command + ["orders.yaml", "--out", "results", "--quiet"]
            let ended = try Weir(arguments, in: workspace, drawsPage: true).ended()
            #expect(ended.status == 0, "\(ended.errors)")
            let page = try String(contentsOfFile: workspace.result("report.html"), encoding: .utf8)
            #expect(page.contains("</html>"))
            #expect(page.contains("<svg") == hasGnuplot)
            #expect(ended.errors.contains("gnuplot-nox") != hasGnuplot, "\(ended.errors)")
            let charts = try? FileManager.default.contentsOfDirectory(
                atPath: workspace.result("charts"))
            #expect((charts ?? []).contains("throughput.svg") == hasGnuplot)
        }
    }

    @Test func `have the columns that their README defines, in every row`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let readme = try String(contentsOf: Repository.file("Results/README.md"), encoding: .utf8)
        for name in Self.files where name.hasSuffix(".csv") {
            let table = try workspace.table(name)
            #expect(table.columns == Self.columns(of: name, in: readme), "\(name)")
            #expect(!table.rows.isEmpty, "\(name)")
        }
    }

    /// The names in the first column of the table below a file's heading.
    private static func columns(of file: String, in readme: String) -> [String] {
        let sections = readme.components(separatedBy: "\n## ")
        let section = sections.first { $0.hasPrefix(file) } ?? ""
        return section.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.split(separator: "`")[1]) }
    }

    @Test func `agree with each other`() throws {
        let workspace = try Workspace()
        let row = try workspace.summary()
        let series = try workspace.table("timeseries.csv")
        #expect(row["acked_records"] == "1000")
        #expect(row["consumed_records"] == "1000")
        #expect(row["offered_rate_records_per_s"].hasPrefix("2000"))
        #expect(series.sum("acked_records") == 1000)
        #expect(series.sum("consumed_records") == 1000)
        #expect(
            series.sum("stored_bytes") { $0["role"] == "producer" } == row.number("stored_bytes"))

        let lag = try workspace.table("lag.csv")
        let ends = ["0", "1"].compactMap { partition in
            lag.rows.last { $0["partition"] == partition }?.number("log_end_offset")
        }
        #expect(ends.reduce(0, +) == 1000)
        #expect(lag.rows.suffix(2).allSatisfy { $0["lag_records"] == "0" })

        let percentiles = try workspace.table("percentiles.csv").rows
        let median = percentiles.first {
            $0["latency"] == "response_latency" && $0.number("percentile") == 50
        }
        let summaryMedian = try #require(row.number("response_latency_p50_us"))
        #expect(try #require(median?.number("value_us")) == summaryMedian)
    }

    @Test func `of two runs lie side by side, and latest is the newer`() throws {
        let workspace = try Workspace()
        let first = try workspace.summary()["run_id"]
        let second = try workspace.summary()["run_id"]
        #expect(first != second)
        let folder = workspace.path("results/")
        #expect(FileManager.default.fileExists(atPath: folder + first + "/summary.csv"))
        #expect(FileManager.default.fileExists(atPath: folder + second + "/summary.csv"))
    }

    @Test func `repeat with the profile that they hold`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary("--rate", "1k/s")
        let resolved = try String(contentsOfFile: workspace.result("profile.yaml"), encoding: .utf8)
        try workspace.write(resolved, to: "orders.yaml")
        #expect(try workspace.summary()["acked_records"] == "500")
    }

    @Test func `are one JSON object with --json, and nothing else is printed`() throws {
        let workspace = try Workspace()
        let ended = try workspace.run("--json")
        #expect(ended.status == 0)
        #expect(ended.errors.isEmpty)
        #expect(ended.output.hasSuffix("}\n"))
        let parsed = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
        let object = try #require(parsed as? [String: Any])
        let row = try workspace.summary
        #expect(
            Set(object.keys)
                == Set(try workspace.table("summary.csv").columns)
                .union(["results_path", "threshold_results"]))
        #expect(object["acked_records"] as? Int == 1000)
        #expect(object["verdict"] as? String == row["verdict"])
        #expect(object["wire_bytes"] is NSNull)
        #expect(object["idempotence"] as? Bool == true)
        #expect(object["tags"] as? [String] == [])
        #expect(object["verdict_reasons"] is [String])
    }

    @Test func `of several profiles are a line of JSON each with --json`() throws {
        let workspace = try Workspace()
        try workspace.write(Workspace.profile, to: "second.yaml")
        let ended = try workspace.weir(
            "run", "orders.yaml", "second.yaml", "--out", "results", "--json", "--tag", "a=b")
        #expect(ended.status == 0, "\(ended.errors)")
        let lines = ended.output.split(separator: "\n")
        try #require(lines.count == 2)
        let objects = try lines.map { line in
            let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(parsed as? [String: Any])
        }
        #expect(objects.map { $0["profile"] as? String } == ["orders", "second"])
        for object in objects {
            let place = try #require(object["results_path"] as? String)
            #expect(FileManager.default.fileExists(atPath: workspace.path(place) + "/summary.csv"))
            #expect(object["tags"] as? [String] == ["a=b"])
        }
    }

    @Test func `are told without progress lines with --quiet`() throws {
        let workspace = try Workspace()
        let quiet = try workspace.run("--quiet")
        #expect(quiet.errors.isEmpty)
        #expect(quiet.output.contains("0 lost"))
        let chatty = try workspace.run()
        #expect(chatty.errors.contains("p99"))
        #expect(chatty.output.contains("results/orders/"))
    }

    @Test func `leave no log behind that nobody asked to keep`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        #expect(!FileManager.default.fileExists(atPath: workspace.result("data")))
    }
}

/// The package that these tests belong to.
enum Repository {
    static func file(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: name)
    }
}
