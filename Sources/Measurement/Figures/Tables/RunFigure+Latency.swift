extension RunFigure {
    /// Each latency at the points that people quote. The terminal and pages have tables of their own
    /// for them, and OpenMetrics has summaries.
    static let latencyFigures: [RunFigure] = points + [clockSkew]

    private static let points: [RunFigure] = LatencyKind.allCases.flatMap { kind in
        LatencyPoint.allCases.map { RunFigure(kind, $0) }
    }

    private static let clockSkew = RunFigure(
        "clock_skew_count", .count,
        "Latencies of zero or less, from clocks that disagree. The percentiles include them.",
        joined: .sum, threshold: .growing(needs: .consumers), gauge: "clock_skew_records",
        page: .machine("latencies of zero or less: clocks that disagree"))

    private init(_ kind: LatencyKind, _ point: LatencyPoint) {
        let need: ThresholdRule.Need? = kind == .endToEndLatency ? .consumers : nil
        let isFelt = kind == .responseLatency || kind == .endToEndLatency
        self.init(
            point.column(of: kind), .microseconds, Self.meaning(kind, point),
            title: "\(kind.name) \(point.label)", better: .lower, joined: .distribution,
            threshold: point == .max ? .growing(needs: need) : .soFar(needs: need),
            compared: Self.compared(kind, point), ofEachRun: isFelt && point == .p99)
    }

    private static func meaning(_ kind: LatencyKind, _ point: LatencyPoint) -> String {
        let what = "\(kind.name): \(kind.definition)"
        return switch point {
        case .p50: "Median \(what)."
        case .p90: "90th percentile of the \(what)."
        case .p99: "99th percentile of the \(what)."
        case .p999: "99.9th percentile of the \(what)."
        case .max: "Longest \(what), exactly."
        case .mean: "Mean \(what)."
        }
    }

    /// For latencies that no user waits for, the p99 is enough.
    private static func compared(_ kind: LatencyKind, _ point: LatencyPoint) -> Compared? {
        switch (kind, point) {
        case (.sendDelay, .p99):
            Compared("send delay p99", in: .latency, onlyInFile: true)
        case (.serviceLatency, .p99):
            Compared("service p99", in: .latency, onlyInFile: true)
        case (.sendDelay, _), (.serviceLatency, _), (_, .p90), (_, .mean): nil
        case (.responseLatency, _):
            Compared(
                "response \(point.label)", in: .latency, isKey: point == .p99,
                onlyInFile: point == .p999 || point == .max)
        case (.endToEndLatency, _):
            Compared(
                "e2e \(point.label)", in: .latency, isKey: point == .p99,
                onlyInFile: point == .max)
        }
    }
}
