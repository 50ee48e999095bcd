import Measurement

/// The description of a CSV file of results and its columns.
public struct TableDescription: Sendable {
    /// `summary.csv`, …
    public let fileName: String
    /// As words after “holds”.
    public let holds: String
    public let columns: [ColumnDescription]

    init<Row: TableRow>(_: Row.Type, adding more: [ColumnDescription] = []) {
        fileName = Row.fileName
        holds = Row.holds
        columns = Row.columns.map(ColumnDescription.init) + more
    }

    /// Every CSV file that there is.
    public static let all: [TableDescription] = [
        TableDescription(SummaryRow.self, adding: ofRunsTogether),
        TableDescription(TimeSeriesRow.self), TableDescription(LagRow.self),
        TableDescription(PercentileRow.self), TableDescription(SlowestRow.self),
        TableDescription(PartitionRow.self), TableDescription(BrokerRow.self),
        TableDescription(ProducerGroupRow.self), TableDescription(ThresholdRow.self),
        TableDescription(RooflineRow.self), TableDescription(ComparisonRow.self),
        TableDescription(MaxRateRow.self), TableDescription(AdviceRow.self),
        TableDescription(CodecRow.self), TableDescription(TopicRow.self),
        TableDescription(CostRow.self),
    ]

    /// The further columns of runs in the folder of a comparison or of a search.
    private static let ofRunsTogether =
        ProbeOutcome.columns.map(ColumnDescription.init) + [
            ColumnDescription(
                CountedRuns.attemptsColumn,
                "With `--retries`: the number of attempts, since a run that the machine disturbed "
                    + "is made again; the row is of the last attempt.", kind: .integer)
        ]

    /// Nil for no file of Weir's.
    static func named(_ fileName: String) -> TableDescription? {
        all.first { $0.fileName == fileName }
    }

    /// The description of a column of a file; for an unknown column, what its name says.
    func column(_ name: String) -> ColumnDescription {
        columns.first { $0.name == name } ?? ColumnDescription(unknown: name)
    }
}

/// The description of a column.
public struct ColumnDescription: Sendable {
    public let name: String
    /// Words in place of the name, as at the start of a line.
    public let title: String
    public let meaning: String
    /// Nil if it may be anything.
    public let kind: FieldKind?
    /// `us`, `MB/s` …; empty for what has none.
    public let unit: String

    init<Row>(_ column: Column<Row>) {
        name = column.name
        title = ColumnText.label(column.name)
        meaning = column.meaning
        kind = column.kind
        unit = column.unit
    }

    fileprivate init(_ name: String, _ meaning: String, kind: FieldKind) {
        self.name = name
        self.meaning = meaning
        self.kind = kind
        title = ColumnText.label(name)
        unit = ""
    }

    /// The prefix of columns with the settings that a comparison varies.
    public static let settingPrefix = "set_"

    /// Of a column that no table has: of a varied setting, or of another version.
    fileprivate init(unknown name: String) {
        self.name = name
        title = ColumnText.label(name)
        unit = RunFigure.Unit.ending(name)?.symbol ?? ""
        if name.hasPrefix(Self.settingPrefix) {
            meaning =
                "The variant's value of the setting in the column's name, as it was written."
            kind = .text
        } else {
            meaning = "Written by another version of Weir than the one that wrote this description."
            kind = nil
        }
    }
}
