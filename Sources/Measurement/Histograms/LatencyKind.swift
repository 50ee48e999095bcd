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

/// One histogram for each kind of latency.
///
/// Plain fields, not a dictionary: a worker picks the histogram per batch at no cost. Like its
/// histograms it belongs to one thread.
public struct LatencyHistograms: Sendable, Equatable {
    public var sendDelay: LatencyHistogram
    public var serviceLatency: LatencyHistogram
    public var responseLatency: LatencyHistogram
    public var endToEndLatency: LatencyHistogram

    /// - Parameter kinds: the kinds that get their whole range reserved now. The others cost 16 KiB
    ///   each and work all the same.
    public init(measuring kinds: Set<LatencyKind> = Set(LatencyKind.allCases)) {
        func histogram(_ kind: LatencyKind) -> LatencyHistogram {
            kinds.contains(kind) ? LatencyHistogram() : LatencyHistogram(rangeNanos: 2)
        }
        sendDelay = histogram(.sendDelay)
        serviceLatency = histogram(.serviceLatency)
        responseLatency = histogram(.responseLatency)
        endToEndLatency = histogram(.endToEndLatency)
    }

    public subscript(kind: LatencyKind) -> LatencyHistogram {
        switch kind {
        case .sendDelay: sendDelay
        case .serviceLatency: serviceLatency
        case .responseLatency: responseLatency
        case .endToEndLatency: endToEndLatency
        }
    }

    public mutating func add(_ other: LatencyHistograms) {
        sendDelay.add(other.sendDelay)
        serviceLatency.add(other.serviceLatency)
        responseLatency.add(other.responseLatency)
        endToEndLatency.add(other.endToEndLatency)
    }

    /// Values of zero or less, over all kinds but the send delay: a schedule that is served in the
    /// very nanosecond it asked for is not a clock that runs backwards.
    public var clockSkewCount: UInt64 {
        serviceLatency.nonPositiveCount + responseLatency.nonPositiveCount
            + endToEndLatency.nonPositiveCount
    }

    /// Empty histograms with the ranges that these have grown to.
    func emptied() -> LatencyHistograms {
        var copy = self
        copy.sendDelay.reset()
        copy.serviceLatency.reset()
        copy.responseLatency.reset()
        copy.endToEndLatency.reset()
        return copy
    }
}
