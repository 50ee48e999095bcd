/// The latencies that a run measures. The raw value is the name in CSV columns and `.hlog` tags.
public enum LatencyKind: String, CaseIterable, Sendable, Hashable, Codable {
    /// Actual send − intended time: how late the generator, or back-pressure, made the record.
    case sendDelay = "send_delay"
    /// Acknowledgement − actual send.
    case serviceLatency = "service_latency"
    /// Acknowledgement − intended time: what a user of the system would feel.
    case responseLatency = "response_latency"
    /// The consumer holds the decoded record − intended time.
    case endToEndLatency = "e2e_latency"
}
