import LoadGenerator
import Measurement
import Reporting

extension SummaryRow {
    /// The row of a finished run.
    init(
        _ result: RunResult, figures: RunFigures, profile: Profile, runID: String,
        variant: String, repetition: Int
    ) {
        self.init(
            run: RunIdentity(
                runID: runID, startedAtUnixNanos: result.startedUnixNanos + result.warmupNanos,
                profile: profile.name, variant: variant, repetition: repetition,
                target: profile.target.rawValue),
            verdict: result.verdict, loop: result.isClosedLoop ? .closed : .open,
            values: figures.values)
        verdictReasons = result.reasons
        notes = result.notes
        wasInterrupted = result.interruption != nil
    }
}

extension PercentileRow {
    /// The rows of all of a run's latencies; end-to-end latency by group.
    static func rows(of result: RunResult) -> [PercentileRow] {
        let producers = result.producers
        var rows = distribution(of: producers.sendDelay, kind: .sendDelay)
        rows += distribution(of: producers.serviceLatency, kind: .serviceLatency)
        rows += distribution(of: producers.responseLatency, kind: .responseLatency)
        for group in result.groups {
            rows += distribution(
                of: group.tally.endToEndLatency, kind: .endToEndLatency, group: group.group)
        }
        return rows
    }
}
