import LoadGenerator
import Measurement
import Reporting

/// Ends the phases of a run at interrupts, and removes temporary files if an interrupt ends the
/// program at once.
///
/// Thread contract: safe from any thread.
final class RunEnding: Sendable {
    private enum Stage: Sendable {
        /// Before the first record: there are no results to keep.
        case preparing
        case running(LoadRun)
        /// The log is closed and the results are written.
        case concluding(wasInterrupted: Bool)
    }

    private let folder: ResultsFolder
    private let stage = CheckedMutex(Stage.preparing)
    private let temporary = CheckedMutex<[ScratchFolder]>([])
    private let cleanups = CheckedMutex<[@Sendable () -> Void]>([])

    init(folder: ResultsFolder) {
        self.folder = folder
    }

    /// Makes a temporary folder, which `removeScratch` and `abandon` remove.
    func makeScratch(_ name: String) throws(ReportingError) -> String {
        let made = try folder.scratchFolder(name)
        temporary.withLock { $0.append(made) }
        return made.path
    }

    /// `cleanup` is called if an interrupt ends the program at once, before temporary folders are
    /// removed.
    func whenAbandoned(_ cleanup: @escaping @Sendable () -> Void) {
        cleanups.withLock { $0.append(cleanup) }
    }

    func removeScratch() {
        let made = temporary.withLock { folders in
            defer { folders = [] }
            return folders
        }
        for folder in made {
            do {
                try folder.remove()
            } catch {
                printError("the temporary folder was not removed: \(error)")
            }
        }
    }

    func begin(_ run: LoadRun) {
        stage.withLock { $0 = .running(run) }
    }

    func conclude() {
        stage.withLock { $0 = .concluding(wasInterrupted: false) }
    }

    /// Ends the current phase of the run.
    /// - Returns: the message for the user; nil if the program is to end at once.
    func interrupt() -> String? {
        stage.withLock { stage in
            switch stage {
            case .preparing, .concluding(wasInterrupted: true): return nil
            case .running(let run): return run.requestStop().announcement
            case .concluding(wasInterrupted: false):
                stage = .concluding(wasInterrupted: true)
                return "the run is over; its results are being written"
            }
        }
    }

    /// Removes the temporary log before the program ends at once. Results stay.
    func abandon() {
        for cleanup in cleanups.withLock({ $0 }) { cleanup() }
        removeScratch()
        if case .preparing = stage.withLock({ $0 }) {
            folder.discard()
            printError("ended before the run began")
        } else {
            folder.giveUpLatest()
            printError("ended at once; what was written so far is in \(folder.path)")
        }
    }
}

extension LoadRun.Stopped {
    /// Nil if nothing is left to end.
    fileprivate var announcement: String? {
        switch self {
        case .sending: "ending the run"
        case .drain: "cutting the drain short; what was read so far is reported"
        case .nothingMore: nil
        }
    }
}
