/// A point of a latency's distribution that has a column of `summary.csv`.
public enum LatencyPoint: String, CaseIterable, Sendable {
    case p50, p90, p99, p999, max, mean

    public func column(of kind: LatencyKind) -> String { "\(kind.rawValue)_\(rawValue)_us" }

    /// `p99.9`.
    public var label: String { self == .p999 ? "p99.9" : rawValue }

    /// From 0 to 100; nil for the mean.
    public var percentile: Double? {
        switch self {
        case .p50: 50
        case .p90: 90
        case .p99: 99
        case .p999: 99.9
        case .max: 100
        case .mean: nil
        }
    }
}

extension LatencySummary {
    public func nanos(_ point: LatencyPoint) -> Double {
        switch point {
        case .p50: Double(p50Nanos)
        case .p90: Double(p90Nanos)
        case .p99: Double(p99Nanos)
        case .p999: Double(p999Nanos)
        case .max: Double(maxNanos)
        case .mean: meanNanos
        }
    }
}

extension LatencyHistogram {
    /// Nil if nothing was recorded; the maximum exactly.
    public func nanos(_ point: LatencyPoint) -> Double? {
        switch point {
        case .max: isEmpty ? nil : Double(maximum)
        case .mean: mean
        case .p50, .p90, .p99, .p999: percentile(point.percentile!).map { Double($0) }
        }
    }
}
