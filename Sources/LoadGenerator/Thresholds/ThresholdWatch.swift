/// Checks after each interval of a run whether a threshold ends it.
///
/// It evaluates the whole measured part so far. A percentile is the one that the summary would show
/// if the run ended now, so one bad second ends a run only if it breaks the limit for the whole; a
/// largest value or a count does so at once. The warm-up never ends a run.
///
/// Thread contract: belongs to the run's thread.
struct ThresholdWatch {
    private let thresholds: [Threshold]
    private let warmupNanos: Int64
    /// After this time the run ends without it.
    private let lastNanos: Int64
    private var figures = RunFigures()
    /// The first that failed; a run ends only once.
    private(set) var failure: ThresholdOutcome?

    init(_ profile: Profile) {
        thresholds = profile.thresholds.filter(\.aborts)
        warmupNanos = profile.warmup.nanoseconds
        if case .duration(let duration) = profile.length {
            lastNanos = warmupNanos + duration.nanoseconds
        } else {
            lastNanos = .max
        }
    }

    /// Takes the next interval.
    /// - Returns: whether the run is to end now.
    mutating func shouldEnd(after report: IntervalReport) -> Bool {
        guard !thresholds.isEmpty, failure == nil, report.phase == .run else { return false }
        figures.add(report)
        guard report.elapsedNanos < lastNanos else { return false }
        let measuredNanos = report.elapsedNanos - warmupNanos
        for threshold in thresholds where threshold.after.nanoseconds <= measuredNanos {
            var outcome = ThresholdOutcome(threshold, figures)
            // A figure that has not been measured yet may still be.
            guard outcome.measured != nil, outcome.limit != nil, !outcome.holds,
                isFinal(outcome)
            else { continue }
            outcome.endedRunAfterSeconds = Double(measuredNanos) / 1e9
            failure = outcome
            return true
        }
        return false
    }

    /// A count that must equal its limit has failed finally only above it.
    private func isFinal(_ outcome: ThresholdOutcome) -> Bool {
        guard outcome.threshold.comparison == .equal, case .number(let limit)? = outcome.limit,
            case .number(let measured)? = outcome.measured
        else { return true }
        return measured > limit
    }
}
