import Foundation
import Testing

@testable import Reporting

@Suite struct `The report of a run` {
    @Test func `says the verdict first, with its reasons`() throws {
        let text = try ResultsFixture.run().text()
        let verdict = try #require(text.firstRange(of: "SUSPECT"))
        let reason = try #require(text.firstRange(of: "the machine stalled for 31.5 ms"))
        let figures = try #require(text.firstRange(of: "Headline figures"))
        #expect(verdict.lowerBound < reason.lowerBound)
        #expect(reason.lowerBound < figures.lowerBound)
        #expect(text.contains("the rate had not settled: it sank by 12 %"))
    }

    @Test func `shows its figures with units and what they mean`() throws {
        let text = try ResultsFixture.run().text()
        for expected in [
            "orders", #"What does it cost, "really"?"#, "200 k/s offered",
            "10.0 s measured after 2.00 s of warm-up",
            "Records acknowledged 200 k/s 80.0 MB/s before",
            "End-to-end latency, p99 1.20 s median 5.00 ms; longest 1.20 s; from when a record was due",
            "Compression ratio 7.00 zstd:3; 154 records a batch",
            "Highest consumer lag, in records 12,345 the oldest had waited for 42.5 ms",
            "CPU cost per logical GB 10.0 s/GB", "Response 4.00 ms 31.5 ms 31.5 ms",
            "Hiccup, longest 31.5 ms", "CPU steal 1.25 %", "write 73.1 %",
        ] { #expect(text.contains(expected), "\(expected)") }
        #expect(!text.contains("at least"))
    }

    @Test func `says "at least" where the generator was the limit`() throws {
        var row = Fixture.summary
        row.verdict = .generatorBound
        let text = try ResultsFixture.run(row).text()
        #expect(text.contains("Records acknowledged at least 200 k/s"))
        #expect(text.contains("Records consumed at least 400 k/s"))
        #expect(text.contains("The load generator was the limit, not the log"))
    }

    @Test func `says what a closed loop's latencies are not`() throws {
        var row = Fixture.summary
        row.loop = .closed
        #expect(
            try ResultsFixture.run(row).text().contains("not how long a user would have waited"))
    }

    @Test func `tells a clean audit from losses`() throws {
        #expect(
            try ResultsFixture.run().text().contains(
                "found all 2,000,000 acknowledged records, once, in order and unchanged"))
        var row = Fixture.summary
        row.verdict = .invalid
        row["lost"] = 17
        let fixture = try ResultsFixture.run(row)
        #expect(try fixture.text().contains("Lost 17 acknowledged, and never consumed"))
        #expect(try !fixture.text().contains("unchanged"))
        #expect(try fixture.page().contains(#"class="verdict invalid""#))
    }

    @Test func `does not call unchecked records unchanged`() throws {
        var row = Fixture.summary
        for fault in ["lost", "duplicated", "reordered", "corrupt", "misrouted"] {
            row[fault] = nil
        }
        let text = try ResultsFixture.run(row).text()
        #expect(text.contains("There were no consumers, so delivery was not checked"))
        #expect(!text.contains("unchanged"))
    }

    @Test func `warns of a debug build`() throws {
        let fixture = try ResultsFixture.run()
        #expect(try !fixture.text().contains("debug build"))
        try fixture.write(#"{"is_optimized_build": false}"#, to: "environment.json")
        #expect(try fixture.text().contains("Measured with a debug build"))
    }

    @Test func `names the command that repeats it, and what was typed`() throws {
        let fixture = try ResultsFixture.run()
        let text = try fixture.text()
        let folder = URL(filePath: fixture.path).resolvingSymlinksInPath().path
        #expect(text.contains("weir run \(folder)/profile.yaml"))
        #expect(text.contains(#"weir run 'it'\''s.yaml' --rate 200k/s"#))
        #expect(text.contains("The payload is the file data/app.log"))
        #expect(text.contains("# orders, with every default"))
    }

    @Test func `has charts that name the machine, also where only environment.json does`() throws {
        let fixture = try ResultsFixture.run(nil)
        let charts = Charts.plan([try SavedResults(path: fixture.path)]).charts
        #expect(!charts.isEmpty)
        for chart in charts {
            #expect(chart.subtitle[1].hasPrefix("AMD EPYC, 2 cores · no verdict"), "\(chart.name)")
        }
    }

    @Test func `shows the environment whatever it holds`() throws {
        let fixture = try ResultsFixture.run()
        let text = try fixture.text()
        #expect(text.contains("CPU model AMD EPYC"))
        #expect(text.contains("Memory 25.3 GB"))
        #expect(text.contains("Codec versions, zstd 1.5.4"))
        try fixture.write(
            #"{"new": [1, {"deep": null, "deeper": [true]}], "n": 1e99}"#, to: "environment.json")
        #expect(try fixture.text().contains("New, 2, deeper, 1 yes"))
    }

    @Test func `shows each broker and each group of producers`() throws {
        let fixture = try ResultsFixture.run()
        #expect(try !fixture.text().contains("Groups of producers"))
        try CSVWriter<BrokerRow>(in: fixture.path).append(
            BrokerRow(
                run: Fixture.runName, nodeID: 3, address: "kafka-3:9092", requests: 10,
                sentBytes: 1_000, receivedBytes: 50, ackedRecords: 700,
                serviceLatency: Fixture.latency([2_000_000]), errorCount: 0, errorText: nil,
                socketFullPercent: nil))
        var group = ProducerGroupRow(
            run: Fixture.runName, name: "clicks", topics: ["c"], producerCount: 2,
            durationSeconds: 2)
        group.ackedRecords = 6_000
        try CSVWriter<ProducerGroupRow>(in: fixture.path).append(group)
        let text = try fixture.text()
        #expect(text.contains("3, kafka-3:9092 700 2.00 ms 2.00 ms 2.00 ms 10 1.00 kB 50.0 B 0"))
        #expect(!text.contains("by code"))
        #expect(text.contains("clicks c 2 3.00 k/s"))
    }

    @Test func `shows thresholds and by how much they failed`() throws {
        let fixture = try ResultsFixture.run()
        #expect(try !fixture.text().contains("Thresholds"))
        let header =
            "variant,repetition,threshold,metric,comparison,limit,measured,unit,holds,difference,"
            + "difference_percent,ended_run_after_s\n"
        let good = "default,1,lost == 0,lost,==,0,0,,true,0.000,,\n"
        try fixture.write(header + good, to: "thresholds.csv")
        #expect(try fixture.text().contains("The threshold of the profile holds."))
        let bad =
            "default,1,e2e_latency_p99 < 10ms,e2e_latency_p99_us,<,10000,12300,us,false,2300,23,4.5\n"
        try fixture.write(header + good + bad, to: "thresholds.csv")
        let text = try fixture.text()
        #expect(text.contains("1 of 2 thresholds failed."))
        #expect(
            text.contains(
                "e2e_latency_p99 < 10ms 12.3 ms 10.0 ms FAILED 2.30 ms above (23.0 %); "
                    + "ended the run after 4.50 s"))
    }
}

@Suite struct `The report of what a run left` {
    @Test func `that died says so, and shows what there is`() throws {
        let text = try ResultsFixture.run(nil).text()
        #expect(text.contains("UNFINISHED"))
        #expect(text.contains("Records acknowledged 5,000 in the intervals that were written"))
        #expect(text.contains("Measured 5.00 s"))
        #expect(text.contains("No summary.csv with a row"))
        #expect(text.contains("Throughput over time"))
    }

    @Test(arguments: ["summary.csv", "timeseries.csv", "profile.yaml", "environment.json"])
    func `without one of its files says a word in its place`(name: String) throws {
        let fixture = try ResultsFixture.run()
        try fixture.remove(name)
        let words = [
            "summary.csv": "No summary.csv", "timeseries.csv": "there is no row in timeseries.csv",
            "profile.yaml": "No profile.yaml", "environment.json": "No environment.json",
        ]
        #expect(try fixture.text().contains(try #require(words[name])))
    }

    @Test func `is nothing but headers is a page all the same`() throws {
        let fixture = try ResultsFixture.run(nil)
        _ = try CSVWriter<SummaryRow>(in: fixture.path)
        try fixture.remove("timeseries.csv")
        _ = try CSVWriter<TimeSeriesRow>(in: fixture.path)
        #expect(try fixture.text().contains("UNFINISHED"))
    }

    @Test func `an older version wrote is shown without what it did not know`() throws {
        let fixture = try ResultsFixture.run(nil)
        try fixture.write(
            "profile,verdict,acked_rate_records_per_s,lost,future_ms\nold,VALID,1000,0,3\n",
            to: "summary.csv")
        let text = try fixture.text()
        #expect(text.contains("VALID Believe the figures."))
        #expect(text.contains("Records acknowledged 1.00 k/s"))
        #expect(!text.contains("Compression ratio"))
    }

    @Test func `in a folder of the roofline is the machine's limits`() throws {
        let fixture = try ResultsFixture()
        try fixture.write(
            "probe,detail,block_size_bytes,rate_mb_per_s,limit,limit_rate_mb_per_s,share_of_limit\n"
                + "write,,65536,2300,,,\nappend,orders,65536,2200,write,2300,0.956\n",
            to: "roofline.csv")
        let text = try fixture.text()
        #expect(text.contains("ROOFLINE The limits of this machine"))
        #expect(text.contains("write 65.5 kB – 2.30 GB/s"))
        #expect(text.contains("append orders 65.5 kB 2.20 GB/s write 2.30 GB/s 95.6 %"))
        #expect(!text.contains("UNFINISHED"))
    }

    @Test func `has absurd values is still a page`() throws {
        let fixture = try ResultsFixture.run(nil)
        try fixture.write(
            "profile,verdict,acked_rate_records_per_s,e2e_latency_p99_us,lost,duration_s\n"
                + "x,MAYBE,nan,1e400,-5,-1e300\n", to: "summary.csv")
        let text = try fixture.text()
        #expect(text.contains("MAYBE This version of Weir does not know this verdict."))
        #expect(text.contains("Records acknowledged nan"))
    }
}
