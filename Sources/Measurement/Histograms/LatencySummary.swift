/// The figures of one latency that summary rows and tables show, in nanoseconds.
public struct LatencySummary: Sendable, Equatable {
    public var p50Nanos: Int64
    public var p90Nanos: Int64
    public var p99Nanos: Int64
    public var p999Nanos: Int64
    public var maxNanos: Int64
    public var meanNanos: Double
    public var count: UInt64

    /// Nil if nothing was recorded: then the field is empty, never 0.
    public init?(_ histogram: LatencyHistogram) {
        guard let values = histogram.percentiles([50, 90, 99, 99.9]), let mean = histogram.mean
        else { return nil }
        p50Nanos = values[0]
        p90Nanos = values[1]
        p99Nanos = values[2]
        p999Nanos = values[3]
        maxNanos = histogram.maximum
        meanNanos = mean
        count = histogram.count
    }
}
