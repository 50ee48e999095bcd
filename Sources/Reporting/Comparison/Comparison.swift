import Measurement

/// Compares the repetitions of several variants, metric by metric, with those of one of them.
///
/// Built from rows of `summary.csv` that were read back. Medians have bootstrapped 95 % intervals;
/// a difference is claimed only if a Mann–Whitney test shows it at p < 0.05. Each metric is tested
/// by itself, so of twenty comparisons without a difference one may claim one. An `INVALID` run is
/// listed but does not count, since its figures mean nothing. Every other run counts.
public struct Comparison: Sendable {
    /// A smaller p shows a difference.
    public static let level = 0.05
    /// A smaller difference, as a share, matters to nobody: at one offered rate the acknowledged
    /// rate varies so little that a test finds a thousandth of a percent.
    public static let leastDifference = 0.001

    /// The name of the variant that the others are compared with.
    public let baseline: String
    /// In the order in which they first occur.
    public let variants: [Variant]
    /// By variant, and in the order of `ComparedMetric.all`; metrics that no variant has are left
    /// out.
    public private(set) var rows: [ComparisonRow]
    /// Where in `rows` a metric of a variant is.
    private let places: [String: [String: Int]]
    /// Whether any run was a closed loop, whose latencies are the target's and not a user's.
    public let hasClosedLoop: Bool

    /// The runs of one variant.
    public struct Variant: Sendable {
        public let name: String
        public let runs: [Run]

        /// The repetitions that do not count.
        public var excluded: [Int] { runs.filter { !$0.isCounted }.map(\.repetition) }
    }

    public struct Run: Sendable {
        /// The number in the table; if two runs of a variant have the same, by their order.
        public let repetition: Int
        /// Nil if the table has none.
        public let verdict: Verdict?
        public let verdictReasons: String?
        let row: CSVTable.Row

        public var isCounted: Bool { verdict != .invalid }

        /// How many thresholds the run failed.
        var failedThresholds: Int {
            row.number("thresholds_failed").flatMap { Int(exactly: $0) } ?? 0
        }
    }

    /// - Parameters:
    ///   - summaries: tables with the columns of `summary.csv`; what they lack is not compared.
    ///   - baseline: the name of a variant; the first one where nil.
    public init(summaries: [CSVTable], baseline: String? = nil) throws(ComparisonError) {
        let variants = Self.variants(of: summaries)
        guard let first = variants.first else { throw .noRuns }
        let names = variants.map(\.name)
        let baseline = baseline ?? first.name
        guard let base = variants.first(where: { $0.name == baseline }) else {
            throw .unknownBaseline(baseline, variants: names)
        }
        self.baseline = baseline
        self.variants = variants
        hasClosedLoop = variants.contains { $0.runs.contains { $0.row["loop"] == "closed" } }
        var rows: [ComparisonRow] = []
        let metrics = ComparedMetric.all.filter { metric in
            variants.contains { $0.runs.contains { $0.row.number(metric.column) != nil } }
        }
        let baseRows = metrics.map { Self.row(of: base, $0, baseline: baseline) }
        for variant in variants {
            for (metric, base) in zip(metrics, baseRows) {
                var row = Self.row(of: variant, metric, baseline: baseline)
                if variant.name != baseline { row.compare(with: base) }
                rows.append(row)
            }
        }
        Self.markParetoFront(in: &rows)
        self.rows = rows
        places = rows.indices.reduce(into: [:]) { places, index in
            places[rows[index].variant, default: [:]][rows[index].metric.column] = index
        }
    }

    /// - Parameter metric: the name of its column.
    public func row(variant: String, metric: String) -> ComparisonRow? {
        places[variant]?[metric].map { rows[$0] }
    }

    /// The same with the name of its results folder in each row: `<profile>/<UTC time>`.
    public func named(_ runID: String) -> Comparison {
        var comparison = self
        for index in rows.indices { comparison.rows[index].runID = runID }
        return comparison
    }

    /// `comparison.csv`, whole.
    public var csv: String {
        CSV.header(ComparisonRow.columns)
            + rows.map { CSV.line($0, ComparisonRow.columns) }.joined()
    }

    // MARK: Rows

    private static func variants(of summaries: [CSVTable]) -> [Variant] {
        var names: [String] = []
        var found: [String: [CSVTable.Row]] = [:]
        for row in summaries.lazy.flatMap(\.rows) {
            let name = row["variant"] ?? "default"
            if found[name] == nil { names.append(name) }
            found[name, default: []].append(row)
        }
        return names.map { name in
            let rows = found[name]!
            let claimed = rows.map { $0.number("repetition").flatMap { Int(exactly: $0) } }
            let isClear = !claimed.contains(nil) && Set(claimed).count == rows.count
            return Variant(
                name: name,
                runs: rows.enumerated().map { index, row in
                    Run(
                        repetition: isClear ? claimed[index]! : index + 1,
                        verdict: row["verdict"].flatMap(Verdict.init(rawValue:)),
                        verdictReasons: row["verdict_reasons"], row: row)
                })
        }
    }

    private static func row(
        of variant: Variant, _ metric: ComparedMetric, baseline: String
    ) -> ComparisonRow {
        let counted = variant.runs.filter(\.isCounted).compactMap { run in
            run.row.number(metric.column).map { (run.repetition, $0) }
        }
        return ComparisonRow(
            variant: variant.name, metric: metric, baseline: baseline, counted: counted,
            excluded: variant.excluded)
    }

    /// A variant is on the front if no other beats it in both compression ratio and CPU cost.
    private static func markParetoFront(in rows: inout [ComparisonRow]) {
        func medians(_ metric: String) -> [String: Double] {
            rows.reduce(into: [:]) { medians, row in
                if row.metric.column == metric { medians[row.variant] = row.median }
            }
        }
        let cost = medians(ComparedMetric.cpuCost)
        let points = medians(ComparedMetric.compressionRatio).compactMap { name, ratio in
            cost[name].map { (name: name, point: (x: ratio, y: $0)) }
        }
        let front = ParetoFront.indices(of: points.map(\.point), x: .higher, y: .lower)
        let best = Set(front.map { points[$0].name })
        let known = Set(points.map(\.name))
        for index in rows.indices where known.contains(rows[index].variant) {
            let column = rows[index].metric.column
            if column == ComparedMetric.compressionRatio || column == ComparedMetric.cpuCost {
                rows[index].isOnParetoFront = best.contains(rows[index].variant)
            }
        }
    }
}

/// Why there is no comparison.
public enum ComparisonError: Error, Equatable, CustomStringConvertible {
    case noRuns
    case unknownBaseline(String, variants: [String])

    public var description: String {
        switch self {
        case .noRuns:
            "there is no finished run to compare: summary.csv has no row"
        case .unknownBaseline(let name, let variants):
            "no variant is called '\(name)'; --baseline takes one of "
                + variants.joined(separator: ", ")
        }
    }
}
