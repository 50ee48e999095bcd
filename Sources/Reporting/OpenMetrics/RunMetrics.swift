import Measurement

/// The metrics of one row of `summary.csv`.
struct RunMetrics {
    let row: CSVTable.Row
    /// For the number of records of each latency, which `summary.csv` does not have.
    let percentiles: CSVTable?

    /// The figures that are gauges, by the names of these.
    private static let gauges: [(name: String, figure: RunFigure)] = RunFigure.all.compactMap {
        figure in
        figure.gauge.map { ("weir_" + $0, figure) }
    }

    private static let startedAt = "weir_started_at_seconds"
    private static let verdictName = "weir_verdict"
    private static let info = "weir_run_info"
    private static let quantiles: [(quantile: String, point: LatencyPoint)] = [
        ("0.5", .p50), ("0.9", .p90), ("0.99", .p99), ("0.999", .p999), ("1", .max),
    ]

    /// Every family, without samples.
    static var families: [MetricFamily] {
        [
            MetricFamily(
                name: info, kind: .gauge, unit: nil,
                help: "The run that the other metrics belong to."),
            MetricFamily(
                name: verdictName, kind: .gauge, unit: nil,
                help: "The verdict on the run's figures: 1 for the verdict that it got."),
            MetricFamily(
                name: startedAt, kind: .gauge, unit: "seconds",
                help: "When the measured part began, since 1970."),
        ]
            + gauges.map { name, figure in
                MetricFamily(
                    name: name, kind: .gauge, unit: figure.unit.baseUnit, help: figure.meaning)
            }
            + LatencyKind.allCases.map { kind in
                MetricFamily(
                    name: name(of: kind), kind: .summary, unit: "seconds", help: kind.help)
            }
    }

    private static func name(of kind: LatencyKind) -> String { "weir_\(kind.rawValue)_seconds" }

    /// The labels that distinguish this run's samples from those of others.
    var labels: [(name: String, value: String)] {
        ["profile", "variant", "repetition", "target"].map { ($0, row[$0] ?? "") }
    }

    func samples(of family: MetricFamily) -> [MetricFamily.Sample] {
        if family.kind == .summary {
            return LatencyKind.allCases.first { Self.name(of: $0) == family.name }
                .map(samples) ?? []
        }
        switch family.name {
        case Self.info:
            let more = [
                "run_id", "compression_type", "compression_level", "payload_kind", "loop", "label",
                "weir_version", "weir_build", "host",
            ].compactMap { name in row[name].map { (name: name, value: $0) } }
            return [.init(labels: labels + more, value: 1)]
        case Self.verdictName:
            guard let verdict = row["verdict"] else { return [] }
            return Verdict.allCases.map { state in
                .init(
                    labels: labels + [("verdict", state.rawValue)],
                    value: state.rawValue == verdict ? 1 : 0)
            }
        default: return gaugeValue(of: family).map { [.init(labels: labels, value: $0)] } ?? []
        }
    }

    private func gaugeValue(of family: MetricFamily) -> Double? {
        if family.name == Self.startedAt {
            return row["started_at"].flatMap(UTCTime.init(iso8601:)).map {
                Double($0.unixNanos / 1_000_000) / 1e3
            }
        }
        guard let gauge = Self.gauges.first(where: { $0.name == family.name }) else { return nil }
        return row.number(gauge.figure.column).map { $0 / gauge.figure.unit.perBaseUnit }
    }

    private func samples(of kind: LatencyKind) -> [MetricFamily.Sample] {
        func seconds(_ point: LatencyPoint) -> Double? {
            row.number(point.column(of: kind)).map { $0 / 1e6 }
        }
        var samples = Self.quantiles.compactMap { quantile, point in
            seconds(point).map {
                MetricFamily.Sample(labels: labels + [("quantile", quantile)], value: $0)
            }
        }
        if let mean = seconds(.mean), let count = count(of: kind) {
            samples.append(.init(suffix: "_sum", labels: labels, value: mean * count))
            samples.append(.init(suffix: "_count", labels: labels, value: count))
        }
        return samples
    }

    /// The number of records of a latency, over all groups; nil without percentiles.csv.
    private func count(of kind: LatencyKind) -> Double? {
        let counts =
            percentiles?.rows.filter {
                $0["latency"] == kind.rawValue && $0.number("percentile") == 100
                    && $0["variant"] == row["variant"] && $0["repetition"] == row["repetition"]
            }.compactMap { $0.number("total_count") } ?? []
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }
}

extension LatencyKind {
    fileprivate var help: String {
        "\(name.prefix(1).uppercased() + name.dropFirst()): \(definition); quantile 1 is the exact maximum."
    }
}
