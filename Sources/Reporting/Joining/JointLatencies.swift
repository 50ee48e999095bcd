import Measurement

/// The latencies of several generators, their histograms added without loss.
struct JointLatencies {
    struct Latency {
        let kind: LatencyKind
        let group: String?
        let histogram: LatencyHistogram
        /// The exact smallest and largest value, where every generator's percentiles.csv has them.
        let range: ClosedRange<Int64>?
    }

    /// In the order of kinds, then of groups.
    let latencies: [Latency]

    init(_ runs: [GeneratorRun]) throws(ReportingError) {
        var latencies: [Latency] = []
        var merged: [String: LatencyHistogram] = [:]
        for entry in runs.flatMap(\.log.entries) {
            merged[entry.tag, default: LatencyHistogram()].add(try entry.histogram())
        }
        for kind in LatencyKind.allCases {
            let own = merged.compactMap { tag, histogram in
                HistogramLogEntry.parse(tag: tag).map { ($0.kind, $0.group, histogram) }
            }.filter { $0.0 == kind }.sorted { ($0.1 ?? "") < ($1.1 ?? "") }
            for (_, group, histogram) in own {
                let ranges = runs.compactMap { $0.range(of: kind, group: group) }
                var range: ClosedRange<Int64>?
                if let low = ranges.map(\.lowerBound).min(),
                    let high = ranges.map(\.upperBound).max()
                {
                    range = low...high
                }
                latencies.append(
                    Latency(kind: kind, group: group, histogram: histogram, range: range))
            }
        }
        self.latencies = latencies
    }

    func percentileRows(of run: RunName) -> [PercentileRow] {
        latencies.flatMap { latency in
            PercentileRow.distribution(
                of: latency.histogram, kind: latency.kind, group: latency.group, run: run
            ).map { row in
                var row = row
                guard let range = latency.range else { return row }
                row.valueNanos =
                    row.percentile == 0
                    ? range.lowerBound
                    : min(max(row.valueNanos, range.lowerBound), range.upperBound)
                return row
            }
        }
    }

    /// The latency columns of summary.csv; end-to-end latency is that of all groups.
    var summaryFields: [String: String] {
        var fields: [String: String] = [:]
        for kind in LatencyKind.allCases {
            let own = latencies.filter { $0.kind == kind }
            let all = own.reduce(into: LatencyHistogram()) { $0.add($1.histogram) }
            guard let summary = LatencySummary(all) else { continue }
            let largest = own.compactMap(\.range?.upperBound).max() ?? summary.maxNanos
            for point in LatencyPoint.allCases {
                let nanos = summary.nanos(point)
                let shown = point == .mean ? nanos : min(nanos, Double(largest))
                fields[point.column(of: kind)] = CSV.decimal(shown / 1_000, digits: 3)
            }
        }
        return fields
    }
}
