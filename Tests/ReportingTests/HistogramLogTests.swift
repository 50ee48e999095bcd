import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `A histogram log` {
    /// Latencies as they come: many values over seven decades, a zero, and one beyond an hour.
    static func histogram(seed: UInt64, count: Int = 5_000) -> LatencyHistogram {
        var state = seed
        var histogram = LatencyHistogram()
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let magnitude = Int64(state >> 59) + 8
            histogram.record(Int64(state >> 24) & ((1 << magnitude) - 1) + 1)
        }
        histogram.record(0, count: 3)
        histogram.record(7_200_000_000_000)
        return histogram
    }

    private func expectSameCounts(_ a: LatencyHistogram, _ b: LatencyHistogram) {
        #expect(a.count == b.count)
        #expect(a.nonPositiveCount == b.nonPositiveCount)
        #expect(a.recordedBuckets.elementsEqual(b.recordedBuckets))
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `gives back every count that was encoded`(seed: UInt64) throws {
        let histogram = Self.histogram(seed: seed)
        let decoded = try HistogramEncoding.decode(HistogramEncoding.encode(histogram))
        expectSameCounts(decoded, histogram)
    }

    @Test func `encodes an empty histogram and one of a single huge value`() throws {
        #expect(try HistogramEncoding.decode(HistogramEncoding.encode(LatencyHistogram())).isEmpty)
        var huge = LatencyHistogram()
        huge.record(Int64.max, count: 1 << 40)
        expectSameCounts(
            try HistogramEncoding.decode(HistogramEncoding.encode(huge)), huge)
    }

    @Test func `writes integers as zig-zag LEB128 of at most nine bytes`() {
        let cases: [(Int64, [UInt8])] = [
            (0, [0]), (-1, [1]), (1, [2]), (63, [126]), (-64, [127]), (64, [128, 1]),
            (Int64.max, [254, 255, 255, 255, 255, 255, 255, 255, 255]),
            (Int64.min, [255, 255, 255, 255, 255, 255, 255, 255, 255]),
        ]
        for (value, expected) in cases {
            var bytes: [UInt8] = []
            ZigZag.append(value, to: &bytes)
            #expect(bytes == expected, "\(value)")
            var rest = bytes[...]
            #expect(ZigZag.take(from: &rest) == value)
            #expect(rest.isEmpty)
            var short = bytes.dropLast()
            #expect(ZigZag.take(from: &short) == nil)
        }
    }

    @Test func `is refused at every truncation, and with any header byte flipped`() throws {
        let bytes = try HistogramEncoding.encode(Self.histogram(seed: 5, count: 200))
        for length in 0..<bytes.count {
            #expect(throws: ReportingError.self) {
                try HistogramEncoding.decode(Array(bytes.prefix(length)))
            }
        }
        for position in 0..<8 {
            var flipped = bytes
            flipped[position] ^= 0x01
            #expect(throws: ReportingError.self) { try HistogramEncoding.decode(flipped) }
        }
    }

    @Test func `merges by tag without loss`() throws {
        let folder = try TemporaryFolder()
        let writer = try HistogramLogWriter(
            in: folder.path, startedAtUnixNanos: Fixture.startedAt, origin: "weir test")
        var total = LatencyHistogram()
        for interval in 0..<3 {
            let histogram = Self.histogram(seed: UInt64(interval + 10))
            total.add(histogram)
            try writer.append(
                HistogramLogEntry(
                    tag: "response_latency", startSeconds: Double(interval), intervalSeconds: 1,
                    histogram: histogram))
            try writer.append(
                HistogramLogEntry(
                    tag: "e2e_latency", startSeconds: Double(interval), intervalSeconds: 1,
                    histogram: LatencyHistogram()))
        }
        let entries = try HistogramLogReader.entries(at: writer.path)
        #expect(entries.map(\.tag) == [String](repeating: "response_latency", count: 3))
        #expect(entries.map(\.startSeconds) == [0, 1, 2])
        let merged = HistogramLogReader.merged(entries)
        #expect(Array(merged.keys) == ["response_latency"])
        expectSameCounts(merged["response_latency"]!, total)
    }

    @Test func `names the line that it cannot read`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/bad.hlog"
        for line in ["Tag=a,0.0,1.0,2.0", "0.0,x,2.0,HIST", "Tag=a,0.0,1.0,2.0,!!", "junk"] {
            try ("#[comment]\n\"legend\",\"x\"\n" + line + "\n").write(
                toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: ReportingError.self) {
                try HistogramLogReader.entries(at: path)
            }
            #expect(error?.description.hasPrefix(path + ":3: ") == true, "\(line)")
        }
        #expect(
            throws: ReportingError.inputOutput(
                operation: "read", path: folder.path + "/none", errno: ENOENT)
        ) { try HistogramLogReader.entries(at: folder.path + "/none") }
    }

    @Test func `keeps commas and blanks of a group's name out of its tags`() {
        #expect(HistogramLogEntry.tag(.responseLatency) == "response_latency")
        #expect(HistogramLogEntry.tag(.endToEndLatency, group: "billing") == "e2e_latency:billing")
        #expect(
            HistogramLogEntry.tag(.endToEndLatency, group: "a, b%ü")
                == "e2e_latency:a%2C%20b%25%C3%BC")
    }

    private struct Interval: Decodable {
        var tag: String?
        var start: Double
        var end: Double
        var count: UInt64
        var counts: [String: UInt64]
        var p99: Int64
    }

    @Test(
        .enabled(
            if: Python.interpreterWithPackages != nil,
            "WEIR_TEST_PYTHON names no Python with the packages of Interop/requirements.txt"))
    func `is read by HdrHistogram's own Python package`() throws {
        let folder = try TemporaryFolder()
        let writer = try HistogramLogWriter(
            in: folder.path, startedAtUnixNanos: Fixture.startedAt, origin: "weir test")
        let histograms = (0..<3).map { Self.histogram(seed: UInt64($0 + 20)) }
        for (index, histogram) in histograms.enumerated() {
            try writer.append(
                HistogramLogEntry(
                    tag: HistogramLogEntry.tag(.endToEndLatency, group: "g\(index)"),
                    startSeconds: Double(index), intervalSeconds: 1, histogram: histogram))
        }
        let output = try Python.run(
            Python.interpreterWithPackages!, "read_hlog.py", writer.path)
        let intervals = try output.split(separator: "\n").map {
            try JSONDecoder().decode(Interval.self, from: Data($0.utf8))
        }
        try #require(intervals.count == 3)
        for (index, interval) in intervals.enumerated() {
            let histogram = histograms[index]
            #expect(interval.tag == "e2e_latency:g\(index)")
            let start = Double(Fixture.startedAt) / 1e9 + Double(index)
            #expect(abs(interval.start - start) < 0.002)
            #expect(abs(interval.end - start - 1) < 0.002)
            #expect(interval.count == histogram.count)
            let counts = histogram.recordedBuckets.map { (String($0.highestNanos), $0.count) }
            #expect(interval.counts == Dictionary(uniqueKeysWithValues: counts))
            let p99 = histogram.percentile(99)!
            #expect(BucketLayout.index(of: interval.p99) == BucketLayout.index(of: p99))
        }
    }

    @Test(
        .enabled(
            if: Python.interpreterWithPackages != nil,
            "WEIR_TEST_PYTHON names no Python with the packages of Interop/requirements.txt"))
    func `of HdrHistogram's own Python package is read by ours`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/python.hlog"
        _ = try Python.run(Python.interpreterWithPackages!, "write_hlog.py", path)
        let entries = try HistogramLogReader.entries(at: path)
        try #require(entries.count == 1)
        #expect(entries[0].tag == "")
        #expect(entries[0].startSeconds == 1.5)
        #expect(entries[0].intervalSeconds == 2)
        var expected = LatencyHistogram()
        var power: Int64 = 1
        for exponent in 0..<13 {
            expected.record(power, count: UInt64(exponent + 1))
            power *= 10
        }
        expectSameCounts(entries[0].histogram, expected)
    }
}
