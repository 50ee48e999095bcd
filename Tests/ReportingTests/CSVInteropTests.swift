import Foundation
import Measurement
import Testing

@testable import Reporting

/// Rows of every file, with absent values, quotes, commas and a time before midnight in them.
private enum Rows {
    static var summary: [SummaryRow] {
        var empty = SummaryRow(
            run: RunIdentity(
                runID: "a,b/20261121T104500Z", startedAtUnixNanos: Fixture.startedAt,
                profile: "a,b", variant: "zstd:3,\"64KiB\"", repetition: 2,
                target: "embedded"),
            verdict: .invalid, loop: .closed, durationSeconds: 0.0005)
        empty["idempotence"] = "false"
        // What some readers would take for no value.
        empty["compression_type"] = "none"
        empty.environment = Fixture.environment
        empty.labels = try! RunLabels(label: "=1+1", tags: ["disk=nvme, 2 TB", "kernel.quiet=no"])
        empty.verdictReasons = ["said \"no\""]
        return [Fixture.summary, empty]
    }

    static var timeSeries: [TimeSeriesRow] {
        func row(_ role: TimeSeriesRow.Role, _ phase: TimeSeriesRow.Phase) -> TimeSeriesRow {
            TimeSeriesRow(
                run: Fixture.runName, elapsedSeconds: phase == .warmup ? -1 : 1.0005,
                atUnixNanos: Fixture.startedAt,
                intervalSeconds: 1, phase: phase, role: role)
        }
        var producer = row(.producer, .run)
        producer.offeredRecords = 1_000
        producer.sentRecords = 999
        producer.ackedRecords = 998
        producer.failedRecords = 1
        producer.logicalBytes = 500_000
        producer.storedBytes = 123_456
        producer.responseLatency = Fixture.latency([1_000, 2_000_001])
        producer.hiccupMaxNanos = 71_001
        producer.rssBytes = 1 << 32
        producer.cpuPercent = 153.26
        var consumer = row(.consumer(group: "billing, \"EU\""), .drain)
        consumer.consumedRecords = .max
        consumer.endToEndLatency = Fixture.latency([0, Int64.max / 2])
        consumer.lagRecords = 0
        return [row(.producer, .warmup), producer, consumer]
    }

    static var lag: [LagRow] {
        [(Int64(7), Int64(12), 4.0), (nil, nil, nil)].map { position, end, milliseconds in
            LagRow(
                run: Fixture.runName, elapsedSeconds: 1, atUnixNanos: Fixture.startedAt, group: "g",
                topic: "orders",
                partition: 3, position: position, logEndOffset: end, lagTimeMillis: milliseconds)
        }
    }

    static var percentiles: [PercentileRow] {
        let histogram = Fixture.histogram([1, 1_000, 1_000_000, 31_500_000])
        return PercentileRow.distribution(of: histogram, kind: .sendDelay, run: Fixture.runName)
            + PercentileRow.distribution(
                of: histogram, kind: .endToEndLatency, group: "g", run: Fixture.runName)
    }

    static var thresholds: [ThresholdRow] {
        [true, false].map { holds in
            ThresholdRow(
                run: Fixture.runName, threshold: "lost == 0", metric: "lost", comparison: "==",
                limit: nil, measured: nil, unit: "", holds: holds,
                endedRunAfterSeconds: holds ? nil : 1.5)
        }
    }

    static var roofline: [RooflineRow] {
        var row = RooflineRow(runID: "roofline/20261121T104500Z", probe: "write", slices: 5)
        row.blockSizeBytes = 65_536
        row.operationsPerSecond = 1e6 / 3
        row.medianNanos = 28_001
        return [row, RooflineRow(runID: "roofline/20261121T104500Z", probe: "append", slices: 1)]
    }
}

@Suite struct `CSV files, read by others` {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/csv")
    private static let reference = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Results/reference").standardizedFileURL

    private func write<Row: TableRow>(_ rows: [Row], in folder: TemporaryFolder) throws {
        try CSVWriter<Row>(in: folder.path).append(rows)
    }

    /// One of each file.
    private func writeAll() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try write(Rows.summary, in: folder)
        try write(Rows.timeSeries, in: folder)
        try write(Rows.lag, in: folder)
        try write(Rows.percentiles, in: folder)
        try write(Rows.roofline, in: folder)
        try write(Rows.thresholds, in: folder)
        return folder
    }

    private static let files = [
        SummaryRow.fileName, TimeSeriesRow.fileName, LagRow.fileName, PercentileRow.fileName,
        RooflineRow.fileName, ThresholdRow.fileName,
    ]

    /// Where a column was added on purpose, the files under Golden/csv are written anew with
    /// WEIR_WRITE_GOLDEN=1, and their difference is what the change means to readers.
    @Test func `are byte for byte what they were`() throws {
        let folder = try writeAll()
        for file in Self.files {
            let written = try Data(contentsOf: URL(filePath: folder.path + "/" + file))
            let expected = Self.golden.appending(component: file)
            if ProcessInfo.processInfo.environment["WEIR_WRITE_GOLDEN"] == "1" {
                try written.write(to: expected)
            }
            #expect(try written == Data(contentsOf: expected), "\(file)")
        }
    }

    private static let hasPackages = Python.interpreterWithPackages != nil

    /// By file, then by column.
    private func kinds(_ folder: String, _ files: [String]) throws -> [String: [String: String]] {
        let json = try Python.run(
            Python.interpreterWithPackages!, "read_pandas.py", files.map { folder + "/" + $0 })
        let byPath = try JSONDecoder().decode(
            [String: [String: String]].self, from: Data(json.utf8))
        return Dictionary(
            uniqueKeysWithValues: byPath.map { (String($0.dropFirst(folder.count + 1)), $1) })
    }

    /// What a reader must make of a column, by the fields that rows have in it.
    private func expected<Row: TableRow>(_ rows: [Row]) -> [String: String] {
        var kinds: [String: String] = [:]
        for column in Row.columns {
            let fields = rows.map(column.field)
            let isTime = ["at", "started_at"].contains(column.name)
            kinds[column.name] =
                fields.contains {
                    switch $0 {
                    case .text, .truth: true
                    case .list(let parts, _): !parts.isEmpty
                    default: false
                    }
                }
                ? (isTime ? "time" : "text")
                : fields.allSatisfy { CSV.text($0).isEmpty } ? "empty" : "number"
        }
        return kinds
    }

    @Test(
        .enabled(
            if: hasPackages,
            "WEIR_TEST_PYTHON names no Python with the packages of Interop/requirements.txt"))
    func `have numbers as numbers and times in UTC for pandas, cell by cell`() throws {
        let folder = try writeAll()
        var summary = expected(Rows.summary)
        // pandas takes true and false for what they say.
        summary["idempotence"] = "boolean"
        var thresholds = expected(Rows.thresholds)
        thresholds["holds"] = "boolean"
        let kinds = try kinds(folder.path, Self.files)
        #expect(kinds[SummaryRow.fileName] == summary)
        #expect(kinds[TimeSeriesRow.fileName] == expected(Rows.timeSeries))
        #expect(kinds[LagRow.fileName] == expected(Rows.lag))
        #expect(kinds[PercentileRow.fileName] == expected(Rows.percentiles))
        #expect(kinds[RooflineRow.fileName] == expected(Rows.roofline))
        #expect(kinds[ThresholdRow.fileName] == thresholds)
    }

    @Test(
        .enabled(
            if: hasPackages,
            "WEIR_TEST_PYTHON names no Python with the packages of Interop/requirements.txt"))
    func `of real runs are read by pandas cell by cell`() throws {
        let files = [
            "orders/summary.csv", "orders/timeseries.csv", "orders/lag.csv",
            "orders/percentiles.csv", "roofline-orders.csv", "roofline-packages.csv", "series.csv",
        ]
        let kinds = try kinds(Self.reference.path, files)
        #expect(kinds.count == files.count)
        for (file, columns) in kinds {
            for (name, kind) in columns where name.hasSuffix("_us") || name.hasSuffix("_records") {
                #expect(["number", "empty"].contains(kind), "\(file) \(name)")
            }
        }
    }

    @Test func `are read back by our own reader as they were written`() throws {
        let folder = try writeAll()
        func check<Row: TableRow>(_ rows: [Row]) throws {
            let table = try CSVTable(path: folder.path + "/" + Row.fileName)
            #expect(table.columns == Row.columns.map(\.name))
            #expect(table.rows.count == rows.count)
            for (read, row) in zip(table.rows, rows) {
                for column in Row.columns {
                    let text = CSV.text(column.field(row))
                    #expect(read[column.name] == (text.isEmpty ? nil : text), "\(column.name)")
                }
            }
        }
        try check(Rows.summary)
        try check(Rows.timeSeries)
        try check(Rows.lag)
        try check(Rows.percentiles)
        try check(Rows.roofline)
        try check(Rows.thresholds)
    }
}
