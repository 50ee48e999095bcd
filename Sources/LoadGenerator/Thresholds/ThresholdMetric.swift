import Measurement

/// A figure that a threshold may be about: a column of `summary.csv`.
public struct ThresholdMetric: Sendable {
    /// How limits of a metric are written, and the unit of its column.
    enum Form: Sendable {
        case duration(unit: String, nanos: Double)
        case recordRate
        case byteRate
        case byteSize
        case count
        case number
        /// 1 is all of it.
        case share
        case percent
        case verdict
    }

    /// What a profile must have for the metric to be measured at all.
    enum Need: Sendable {
        case consumers
        case offeredRate
        case roofline
    }

    /// When a run that goes on may be judged by it.
    enum Evidence: Sendable {
        /// At any time, over what there has been.
        case soFar
        /// It only grows, so that an upper limit once passed is passed for good.
        case growing
        /// When the run has ended.
        case atEnd
    }

    /// The column's name.
    public let column: String
    /// The column's name without the unit.
    public let name: String
    let form: Form
    let need: Need?
    let evidence: Evidence
    /// In the column's unit; nil where it was not measured.
    let value: @Sendable (RunFigures) -> Double?

    init(
        _ column: String, _ form: Form, needs need: Need? = nil, _ evidence: Evidence = .soFar,
        value: @escaping @Sendable (RunFigures) -> Double?
    ) {
        self.column = column
        self.form = form
        self.need = need
        self.evidence = evidence
        self.value = value
        let suffix = form.unit.isEmpty ? "" : "_" + form.unit
        name = column.hasSuffix(suffix) ? String(column.dropLast(suffix.count)) : column
    }

    /// The one of that name, or of that column.
    static func named(_ name: String) -> ThresholdMetric? {
        // Two columns have the name `consumed_rate`: the first, of records, is the one.
        all.first { $0.name == name } ?? all.first { $0.column == name }
            ?? aliases[name].flatMap(named)
    }

    /// What people say for a rate of the producers or of the consumers.
    private static let aliases = [
        "produce_rate": "produced_rate", "consume_rate": "consumed_rate",
    ]

    /// The names that a threshold may begin with.
    static let names: [String] = {
        var names: [String] = []
        for metric in all {
            names.append(names.contains(metric.name) ? metric.column : metric.name)
        }
        return names
    }()
}

extension ThresholdMetric.Form {
    /// As column names end with it; empty for what has none, or says it elsewhere in its name.
    var unit: String {
        switch self {
        case .duration(let unit, _): unit
        case .recordRate: "records_per_s"
        case .byteRate: "mb_per_s"
        case .byteSize: "bytes"
        case .percent: "percent"
        case .count, .number, .share, .verdict: ""
        }
    }

    static let microseconds = Self.duration(unit: "us", nanos: 1e3)
    static let milliseconds = Self.duration(unit: "ms", nanos: 1e6)
    static let seconds = Self.duration(unit: "s", nanos: 1e9)
}
