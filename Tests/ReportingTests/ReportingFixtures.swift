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
        row.warmupSeconds = 2
        row.settings.compressionType = "zstd"
        row.settings.compressionLevel = 3
        row.settings.batchSizeBytes = 65_536
        row.settings.lingerMillis = 5
        row.settings.isIdempotent = true
        row.settings.offeredRateRecordsPerSecond = 200_000
        row.throughput.producedRecords = 2_000_010
        row.throughput.ackedRecords = 2_000_000
        row.throughput.consumedRecords = 3_999_000
        row.throughput.failedRecords = 10
        row.throughput.logicalBytes = 800_000_000
        row.throughput.consumedLogicalBytes = 1_599_600_000
        row.throughput.uncompressedBatchBytes = 840_000_000
        row.throughput.storedBytes = 120_000_000
        row.throughput.batches = 13_000
        row.latencies[.sendDelay] = latency([900, 1_500, 21_000])
        row.latencies[.responseLatency] = latency([812_000, 4_000_000, 31_500_000])
        row.latencies[.endToEndLatency] = latency([1_234_567, 5_000_000, 1_200_000_000])
        row.clockSkewCount = 0
        row.lag.maxRecords = 12_345
        row.lag.maxMillis = 42.5
        row.lag.drainSeconds = 0.25
        row.lag.drainRateRecordsPerSecond = 4_000
        row.audit.lost = 0
        row.audit.duplicated = 0
        row.audit.reordered = 0
        row.audit.corrupt = 0
        row.audit.misrouted = 0
        row.machine.hiccupMaxNanos = 31_500_000
        row.machine.hiccupP99Nanos = 71_000
        row.machine.cpuStealPercent = 1.25
        row.machine.cpuUserSeconds = 6.5
        row.machine.cpuSystemSeconds = 1.5
        row.machine.rssMaxBytes = 123_456_789
        row.machine.fdatasyncCalls = 0
        row.shares.ofWrite = 0.7312
        return row
    }
}
