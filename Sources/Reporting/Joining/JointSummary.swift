import Measurement

/// The row of `summary.csv` of several generators that ran at the same time.
///
/// Columns are found by name, so that those of another version are kept where all agree on them.
struct JointSummary {
    let runs: [GeneratorRun]
    let latencies: JointLatencies
    /// What is known of the whole alone: its name, times and verdict.
    let known: [String: String]

    /// Counts, rates and costs: of all together, the sum of each.
    private static let summed: Set<String> = [
        "producers", "consumers", "produced_records", "acked_records", "consumed_records",
        "failed_records", "logical_bytes", "uncompressed_batch_bytes", "stored_bytes",
        "wire_bytes", "batches", "clock_skew_count", "lost", "duplicated", "reordered", "corrupt",
        "misrouted",
        "cpu_user_s", "cpu_system_s", "fdatasync_calls", "produced_rate_records_per_s",
        "acked_rate_records_per_s", "consumed_rate_records_per_s", "drain_rate_records_per_s",
        "logical_rate_mb_per_s", "stored_rate_mb_per_s", "consumed_rate_mb_per_s",
    ]
    /// The worst of each.
    private static let largest: Set<String> = [
        "duration_s", "warmup_s", "lag_records_max", "lag_time_max_ms", "drain_s", "hiccup_max_ms",
        "hiccup_p99_us", "cpu_steal_percent", "rss_max_bytes",
    ]
    /// Means, each with the column of what it is a mean over.
    private static let weights = [
        "payload_value_size_mean_bytes": "produced_records",
        "compress_ns_per_byte": "uncompressed_batch_bytes",
        "decompress_ns_per_byte": "consumed_records",
    ]
    /// Of one run alone: thresholds were its own, and shares are of its own machine's limits.
    private static func belongsToOneRun(_ column: String) -> Bool {
        column.hasPrefix("thresholds") || column.hasPrefix("share_of_")
    }

    var columns: [String] {
        let ours = SummaryRow.columns.map(\.name)
        var others: [String] = []
        for run in runs {
            others += run.columns.filter { !ours.contains($0) && !others.contains($0) }
        }
        return ours + others
    }

    var fields: [String] { columns.map { value(of: $0) ?? "" } }

    private func value(of column: String) -> String? {
        if let value = known[column] { return value }
        if let latency = latencies.summaryFields[column] { return latency }
        if Self.belongsToOneRun(column) { return nil }
        let values = runs.map { $0.summary[column] }
        let present = values.compactMap { $0 }
        if Self.summed.contains(column) { return Self.sum(present) }
        if Self.largest.contains(column) { return present.max { number($0) < number($1) } }
        if let weight = Self.weights[column] { return mean(of: column, weightedBy: weight) }
        switch column {
        // Of a rate without end there is no sum.
        case "offered_rate_records_per_s":
            return present.count == runs.count ? Self.sum(present) : nil
        case "interrupted": return present.contains("true") ? "true" : present.first
        case "loop": return present.contains("closed") ? "closed" : present.first
        case "compression_ratio":
            return quotient("uncompressed_batch_bytes", "stored_bytes", digits: 4)
        case "records_per_batch_mean": return quotient("acked_records", "batches")
        case "bytes_per_batch_mean": return quotient("stored_bytes", "batches")
        case "fdatasync_per_acked_batch":
            return quotient("fdatasync_calls", "batches", digits: 6)
        case "cpu_s_per_logical_gb":
            guard let user = total("cpu_user_s"), let system = total("cpu_system_s"),
                let bytes = total("logical_bytes"), bytes > 0
            else { return nil }
            return CSV.decimal((user + system) / (bytes / 1e9), digits: 3)
        default: return present.count == runs.count && Set(present).count == 1 ? present[0] : nil
        }
    }

    /// The mean over all that the weights count; nil where some have weight and no value.
    private func mean(of column: String, weightedBy weight: String) -> String? {
        var (sum, weights) = (0.0, 0.0)
        for run in runs {
            guard let count = run.summary.number(weight), count > 0 else { continue }
            guard let value = run.summary.number(column) else { return nil }
            sum += value * count
            weights += count
        }
        return weights > 0 ? CSV.decimal(sum / weights, digits: 3) : nil
    }

    private func total(_ column: String) -> Double? {
        let values = runs.compactMap { $0.summary.number(column) }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    private func quotient(_ a: String, _ b: String, digits: Int = 3) -> String? {
        guard let a = total(a), let b = total(b), b > 0 else { return nil }
        return CSV.decimal(a / b, digits: digits)
    }

    private func number(_ text: String) -> Double { Double(text) ?? -.infinity }

    /// Whole numbers exactly, others with as many digits as they have.
    static func sum(_ texts: [String]) -> String? {
        guard !texts.isEmpty else { return nil }
        let integers = texts.compactMap { UInt64($0) }
        if integers.count == texts.count {
            var total: UInt64 = 0
            for integer in integers {
                let (sum, overflow) = total.addingReportingOverflow(integer)
                if overflow { return nil }
                total = sum
            }
            return String(total)
        }
        let numbers = texts.compactMap(Double.init)
        guard numbers.count == texts.count else { return nil }
        let digits = texts.map { $0.split(separator: ".").dropFirst().first?.count ?? 0 }.max()!
        return CSV.decimal(numbers.reduce(0, +), digits: min(digits, 9))
    }
}
