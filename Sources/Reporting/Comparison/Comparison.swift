import Measurement

/// Compares the repetitions of several variants, metric by metric, with those of one of them.
///
/// Built from rows of `summary.csv` that were read back. Medians have bootstrapped 95 % intervals;
/// a difference is shown only if a Mann–Whitney test finds it at p < 0.05, adjusted for all metrics of
/// the variant: see `FalseDiscovery`. `CountedRuns` says which runs count; the others are listed.
public struct Comparison: Sendable {
    /// A smaller p shows a difference.
    public static let level = 0.05
    /// Smaller differences, as a share, are not shown: at one offered rate the acknowledged rate
    /// varies so little that the test detects a thousandth of a percent.
    public static let leastDifference = 0.001

    /// The names of the variants that others are compared with, in their order.
    public let baselines: [String]
    /// In the order in which they first occur.
    public let variants: [Variant]
    /// By variant, and in the order of `ComparedMetric.all`; metrics that no variant has are left
    /// out.
    public private(set) var rows: [ComparisonRow]
    /// Where in `rows` a metric of a variant is.
    private let places: [String: [String: Int]]
    /// Whether any run was a closed loop; its latencies are not those of a user.
    public let hasClosedLoop: Bool

    /// The runs of one variant.
    public struct Variant: Sendable {
        public let name: String
        /// The variant that it is compared with; its own name for one that is compared with none.
        public let baseline: String
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
        /// Whether the medians are over it, too.
        public let isCounted: Bool
        let row: CSVTable.Row

        /// Whether it is `SUSPECT` because of the machine.
        var isDisturbed: Bool { CountedRuns.isDisturbed(row) }

        /// The number of attempts; a run that the machine disturbed is made again.
        var attempts: Int { CountedRuns.attempts(row) }

        /// How many thresholds the run failed.
        var failedThresholds: Int {
            row.number("thresholds_failed").flatMap { Int(exactly: $0) } ?? 0
        }
    }

    /// - Parameters:
    ///   - summaries: tables with columns of `summary.csv`; metrics without a column are not
    ///     compared.
    ///   - baseline: the name of a variant; the first one where nil.
    ///   - counterparts: where not empty, the baseline of each variant that has one, by its name, in
    ///     place of one for all.
    ///   - limits: on differences; no two of one figure.
    public init(
        summaries: [CSVTable], baseline: String? = nil, counterparts: [String: String] = [:],
        limits: [DifferenceLimit] = []
    ) throws(ComparisonError) {
        let found = Self.rows(of: summaries)
        let names = found.map(\.name)
        guard let first = names.first else { throw .noRuns }
        for name in [baseline ?? first] + counterparts.values where !names.contains(name) {
            throw .unknownBaseline(name, variants: names)
        }
        let variants = found.map { name, rows in
            let other = counterparts.isEmpty ? baseline ?? first : counterparts[name] ?? name
            return Variant(name: name, baseline: other, runs: Self.runs(rows))
        }
        let compared = variants.filter { $0.baseline != $0.name }
        guard limits.isEmpty || !compared.isEmpty else { throw .nothingToCompareWith(first) }
        self.variants = variants
        let others = Set(compared.map(\.baseline))
        baselines = others.isEmpty ? [baseline ?? first] : names.filter(others.contains)
        hasClosedLoop = variants.contains { $0.runs.contains { $0.row["loop"] == "closed" } }
        let limits = Dictionary(limits.map { ($0.column, $0) }, uniquingKeysWith: { $1 })
        let metrics = ComparedMetric.all.filter { metric in
            limits[metric.column] != nil
                || variants.contains { $0.runs.contains { $0.row.number(metric.column) != nil } }
        }
        var rows = variants.flatMap { variant in metrics.map { Self.row(of: variant, $0) } }
        let places = rows.indices.reduce(into: [String: [String: Int]]()) { places, index in
            places[rows[index].variant, default: [:]][rows[index].metric.column] = index
        }
        for index in rows.indices where rows[index].baseline != rows[index].variant {
            let column = rows[index].metric.column
            guard let base = places[rows[index].baseline]?[column] else { continue }
            rows[index].compare(with: rows[base])
            if let limit = limits[column] { rows[index].judge(by: limit, against: rows[base]) }
        }
        for variant in compared { Self.conclude(of: variant, in: &rows, places) }
        Self.markParetoFront(in: &rows)
        self.rows = rows
        self.places = places
    }

    /// The judgement of each limit on each variant, in the order of the rows.
    public var judgements: [(row: ComparisonRow, judgement: DifferenceJudgement)] {
        rows.compactMap { row in row.judgement.map { (row, $0) } }
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

    /// The runs of each variant, in the order in which the variants first occur.
    private static func rows(
        of summaries: [CSVTable]
    ) -> [(name: String, rows: [CSVTable.Row])] {
        var names: [String] = []
        var found: [String: [CSVTable.Row]] = [:]
        for row in summaries.lazy.flatMap(\.rows) {
            let name = row["variant"] ?? "default"
            if found[name] == nil { names.append(name) }
            found[name, default: []].append(row)
        }
        return names.map { ($0, found[$0]!) }
    }

    private static func runs(_ rows: [CSVTable.Row]) -> [Run] {
        let claimed = rows.map { $0.number("repetition").flatMap { Int(exactly: $0) } }
        let isClear = !claimed.contains(nil) && Set(claimed).count == rows.count
        return zip(rows, CountedRuns.areCounted(rows)).enumerated().map { index, run in
            let (row, isCounted) = run
            return Run(
                repetition: isClear ? claimed[index]! : index + 1,
                verdict: row["verdict"].flatMap(Verdict.init(rawValue:)),
                verdictReasons: row["verdict_reasons"], isCounted: isCounted, row: row)
        }
    }

    private static func row(of variant: Variant, _ metric: ComparedMetric) -> ComparisonRow {
        let counted = variant.runs.filter(\.isCounted).compactMap { run in
            run.row.number(metric.column).map { (run.repetition, $0) }
        }
        return ComparisonRow(
            variant: variant.name, metric: metric, baseline: variant.baseline, counted: counted,
            excluded: variant.excluded,
            disturbedCount: variant.runs.count { !$0.isCounted && $0.isDisturbed })
    }

    /// Concludes from all tests of a variant.
    private static func conclude(
        of variant: Variant, in rows: inout [ComparisonRow], _ places: [String: [String: Int]]
    ) {
        let tested = (places[variant.name] ?? [:]).compactMap { column, index in
            places[variant.baseline]?[column].flatMap { base in
                rows[index].isTested(against: rows[base]) ? (index: index, base: base) : nil
            }
        }
        let adjusted = FalseDiscovery.adjusted(tested.map { rows[$0.index].p ?? 1 })
        let claimed = adjusted.count { $0 < level }
        for ((index, base), p) in zip(tested, adjusted) {
            let next = FalseDiscovery.nextLevel(claimed: claimed, of: tested.count, level: level)
            rows[index].conclude(adjustedP: p, nextLevel: next, base: rows[base])
        }
    }

    /// The column by which settings of compression are ranked, beside their ratio: the CPU time of the codec
    /// alone, since that of the process varies by more than codecs differ; where a variant lacks it, that of
    /// the process.
    public var costMetric: String { Self.costMetric(of: rows) }

    private static func costMetric(of rows: [ComparisonRow]) -> String {
        func variants(_ metric: String) -> Set<String> {
            Set(rows.filter { $0.metric.column == metric && $0.median != nil }.map(\.variant))
        }
        let known = variants(ComparedMetric.codecCost)
        let needed = variants(ComparedMetric.compressionRatio)
        return !known.isEmpty && known.isSuperset(of: needed)
            ? ComparedMetric.codecCost : ComparedMetric.cpuCost
    }

    /// A variant is on the front if no other beats it in both compression ratio and CPU cost.
    private static func markParetoFront(in rows: inout [ComparisonRow]) {
        func medians(_ metric: String) -> [String: Double] {
            rows.reduce(into: [:]) { medians, row in
                if row.metric.column == metric { medians[row.variant] = row.median }
            }
        }
        let metric = costMetric(of: rows)
        let cost = medians(metric)
        let points = medians(ComparedMetric.compressionRatio).compactMap { name, ratio in
            cost[name].map { (name: name, point: (x: ratio, y: $0)) }
        }
        let front = ParetoFront.indices(of: points.map(\.point), x: .higher, y: .lower)
        let best = Set(front.map { points[$0].name })
        let known = Set(points.map(\.name))
        for index in rows.indices where known.contains(rows[index].variant) {
            if [ComparedMetric.compressionRatio, metric].contains(rows[index].metric.column) {
                rows[index].isOnParetoFront = best.contains(rows[index].variant)
            }
        }
    }
}

/// Why a comparison is impossible.
public enum ComparisonError: Error, Equatable, CustomStringConvertible {
    case noRuns
    case unknownBaseline(String, variants: [String])
    case nothingToCompareWith(String)

    /// All finished runs are the baseline's, or none is.
    case oneSided

    public var description: String {
        switch self {
        case .noRuns:
            "there is no finished run to compare: summary.csv has no row"
        case .unknownBaseline(let name, let variants):
            "no variant is called '\(name)'; --baseline takes one of "
                + variants.joined(separator: ", ")
        case .oneSided:
            "--against takes finished runs other than those that are compared with them, but "
                + "one of the two sides has none"
        case .nothingToCompareWith(let name):
            "all runs are of one variant, \(name): --fail-if has nothing to compare it "
                + "with; name other results, or say with --against which are the baseline"
        }
    }
}
