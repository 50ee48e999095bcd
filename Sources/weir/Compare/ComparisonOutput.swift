import ArgumentParser
import Foundation
import Reporting

/// What is printed and drawn of a comparison that is over.
struct ComparisonOutput {
    let printsJSON: Bool
    let isQuiet: Bool
    let summary: SummaryOptions
    let terminal: TerminalOptions
    let page: ResultsPageOptions

    /// Prints it, draws its page, and writes its summaries; the results are written before.
    /// - Parameter thresholdsIn: the folder whose thresholds were judged; nil for `folder`.
    /// - Returns: the status of what could not be printed.
    func show(
        _ comparison: Comparison, name: String, in folder: String, thresholdsIn: String? = nil
    ) throws -> ExitCode {
        let path = (thresholdsIn ?? folder) + "/" + ThresholdRow.fileName
        let thresholds =
            FileManager.default.fileExists(atPath: path) ? try CSVTable(path: path) : nil
        let shown = Result {
            if printsJSON {
                try printNow(
                    JSON.list(comparison.rows, thresholds: thresholds, resultsPath: folder))
            } else if !summary.isOnOutput {
                let text = ComparisonReport.text(
                    comparison, resultsPath: folder, width: TerminalWidth.ofOutput)
                try printNow(terminal.painted(text), terminator: "")
            }
        }
        var status = ExitStatus.of(shown)
        drawPage(in: folder)
        if !summary.targets.isEmpty {
            let written = summary.write([
                ResultsSummary(comparison, thresholds: thresholds, name: name, resultsPath: folder)
            ])
            status = ExitStatus.graver(status, written)
        }
        return status
    }

    func drawPage(in folder: String) { page.write(in: folder, isQuiet: isQuiet) }
}
