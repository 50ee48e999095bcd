import ArgumentParser

extension ExitStatus {
    /// Whether a run that ended so has been through all that it had to do, and was judged.
    static func isOfFinishedRun(_ code: Int32) -> Bool {
        [0, thresholdFailed.rawValue, invalidRun.rawValue, dataLost.rawValue].contains(code)
    }
}
