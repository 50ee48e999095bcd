import ArgumentParser

extension ExitStatus {
    /// A comparison that Ctrl-C or SIGTERM ended before its last run, as a shell would say it.
    static let interrupted = ExitCode(130)

    /// Whether a run that ended so has been through all that it had to do, and was judged.
    static func isOfFinishedRun(_ code: Int32) -> Bool {
        [0, thresholdFailed.rawValue, invalidRun.rawValue, dataLost.rawValue].contains(code)
    }
}
