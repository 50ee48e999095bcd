/// The latencies that a run measures. The raw value is the name in CSV columns and `.hlog` tags.
public enum LatencyKind: String, CaseIterable, Sendable, Hashable, Codable {
    /// Actual send − intended time: how late the generator, or back-pressure, made the record.
    case sendDelay = "send_delay"
    /// Acknowledgement − actual send.
    case serviceLatency = "service_latency"
    /// Acknowledgement − intended time: a user's waiting time.
    case responseLatency = "response_latency"
    /// The consumer holds the decoded record − intended time.
    case endToEndLatency = "e2e_latency"
}

extension LatencyKind {
    /// `end-to-end latency`.
    public var name: String {
        switch self {
        case .sendDelay: "send delay"
        case .serviceLatency: "service latency"
        case .responseLatency: "response latency"
        case .endToEndLatency: "end-to-end latency"
        }
    }

    /// Its name in a list of latencies.
    public var title: String {
        switch self {
        case .sendDelay: "send delay"
        case .serviceLatency: "service"
        case .responseLatency: "response"
        case .endToEndLatency: "end to end"
        }
    }

    /// The difference that it is.
    public var definition: String {
        switch self {
        case .sendDelay: "actual send − intended time"
        case .serviceLatency: "acknowledgement − actual send"
        case .responseLatency: "acknowledgement − intended time"
        case .endToEndLatency: "consumption − intended time"
        }
    }

    /// Its beginning and its end.
    public var span: String {
        switch self {
        case .sendDelay: "due – sent"
        case .serviceLatency: "sent – acknowledged"
        case .responseLatency: "due – acknowledged"
        case .endToEndLatency: "due – decoded by a consumer"
        }
    }
}
