/// The lines that a comparison prints while it runs.
public enum ComparisonLine {
    /// `7/25 zstd:3 #2, 3.20 min left (14:05 UTC)`.
    /// - Parameters:
    ///   - number: of the run among all, `7/25`.
    ///   - remainingSeconds: of the whole comparison; nil if it is not known.
    public static func place(
        number: String, variant: String, repetition: Int, remainingSeconds: Double?,
        nowUnixNanos: Int64
    ) -> String {
        let left = remainingSeconds.map { ", " + remaining($0, nowUnixNanos: nowUnixNanos) } ?? ""
        return "\(number) \(variant) #\(repetition)\(left)"
    }

    /// `3.20 min left (14:05 UTC)`.
    public static func remaining(_ seconds: Double, nowUnixNanos: Int64) -> String {
        // Limits the estimate to a century, so that its formatting does not overflow.
        let nanos = Int64(min(max(seconds, 0), 3e9) * 1e9)
        let end = UTCTime(unixNanos: nowUnixNanos.addingReportingOverflow(nanos).partialValue)
        let clock = end.iso8601.split(separator: "T")[1].prefix(5)
        return "\(Figure.duration(seconds: seconds.rounded(.up))) left (\(clock) UTC)"
    }

    /// `VALID  30.0 k/s  p99 5.22 ms  ratio 3.76  18.6 CPU s/GB`: a row of `summary.csv` in a line.
    public static func result(_ row: CSVTable.Row) -> String {
        var parts = [row["verdict"] ?? "no verdict"]
        if let rate = row.number("acked_rate_records_per_s") { parts.append(Figure.rate(rate)) }
        let p99 = row.number("e2e_latency_p99_us") ?? row.number("response_latency_p99_us")
        if let p99 { parts.append("p99 \(Figure.duration(nanos: p99 * 1_000))") }
        if let ratio = row.number("compression_ratio") {
            parts.append("ratio \(Figure.significant(ratio))")
        }
        if let cost = row.number("cpu_s_per_logical_gb") {
            parts.append("\(Figure.significant(cost)) CPU s/GB")
        }
        let reasons = row["verdict_reasons"].map { ": \($0)" } ?? ""
        return parts.joined(separator: "  ") + reasons
    }
}
