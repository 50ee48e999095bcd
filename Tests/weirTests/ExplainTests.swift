import Foundation
import Testing

@Suite struct `The explain command` {
    private func explain(_ words: String...) throws -> Weir.Ended {
        try Weir(["explain"] + words, in: Workspace()).ended()
    }

    @Test func `prints all facts of a column`() throws {
        let ended = try explain("e2e_latency_p99_us")
        #expect(ended.status == 0)
        #expect(ended.output.hasPrefix("e2e_latency_p99_us (column of summary.csv)\n"))
        for line in [
            "unit        microseconds", "better      lower",
            "merged      from the sum of the generators' histograms",
            "threshold   yes, as e2e_latency_p99; may end a run early, by its value so far; the profile needs",
            "compared    yes, by weir compare",
        ] {
            #expect(ended.output.contains("    \(line)\n"), "\(line)")
        }
    }

    @Test func `finds a part of a name, and a name without its unit`() throws {
        let part = try explain("p99").output
        for name in [
            "e2e_latency_p99_us", "response_latency_p99_us", "send_delay_p99_us", "hiccup_p99_us",
        ] {
            #expect(part.contains(name), "\(name)")
        }
        #expect(!part.contains("p999"))
        #expect(part.split(separator: "\n").allSatisfy { $0.count <= 100 })
        // Columns of one name in two files are told apart.
        #expect(part.contains("column of timeseries.csv:\n"))
        #expect(try explain("E2E latency p99").output.hasPrefix("e2e_latency_p99_us ("))
    }

    @Test func `tells a setting by its short name, and the column that has it`() throws {
        let ended = try explain("linger.ms")
        #expect(ended.output.hasPrefix("producers.config.linger.ms (setting of a profile)\n"))
        #expect(ended.output.contains("    default     "))
        #expect(ended.output.firstMatch(of: /See also: .*linger_ms/) != nil)
        #expect(
            try explain("set_linger_ms").output.contains("producers.config.linger.ms (setting"))
    }

    @Test(arguments: [
        ("97", "97 (exit status)\n    the run is not valid"),
        ("SUSPECT", "SUSPECT (verdict)\n    Something other than the log"),
        ("verdict", "  VALID            Believe the figures."),
        ("verdict", "- the target took less than 50 % of the producers' time"),
        ("verdict", "- less than 99 % of the offered rate was sent"),
        ("verdict", "- it stalled for more than 100 ms at once"),
        ("exit status", "  130  interrupted by"),
        ("columns", "  e2e_latency_p99_us"),
        ("settings", "  producers.config.linger.ms"),
        ("lag.csv", "lag.csv (file of results)\n    It holds one row for each sample"),
    ])
    func `tells`(_ word: String, _ text: String) throws {
        let ended = try explain(word)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains(text), "\(ended.output)")
    }

    @Test func `prints the lists that there are if no word is given`() throws {
        let ended = try explain()
        #expect(ended.status == 0)
        for topic in ["columns", "files", "settings", "verdict", "exit-status"] {
            #expect(ended.output.contains("weir explain \(topic)"))
        }
    }

    @Test(arguments: [
        ("e2e_latncy_p99_us", "e2e_latency_p99_us"), ("lingr.ms", "linger.ms"),
        ("hicup", "hiccup"), ("verdikt", "verdict"), ("colums", "columns"),
    ])
    func `suggests what is near to a word that it does not know`(
        _ word: String, _ near: String
    ) throws {
        let ended = try explain(word)
        #expect(ended.status == 64)
        #expect(ended.output.isEmpty)
        #expect(ended.errors.contains("no name matches '\(word)'; did you mean "))
        #expect(ended.errors.contains(near), "\(ended.errors)")
    }

    @Test func `knows each exit status of the README, and no other`() throws {
        let readme = try String(contentsOf: Repository.file("Results/README.md"), encoding: .utf8)
        let section = try #require(
            readme.components(separatedBy: "\n## ").first { $0.hasPrefix("Exit status") })
        let rows = section.split(separator: "\n").compactMap {
            $0.wholeMatch(of: /\| (\d+) \| (.+) \|/)
        }
        let list = try explain("exit-status").output
        #expect(rows.count > 5)
        #expect(list.matches(of: #/(?m)^  \d+  /#).count == rows.count)
        for row in rows {
            let told = try explain(String(row.1)).output.split(whereSeparator: \.isWhitespace)
            let expected = "\(row.1) (exit status) \(row.2)"
                .split(whereSeparator: \.isWhitespace)
            #expect(told == expected, "\(row.1)")
        }
    }

    @Test func `has a line of its own for the version and its build`() throws {
        let workspace = try Workspace()
        let version = try workspace.weir("--version").output
        #expect(version.wholeMatch(of: /\d+\.\d+\.\d+\+[0-9a-f]{12}\n/) != nil, "\(version)")
        #expect(try workspace.summary()["weir_build"] + "\n" == version)
    }
}
