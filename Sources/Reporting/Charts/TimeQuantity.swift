/// A quantity of a run that changes over time, as one or more lines.
struct TimeQuantity {
    var title: String
    var measure: Measure
    var isLogarithmic = false
    var lines: @Sendable (ChartRun) -> [Line]

    /// One line of one run, its values in the unit that the files have.
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

    /// The first of some columns with a value, at the end of each interval.
    static func points(_ rows: [CSVTable.Row], _ columns: String...) -> [Chart.Point] {
        guard
            let column = columns.first(where: { name in rows.contains { $0.number(name) != nil } })
        else { return [] }
        return rows.compactMap { row in
            row.number("elapsed_s").map { Chart.Point($0, row.number(column), of: row) }
        }
    }

    /// The same for rates: in the middle of each interval, and without the partial interval at the
    /// end of a phase, whose rate is arbitrary.
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

    /// The shaded stretches: warm-up, drain, and intervals in which the machine stalled.
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
            if row.number("hiccup_max_us") ?? 0 >= Chart.Band.Kind.hiccupLimitMicros {
                bands.append(.init(kind: .hiccup, range: range))
            }
        }
        return bands
    }
}

extension Chart.Point {
    fileprivate init(_ x: Double, _ y: Double?, of row: CSVTable.Row) {
        self.init(x, y)
        isExtreme = row.isExtreme
    }
}

extension [Chart.Band] {
    /// Joins adjoining and overlapping bands of a kind, and drops invisible slivers.
    func merged(in whole: ClosedRange<Double>) -> [Chart.Band] {
        let gap = (whole.upperBound - whole.lowerBound) * 0.003
        return Chart.Band.Kind.allCases.flatMap { kind in
            let ranges = filter { $0.kind == kind }.map(\.range)
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
