import Foundation
import Measurement

/// The results folder of a run or of a comparison, read back.
///
/// Any file may be missing: a killed run wrote no summary, an older version had fewer files, and a
/// copy may be incomplete. A broken file is an error.
public struct SavedResults: Sendable {
    /// The folder's name in `summary.csv`, such as `orders/20261121T104500Z`, if it still lies in a
    /// folder of its profile; else its own name. `latest` gets the name of its target.
    public let name: String
    public let path: String
    /// The tables that were asked for and exist. A run that occurs twice in `summary.csv` is in it
    /// once.
    public internal(set) var tables: [Table: CSVTable]
    /// Notes for the reader of the results, for instance on a run that occurs twice.
    public let notes: [String]
    /// `environment.json`.
    public let environment: JSONValue?
    /// The text of `environment.json`.
    public let environmentJSON: String?
    /// The text of `profile.yaml`.
    public let profileYAML: String?

    /// The CSV files of a folder.
    public enum Table: String, Sendable, CaseIterable {
        case summary = "summary.csv"
        case timeSeries = "timeseries.csv"
        case lag = "lag.csv"
        case percentiles = "percentiles.csv"
        case slowest = "slowest.csv"
        case partitions = "partitions.csv"
        case brokers = "brokers.csv"
        case producers = "producers.csv"
        case comparison = "comparison.csv"
        case thresholds = "thresholds.csv"
        case roofline = "roofline.csv"
        case maxRate = "max_rate.csv"
        case advice = "advice.csv"
        case codecs = "codecs.csv"
        case topics = "topics.csv"
        case costs = "costs.csv"
    }

    /// - Parameter wanted: the tables to read; `lag.csv` can be large.
    /// - Throws: if the folder cannot be read, has no file of a run, or has one that is broken or
    ///   not Weir's.
    public init(path: String, tables wanted: [Table] = Table.allCases) throws(ReportingError) {
        try self.init(path: path, tables: wanted, thinning: nil)
    }

    /// The same for a page or charts, with bounded memory: of a `timeseries.csv` or `lag.csv` of
    /// more than 32 MiB only a sample and the rows with extremes are kept.
    /// - Parameter progress: gets the name of a large file and the share of it that was read.
    public init(
        toShow path: String, tables wanted: [Table] = Table.allCases,
        progress: @escaping (_ file: String, _ share: Double) -> Void = { _, _ in }
    ) throws(ReportingError) {
        try self.init(path: path, tables: wanted, thinning: progress)
    }

    private init(
        path: String, tables wanted: [Table],
        thinning progress: ((_ file: String, _ share: Double) -> Void)?
    ) throws(ReportingError) {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: path, isDirectory: &isDirectory)
        guard exists else { throw .inputOutput(operation: "read", path: path, errno: ENOENT) }
        guard isDirectory.boolValue else {
            throw .notResults(path: path, reason: "it is a file; name the folder that it lies in")
        }
        let here = Set(try Self.fileNames(in: path))
        let known = Table.allCases.map(\.rawValue) + [Self.environmentFile, Self.profileFile]
        guard known.contains(where: here.contains) else {
            throw .notResults(
                path: path, reason: "it holds none of \(known.joined(separator: ", "))")
        }
        var tables: [Table: CSVTable] = [:]
        for table in wanted where here.contains(table.rawValue) {
            let file = path + "/" + table.rawValue
            tables[table] = try Self.table(table, at: file, thinning: progress)
            try tables[table]?.requireColumns(of: table, path: file)
        }
        (self.tables, notes) = Self.withEachRunOnce(tables, path: path)
        self.path = path
        name = Self.name(of: path)
        environmentJSON =
            here.contains(Self.environmentFile)
            ? try Self.text(at: path + "/" + Self.environmentFile) : nil
        environment = try environmentJSON.map { (text) throws(ReportingError) in
            try Self.json(text, at: path + "/" + Self.environmentFile)
        }
        profileYAML =
            here.contains(Self.profileFile)
            ? try Self.text(at: path + "/" + Self.profileFile) : nil
    }

    /// The whole table, unless it is too long.
    static func table(
        _ table: Table, at path: String,
        thinning progress: ((_ file: String, _ share: Double) -> Void)?
    ) throws(ReportingError) -> CSVTable {
        var status = stat()
        guard let progress, unsafe stat(path, &status) == 0,
            status.st_size > CSVTable.thinnedAboveByteCount
        else { return try CSVTable(path: path) }
        switch table {
        case .timeSeries:
            return try CSVTable(thinningTimeSeries: path) { progress(path, $0) }
        case .lag: return try CSVTable(thinningLag: path) { progress(path, $0) }
        default: return try CSVTable(path: path)
        }
    }

    /// Stands for results that are still to be made, to check beforehand whether they can be
    /// compared.
    public init(
        planned name: String, environment: EnvironmentSnapshot
    ) throws(ReportingError) {
        self.name = name
        path = ""
        tables = [
            .summary: CSVTable(
                columns: ["format_version"], rows: [["\(SummaryRow.formatVersion)"]])
        ]
        notes = []
        environmentJSON = environment.json
        self.environment = try Self.json(environment.json, at: name)
        profileYAML = nil
    }

    public var summary: CSVTable? { tables[.summary] }
    public var timeSeries: CSVTable? { tables[.timeSeries] }
    public var lag: CSVTable? { tables[.lag] }
    public var percentiles: CSVTable? { tables[.percentiles] }
    public var comparison: CSVTable? { tables[.comparison] }
    public var thresholds: CSVTable? { tables[.thresholds] }
    public var roofline: CSVTable? { tables[.roofline] }
    var brokers: CSVTable? { tables[.brokers] }
    var producerGroups: CSVTable? { tables[.producers] }
    /// The answer of a search for the highest rate.
    public var maxRate: CSVTable.Row? { tables[.maxRate]?.rows.first }

    /// What `weir advise` measured of codecs alone.
    public var codecs: CSVTable? { tables[.codecs] }

    /// Who pays for the settings on its front.
    var costs: CSVTable? { tables[.costs] }

    /// The advice on a comparison, by `weir advise`.
    var advice: CSVTable? { tables[.advice] }

    /// Tables whose summary has each run once, and a note for each repeated one.
    static func withEachRunOnce(
        _ tables: [Table: CSVTable], path: String
    ) -> (tables: [Table: CSVTable], notes: [String]) {
        guard let summary = tables[.summary] else { return (tables, []) }
        var known: Set<RunKey> = []
        let (table, repeated) = summary.withEachRunOnce(&known)
        var tables = tables
        tables[.summary] = table
        return (
            tables,
            repeated.map { "\(path) has the run \($0) twice in its summary, which counts once" }
        )
    }

    // MARK: Files

    private static let environmentFile = "environment.json"
    private static let profileFile = "profile.yaml"

    private static func fileNames(in path: String) throws(ReportingError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .inputOutput(operation: "read", path: path, errno: error.posixCode)
        }
    }

    private static func text(at path: String) throws(ReportingError) -> String {
        do {
            return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        } catch {
            throw .inputOutput(operation: "read", path: path, errno: error.posixCode)
        }
    }

    private static func json(
        _ text: String, at path: String
    ) throws(ReportingError) -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw .malformedJSON(path: path)
        }
    }

    static func name(of path: String) -> String {
        let parts = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
            .pathComponents.filter { $0 != "/" }
        guard let last = parts.last else { return path }
        let isUTCTime = last.prefixMatch(of: /\d{8}T\d{6}Z/) != nil
        return isUTCTime && parts.count > 1 ? parts[parts.count - 2] + "/" + last : last
    }
}
