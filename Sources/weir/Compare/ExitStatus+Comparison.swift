import ArgumentParser
import Reporting

extension ExitStatus {
    /// Whether a run with this status was completed and judged.
    static func isOfFinishedRun(_ code: Int32) -> Bool {
        [0, thresholdFailed.rawValue, invalidRun.rawValue, dataLost.rawValue].contains(code)
    }

    /// For finished results: a usage error if another command line would succeed.
    static func of(_ error: ComparisonError) -> ExitCode {
        switch error {
        case .noRuns, .oneSided: .failure
        case .unknownBaseline, .nothingToCompareWith: .validationFailure
        }
    }

    /// The status of a comparison with limits on differences. An undecided limit has not failed.
    static func of(_ comparison: Comparison) -> ExitCode {
        comparison.judgements.allSatisfy(\.judgement.isAcceptable) ? .success : thresholdFailed
    }
}
