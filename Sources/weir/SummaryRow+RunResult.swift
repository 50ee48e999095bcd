import LoadGenerator
import Measurement
import Reporting

extension SummaryRow {
    /// The row of a finished run.
    init(
        _ result: RunResult, figures: RunFigures, profile: Profile, run: RunName,
        environment: EnvironmentSnapshot, labels: RunLabels
    ) {
        self.init(
            run: RunIdentity(
                runID: run.runID, startedAtUnixNanos: result.startedUnixNanos + result.warmupNanos,
                profile: profile.name, variant: run.variant, repetition: run.repetition,
                target: profile.target.rawValue),
            verdict: result.verdict, loop: result.isClosedLoop ? .closed : .open,
            values: figures.values)
        verdictReasons = result.reasons
        notes = result.notes
        wasInterrupted = result.interruption != nil
        self.environment = environment
        self.labels = labels
    }
}

extension PercentileRow {
    /// The rows of all of a run's latencies; end-to-end latency by group.
    static func rows(of result: RunResult, run: RunName) -> [PercentileRow] {
        let producers = result.producers
        var rows = distribution(of: producers.sendDelay, kind: .sendDelay, run: run)
        rows += distribution(of: producers.serviceLatency, kind: .serviceLatency, run: run)
        rows += distribution(of: producers.responseLatency, kind: .responseLatency, run: run)
        for group in result.groups {
            rows += distribution(
                of: group.tally.endToEndLatency, kind: .endToEndLatency, group: group.group,
                run: run)
        }
        return rows
    }
}
