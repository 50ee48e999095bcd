import ArgumentParser
import LoadGenerator
import Measurement
import Reporting

/// The exit statuses that scripts rely on. The larger ones follow sysexits.h.
enum ExitStatus {
    static let badProfile = ExitCode(65)
    static let badInput = badProfile
    static let missingInput = ExitCode(66)
    static let targetUnavailable = ExitCode(69)
    static let inputOutput = ExitCode(74)
    static let invalidRun = ExitCode(97)
    static let dataLost = ExitCode(98)
    static let thresholdFailed = ExitCode(99)
    /// Ctrl-C, SIGTERM or SIGHUP ended the work early; 130 is a shell's status for Ctrl-C.
    static let interrupted = ExitCode(130)

    /// Every status with what it means.
    static let all: [(status: Int32, meaning: String)] = [
        (0, "done, and every threshold holds"),
        (1, "anything else"),
        (64, "usage: an unknown command or option"),
        (badProfile.rawValue, "a bad profile, or a results file that is broken"),
        (missingInput.rawValue, "a file or folder that was named is not there"),
        (targetUnavailable.rawValue, "the target is not available"),
        (
            inputOutput.rawValue,
            "an I/O error: a full disk, a folder without permission, a closed standard output"
        ),
        (invalidRun.rawValue, "the run is not valid, for a reason other than loss"),
        (dataLost.rawValue, "acknowledged data were lost, corrupt or misrouted"),
        (
            thresholdFailed.rawValue,
            "a threshold or a `--fail-if` failed, and none of the above holds"
        ),
        (
            interrupted.rawValue,
            "interrupted by Ctrl-C, SIGTERM or SIGHUP; takes precedence over 99; a threshold that ends a "
                + "run is not an interruption"
        ),
    ]

    /// The status for results that cannot be read or written: 65 if their contents are wrong.
    static func of(_ error: ReportingError) -> ExitCode {
        switch error {
        case .malformedCSV, .malformedJSON, .malformedHistogramLog, .foreignCSV, .notResults,
            .sameRun, .unsupportedHistogram:
            badInput
        case .inputOutput, .zlib: inputOutput
        }
    }

    /// The status of a run that could not begin.
    static func of(_ error: TargetError) -> ExitCode {
        switch error {
        case .noSpace: inputOutput
        case .unfit: badProfile
        case .failed, .damaged, .offsetOutOfRange: targetUnavailable
        }
    }

    /// The exit status of a finished run: 0 also for `GENERATOR_BOUND` and `SUSPECT`.
    ///
    /// A failed threshold counts, except in an `INVALID` or interrupted run.
    static func of(_ result: RunResult, failedThresholds: Int) -> ExitCode {
        let audit = result.audit
        if audit.lost > 0 || audit.corrupt > 0 || audit.misrouted > 0 { return dataLost }
        if result.verdict == .invalid { return invalidRun }
        if result.interruption != nil { return interrupted }
        return failedThresholds > 0 ? thresholdFailed : .success
    }

    /// The worse of two runs' statuses.
    static func graver(_ a: ExitCode, _ b: ExitCode) -> ExitCode {
        let order = [
            dataLost, invalidRun, interrupted, thresholdFailed, inputOutput, targetUnavailable,
            badProfile, missingInput,
        ]
        return order.first { $0 == a || $0 == b } ?? (a == .success ? b : a)
    }
}
