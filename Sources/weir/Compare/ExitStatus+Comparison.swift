import ArgumentParser

extension ExitStatus {
    /// Whether a run with this status was completed and judged.
    static func isOfFinishedRun(_ code: Int32) -> Bool {
        [0, thresholdFailed.rawValue, invalidRun.rawValue, dataLost.rawValue].contains(code)
    }
}
