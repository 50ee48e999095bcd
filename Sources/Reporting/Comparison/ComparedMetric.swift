import Measurement

/// A figure of `summary.csv` by which variants are compared.
public struct ComparedMetric: Sendable, Equatable {
    /// The column of `summary.csv`, which is also what the metric is called in `comparison.csv`.
    public let column: String
    /// What it is called where there is little room.
    public let title: String
    /// `MB/s`, `us` …; empty for a mere number.
    public let unit: String
    /// Nil for a figure that explains others, and is neither good nor bad.
    public let better: ParetoFront.Better?
    /// Digits after the point in files.
    let digits: Int
    /// The table of the terminal that it stands in; nil where only `comparison.csv` has it.
    let section: Section?
    /// A figure for people, with its unit.
    let text: @Sendable (Double) -> String

    public static func == (a: ComparedMetric, b: ComparedMetric) -> Bool { a.column == b.column }

    enum Section: String, CaseIterable {
        case throughput = "Throughput"
        case latency = "Latency"
        case cost = "Cost"
        case batches = "Batches and lag"
    }

    private init(
        _ column: String, _ title: String, _ unit: Unit, _ better: ParetoFront.Better?,
        digits: Int = 3, in section: Section? = nil
    ) {
        self.column = column
        self.title = title
        self.unit = unit.rawValue
        self.better = better
        self.digits = digits
        self.section = section
        text = unit.text
    }

    /// Whatever is compared, in the order of the tables. What a file does not have is left out.
    public static let all: [ComparedMetric] = [
        .init(
            "acked_rate_records_per_s", "acked", .recordsPerSecond, .higher, in: .throughput),
        .init(
            "logical_rate_mb_per_s", "logical", .megabytesPerSecond, .higher, in: .throughput),
        .init("compression_ratio", "ratio", .number, .higher, digits: 4, in: .throughput),
        .init("consumed_rate_records_per_s", "consumed", .recordsPerSecond, .higher),
        .init("consumed_rate_mb_per_s", "consumed", .megabytesPerSecond, .higher),
        .init("send_delay_p99_us", "send delay p99", .micros, .lower),
        .init("service_latency_p99_us", "service p99", .micros, .lower),
        .init("response_latency_p50_us", "response p50", .micros, .lower, in: .latency),
        .init("response_latency_p99_us", "response p99", .micros, .lower, in: .latency),
        .init("response_latency_p999_us", "response p99.9", .micros, .lower),
        .init("response_latency_max_us", "response max", .micros, .lower),
        .init("e2e_latency_p50_us", "e2e p50", .micros, .lower, in: .latency),
        .init("e2e_latency_p99_us", "e2e p99", .micros, .lower, in: .latency),
        .init("e2e_latency_p999_us", "e2e p99.9", .micros, .lower, in: .latency),
        .init("e2e_latency_max_us", "e2e max", .micros, .lower),
        .init("cpu_s_per_logical_gb", "CPU", .secondsPerGigabyte, .lower, in: .cost),
        .init("compress_ns_per_byte", "compress", .nanosPerByte, .lower, digits: 4, in: .cost),
        .init("decompress_ns_per_byte", "decompress", .nanosPerByte, .lower, digits: 4, in: .cost),
        .init("rss_max_bytes", "memory", .bytes, .lower, digits: 0),
        .init("fdatasync_per_acked_batch", "flushes a batch", .number, .lower, digits: 6),
        .init("records_per_batch_mean", "records a batch", .number, nil, in: .batches),
        .init("bytes_per_batch_mean", "bytes a batch", .bytes, nil, in: .batches),
        .init("lag_records_max", "lag max", .records, .lower, digits: 0, in: .batches),
        .init("lag_time_max_ms", "lag time max", .millis, .lower),
        .init("drain_rate_records_per_s", "drain", .recordsPerSecond, .higher),
    ]

    static let compressionRatio = "compression_ratio"
    static let cpuCost = "cpu_s_per_logical_gb"

    private enum Unit: String {
        case recordsPerSecond = "records/s"
        case megabytesPerSecond = "MB/s"
        case micros = "us"
        case millis = "ms"
        case secondsPerGigabyte = "s/GB"
        case nanosPerByte = "ns/byte"
        case bytes = "bytes"
        case records = "records"
        case number = ""

        var text: @Sendable (Double) -> String {
            switch self {
            case .recordsPerSecond: { Figure.rate($0) }
            case .megabytesPerSecond: { Figure.byteRate($0 * 1e6) }
            case .micros: { Figure.duration(nanos: $0 * 1e3) }
            case .millis: { Figure.duration(nanos: $0 * 1e6) }
            case .secondsPerGigabyte: { Figure.significant($0) + " s/GB" }
            case .nanosPerByte: { Figure.significant($0) + " ns/B" }
            case .bytes: { Figure.bytes($0) }
            case .records: { $0 < 1000 ? Figure.significant($0) : Figure.fixed($0, digits: 0) }
            case .number: { Figure.significant($0) }
            }
        }
    }
}
