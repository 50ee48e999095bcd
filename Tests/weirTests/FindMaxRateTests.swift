import Foundation
import Testing

@Suite struct `The highest sustainable rate` {
    /// Quick, and as coarse as it may be: the search itself is tested without running anything.
    private static let options = [
        "run", "orders.yaml", "--find-max-rate", "--duration", "200ms", "--tolerance", "0.5",
        "--out", "results", "--quiet",
    ]

    @Test func `is found, told, and written beside every run that led to it`() throws {
        let workspace = try Workspace()
        let ended = try Weir(
            Self.options + ["--bound", "e2e_latency_p99 < 30s", "--lag-bound", "30s"],
            in: workspace
        ).ended()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("orders sustains"))
        let answer = try workspace.table("max_rate.csv")
        let row = try #require(answer.rows.first)
        let rate = try #require(row.number("max_rate_records_per_s"))
        #expect(rate >= 1)
        #expect(row["bounds"] == "e2e_latency_p99 < 30s; lag_time_max < 30s")
        let runs = try workspace.table("summary.csv").rows
        #expect(row.number("probes") == Double(runs.count - 1))
        let near = (rate * 0.75)...(rate * 1.0625)
        let best = runs.filter { run in
            let offered = Double(run["set_producers_rate"].dropLast(2)) ?? 0
            return run["sustained"] == "true" && near.contains(offered)
        }
        #expect(runs.count { $0["loop"] == "closed" } == 1)
        #expect(row.number("max_rate_held") == Double(best.count))
        #expect(row.number("tolerance_percent") == 50)
        let disturbed = runs.count { $0["counts"] == "false" }
        #expect(row.number("disturbed_probes") == Double(disturbed))
        for run in runs where run["sustained"] == "false" {
            #expect(!run["not_sustained_since"].isEmpty)
        }
    }

    @Test func `is not searched for with several groups of producers`() throws {
        let workspace = try Workspace()
        try workspace.write(
            "{producers: [{name: orders, rate: 1k/s}, {name: clicks, rate: 5/s, topics: {name: c}}]}",
            to: "two.yaml")
        let ended = try Weir(
            ["run", "two.yaml", "--find-max-rate", "--out", "results"], in: workspace
        ).ended()
        #expect(ended.status == 65)
        #expect(ended.errors.contains("the groups of producers orders, clicks each have their own"))
    }

    @Test func `is none where a bound holds at no rate, and the status says so`() throws {
        let workspace = try Workspace()
        let ended = try Weir(
            Self.options + ["--bound", "e2e_latency_p50 < 1us", "--json"], in: workspace
        ).ended()
        #expect(ended.status == 99, "\(ended.errors)")
        // A line, so that those of several searches are NDJSON.
        let lines = ended.output.split(separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == 2 && lines[1].isEmpty)
        let parsed = try JSONSerialization.jsonObject(with: Data(lines[0].utf8))
        let object = try #require(parsed as? [String: Any])
        let bounds = try #require(object["bounds"] as? [String])
        #expect(bounds.contains("e2e_latency_p50 < 1us"))
        #expect(object["is_confirmed"] as? Bool == false)
        #expect(object["tolerance_percent"] as? Double == 50)
        #expect(object["max_rate_records_per_s"] is NSNull)
        let place = try #require(object["results_path"] as? String)
        #expect(FileManager.default.fileExists(atPath: workspace.path(place) + "/max_rate.csv"))
        #expect((object["limit"] as? String)?.isEmpty == false)
        // Each run that offered its rate names the bound; a busy machine may keep some from that.
        let runs = try workspace.table("summary.csv").rows.filter { $0["loop"] == "open" }
        let offered = runs.filter { $0["verdict"] != "GENERATOR_BOUND" }
        #expect(!offered.isEmpty)
        for run in offered {
            #expect(run["not_sustained_since"].contains("e2e_latency_p50 < 1us does not hold"))
        }
        #expect(runs.allSatisfy { $0["sustained"] == "false" })
    }

    private static let nonsense: [([String], Int32)] = [
        (["--bound", "e2e_latency_p99 < soon"], 65), (["--lag-bound", "never"], 65),
        (["--tolerance", "2"], 64), (["--set", "records=1000"], 65),
    ]

    @Test(arguments: nonsense)
    func `is not looked for where the options make no sense`(
        _ options: [String], _ status: Int32
    ) throws {
        let workspace = try Workspace()
        let base =
            options.contains("records=1000")
            ? ["run", "orders.yaml", "--find-max-rate", "--out", "results"] : Self.options
        let ended = try Weir(base + options, in: workspace).ended()
        #expect(ended.status == status, "\(ended.errors)")
        #expect(!ended.errors.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: workspace.path("results")))
    }

    @Test func `has bounds only where it is looked for`() throws {
        let ended = try Workspace().weir(
            "run", "orders.yaml", "--bound", "e2e_latency_p99 < 1ms")
        #expect(ended.status == 64)
        #expect(ended.errors.contains("--threshold"))
        for options in [["--lag-bound", "5s"], ["--tolerance", "0.1"]] {
            let idle = try Weir(["run", "orders.yaml"] + options, in: Workspace()).ended()
            #expect(idle.status == 64, "\(options)")
        }
    }
}
