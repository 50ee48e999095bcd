import Foundation
import Measurement
import Testing

@testable import Reporting

/// Results of generators as they are found on disk: made by hand, with known figures.
private struct Generators {
    let root: TemporaryFolder
    var paths: [String] = []

    init() throws { root = try TemporaryFolder() }

    struct Shape {
        var profile = "orders"
        var runID: String?
        var target = "cluster:9092"
        /// Behind the first generator's start.
        var lateSeconds = 0.0
        var verdict = Verdict.valid
        var yaml = "seed: 1\nduration: 3s\n"
        var values: [Int64] = [1_000_000, 2_000_000, 3_000_001]
        var position: Int64 = 100
    }

    /// A run of three intervals of a second, each with the shape's values as its latencies.
    mutating func add(_ shape: Shape) throws {
        let start = Fixture.startedAt + Int64(shape.lateSeconds * 1e9)
        let folder = try ResultsFolder.create(
            in: root.path + "/\(paths.count)", profile: shape.profile, startedAtUnixNanos: start)
        let log = try folder.histogramLog(startedAtUnixNanos: start - 500_000_000, origin: "test")
        let series = try folder.csv(TimeSeriesRow.self)
        let lag = try folder.csv(LagRow.self)
        var whole = LatencyHistogram()
        for second in 1...3 {
            let histogram = Fixture.histogram(shape.values)
            whole.add(histogram)
            for tag in ["response_latency", "e2e_latency:g"] {
                try log.append(
                    HistogramLogEntry(
                        tag: tag, startSeconds: Double(second) - 0.5, intervalSeconds: 1,
                        histogram: histogram))
            }
            func row(_ role: TimeSeriesRow.Role) -> TimeSeriesRow {
                TimeSeriesRow(
                    run: Fixture.runName, elapsedSeconds: Double(second),
                    atUnixNanos: start + Int64(second) * 1_000_000_000,
                    intervalSeconds: 1, phase: .run, role: role)
            }
            var producer = row(.producer)
            producer.ackedRecords = UInt64(100 * second)
            producer.responseLatency = LatencySummary(histogram)
            producer.cpuPercent = 50
            producer.network = TimeSeriesRow.Network(
                requests: 3, sentBytes: 10, receivedBytes: 5, retries: 1, errors: 0,
                throttledMillis: 20, metadataRefreshes: 0, leaderChanges: 2, openedConnections: 0,
                lostConnections: 0, readableRecords: 70, loopBusyPercent: 30)
            var consumer = row(.consumer(group: "g"))
            consumer.consumedRecords = UInt64(100 * second)
            consumer.lagRecords = 7
            try series.append([producer, consumer])
            try lag.append(
                LagRow(
                    run: Fixture.runName, elapsedSeconds: Double(second),
                    atUnixNanos: start + Int64(second) * 1_000_000_000,
                    group: "g", topic: "t", partition: 0, position: shape.position,
                    logEndOffset: 110, lagTimeMillis: 5))
        }
        var summary = SummaryRow(
            run: RunIdentity(
                runID: shape.runID ?? "\(folder.runID)#\(paths.count)", startedAtUnixNanos: start,
                profile: shape.profile, target: shape.target),
            verdict: shape.verdict, loop: .open, durationSeconds: 3)
        if shape.verdict != .valid { summary.verdictReasons = ["it stalled"] }
        summary["compression_type"] = "zstd"
        summary["producers"] = 2
        summary["offered_rate_records_per_s"] = 200
        summary["payload_value_size_mean_bytes"] = .number(Double(100 * (paths.count + 1)))
        summary["produced_records"] = 600
        summary["acked_records"] = 600
        summary["uncompressed_batch_bytes"] = 3_000
        summary["stored_bytes"] = .integer(Int64(1_000 * (paths.count + 1)))
        summary["logical_bytes"] = 2_000_000_000
        summary.values.set(LatencySummary(whole), of: .responseLatency)
        summary["lag_records_max"] = .integer(Int64(10 * (paths.count + 1)))
        summary["lost"] = .integer(Int64(paths.count))
        summary["cpu_user_s"] = 1.5
        summary["cpu_system_s"] = 0.5
        summary["share_of_write"] = 0.5
        try folder.csv(SummaryRow.self).append(summary)
        try folder.csv(PercentileRow.self).append(
            PercentileRow.distribution(of: whole, kind: .responseLatency, run: Fixture.runName)
                + PercentileRow.distribution(
                    of: whole, kind: .endToEndLatency, group: "g", run: Fixture.runName))
        try folder.writeProfile(shape.yaml)
        paths.append(folder.path)
    }

    func joined() throws -> SavedResults {
        let folder = try JointRun(paths: paths).write(
            in: root.path + "/out", nowUnixNanos: Fixture.startedAt)
        return try SavedResults(path: folder.path)
    }
}

@Suite struct `Several generators' results` {
    @Test func `are one row: counts and rates summed, the worst of what has a worst`() throws {
        var two = try Generators()
        try two.add(.init())
        try two.add(.init(verdict: .suspect))
        let row = try #require(try two.joined().summary?.rows.first)
        #expect(row["acked_records"] == "1200")
        #expect(row["acked_rate_records_per_s"] == "400.000")
        #expect(row["offered_rate_records_per_s"] == "400.000")
        #expect(row["producers"] == "4")
        #expect(row["lost"] == "1")
        #expect(row["lag_records_max"] == "20")
        #expect(row["duration_s"] == "3.000")
        #expect(row["compression_type"] == "zstd")
        // Of the sums, not the mean of 3 and 1.5.
        #expect(row["compression_ratio"] == "2.0000")
        #expect(row["payload_value_size_mean_bytes"] == "150.000")
        #expect(row["cpu_user_s"] == "3.000")
        #expect(row["cpu_s_per_logical_gb"] == "1.000")
        #expect(row["share_of_write"] == nil)
        #expect(row["verdict"] == "SUSPECT")
        #expect(row["verdict_reasons"] == "orders/20261121T104500Z#1: it stalled")
    }

    @Test func `are one row for each broker and group of producers, without percentiles`() throws {
        var two = try Generators()
        try two.add(.init())
        try two.add(.init())
        for (index, path) in two.paths.enumerated() {
            var brokers = [
                BrokerRow(
                    run: Fixture.runName, nodeID: 1, address: "a:9092", requests: 10,
                    sentBytes: 100, receivedBytes: 50, ackedRecords: 7,
                    serviceLatency: Fixture.latency([1_000_000, Int64(2_000_000 * (index + 1))]),
                    errorCount: 3, errorText: "NOT_LEADER_OR_FOLLOWER 2; REQUEST_TIMED_OUT 1",
                    socketFullPercent: 1.5)
            ]
            if index == 1 {
                var other = brokers[0]
                (other.nodeID, other.address, other.errorText) = (2, "b:9092", nil)
                brokers.append(other)
            }
            try CSVWriter<BrokerRow>(in: path).append(brokers)
            var group = ProducerGroupRow(
                run: Fixture.runName, name: "clicks", topics: ["c", "t\(index)"], producerCount: 2,
                durationSeconds: 2 + Double(index))
            (group.offeredRecords, group.ackedRecords) = (index == 0 ? nil : 600, 300)
            (group.logicalBytes, group.responseLatency) = (3_000_000, Fixture.latency([5_000]))
            try CSVWriter<ProducerGroupRow>(in: path).append(group)
        }
        let joined = try two.joined()
        let brokers = try #require(joined.tables[.brokers]?.rows)
        #expect(brokers.map { $0["broker"] } == ["1", "2"])
        #expect(brokers.map { $0["requests"] } == ["20", "10"])
        #expect(
            brokers[0]["broker_errors_by_code"] == "NOT_LEADER_OR_FOLLOWER 4; REQUEST_TIMED_OUT 2")
        #expect(brokers[0]["service_latency_max_us"] == "4000.000")
        #expect(brokers[0]["service_latency_p99_us"] == nil && brokers[0]["address"] == "a:9092")
        #expect(brokers[1].number("service_latency_p99_us") != nil)
        let groups = try #require(joined.tables[.producers]?.rows)
        try #require(groups.count == 1)
        #expect(groups[0]["topics"] == "c; t0; t1" && groups[0]["producers"] == "4")
        // Of a closed loop there is no offered rate.
        #expect(
            groups[0]["offered_records"] == nil && groups[0]["offered_rate_records_per_s"] == nil)
        #expect(groups[0]["acked_rate_records_per_s"] == "200.000")
        #expect(groups[0]["logical_rate_mb_per_s"] == "2.000")
        #expect(groups[0]["run_id"] == joined.summary?.rows.first?["run_id"])
    }

    @Test func `keep what every one of them says, and only that, of columns of another version`()
        throws
    {
        var two = try Generators()
        try two.add(.init())
        try two.add(.init())
        for (index, path) in two.paths.enumerated() {
            let file = path + "/summary.csv"
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\r\n")
            let text = "\(lines[0]),set_a,set_b\r\n\(lines[1]),same,\(index)\r\n"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        let summary = try #require(try two.joined().summary)
        #expect(summary.columns.suffix(2) == ["set_a", "set_b"])
        #expect(summary.rows[0]["set_a"] == "same")
        #expect(summary.rows[0]["set_b"] == nil)
    }

    @Test(arguments: [0.0, 0.4, 1.3])
    func `are one series, in which no count is lost or split`(lateSeconds: Double) throws {
        var two = try Generators()
        try two.add(.init())
        try two.add(.init(lateSeconds: lateSeconds, values: [5_000_000]))
        let results = try two.joined()
        let rows = try #require(results.timeSeries?.rows)
        let producers = rows.filter { $0["role"] == "producer" }
        let steps = 3 + Int(lateSeconds.rounded())
        #expect(producers.count == steps)
        #expect(rows.count == 2 * steps)
        #expect(producers.compactMap { $0.number("acked_records") }.reduce(0, +) == 1_200)
        let last = try #require(producers.last)
        #expect(last["acked_records"] == (steps == 3 ? "600" : "300"))
        #expect(last["cpu_percent"] == (steps == 3 ? "100.0" : "50.0"))
        #expect(last["response_latency_max_us"] == "5000.000")
        // Each was throttled for itself; both saw the same leaders and logs.
        #expect(last.number("throttled_ms") == (steps == 3 ? 40 : 20))
        #expect(last["leader_changes"] == "2" && last["readable_records"] == "70")
        // The exact value, not the end of its bucket.
        #expect(producers[0]["response_latency_max_us"] == (steps == 3 ? "5000.000" : "3000.001"))
        let entries = try HistogramLogReader.entries(at: results.path + "/latency.hlog")
        let counts = HistogramLogReader.merged(entries).mapValues(\.count)
        #expect(counts == ["response_latency": 12, "e2e_latency:g": 12])
    }

    @Test func `have the lag of one log where they share it, and the sum where they do not`() throws
    {
        for (target, position, end, lag) in [
            ("cluster:9092", "104", "110", "7"), ("embedded", "204", "220", "14"),
        ] {
            var two = try Generators()
            try two.add(.init(target: target))
            try two.add(.init(target: target, lateSeconds: 0.2, position: 104))
            let results = try two.joined()
            let rows = try #require(results.lag?.rows)
            #expect(rows.count == 3)
            #expect(rows[0]["position"] == position)
            #expect(rows[0]["log_end_offset"] == end)
            let consumer = results.timeSeries?.rows.first { $0["role"] == "consumer" }
            #expect(consumer?["lag_records"] == lag)
        }
    }

    @Test func `are refused where they are of different profiles or times, and say so`() throws {
        var generators = try Generators()
        try generators.add(.init())
        try generators.add(.init(yaml: "seed: 2\nduration: 3s\n"))
        #expect(try JointRun(paths: generators.paths).objections.isEmpty)
        try generators.add(.init(yaml: "seed: 3\nduration: 9s\n"))
        try generators.add(.init(profile: "signups"))
        try generators.add(.init(lateSeconds: 10))
        let objections = try JointRun(paths: generators.paths).objections
        try #require(objections.count == 3)
        #expect(objections[0].contains("'duration: 9s' in place of 'duration: 3s'"))
        #expect(objections[1].contains("another profile"))
        #expect(objections[2].contains("7.00 s after the first had ended"))
    }

    @Test func `are told apart by their folders where their runs have the same name`() throws {
        var two = try Generators()
        try two.add(.init(runID: "orders/1", verdict: .suspect))
        try two.add(.init(runID: "orders/1"))
        let joint = try JointRun(paths: two.paths)
        #expect(joint.names == two.paths)
        #expect(joint.verdict.reasons == ["\(two.paths[0]): it stalled"])
    }

    @Test func `that overlap only in part are suspect`() throws {
        var two = try Generators()
        try two.add(.init())
        try two.add(.init(lateSeconds: 1))
        let joint = try JointRun(paths: two.paths)
        #expect(joint.objections.isEmpty)
        #expect(joint.verdict.verdict == .suspect)
        #expect(joint.verdict.reasons.first?.contains("for only 2.0 of 4.0 s") == true)
    }

    @Test func `are not counted twice, and not without a summary`() throws {
        var two = try Generators()
        try two.add(.init())
        try two.add(.init())
        let twice = [two.paths[0], two.paths[0] + "/../latest"]
        #expect(throws: ReportingError.self) { try JointRun(paths: twice) }
        for broken in ["summary.csv", "latency.hlog"] {
            let file = two.paths[1] + "/" + broken
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try FileManager.default.removeItem(atPath: file)
            #expect(throws: ReportingError.self) { try JointRun(paths: two.paths) }
            try text.dropLast(40).write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: ReportingError.self) { try JointRun(paths: two.paths) }
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        #expect(try JointRun(paths: two.paths).names.count == 2)
    }

    @Test func `refuse a run and its copy, and a run and what was merged from it`() throws {
        var two = try Generators()
        try two.add(.init())
        try two.add(.init())
        let copy = two.root.path + "/copy"
        try FileManager.default.copyItem(atPath: two.paths[0], toPath: copy)
        let error = #expect(throws: ReportingError.self) {
            try JointRun(paths: [two.paths[0], two.paths[1], copy])
        }
        #expect(error?.description.hasPrefix("\(copy) would count twice: \(two.paths[0])") == true)
        let environment = #"{"cores": 2}"#
        for path in two.paths {
            try environment.write(
                toFile: path + "/environment.json", atomically: true, encoding: .utf8)
        }
        let merged = try two.joined().path
        let part = #expect(throws: ReportingError.self) {
            try JointRun(paths: [merged, two.paths[1]])
        }
        #expect(part?.description.contains("\(merged) was merged from it") == true)
    }

    private struct Added: Decodable {
        var count: UInt64
        var counts: [String: UInt64]
        var values: [Int64]
    }

    @Test(
        .enabled(
            if: Python.interpreterWithPackages != nil,
            "WEIR_TEST_PYTHON names no Python with the packages of Interop/requirements.txt"))
    func `have the percentiles of the histograms that HdrHistogram's Python package adds up`()
        throws
    {
        var three = try Generators()
        for seed in UInt64(1)...3 {
            var random = seed
            let values = (0..<2_000).map { _ in
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(random >> 34) + 1
            }
            try three.add(.init(lateSeconds: Double(seed) / 10, values: values))
        }
        let results = try three.joined()
        for tag in ["response_latency", "e2e_latency:g"] {
            let output = try Python.run(
                Python.interpreterWithPackages!, "add_hlogs.py",
                [tag, results.path + "/percentiles.csv"] + three.paths.map { $0 + "/latency.hlog" })
            let added = try JSONDecoder().decode(Added.self, from: Data(output.utf8))
            let entries = try HistogramLogReader.entries(at: results.path + "/latency.hlog")
            let histogram = try #require(HistogramLogReader.merged(entries)[tag])
            #expect(added.count == 18_000)
            #expect(histogram.count == added.count)
            let counts = histogram.recordedBuckets.map { (String($0.highestNanos), $0.count) }
            #expect(added.counts == Dictionary(uniqueKeysWithValues: counts))
            let rows =
                results.percentiles?.rows.filter { tag.hasPrefix($0["latency"] ?? "-") } ?? []
            try #require(rows.count == added.values.count && rows.count > 60)
            for (row, value) in zip(rows, added.values) {
                let ours = Int64(((row.number("value_us") ?? -1) * 1_000).rounded())
                #expect(
                    BucketLayout.index(of: ours) == BucketLayout.index(of: value),
                    "\(tag) \(row["percentile"] ?? "")")
            }
        }
    }
}
