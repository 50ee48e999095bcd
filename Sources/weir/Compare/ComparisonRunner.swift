import ArgumentParser
import LoadGenerator
import Measurement
import Reporting

/// Makes the unfinished runs of a plan, one after the other, each in a process.
///
/// Thread contract: belongs to the main thread.
final class ComparisonRunner {
    let folder: ComparisonFolder
    private let starter: RunStarter
    private let beforeEachRun: () -> Void
    private var merged: MergedResults
    private var time: RemainingTime
    private var display: ComparisonDisplay
    private var finished: [ComparisonPlan.Run]
    private var failures: [MergedResults.FailedRun] = []
    /// The status of the last attempt of each run; a run whose process failed has no row.
    private var statuses: [ComparisonPlan.Run: ExitCode] = [:]
    private var failureStatus = ExitCode.success
    /// Finished runs that the machine disturbed.
    private var disturbed: Set<ComparisonPlan.Run> = []

    /// Reads the finished runs and repairs the comparison's files.
    /// - Parameter lock: of the folder.
    init(
        folder: ComparisonFolder, lock: ComparisonLock, display: ComparisonDisplay,
        beforeEachRun: @escaping () -> Void = {}
    ) throws(ReportingError) {
        self.folder = folder
        self.beforeEachRun = beforeEachRun
        self.display = display
        starter = RunStarter(lock: lock)
        time = RemainingTime(plannedSeconds: folder.plan.variants.map(\.plannedSeconds))
        finished = folder.plan.runs.filter(folder.isFinished)
        merged = MergedResults(
            folder: folder.path, startedAtUnixNanos: folder.plan.startedAtUnixNanos,
            origin: "weir \(Weir.version), \(folder.plan.profile)")
        try merged.rebuild(parts)
        for run in finished {
            guard let row = try folder.summary(of: run) else { continue }
            statuses[run] = Self.status(of: row)
            if CountedRuns.isDisturbed(row) { disturbed.insert(run) }
        }
    }

    /// The finished runs as parts of the comparison's files.
    private var parts: [MergedResults.Run] {
        finished.map { run in
            folder.merged(
                run,
                more: [(CountedRuns.attemptsColumn, "\(folder.attempts(of: run))")])
        }
    }

    /// The worst of the runs' statuses. If the comparison was interrupted, prints how to continue
    /// and returns that status.
    var statusInTheEnd: ExitCode {
        guard Interrupts.wasInterrupted else {
            return statuses.values.reduce(failureStatus, ExitStatus.graver)
        }
        writeToStandardError(
            "\(finished.count) of \(folder.plan.runs.count) runs are finished; continue with\n"
                + "  weir compare --resume \(folder.path)\n")
        return ExitStatus.interrupted
    }

    /// Makes the runs that are left; returns early if it is interrupted.
    func run() throws {
        let plan = folder.plan
        func count(_ number: Int, _ noun: String) -> String {
            "\(number) \(noun)\(number == 1 ? "" : "s")"
        }
        display.print(
            "\(plan.profile): \(count(plan.variants.count, "variant")) × "
                + "\(count(plan.repetitions, "repetition")), to \(folder.path)")
        if !finished.isEmpty {
            display.print("\(finished.count) of \(plan.runs.count) runs are finished")
        }
        try Interrupts.handled(by: starter.endCurrent) {
            try makeUnfinished()
            try makeDisturbedAgain()
        }
    }

    private func makeUnfinished() throws {
        let all = folder.plan.runs
        let done = Set(finished)
        let left = all.filter { !done.contains($0) }
        for (index, run) in left.enumerated() {
            beforeEachRun()
            if Interrupts.wasInterrupted { return }
            try make(
                run, at: "\(done.count + index + 1)/\(all.count)",
                left: left[index...].map(\.variant))
        }
    }

    /// Makes disturbed runs again: each once before any a second time, because a disturbance may
    /// last. If the machine disturbed most runs, none is made again, because the new ones would be
    /// disturbed, too.
    private func makeDisturbedAgain() throws {
        let retries = folder.plan.retries ?? 0
        for _ in 0..<max(retries, 0) {
            let again = folder.plan.runs.filter {
                disturbed.contains($0) && folder.attempts(of: $0) <= retries
            }
            if again.isEmpty { return }
            let share = "\(again.count) of \(finished.count) runs"
            guard again.count * 2 <= finished.count else {
                display.print(
                    "the machine disturbed \(share): it is not quiet, so none is made again")
                return
            }
            display.print("the machine disturbed \(share): made again")
            for (index, run) in again.enumerated() {
                beforeEachRun()
                if Interrupts.wasInterrupted { return }
                try make(
                    run, at: "again \(index + 1)/\(again.count)",
                    left: again[index...].map(\.variant))
            }
        }
    }

    /// - Parameters:
    ///   - number: of the run among those that are made, `7/25`.
    ///   - left: the variants of the runs to make, this one first.
    private func make(_ run: ComparisonPlan.Run, at number: String, left: [Int]) throws {
        let variant = folder.plan.variants[run.variant]
        let start = ContinuousClock.now
        func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
        func place() -> String {
            ComparisonLine.place(
                number: number, variant: variant.name, repetition: run.repetition,
                remainingSeconds: time.seconds(left: left, elapsed: elapsed()),
                nowUnixNanos: WallClock.now())
        }
        let title = "\(number) \(variant.name) #\(run.repetition)"
        display.begin(place())
        let ending = try starter.make(run, in: folder) { line in
            display.show(line, place: place())
        }
        switch ending {
        case .finished(let row, let code):
            time.add(seconds: elapsed(), of: run.variant)
            try take(run, row, code)
            display.end("\(title)  \(ComparisonLine.result(row))")
        case .failed(let reason, let code):
            failureStatus = ExitStatus.graver(failureStatus, code)
            // A finished earlier attempt stays.
            if !finished.contains(run) {
                failures.append(folder.failed(run, reason: reason))
                try merged.writeSummary(parts, failed: failures)
            }
            display.end("\(title)  FAILED: \(reason)")
        case .cutShort:
            display.end("\(title)  cut short, not counted")
        }
    }

    private func take(_ run: ComparisonPlan.Run, _ row: CSVTable.Row, _ code: ExitCode) throws {
        statuses[run] = code
        if CountedRuns.isDisturbed(row) {
            disturbed.insert(run)
        } else {
            disturbed.remove(run)
        }
        if finished.contains(run) {
            try merged.rebuild(parts, failed: failures)
        } else {
            finished.append(run)
            try merged.add(lastOf: parts, failed: failures)
        }
    }

    /// The status of a run that an earlier process made.
    private static func status(of row: CSVTable.Row) -> ExitCode {
        guard row["verdict"] == Verdict.invalid.rawValue else {
            let failed = row.number("thresholds_failed") ?? 0
            return failed > 0 ? ExitStatus.thresholdFailed : .success
        }
        let isLoss = ["lost", "corrupt", "misrouted"].contains { (row.number($0) ?? 0) > 0 }
        return isLoss ? ExitStatus.dataLost : ExitStatus.invalidRun
    }
}

extension ComparisonFolder {
    /// Adds a finished run to the comparison's files.
    /// - Parameter more: columns of its row besides the varied settings.
    func merged(
        _ run: ComparisonPlan.Run, more: [(column: String, value: String)] = []
    ) -> MergedResults.Run {
        let variant = plan.variants[run.variant]
        return MergedResults.Run(
            folder: path(of: run), label: "\(variant.folder)/\(run.repetition)",
            settings: columns(of: variant) + more)
    }

    func failed(_ run: ComparisonPlan.Run, reason: String) -> MergedResults.FailedRun {
        let variant = plan.variants[run.variant]
        return MergedResults.FailedRun(
            identity: RunIdentity(
                runID: runID(of: run), startedAtUnixNanos: WallClock.now(),
                profile: plan.profile, variant: variant.name, repetition: run.repetition,
                target: plan.target),
            labels: plan.labels ?? .none, reason: reason, settings: columns(of: variant))
    }

    private func columns(
        of variant: ComparisonPlan.Variant
    ) -> [(column: String, value: String)] {
        variant.settings.map { (Sweep.columnName(of: $0.path), $0.value) }
    }

    func summary(of run: ComparisonPlan.Run) throws(ReportingError) -> CSVTable.Row? {
        try CSVTable(path: path(of: run) + "/" + SummaryRow.fileName).rows.first
    }
}
