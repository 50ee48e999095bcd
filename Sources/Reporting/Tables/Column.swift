import Measurement

/// One value of a row, in the few types that CSV and JSON need.
public enum Field: Sendable, Equatable {
    /// Not measured: an empty field in CSV, `null` in JSON; never 0.
    case absent
    case text(String)
    case truth(Bool)
    /// Joined with the separator in CSV, where none is empty; a list in JSON.
    case list([String], separator: String = "; ")
    case integer(Int64)
    /// A number with this many decimals. Infinity and NaN are written as absent.
    case decimal(Double, digits: Int)
}

/// The type of a column's fields.
public enum FieldKind: Sendable, Equatable {
    case text
    /// `true` or `false`.
    case truth
    case integer, number
    /// ISO 8601 in UTC.
    case time
    /// A number, or a word.
    case numberOrWord
}

/// One column of a results file: its name with the unit, its meaning, and its value in a row.
///
/// Header, rows, the tables of `Results/README.md`, `datapackage.json` and `weir explain` come from
/// the same list of columns.
public struct Column<Row>: Sendable {
    /// snake_case, ending in the unit where there is one.
    public let name: String
    /// One sentence for the README: meaning, unit where the name does not say it, when empty.
    public let meaning: String
    public let kind: FieldKind
    /// `us`, `MB/s` …; empty for what has none.
    public let unit: String
    public let field: @Sendable (Row) -> Field

    /// - Parameter unit: nil if the name says it.
    public init(
        _ name: String, _ meaning: String, kind: FieldKind, unit: String? = nil,
        field: @escaping @Sendable (Row) -> Field
    ) {
        self.name = name
        self.meaning = meaning
        self.kind = kind
        self.unit = unit ?? RunFigure.Unit.ending(name)?.symbol ?? ""
        self.field = field
    }

    static func text(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (Row) -> String?
    ) -> Column {
        Column(name, meaning, kind: .text, unit: "") { row in
            value(row).map(Field.text) ?? .absent
        }
    }

    static func truth(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (Row) -> Bool?
    ) -> Column {
        Column(name, meaning, kind: .truth) { row in
            value(row).map(Field.truth) ?? .absent
        }
    }

    static func list(
        _ name: String, _ meaning: String, separator: String = "; ",
        _ values: @escaping @Sendable (Row) -> [String]
    ) -> Column {
        Column(name, meaning, kind: .text, unit: "") { .list(values($0), separator: separator) }
    }

    static func integer<Value: BinaryInteger & SendableMetatype>(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (Row) -> Value?
    ) -> Column {
        Column(name, meaning, kind: .integer) { row in
            value(row).map { .integer(Int64(clamping: $0)) } ?? .absent
        }
    }

    static func decimal(
        _ name: String, _ meaning: String, digits: Int = 3, unit: String? = nil,
        _ value: @escaping @Sendable (Row) -> Double?
    ) -> Column {
        Column(name, meaning, kind: .number, unit: unit) { row in
            value(row).map { .decimal($0, digits: digits) } ?? .absent
        }
    }

    /// Nanoseconds shown in microseconds, with all their digits.
    static func micros(
        _ name: String, _ meaning: String, _ nanos: @escaping @Sendable (Row) -> Int64?
    ) -> Column {
        decimal(name, meaning) { row in nanos(row).map { Double($0) / 1_000 } }
    }

    /// Nanoseconds since 1970 shown as ISO 8601 in UTC with milliseconds.
    static func time(
        _ name: String, _ meaning: String, _ unixNanos: @escaping @Sendable (Row) -> Int64?
    ) -> Column {
        Column(name, meaning, kind: .time) { row in
            unixNanos(row).map { .text(UTCTime(unixNanos: $0).iso8601) } ?? .absent
        }
    }
}

/// A row of one of the files of a results folder.
public protocol TableRow: Sendable {
    /// `summary.csv`, …
    static var fileName: String { get }
    /// The contents of the file, as words after “holds”.
    static var holds: String { get }
    static var columns: [Column<Self>] { get }
}
