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

    /// A histogram as other programs write it: by the table of the encodings, apart from our own writer.
    enum Written: CaseIterable {
        case v0of2, v0of8, v1of2, v1of4, v1of8, v2

        func bytes(
            _ counts: [Int], digits: Int, lowest: Int, isCompressed: Bool = false
        ) throws -> [UInt8] {
            func integer(_ value: Int, _ byteCount: Int) -> [UInt8] {
                (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            }
            let (version, word) =
                switch self {
                case .v0of2: (0, 2)
                case .v0of8: (0, 8)
                case .v1of2: (1, 2)
                case .v1of4: (1, 4)
                case .v1of8: (1, 8)
                case .v2: (2, 1)
                }
            let base = [0x1C84_9308, 0x1C84_9301, 0x1C84_9303][version]
            var payload: [UInt8] = []
            for count in counts {
                if version == 2 {
                    ZigZag.append(count == 0 ? -1 : Int64(count), to: &payload)
                } else {
                    payload += integer(count, word)
                }
            }
            let precision = integer(digits, 4) + integer(lowest, 8) + integer(3_600_000_000, 8)
            let inner =
                version == 0
                ? integer(base + word << 4, 4) + precision + integer(counts.reduce(0, +), 8)
                : integer(base + word << 4, 4) + integer(payload.count, 4) + integer(7, 4)
                    + precision + integer(0x3FF0_0000_0000_0000, 8)
            guard isCompressed else { return inner + payload }
            // zlib's header, and DEFLATE without compression.
            let whole = inner + payload
            var (a, b) = (1, 0)
            for byte in whole {
                a = (a + Int(byte)) % 65_521
                b = (b + a) % 65_521
            }
            var stream: [UInt8] = [0x78, 0x01]
            for start in stride(from: 0, to: whole.count, by: 60_000) {
                let block = whole[start..<min(start + 60_000, whole.count)]
                let length = UInt16(block.count)
                stream.append(start + 60_000 >= whole.count ? 1 : 0)
                stream += [UInt8(length & 0xFF), UInt8(length >> 8)]
                stream += [UInt8(~length & 0xFF), UInt8(~length >> 8)] + block
            }
            stream += integer(b << 16 | a, 4)
            return integer(base + 1 + word << 4, 4) + integer(stream.count, 4) + stream
        }
    }

    @Test(arguments: Written.allCases, [false, true])
    func `of any encoding is read, compressed or not`(written: Written, isCompressed: Bool) throws {
        // 2048 steps of one, 1024 of two, 1024 of four.
        var counts = [Int](repeating: 0, count: 4_000)
        for (index, count) in [(0, 3), (1, 1), (2_047, 5), (2_048, 7), (3_071, 2), (3_072, 9)] {
            counts[index] = count
        }
        let bytes = try written.bytes(counts, digits: 3, lowest: 1, isCompressed: isCompressed)
        let histogram = try HistogramEncoding.decode(bytes)
        #expect(
            histogram.recordedBuckets.map { [$0.highestNanos, Int64($0.count)] }
                == [[0, 3], [1, 1], [2_047, 5], [2_049, 7], [4_095, 2], [4_099, 9]])
        // V0 does not say how many counts there are.
        let isV0 = written == .v0of2 || written == .v0of8
        for length in 0..<(isV0 && !isCompressed ? 32 : min(bytes.count, 60)) {
            #expect(throws: ReportingError.self) {
                try HistogramEncoding.decode(Array(bytes.prefix(length)))
            }
        }
    }

    @Test(arguments: [
        (0, 1, [[0, 1], [1, 1], [3, 1], [7, 1], [15, 1]]),
        (1, 1, [[0, 1], [1, 1], [2, 1], [3, 1], [4, 1]]),
        (2, 1_000, [[511, 1], [1_023, 1], [1_535, 1], [2_047, 1], [2_559, 1]]),
        (5, 1, [[0, 1], [1, 1], [2, 1], [3, 1], [4, 1]]),
    ])
    func `of any precision is read by the highest values of its buckets`(
        digits: Int, lowest: Int, expected: [[Int64]]
    ) throws {
        for written in Written.allCases {
            let histogram = try HistogramEncoding.decode(
                try written.bytes([1, 1, 1, 1, 1], digits: digits, lowest: lowest))
            let ours = expected.map { [Int64]([`A histogram log`.highest($0[0]), $0[1]]) }
            #expect(
                histogram.recordedBuckets.map { [$0.highestNanos, Int64($0.count)] } == ours)
        }
    }

    private static func highest(_ value: Int64) -> Int64 {
        var histogram = LatencyHistogram()
        histogram.record(value)
        return histogram.recordedBuckets.first { _ in true }!.highestNanos
    }

    @Test func `that no histogram can be is refused by name`() throws {
        func reason(_ bytes: [UInt8]) -> String {
            do {
                _ = try HistogramEncoding.decode(bytes)
                return ""
            } catch { return error.description }
        }
        #expect(reason([0x0C, 0x72, 0x12, 0x4F, 0, 0]).contains("floating-point"))
        #expect(reason([1, 2, 3, 4, 5]).contains("0x1020304"))
        #expect(
            reason(try Written.v1of8.bytes([1], digits: 6, lowest: 1)).contains("6 significant"))
        #expect(reason(try Written.v1of8.bytes([1], digits: 3, lowest: 0)).contains("from 0"))
        #expect(reason(try Written.v1of4.bytes([-1], digits: 3, lowest: 1)).contains("below 0"))
        var word = try Written.v1of4.bytes([1], digits: 3, lowest: 1)
        word[3] = 0x61
        #expect(reason(word).contains("counts of 6 bytes"))
    }

    @Test func `is read whatever its lines end with`() throws {
        let folder = try TemporaryFolder()
        let entry = HistogramLogEntry(
            tag: "GET", startSeconds: 0, intervalSeconds: 1, histogram: Fixture.histogram([5]))
        let text =
            HistogramLogFormat.header(startedAtUnixNanos: 1, origin: "x")
            + (try HistogramLogFormat.line(entry)) + (try HistogramLogFormat.line(entry))
        for ending in ["\n", "\r\n"] {
            let path = folder.path + "/x.hlog"
            try ("\u{FEFF}" + text.replacing("\n", with: ending)).write(
                toFile: path, atomically: true, encoding: .utf8)
            #expect(try HistogramLogReader.entries(at: path).map(\.tag) == ["GET", "GET"])
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

    /// A run of an hour has 18,000 intervals; decoded, each takes 180 KB or more.
    @Test func `is summed line by line`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/long.hlog"
        let entry = HistogramLogEntry(
            tag: "response_latency", startSeconds: 0, intervalSeconds: 1,
            histogram: Self.histogram(seed: 3))
        let line = try HistogramLogFormat.line(entry)
        let text =
            HistogramLogFormat.header(startedAtUnixNanos: 1, origin: "x")
            + String(repeating: line, count: 500)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        var reader = try LineReader(path: path)
        var most = 0
        var lines = 0
        while let line = try reader.next() {
            most = max(most, line.utf8.count)
            lines += 1
        }
        #expect(lines == 506)
        #expect(most < text.utf8.count / 400)
        let latencies = try SavedLatencies.read(path)
        #expect(latencies.map(\.name) == ["long"])
        #expect(latencies[0].latencies.map(\.histogram.count) == [entry.histogram.count * 500])
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
