import Glibc

/// Why a chart could not be drawn. The results are complete in any case.
public enum ChartError: Error, Equatable, CustomStringConvertible {
    /// gnuplot is not in the search path.
    case gnuplotMissing
    /// gnuplot refused a chart, or took too long; `reason` is its message.
    case gnuplotFailed(chart: String, reason: String)
    case inputOutput(operation: String, path: String, errno: Int32)

    public var description: String {
        switch self {
        case .gnuplotMissing:
            return "charts are drawn by gnuplot, which is not installed here: "
                + "apt-get install gnuplot-nox (the CSV files do not need it)"
        case .gnuplotFailed(let chart, let reason):
            return "gnuplot could not draw the chart \(chart): \(reason)"
        case .inputOutput(let operation, let path, let code):
            return "cannot \(operation) \(path): \(unsafe String(cString: strerror(code)))"
        }
    }
}
