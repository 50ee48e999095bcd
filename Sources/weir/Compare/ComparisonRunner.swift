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
    /// The gravest exit status of the runs so far.
    private var status = ExitCode.success

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
        try merged.rebuild(finished.map { folder.merged($0) })
        for run in finished { judge(try folder.summary(of: run)) }
    }

    /// The gravest of the runs' statuses; if it was interrupted, prints how to continue and returns
    /// that status.
    var statusInTheEnd: ExitCode {
        guard Interrupts.wasInterrupted else { return status }
        writeToStandardError(
            "\(finished.count) of \(folder.plan.runs.count) runs are finished; continue with\n"
                + "  weir compare --resume \(folder.path)\n")
        return ExitStatus.interrupted
    }

    /// Makes the runs that are left; returns early if it is interrupted.
    func run() throws {
        let plan = folder.plan
        display.print(
            "\(plan.profile): \(plan.variants.count) variants × \(plan.repetitions) repetitions, "
                + "to \(folder.path)")
        if !finished.isEmpty {
            display.print("\(finished.count) of \(plan.runs.count) runs are finished")
        }
        try Interrupts.handled(by: starter.endCurrent) {
            let all = folder.plan.runs
            let done = Set(finished)
            let left = all.filter { !done.contains($0) }
            for (index, run) in left.enumerated() {
                beforeEachRun()
                if Interrupts.wasInterrupted { return }
                try make(
                    run, number: done.count + index + 1, of: all.count,
                    left: left[index...].map(\.variant))
            }
        }
    }

    private func make(
        _ run: ComparisonPlan.Run, number: Int, of count: Int, left: [Int]
    ) throws {
        let variant = folder.plan.variants[run.variant]
        let start = ContinuousClock.now
        func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
        func place() -> String {
            ComparisonLine.place(
                number: number, of: count, variant: variant.name, repetition: run.repetition,
                remainingSeconds: time.seconds(left: left, elapsed: elapsed()),
                nowUnixNanos: WallClock.now())
        }
        let title = "\(number)/\(count) \(variant.name) #\(run.repetition)"
        display.begin(place())
        let ending = try starter.make(run, in: folder) { line in
            display.show(line, place: place())
        }
        switch ending {
        case .finished(let row, let code):
            time.add(seconds: elapsed(), of: run.variant)
            finished.append(run)
            try merged.add(lastOf: finished.map { folder.merged($0) }, failed: failures)
            status = ExitStatus.graver(status, code)
            display.end("\(title)  \(ComparisonLine.result(row))")
        case .failed(let reason, let code):
            failures.append(folder.failed(run, reason: reason))
            try merged.writeSummary(finished.map { folder.merged($0) }, failed: failures)
            status = ExitStatus.graver(status, code)
            display.end("\(title)  FAILED: \(reason)")
        case .cutShort:
            display.end("\(title)  cut short, not counted")
        }
    }

    /// Counts the verdict of a run that an earlier process made.
    private func judge(_ row: CSVTable.Row?) {
        guard let row else { return }
        if row.number("thresholds_failed") ?? 0 > 0 {
            status = ExitStatus.graver(status, ExitStatus.thresholdFailed)
        }
        guard row["verdict"] == Verdict.invalid.rawValue else { return }
        let isLoss = (row.number("lost") ?? 0) > 0 || (row.number("corrupt") ?? 0) > 0
        status = ExitStatus.graver(status, isLoss ? ExitStatus.dataLost : ExitStatus.invalidRun)
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
