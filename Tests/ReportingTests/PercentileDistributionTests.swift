import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `A percentile distribution` {
    @Test func `takes five steps for each halving of the distance to 100`() {
        let histogram = Fixture.histogram(Array(1...1_000))
        let steps = PercentileDistribution(histogram).steps
        #expect(
            steps.prefix(8).map(\.percentile) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6])
        #expect(steps.prefix(3).map(\.valueNanos) == [1, 100, 200])
        #expect(steps.allSatisfy { Int64($0.totalCount) == $0.valueNanos })
        #expect(steps.last == .init(valueNanos: 1_000, percentile: 1, totalCount: 1_000))
    }

    @Test func `is laid out as the plotter reads it, in the unit that was asked for`() {
        var histogram = LatencyHistogram(rangeNanos: 2)
        histogram.record(1_000, count: 3)
        histogram.record(2_000)
        #expect(
            PercentileDistribution(histogram).text(in: .microseconds) == """
                       Value     Percentile TotalCount 1/(1-Percentile)

                       1.000 0.000000000000          3           1.00
                       1.000 0.100000000000          3           1.11
                       1.000 0.200000000000          3           1.25
                       1.000 0.300000000000          3           1.43
                       1.000 0.400000000000          3           1.67
                       1.000 0.500000000000          3           2.00
                       1.000 0.550000000000          3           2.22
                       1.000 0.600000000000          3           2.50
                       1.000 0.650000000000          3           2.86
                       1.000 0.700000000000          3           3.33
                       1.000 0.750000000000          3           4.00
                       2.000 0.775000000000          4           4.44
                       2.000 1.000000000000          4
                #[Mean    =        1.250, StdDeviation   =        0.433]
                #[Max     =        2.000, Total count    =            4]
                #[Buckets =            1, SubBuckets     =         2048]

                """)
    }

    @Test func `of nothing has no step`() {
        let distribution = PercentileDistribution(LatencyHistogram())
        #expect(distribution.steps.isEmpty)
        #expect(distribution.text(in: .milliseconds).contains("Total count    =            0"))
    }

    @Test func `of a value beyond all bounds ends`() {
        var histogram = LatencyHistogram()
        histogram.record(1, count: 1 << 50)
        histogram.record(.max)
        let steps = PercentileDistribution(histogram).steps
        #expect(steps.count < 400)
        #expect(steps.last?.valueNanos == .max)
    }

    private struct Line: Equatable {
        var numbers: [Double]

        /// Of a distribution's lines and of its comments alike.
        static func all(_ text: String) -> [Line] {
            text.split(separator: "\n").map { line in
                let words = line.split { " =[],#".contains($0) }
                return Line(numbers: words.compactMap { Double($0) })
            }
        }
    }

    @Test(
        .enabled(
            if: Python.interpreterWithPackages != nil,
            "WEIR_TEST_PYTHON names no Python with the packages of Interop/requirements.txt"),
        arguments: PercentileDistribution.Unit.allCases)
    func `is that which HdrHistogram's own Python package prints of our log`(
        unit: PercentileDistribution.Unit
    ) throws {
        let folder = try TemporaryFolder()
        let writer = try HistogramLogWriter(
            in: folder.path, startedAtUnixNanos: Fixture.startedAt, origin: "weir test")
        for seed in UInt64(1)...4 {
            try writer.append(
                HistogramLogEntry(
                    tag: HistogramLogEntry.tag(.responseLatency), startSeconds: Double(seed),
                    intervalSeconds: 1,
                    histogram: `A histogram log`.histogram(seed: seed, count: 20_000)))
        }
        let theirs = try Python.run(
            Python.interpreterWithPackages!, "print_hgrm.py", writer.path, "response_latency",
            "\(unit.nanos)")
        let saved = try #require(SavedLatencies.read(writer.path).first)
        let ours = PercentileDistribution(saved.latencies[0].histogram).text(in: unit)
        let (a, b) = (ours.split(separator: "\n"), theirs.split(separator: "\n"))
        try #require(a.count == b.count && a.count > 60)
        #expect(a.dropLast(3) == b.dropLast(3))
        // Sums of doubles in another order; and their range is what the script reserved.
        for (mine, their) in zip(Line.all(ours), Line.all(theirs)).suffix(3).dropLast() {
            for (a, b) in zip(mine.numbers, their.numbers) {
                #expect(abs(a - b) <= 1e-9 * b + 0.001)
            }
            #expect(mine.numbers.count == 2 && their.numbers.count == 2)
        }
    }
}

@Suite struct `Saved latencies` {
    private func log(_ tags: [String: [Int64]]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let writer = try HistogramLogWriter(
            in: folder.path, startedAtUnixNanos: Fixture.startedAt, origin: "weir test")
        for (tag, values) in tags {
            try writer.append(
                HistogramLogEntry(
                    tag: tag, startSeconds: 0, intervalSeconds: 1,
                    histogram: Fixture.histogram(values)))
        }
        return folder
    }

    @Test func `are of all groups together, and of each where there are several`() throws {
        let folder = try log([
            "response_latency": [10], HistogramLogEntry.tag(.endToEndLatency, group: "b, 1"): [20],
            HistogramLogEntry.tag(.endToEndLatency, group: "a"): [30, 40], "another's": [1],
        ])
        let latencies = try #require(
            SavedLatencies.read(folder.path + "/latency.hlog").first
        ).latencies
        #expect(
            latencies.map(\.name)
                == ["response_latency", "e2e_latency", "e2e_latency", "e2e_latency", "another's"])
        #expect(latencies.map(\.group) == [nil, nil, "a", "b, 1", nil])
        #expect(latencies.map(\.histogram.count) == [1, 3, 2, 1, 1])
    }

    @Test func `of another program have its tags for names, and what has none has none`() throws {
        let folder = try log(["jHiccup/a": [1, 2], "GET /x": [5], "": [7]])
        let saved = try SavedLatencies.read(folder.path + "/latency.hlog")
        #expect(saved.count == 1 && saved[0].variant == nil && saved[0].name == "latency")
        #expect(Set(saved[0].latencies.map(\.name)) == ["jHiccup/a", "GET /x", ""])
    }

    @Test func `of a log without a histogram are an error that names it`() throws {
        let folder = try log([:])
        let path = folder.path + "/latency.hlog"
        let error = #expect(throws: ReportingError.self) { try SavedLatencies.read(path) }
        #expect(error?.description.contains(path) == true)
    }

    @Test func `that are not there are an I/O error`() throws {
        #expect(
            throws: ReportingError.inputOutput(
                operation: "read", path: "/nowhere.hlog", errno: ENOENT)
        ) { try SavedLatencies.read("/nowhere.hlog") }
    }
}
