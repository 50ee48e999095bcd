import Glibc

/// Errors of writing and reading results. Each case names the place.
public enum ReportingError: Error, Equatable, CustomStringConvertible {
    /// A system call failed on `path`; `operation` says what was tried.
    case inputOutput(operation: String, path: String, errno: Int32)
    /// A broken line of a histogram log; `line` counts from 1.
    case malformedHistogramLog(path: String, line: Int, reason: String)
    /// A broken row of a CSV file; `line` counts from 1.
    case malformedCSV(path: String, line: Int, reason: String)
    case malformedJSON(path: String)
    /// A CSV file that Weir did not write, or that another program has rewritten.
    case foreignCSV(path: String, reason: String)
    /// A path at which there are no results of Weir.
    case notResults(path: String, reason: String)
    /// A run that was given more than once.
    case sameRun(path: String, reason: String)
    /// A histogram that our buckets cannot hold.
    case unsupportedHistogram(reason: String)
    /// zlib refused to compress or decompress.
    case zlib(code: Int32)

    public var description: String {
        switch self {
        case .inputOutput(let operation, let path, let code):
            let reason = unsafe String(cString: strerror(code))
            return "cannot \(operation) \(path): \(reason)\(Self.remedy(for: code))"
        case .malformedHistogramLog(let path, let line, let reason):
            return "\(path):\(line): not a line of a histogram log: \(reason)"
        case .malformedCSV(let path, let line, let reason):
            return "\(path):\(line): broken CSV: \(reason)"
        case .malformedJSON(let path):
            return "\(path): not JSON; remove the file to ignore it"
        case .foreignCSV(let path, let reason):
            return "\(path) is not a results file: \(reason)"
        case .notResults(let path, let reason):
            return "\(path) is not a results folder: \(reason)"
        case .sameRun(let path, let reason):
            return "\(path) would count twice: \(reason); name each run once"
        case .unsupportedHistogram(let reason):
            return "unsupported histogram: \(reason)"
        case .zlib(let code):
            return "zlib failed with code \(code)"
        }
    }

    private static func remedy(for code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "; free some space or choose another folder with --out"
        case EACCES, EPERM, EROFS: "; choose a folder that you may write to with --out"
        default: ""
        }
    }
}
