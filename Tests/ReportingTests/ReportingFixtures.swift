import Foundation
import Measurement
import Reporting

/// A directory of one test, gone when the test is.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(
            component: "weir-reporting-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }
}

/// A Python that runs the scripts of `Interop/`.
enum Python {
    static let interopFolder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(component: "Interop").path

    /// `python3` of the search path.
    static let systemInterpreter: String? = {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { $0 + "/python3" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }()

    /// One that has the packages of `Interop/requirements.txt`.
    static let interpreterWithPackages = ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"]

    struct Failure: Error { let status: Int32 }

    static func run(
        _ interpreter: String, _ script: String, _ arguments: String...
    ) throws -> String {
        try run(interpreter, script, arguments)
    }

    static func run(
        _ interpreter: String, _ script: String, _ arguments: [String]
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: interpreter)
        process.arguments = [interopFolder + "/" + script] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(status: process.terminationStatus)
        }
        return String(decoding: data, as: UTF8.self)
    }
}

enum Fixture {
    /// 2026-11-21T10:45:00.123Z.
    static let startedAt: Int64 = 1_795_257_900_123_000_000

    static let run = RunIdentity(
        runID: "orders/20261121T104500Z", startedAtUnixNanos: startedAt, profile: "orders",
        target: "embedded")

    static let runName = run.name

    static let environment = try! JSONDecoder().decode(
        EnvironmentSnapshot.self,
        from: Data(
            #"""
            {
                "cpu_model": "AMD EPYC", "host": "bench-1", "kernel": "Linux 6.12.0", "cores": 2,
                "architecture": "x86_64", "is_virtual_machine": true, "data_directory": "data",
                "swift_version": "6.3", "is_optimized_build": true, "weir_version": "0.1.0",
                "weir_build": "0.1.0+c64473a51db0",
                "codec_versions": {"zstd": "1.5.4", "lz4": "1.9.4", "zlib": "1.2.13"}
            }
            """#.utf8))

    static func histogram(_ values: [Int64]) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    static func latency(_ values: [Int64]) -> LatencySummary {
        LatencySummary(histogram(values))!
    }

    /// A run as the load generator reports it.
    static var summary: SummaryRow {
        var row = SummaryRow(run: run, verdict: .suspect, loop: .open, durationSeconds: 10)
        row.verdictReasons = [
            "the machine stalled for 31.5 ms", "the rate had not settled: it sank by 12 %",
        ]
        row["warmup_s"] = 2
        row["compression_type"] = "zstd"
        row["compression_level"] = 3
        row["batch_size_bytes"] = 65_536
        row["linger_ms"] = 5
        row["idempotence"] = "true"
        row["offered_rate_records_per_s"] = 200_000
        row["produced_records"] = 2_000_010
        row["acked_records"] = 2_000_000
        row["consumed_records"] = 3_999_000
        row["failed_records"] = 10
        row["logical_bytes"] = 800_000_000
        row["consumed_rate_mb_per_s"] = 159.96
        row["uncompressed_batch_bytes"] = 840_000_000
        row["stored_bytes"] = 120_000_000
        row["batches"] = 13_000
        row.values.set(latency([900, 1_500, 21_000]), of: .sendDelay)
        row.values.set(latency([812_000, 4_000_000, 31_500_000]), of: .responseLatency)
        row.values.set(latency([1_234_567, 5_000_000, 1_200_000_000]), of: .endToEndLatency)
        row["clock_skew_count"] = 0
        row["lag_records_max"] = 12_345
        row["lag_time_max_ms"] = 42.5
        row["drain_s"] = 0.25
        row["drain_rate_records_per_s"] = 4_000
        row["lost"] = 0
        row["duplicated"] = 0
        row["reordered"] = 0
        row["corrupt"] = 0
        row["misrouted"] = 0
        row["hiccup_max_ms"] = 31.5
        row["hiccup_p99_us"] = 71
        row["cpu_steal_percent"] = 1.25
        row["cpu_user_s"] = 6.5
        row["cpu_system_s"] = 1.5
        row["rss_max_bytes"] = 123_456_789
        row["fdatasync_calls"] = 0
        row["share_of_write"] = 0.7312
        return row
    }
}

extension SummaryRow {
    /// A row without any figure but its duration.
    init(run: RunIdentity, verdict: Verdict, loop: Loop, durationSeconds: Double) {
        self.init(run: run, verdict: verdict, loop: loop, values: FigureValues())
        self["duration_s"] = .number(durationSeconds)
        self["warmup_s"] = 0
    }
}

extension HistogramLogReader {
    /// One histogram for each tag, with all its entries added.
    static func merged(_ entries: [HistogramLogEntry]) -> [String: LatencyHistogram] {
        entries.reduce(into: [:]) { sums, entry in
            sums[entry.tag, default: LatencyHistogram()].add(entry.histogram)
        }
    }
}
