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
    /// - Returns: the status of what could not be printed.
    func show(_ comparison: Comparison, name: String, in folder: String) throws -> ExitCode {
        let shown = Result {
            if printsJSON {
                try printNow(JSON.list(comparison.rows, resultsPath: folder))
            } else if !summary.isOnOutput {
                let text = ComparisonReport.text(
                    comparison, resultsPath: folder, width: TerminalWidth.ofOutput)
                try printNow(terminal.painted(text), terminator: "")
            }
        }
        let status = ExitStatus.of(shown)
        drawPage(in: folder)
        if !summary.targets.isEmpty {
            let path = folder + "/" + ThresholdRow.fileName
            let thresholds =
                FileManager.default.fileExists(atPath: path) ? try CSVTable(path: path) : nil
            try summary.write([
                ResultsSummary(comparison, thresholds: thresholds, name: name, resultsPath: folder)
            ])
        }
        return status
    }

    func drawPage(in folder: String) { page.write(in: folder, isQuiet: isQuiet) }
}
