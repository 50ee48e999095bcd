extension RunFigure {
    public enum Unit: CaseIterable, Sendable {
        case text
        case verdict
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
        case .text, .verdict, .count, .records, .secondsPerGigabyte, .nanosecondsPerByte, .share,
            .number:
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
        case .text, .verdict, .count, .share, .number: ""
        }
    }

    /// Its size in the base unit of gauges.
    public var perBaseUnit: Double {
        switch self {
        case .milliseconds: 1e3
        case .microseconds: 1e6
        case .nanosecondsPerByte: 1e9
        case .percent: 100
        case .text, .verdict, .count, .records, .bytes, .seconds, .recordsPerSecond,
            .megabytesPerSecond, .secondsPerGigabyte, .share, .number:
            1
        }
    }

    /// The base unit in OpenMetrics; nil for counts, rates and ratios, which have none there.
    public var baseUnit: String? {
        switch self {
        case .seconds, .milliseconds, .microseconds: "seconds"
        case .bytes: "bytes"
        case .text, .verdict, .count, .records, .recordsPerSecond, .megabytesPerSecond,
            .secondsPerGigabyte, .nanosecondsPerByte, .percent, .share, .number:
            nil
        }
    }

    var usualDigits: Int {
        switch self {
        case .count, .records, .bytes, .text, .verdict: 0
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
