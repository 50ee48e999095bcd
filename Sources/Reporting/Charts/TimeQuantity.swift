/// A quantity of a run that changes over time, as one or more lines.
struct TimeQuantity {
    var title: String
    var measure: Measure
    var isLogarithmic = false
    /// What is said in place of an axis if all values are zero.
    var whenZero: String?
    /// The line that the chart's finding is about; nil for none of them.
    var told: Told?
    var lines: @Sendable (ChartRun) -> [Line]

    /// A line for the finding.
    struct Told {
        /// How the line's name begins; empty for the first line.
        var line = ""
        /// The subject of the sentence.
        var what: String
        /// Whether a low value is what a reader has to know of.
        var isLowTold = false
    }

    /// One line of one run, or the median of several with their range, its values in the unit that the files have.
    struct Line {
        var name: String
        var ink: Ink
        var width: Double
        var points: [Chart.Point]
    }
}

extension ChartRun {
    var producerRows: [CSVTable.Row] { timeSeries.filter { $0["role"] == "producer" } }

    func consumerRows(of group: String) -> [CSVTable.Row] {
        timeSeries.filter { $0["role"] == "consumer" && $0["group"] == group }
    }

    /// A column at the end of each interval: what was so at that moment.
    static func samples(_ rows: [CSVTable.Row], _ column: String) -> [Chart.Point] {
        rows.compactMap { row in
            row.number("elapsed_s").map { Chart.Point($0, row.number(column), of: row) }
        }
    }

    /// A column in the middle of each interval, where its rates are, too: what was so of the interval
    /// as a whole.
    static func points(_ rows: [CSVTable.Row], _ column: String) -> [Chart.Point] {
        rows.compactMap { row in
            row.number("elapsed_s").map { end in
                let length = row.number("interval_s") ?? 0
                return Chart.Point(end - length / 2, row.number(column), of: row)
            }
        }
    }

    /// The first of some columns with a value, in the middle of each interval, and without the partial
    /// interval at the end of a phase, whose rate is arbitrary.
    static func rates(_ rows: [CSVTable.Row], _ columns: String...) -> [Chart.Point] {
        guard
            let column = columns.first(where: { name in rows.contains { $0.number(name) != nil } })
        else { return [] }
        let lengths = rows.compactMap { $0.number("interval_s") }.sorted()
        let usual = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
        return rows.compactMap { row in
            guard let end = row.number("elapsed_s") else { return nil }
            let length = row.number("interval_s") ?? 0
            guard length >= usual / 2 else { return nil }
            return Chart.Point(end - length / 2, row.number(column), of: row)
        }
    }

    /// Sums, or another combination, of the partitions' values at each time, by group.
    func lag(
        of group: String, _ column: String, combine: (Double, Double) -> Double
    ) -> [Chart.Point] {
        var values: [Double: Double] = [:]
        var extremes: Set<Double> = []
        for row in lag where row["group"] == group {
            guard let time = row.number("elapsed_s"), let value = row.number(column) else {
                continue
            }
            values[time] = values[time].map { combine($0, value) } ?? value
            if row.isExtreme { extremes.insert(time) }
        }
        return values.sorted { $0.key < $1.key }.map { time, value in
            var point = Chart.Point(time, value)
            point.isExtreme = extremes.contains(time)
            return point
        }
    }

    /// The range of time of the run's rows.
    var timeRange: ClosedRange<Double>? {
        let ends = timeSeries.compactMap { $0.number("elapsed_s") }
        let starts = timeSeries.compactMap { row in
            row.number("elapsed_s").map { $0 - (row.number("interval_s") ?? 0) }
        }
        let times = ends + starts + lag.compactMap { $0.number("elapsed_s") }
        guard let first = times.min(), let last = times.max() else { return nil }
        return first...last
    }

    /// The shaded stretches: warm-up, drain, and intervals in which a group paused or the machine
    /// stalled.
    var bands: [Chart.Band] {
        var bands: [Chart.Band] = []
        for row in timeSeries {
            guard let end = row.number("elapsed_s"), let length = row.number("interval_s"),
                length > 0
            else { continue }
            let range = (end - length)...end
            switch row["phase"] {
            case "warmup": bands.append(.init(kind: .warmup, range: range))
            case "drain": bands.append(.init(kind: .drain, range: range))
            default: break
            }
            if row["paused"] == "true" { bands.append(.init(kind: .pause, range: range)) }
            if row.number("hiccup_max_us") ?? 0 >= Chart.Band.Kind.hiccupLimitMicros {
                bands.append(.init(kind: .hiccup, range: range))
            }
        }
        return bands
    }
}

extension ChartRun {
    /// Faults and changes, each in the middle of its interval.
    var events: [Chart.Event] {
        let kinds: [(kind: Chart.Event.Kind, columns: [String])] = [
            (.fault, ["broker_errors", "connections_lost", "failed_records"]),
            (.retry, ["retries"]), (.leaderChange, ["leader_changes"]),
            (.throttle, ["throttled_ms"]),
        ]
        return producerRows.flatMap { row -> [Chart.Event] in
            guard let end = row.number("elapsed_s") else { return [] }
            let middle = end - (row.number("interval_s") ?? 0) / 2
            return kinds.filter { $0.columns.contains { row.number($0) ?? 0 > 0 } }
                .map { Chart.Event(kind: $0.kind, x: middle) }
        }
    }

    /// What disturbed the interval around a moment, for a sentence; nil if nothing did.
    func disturbance(at time: Double) -> String? {
        let row = timeSeries.first { row in
            guard let end = row.number("elapsed_s"), let length = row.number("interval_s") else {
                return false
            }
            return (end - length...max(end, end - length)).contains(time)
        }
        guard let row else { return nil }
        let producer = producerRows.first { $0.number("elapsed_s") == row.number("elapsed_s") }
        func count(_ column: String) -> Double { (producer ?? row).number(column) ?? 0 }
        if count("connections_lost") > 0 { return "a lost connection" }
        if count("leader_changes") > 0 { return "another leader of a partition" }
        if count("broker_errors") > 0 { return "errors of a broker" }
        if count("throttled_ms") > 0 { return "a broker's quota" }
        guard let stall = row.number("hiccup_max_us"),
            stall >= Chart.Band.Kind.hiccupLimitMicros
        else { return nil }
        return "a stall of the machine of \(Figure.duration(nanos: stall * 1e3))"
    }
}

extension [Chart.Event] {
    /// One of a kind for each place that the eye can distinguish.
    func thinned(in whole: ClosedRange<Double>) -> [Chart.Event] {
        let step = (whole.upperBound - whole.lowerBound) / 150
        guard step > 0 else { return self }
        var seen: Set<String> = []
        return filter { seen.insert("\($0.kind) \(($0.x / step).rounded())").inserted }
    }
}

extension Chart.Point {
    fileprivate init(_ x: Double, _ y: Double?, of row: CSVTable.Row) {
        self.init(x, y)
        isExtreme = row.isExtreme
    }
}

extension [Chart.Band] {
    /// Joins adjoining and overlapping bands of a kind. Slivers that would be invisible are dropped,
    /// but a stall is as broad as is visible.
    func merged(in whole: ClosedRange<Double>) -> [Chart.Band] {
        let gap = (whole.upperBound - whole.lowerBound) * 0.003
        return Chart.Band.Kind.allCases.flatMap { kind in
            let ranges = filter { $0.kind == kind }.map {
                $0.range.widened(kind == .hiccup ? gap : 0)
            }
            .sorted { $0.lowerBound < $1.lowerBound }
            var merged: [ClosedRange<Double>] = []
            for range in ranges {
                if let last = merged.last, range.lowerBound <= last.upperBound + gap {
                    merged[merged.count - 1] =
                        last.lowerBound...Swift.max(last.upperBound, range.upperBound)
                } else {
                    merged.append(range)
                }
            }
            return merged.filter { $0.upperBound - $0.lowerBound > gap }
                .map { Chart.Band(kind: kind, range: $0) }
        }
    }
}

extension ClosedRange<Double> {
    /// At least a little longer than a length.
    fileprivate func widened(_ length: Double) -> Self {
        let length = length * 1.01
        return upperBound - lowerBound >= length
            ? self : lowerBound...Swift.max(lowerBound + length, upperBound)
    }
}
