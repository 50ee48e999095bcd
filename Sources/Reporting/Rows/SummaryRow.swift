import Measurement

/// One row of `summary.csv`: one variant and repetition of a run, from settings to verdict.
///
/// Measured figures are in `values`, described by the table of figures; properties hold the figures
/// whose origin is the row. Rates are over `duration_s`, without warm-up and drain.
public struct SummaryRow: TableRow, Equatable {
    public static let fileName = "summary.csv"
    public static let holds = "one row for each variant and repetition"
    /// Incremented when a column changes its meaning, so that old and new figures are not compared.
    /// Version 2 has no stamp in the records, which took 20 bytes each; rows of version 1 do not
    /// have this column.
    public static let formatVersion = 2

    public var run: RunIdentity
    public var verdict: Verdict
    public var verdictReasons: [String] = []
    /// Notes that do not affect the verdict.
    public var notes: [String] = []
    /// Whether the user ended the run early; nil in rows that do not say.
    public var wasInterrupted: Bool?
    /// Open: the schedule sets the rate. Closed (`rate: max`): the target does.
    public var loop: Loop
    public var values: FigureValues
    public var thresholds: Thresholds = Thresholds()
    /// Version and machine of the run; nil in rows without them.
    public var environment: EnvironmentSnapshot?
    public var labels = RunLabels.none

    public init(run: RunIdentity, verdict: Verdict, loop: Loop, values: FigureValues) {
        self.run = run
        self.verdict = verdict
        self.loop = loop
        self.values = values
    }

    public enum Loop: String, Sendable { case open, closed }

    /// The value of a figure that the run measured, or that the row's writer gave.
    public subscript(column: String) -> FigureValue? {
        get { values[column] }
        set { values[column] = newValue }
    }

    public static let columns: [Column<SummaryRow>] = RunFigure.inColumnOrder.map { figure in
        if case .row = figure.origin {
            guard let field = own[figure.column] else {
                preconditionFailure("\(figure.column) is of the row, which does not know it")
            }
            return column(of: figure, field)
        }
        return column(of: figure) { Field($0.values[figure.column], of: figure) }
    }

    private static func column(
        of figure: RunFigure, _ field: @escaping @Sendable (SummaryRow) -> Field
    ) -> Column<SummaryRow> {
        let kind: FieldKind =
            switch figure.unit {
            case .text, .verdict: .text
            case .truth: .truth
            case .time: .time
            case _ where figure.digits == 0: .integer
            case _: .number
            }
        return Column(
            figure.column, figure.meaning, kind: kind, unit: figure.unit.symbol, field: field)
    }

    /// The figures whose origin is the row.
    static let own: [String: @Sendable (SummaryRow) -> Field] = [
        "run_id": { .text($0.run.runID) },
        "started_at": { .text(UTCTime(unixNanos: $0.run.startedAtUnixNanos).iso8601) },
        "profile": { .text($0.run.profile) },
        "variant": { .text($0.run.variant) },
        "repetition": { .integer(Int64($0.run.repetition)) },
        "target": { .text($0.run.target) },
        "verdict": { .text($0.verdict.rawValue) },
        "verdict_reasons": { .list($0.verdictReasons) },
        "loop": { .text($0.loop.rawValue) },
        "thresholds": { count($0.thresholds.count) },
        "thresholds_failed": { count($0.thresholds.failed) },
        "notes": { .list($0.notes) },
        "interrupted": { $0.wasInterrupted.map(Field.truth) ?? .absent },
        "label": { text($0.labels.label) },
        "tags": { .list($0.labels.tags.map(\.description)) },
        "weir_version": { text($0.environment?.weirVersion) },
        "weir_build": { text($0.environment?.weirBuild) },
        "host": { text($0.environment?.host) },
        "kernel": { text($0.environment?.kernel) },
        "cpu_model": { text($0.environment?.cpuModel) },
        "zstd_version": { text($0.environment?.codecVersions["zstd"]) },
        "lz4_version": { text($0.environment?.codecVersions["lz4"]) },
        "zlib_version": { text($0.environment?.codecVersions["zlib"]) },
        "snappy_version": { text($0.environment?.codecVersions["snappy"]) },
        "format_version": { _ in .integer(Int64(formatVersion)) },
    ]

    private static func text(_ text: String?) -> Field {
        text.map(Field.text) ?? .absent
    }

    private static func count(_ count: Int?) -> Field {
        count.map { .integer(Int64($0)) } ?? .absent
    }
}

extension Field {
    fileprivate init(_ value: FigureValue?, of figure: RunFigure) {
        switch value {
        case .text(let text)? where figure.unit == .truth: self = .truth(text == "true")
        case .text(let text)?: self = .text(text)
        case .integer(let integer)? where figure.digits == 0: self = .integer(integer)
        case .integer(let integer)?: self = .decimal(Double(integer), digits: figure.digits)
        case .number(let number)?: self = .decimal(number, digits: figure.digits)
        case nil: self = .absent
        }
    }
}

extension SummaryRow {
    /// How many thresholds the profile has, and how many of them the run failed; nil without any.
    public struct Thresholds: Sendable, Equatable {
        public var count: Int?
        public var failed: Int?

        public init() {}

        public init(_ rows: [ThresholdRow]) {
            guard !rows.isEmpty else { return }
            count = rows.count
            failed = rows.count { !$0.holds }
        }
    }
}
