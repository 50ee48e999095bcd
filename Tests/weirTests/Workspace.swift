import Foundation
import Testing

/// A directory of one test with a profile in it, gone when the test is.
final class Workspace {
    let path: String

    /// Half a second of orders, which a debug build prepares at once; tests vary it with `--set`.
    static let profile = """
        description: "Half a second of orders, for tests."
        topics: {name: orders, partitions: 2}
        producers:
          rate: 2k/s
          config: {compression.type: zstd, linger.ms: 2ms, batch.size: 16KiB}
        payload: {kind: orders, pool: 1MiB}
        keys: {kind: payload}
        consumers: [{group: readers}]
        warmup: 0s
        duration: 500ms
        interval: 100ms
        """

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(component: "weir-tests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write(Self.profile, to: "orders.yaml")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    func weir(_ arguments: String...) throws -> Weir.Ended {
        try Weir(arguments, in: self).ended()
    }

    /// Starts a run of the profile. Results go to the folder `results`.
    func start(_ options: [String]) throws -> Weir {
        try Weir(["run", "orders.yaml", "--out", "results"] + options, in: self)
    }

    /// Runs the profile to its end.
    func run(_ options: String...) throws -> Weir.Ended {
        try start(options).ended()
    }

    /// Runs the profile, which must succeed, and returns its row of `summary.csv`.
    func summary(_ options: String...) throws -> Table.Row {
        let ended = try start(options).ended()
        try #require(ended.status == 0, "\(ended.output)\(ended.errors)")
        return try summary
    }

    /// The row of the last run.
    var summary: Table.Row {
        get throws {
            let table = try table("summary.csv")
            return try #require(table.rows.count == 1 ? table.rows.first : nil)
        }
    }

    /// A file of the last run.
    func result(_ name: String) -> String { path("results/orders/latest/\(name)") }

    func table(_ name: String) throws -> Table {
        try Table(String(contentsOfFile: result(name), encoding: .utf8))
    }

    /// The folders of all runs.
    var runs: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path("results/orders"))
                .filter { !$0.hasPrefix(".") && $0 != "latest" }.sorted()
        }
    }

    /// Folders that runs made for themselves, in use or left behind.
    func scratch() -> [String] {
        let all = FileManager.default.enumerator(atPath: path("results"))
        let marks = all?.compactMap { $0 as? String }.filter { $0.hasSuffix("/.weir-temporary") }
        return (marks ?? []).map { "results/" + $0.dropLast("/.weir-temporary".count) }
    }

    /// Whether the running child has reported some intervals.
    func hasReportedIntervals() -> Bool {
        guard let table = try? table("timeseries.csv") else { return false }
        return table.rows.count >= 6
    }

    /// The segments of a kept log, in order.
    func segments(of directory: String) throws -> [String] {
        let files = FileManager.default.enumerator(atPath: path(directory))
        let names = files?.compactMap { $0 as? String }.filter { $0.hasSuffix(".log") } ?? []
        try #require(!names.isEmpty)
        return names.sorted().map { "\(directory)/\($0)" }
    }

    /// Takes the last bytes of a kept log's first segment, as a disk may that loses what was durable.
    func tearSegment(of directory: String) throws {
        let segment = path(try segments(of: directory)[0])
        let file = try FileHandle(forUpdating: URL(filePath: segment))
        try file.truncate(atOffset: try file.seekToEnd() - 10)
        try file.close()
    }
}

extension Table.Row {
    /// Every record arrived, once, in order, and unharmed. On a busy machine the generator of a debug
    /// build may be late, or the run disturbed; its verdict says so, and the records are there.
    func expectCleanAudit(sourceLocation: SourceLocation = #_sourceLocation) {
        for fault in ["lost", "duplicated", "reordered", "corrupt", "failed_records"] {
            #expect(self[fault] == "0", "\(fault)", sourceLocation: sourceLocation)
        }
        #expect(
            ["VALID", "SUSPECT", "GENERATOR_BOUND"].contains(self["verdict"]),
            sourceLocation: sourceLocation)
    }
}
