extension RunFigure {
    public enum Unit: CaseIterable, Sendable {
        case text
        case verdict
        /// `true` or `false`.
        case truth
        /// ISO 8601 in UTC.
        case time
        /// A number of something, or of records; whole.
        case count, records
        case bytes
        case seconds, milliseconds, microseconds
        case recordsPerSecond
        /// 10⁶ bytes a second.
        case megabytesPerSecond
        /// CPU seconds for 10⁹ bytes.
        case secondsPerGigabyte
        case nanosecondsPerByte
        case percent
        /// 1 is all of it.
        case share
        /// A ratio or a mean.
        case number
    }
}

extension RunFigure.Unit {
    /// The ending of column names; empty for figures without a unit, or with the unit elsewhere in
    /// the name.
    public var columnEnding: String {
        switch self {
        case .bytes: "bytes"
        case .seconds: "s"
        case .milliseconds: "ms"
        case .microseconds: "us"
        case .recordsPerSecond: "records_per_s"
        case .megabytesPerSecond: "mb_per_s"
        case .percent: "percent"
        case .text, .verdict, .truth, .time, .count, .records, .secondsPerGigabyte,
            .nanosecondsPerByte, .share, .number:
            ""
        }
    }

    /// Its spelling in `comparison.csv`; empty for a plain number.
    public var symbol: String {
        switch self {
        case .records: "records"
        case .bytes: "bytes"
        case .seconds: "s"
        case .milliseconds: "ms"
        case .microseconds: "us"
        case .recordsPerSecond: "records/s"
        case .megabytesPerSecond: "MB/s"
        case .secondsPerGigabyte: "s/GB"
        case .nanosecondsPerByte: "ns/byte"
        case .percent: "%"
        case .text, .verdict, .truth, .time, .count, .share, .number: ""
        }
    }

    /// The unit in words; empty for what has none.
    public var words: String {
        switch self {
        case .records: "records"
        case .bytes: "bytes"
        case .seconds: "seconds"
        case .milliseconds: "milliseconds"
        case .microseconds: "microseconds"
        case .recordsPerSecond: "records a second"
        case .megabytesPerSecond: "megabytes (10⁶ bytes) a second"
        case .secondsPerGigabyte: "seconds for a gigabyte (10⁹ bytes)"
        case .nanosecondsPerByte: "nanoseconds for a byte"
        case .percent: "percent, 0 to 100"
        case .share: "a share, 1 is all of it"
        case .text, .verdict, .truth, .time, .count, .number: ""
        }
    }

    /// The unit that the name of a column ends with, of any file; nil if it ends with none.
    public static func ending(_ column: String) -> RunFigure.Unit? {
        let unit = allCases.filter {
            !$0.columnEnding.isEmpty && column.hasSuffix("_" + $0.columnEnding)
        }.max { $0.columnEnding.count < $1.columnEnding.count }
        // A count per second is not a time.
        return unit == .seconds && column.hasSuffix("_per_s") ? nil : unit
    }

    /// Its size in the base unit of gauges.
    public var perBaseUnit: Double {
        switch self {
        case .milliseconds: 1e3
        case .microseconds: 1e6
        case .nanosecondsPerByte: 1e9
        case .percent: 100
        case .text, .verdict, .truth, .time, .count, .records, .bytes, .seconds,
            .recordsPerSecond, .megabytesPerSecond, .secondsPerGigabyte, .share, .number:
            1
        }
    }

    /// The base unit in OpenMetrics; nil for counts, rates and ratios, which have none there.
    public var baseUnit: String? {
        switch self {
        case .seconds, .milliseconds, .microseconds: "seconds"
        case .bytes: "bytes"
        case .text, .verdict, .truth, .time, .count, .records, .recordsPerSecond,
            .megabytesPerSecond, .secondsPerGigabyte, .nanosecondsPerByte, .percent, .share,
            .number:
            nil
        }
    }

    var usualDigits: Int {
        switch self {
        case .count, .records, .bytes, .text, .verdict, .truth, .time: 0
        case .share: 4
        case .seconds, .milliseconds, .microseconds, .recordsPerSecond, .megabytesPerSecond,
            .secondsPerGigabyte, .nanosecondsPerByte, .percent, .number:
            3
        }
    }

    func trimmed(from column: String) -> String {
        let ending = columnEnding.isEmpty ? "" : "_" + columnEnding
        return column.hasSuffix(ending) ? String(column.dropLast(ending.count)) : column
    }
}
