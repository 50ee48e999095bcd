import ArgumentParser
import LoadGenerator
import Measurement
import Reporting

/// Makes single runs of a comparison's folder, each in a process, and reports how each ended.
///
/// Thread contract: `endCurrent` from any thread, the rest from one thread.
final class RunStarter: Sendable {
    /// How one run ended.
    enum Ending {
        /// It has a summary, with any verdict.
        case finished(CSVTable.Row, ExitCode)
        /// Its process died, or failed.
        case failed(reason: String, ExitCode)
        /// It was ended early, because the comparison was interrupted.
        case cutShort
    }

    private let lock: ComparisonLock
    private let current = CheckedMutex<ChildProcess?>(nil)
    private let isEnding = CheckedMutex(false)

    /// - Parameter lock: of the folder; every run's process holds it, too.
    init(lock: ComparisonLock) {
        self.lock = lock
    }

    /// Ends the current run and starts no other. Returns the message for the user; nil if it was
    /// called before.
    func endCurrent() -> String? {
        let wasEnding = isEnding.withLock { isEnding in
            defer { isEnding = true }
            return isEnding
        }
        if wasEnding { return nil }
        current.withLock { $0 }?.letGo()
        return "ending the run, which will not count"
    }

    /// Starts a run's process and waits for its end; then renames its folder accordingly.
    /// - Parameter show: gets each line that the process writes to standard error.
    func make(
        _ run: ComparisonPlan.Run, in folder: ComparisonFolder, _ show: (String) -> Void
    ) throws(ReportingError) -> Ending {
        let ending = try end(of: run, in: folder, show)
        switch ending {
        case .finished: try folder.finish(run)
        case .failed: try folder.markFailed(run)
        case .cutShort: break
        }
        return ending
    }

    private func end(
        of run: ComparisonPlan.Run, in folder: ComparisonFolder, _ show: (String) -> Void
    ) throws(ReportingError) -> Ending {
        let variant = folder.plan.variants[run.variant]
        let place = try folder.begin(run)
        let process: ChildProcess
        do {
            process = try ChildProcess(
                [
                    "run", folder.profilePath(of: variant), "--into", place,
                    "--variant=\(variant.name)", "--repetition", "\(run.repetition)",
                    "--run-id=\(folder.runID(of: run))",
                    "--profile-name=\(folder.plan.profile)",
                ] + (folder.plan.labels?.arguments ?? []), keeping: lock.descriptor)
        } catch {
            return .failed(reason: "\(error)", .failure)
        }
        current.withLock { $0 = process }
        defer { current.withLock { $0 = nil } }
        // An interrupt may have come before the process started.
        if Interrupts.wasInterrupted { process.letGo() }
        var lastError: String?
        let end = process.end { line in
            if line.hasPrefix(errorPrefix) { lastError = line }
            show(line)
        }
        if Interrupts.wasInterrupted { return .cutShort }
        let saysWhy = lastError.map { ": " + $0.dropFirst(errorPrefix.count) } ?? ""
        switch end {
        case .killed(let signal):
            return .failed(
                reason: "its process was killed by signal \(signal)\(saysWhy)", .failure)
        case .exited(let code):
            let table = try? CSVTable(path: place + "/" + SummaryRow.fileName)
            if code == ExitStatus.interrupted.rawValue {
                return .failed(
                    reason: "its process was interrupted\(saysWhy)", ExitStatus.interrupted)
            }
            guard ExitStatus.isOfFinishedRun(code), let row = table?.rows.first else {
                return .failed(
                    reason: "its process ended with status \(code)\(saysWhy)",
                    code == 0 ? .failure : ExitCode(code))
            }
            return .finished(row, ExitCode(code))
        }
    }
}
